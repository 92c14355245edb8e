/* core/log.c: what is said, made safe, and what is never said. */
#include "dnshook/provider.h"
#include "log.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { CUT = 4096 };

static int calls;

static void count_call(void)
{
    calls++;
}

static int reset(void **state)
{
    (void)state;
    log_set_level(LOG_WARNING);
    log_before_line(NULL);
    log_forget_secrets();
    calls = 0;
    return 0;
}

static const char *sanitized(const char *text)
{
    static char out[256];

    log_sanitize(out, sizeof out, text);
    return out;
}

static void bytes_that_are_shown(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        {"", ""},
        {"plain text, \"quoted\" \\ ~", "plain text, \"quoted\" \\ ~"},
        {"a\nb\r\t", "a\\x0ab\\x0d\\x09"},
        {"\x1b[31mred", "\\x1b[31mred"},
        {"\x7f", "\\x7f"},
        {"\xc3\xa4\xff", "\\xc3\\xa4\\xff"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(sanitized(rows[i].text), rows[i].shown);
}

/* A piece is shown whole or not at all, and never past the end. */
static void the_end_of_the_room(void **state)
{
    char out[8];

    (void)state;
    memset(out, '#', sizeof out);
    log_sanitize(out, 5, "ab\n");
    assert_string_equal(out, "ab");
    assert_int_equal(out[5], '#');
    log_sanitize(out, 7, "ab\nc");
    assert_string_equal(out, "ab\\x0a");
    log_sanitize(out, 1, "x");
    assert_string_equal(out, "");
}

static void secrets_are_hidden(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        {"s3cret", "[hidden]"},
        {"key=s3cret;", "key=[hidden];"},
        {"s3crets3cret", "[hidden][hidden]"},
        {"s3cret-and-longer!", "[hidden]!"},
        {"s3cre", "[hidden]"}, /* what a cut has left of it */
        {"s3c", "s3c"},
        {"S3CRET", "S3CRET"},
        {"abc", "abc"}, /* too short to be a secret */
        {"\xe4\xf6\xfc\xdf", "[hidden]"},
    };

    (void)state;
    assert_true(log_add_secret("s3cret"));
    assert_true(log_add_secret("s3cret-and-longer"));
    assert_true(log_add_secret("abc"));
    assert_true(log_add_secret(""));
    assert_true(log_add_secret("\xe4\xf6\xfc\xdf"));
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(sanitized(rows[i].text), rows[i].shown);
    log_forget_secrets();
    assert_string_equal(sanitized("s3cret"), "s3cret");
}

/* A secret that the end of a line cuts in two does not show its first half. */
static void a_cut_shows_no_half_of_a_secret(void **state)
{
    char text[CUT];

    (void)state;
    assert_true(log_add_secret("the-whole-secret"));
    memset(text, '.', sizeof text);
    (void)snprintf(text + CUT - 10, 10, "%s", "the-whole");
    sandbox_capture();
    log_error("%s-secret", text);
    assert_lacks(sandbox_release(), "the-");
}

static void levels(void **state)
{
    static const char *const lines[] = {"dnshook: one\n", "dnshook: warning: two\n",
                                        "dnshook: three\n", "dnshook: debug: four\n"};

    (void)state;
    for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        const char *said;

        log_set_level(level);
        sandbox_capture();
        log_error("%s", "one");
        log_warning("%s", "two");
        log_info("%s", "three");
        log_debug("%s", "four");
        said = sandbox_release();
        for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
            assert_int_equal(log_wants(i), i <= level);
            if (i <= level)
                assert_has(said, lines[i]);
            else
                assert_lacks(said, lines[i]);
        }
    }
}

static void no_such_level(void **state)
{
    (void)state;
    log_set_level(LOG_DEBUG);
    sandbox_capture();
    log_text(-1, "x");
    log_text(LOG_DEBUG + 1, "x");
    assert_string_equal(sandbox_release(), "");
}

static void a_long_line_is_cut(void **state)
{
    static char text[3 * CUT];
    const char *said;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    sandbox_capture();
    log_text(LOG_ERROR, text);
    said = sandbox_release();
    assert_int_equal(strlen(said), strlen("dnshook: ") + CUT);
    assert_int_equal(said[strlen(said) - 1], '\n');
    sandbox_capture();
    log_error("%s", text);
    assert_int_equal(strlen(sandbox_release()), strlen("dnshook: ") + CUT);
    memset(text, '\n', sizeof text - 1);
    sandbox_capture();
    log_text(LOG_ERROR, text);
    said = sandbox_release();
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void the_hook_before_a_line(void **state)
{
    (void)state;
    log_before_line(count_call);
    sandbox_capture();
    log_debug("not wanted");
    log_error("wanted");
    (void)sandbox_release();
    assert_int_equal(calls, 1);
}

static void out_of_memory(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    sandbox_capture();
    assert_int_equal(log_no_memory(), DNSHOOK_NO_MEMORY);
    assert_string_equal(sandbox_release(), "dnshook: out of memory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bytes_that_are_shown, reset),
        cmocka_unit_test_setup(the_end_of_the_room, reset),
        cmocka_unit_test_setup(secrets_are_hidden, reset),
        cmocka_unit_test_setup(a_cut_shows_no_half_of_a_secret, reset),
        cmocka_unit_test_setup(levels, reset),
        cmocka_unit_test_setup(no_such_level, reset),
        cmocka_unit_test_setup(a_long_line_is_cut, reset),
        cmocka_unit_test_setup(the_hook_before_a_line, reset),
        cmocka_unit_test_setup_teardown(out_of_memory, reset, reset),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
