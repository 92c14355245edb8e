/* core/nearest.c: the word that was meant. */
#include "nearest.h"

#include "check.h"

static const char long_word[] = "a-word-that-is-longer-than-forty-bytes-in-all";

static const char *const words[] = {"check", "info", "providers", "test", "zones", long_word};

static void nearest_of_a_table(void **state)
{
    static const struct {
        const char *word;
        const char *nearest; /* NULL: none is near */
    } rows[] = {
        {"chekc", "check"},
        {"provider", "providers"},
        {"inof", "info"},
        {"tset", "test"},
        {"zone", "zones"},
        {"test", "test"},
        {"x", NULL},
        {"", NULL},
        {"abcdefgh", NULL},
        {"i", NULL},
        {"pro", NULL},
        {"providers-ab", "providers"},
        {"providers-abc", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const nearest = nearest_word(rows[i].word, words, COUNT(words));

        if (rows[i].nearest == NULL)
            assert_null(nearest);
        else if (nearest == NULL)
            fail_msg("nothing is near %s", rows[i].word);
        else
            assert_string_equal(nearest, rows[i].nearest);
    }
}

static void no_words(void **state)
{
    (void)state;
    assert_null(nearest_word("test", words, 0));
}

/* Words over the limit are passed over, even when they are the same. */
static void words_that_are_too_long(void **state)
{
    (void)state;
    assert_null(nearest_word(long_word, words, COUNT(words)));
    assert_null(nearest_word("a-word-that-is-longer-than-forty-bytes-i", words, COUNT(words)));
}

/* Forty bytes are still compared. */
static void the_longest_word(void **state)
{
    static const char *const forty[] = {"0123456789012345678901234567890123456789"};

    (void)state;
    assert_ptr_equal(nearest_word("0123456789012345678901234567890123456780", forty, 1), forty[0]);
}

static void the_first_of_equals(void **state)
{
    static const char *const equals[] = {"aab", "aac"};

    (void)state;
    assert_ptr_equal(nearest_word("aad", equals, 2), equals[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_of_a_table),      cmocka_unit_test(no_words),
        cmocka_unit_test(words_that_are_too_long), cmocka_unit_test(the_longest_word),
        cmocka_unit_test(the_first_of_equals),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
