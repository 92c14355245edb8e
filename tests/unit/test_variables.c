/* core/variables.c: files of NAME=value lines, read and never run. */
#include "dnshook/provider.h"
#include "variables.h"

#include "check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 20000 };

/* What was read, as "NAME<value>" one after another. */
struct seen {
    char text[4096];
    size_t count;
    int status; /* what the last one returns */
};

static int note(void *opaque, const char *name, const char *value)
{
    struct seen *const seen = opaque;
    const size_t used = strlen(seen->text);

    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s<%s>", name, value);
    seen->count++;
    return seen->status;
}

/* Reads a copy of `text`. */
static int read_text(const char *text, struct seen *seen, char *shell, size_t size)
{
    char *const copy = strdup(text);
    int status;

    assert_non_null(copy);
    status = variables_read(copy, note, seen, shell, size);
    free(copy);
    return status;
}

static void a_table_of_texts(void **state)
{
    static const struct {
        const char *text;
        const char *seen;
        const char *shell;
    } rows[] = {
        {"", "", ""},
        {"\n\n \t\n", "", ""},
        {"A=1", "A<1>", ""},
        {"A=1\n", "A<1>", ""},
        {"A=1\r\nB=2\r\n", "A<1>B<2>", ""},
        {"A=1\nA=2\n", "A<1>A<2>", ""},
        {"A=\n", "A<>", ""},
        {"A=''\nB=\"\"\n", "A<>B<>", ""},
        {"# A=1\n\t# x\nB=2", "B<2>", ""},
        {"  A=1\n\tB=2", "A<1>B<2>", ""},
        {"export A=1\nexport\tB=2\nexport   C=3", "A<1>B<2>C<3>", ""},
        {"exportA=1", "exportA<1>", ""},
        {"export=1", "export<1>", ""},
        {"_a1=x", "_a1<x>", ""},
        {"A='a b # c'", "A<a b # c>", ""},
        {"A='$x `y` \\'", "A<$x `y` \\>", ""},
        {"A=\"a b # c\"", "A<a b # c>", ""},
        {"A=\"it's\"\nB='\"'", "A<it's>B<\">", ""},
        {"A=1 # note\nB='2'\t# note\nC=3 \t \n", "A<1>B<2>C<3>", ""},
        {"A=a#b", "A<a#b>", ""},
        {"A=hmac-sha256:key.example./x+y@z%,^", "A<hmac-sha256:key.example./x+y@z%,^>", ""},
        {"A=x==\n", "A<x==>", ""},
        {"A==", "A<=>", ""},
        {"\xc3\xa4=1\nA=\xc3\xa4", "A<\xc3\xa4>", "1"},
        /* what would need a shell */
        {"A=$B", "", "1"},
        {"A=${B}", "", "1"},
        {"A=\"$B\"", "", "1"},
        {"A=\"a`b`\"", "", "1"},
        {"A=\"a\\nb\"", "", "1"},
        {"A=`id`", "", "1"},
        {"A=a\\ b", "", "1"},
        {"A=a b", "", "1"},
        {"A=a; B=b", "", "1"},
        {"A=a&", "", "1"},
        {"A=a>b", "", "1"},
        {"A=(a)", "", "1"},
        {"A=~", "", "1"},
        {"A=*", "", "1"},
        {"A='a'b", "", "1"},
        {"A='a''b'", "", "1"},
        {"A='a'#b", "", "1"},
        {"A='a", "", "1"},
        {"A=\"a", "", "1"},
        {"A=a'b'", "", "1"},
        {"A=!x", "", "1"},
        {"A = 1", "", "1"},
        {"A= 1", "", "1"},
        {"A", "", "1"},
        {"=1", "", "1"},
        {"1A=1", "", "1"},
        {"A-B=1", "", "1"},
        {"export", "", "1"},
        {"export A", "", "1"},
        {"export -n A=1", "", "1"},
        {"export A=1 B=2", "", "1"},
        {". /etc/rc", "", "1"},
        {"if x; then\nA=1\nfi\n", "A<1>", "1, 3"},
        {"A='x\ny'\n", "", "1, 2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct seen seen = {.status = DNSHOOK_OK};
        char shell[64] = "?";

        assert_int_equal(read_text(rows[i].text, &seen, shell, sizeof shell), DNSHOOK_OK);
        if (strcmp(seen.text, rows[i].seen) != 0 || strcmp(shell, rows[i].shell) != 0)
            fail_msg("%s: %s, lines %s", rows[i].text, seen.text, shell);
    }
}

static void a_status_ends_the_reading(void **state)
{
    struct seen seen = {.status = DNSHOOK_NO_MEMORY};
    char shell[8];

    (void)state;
    assert_int_equal(read_text("A=1\nB=2\n", &seen, shell, sizeof shell), DNSHOOK_NO_MEMORY);
    assert_int_equal(seen.count, 1);
}

/* The list of lines is cut where its room ends, and never written past it. */
static void many_shell_lines(void **state)
{
    struct seen seen = {.status = DNSHOOK_OK};
    char text[2 * 200 + 1];
    char shell[16];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        memcpy(text + 2 * i, ";\n", 3);
    memset(shell, '#', sizeof shell);
    assert_int_equal(read_text(text, &seen, shell, 10), DNSHOOK_OK);
    assert_string_equal(shell, "1, 2, 3, ");
    assert_int_equal(shell[10], '#');
}

/* Asserts what holds for every text: names are names, values hold nothing of the next line. */
static int check_one(void *opaque, const char *name, const char *value)
{
    size_t *const count = opaque;

    assert_true(isalpha((unsigned char)*name) || *name == '_');
    for (const char *c = name; *c != '\0'; c++)
        assert_true(isalnum((unsigned char)*c) || *c == '_');
    assert_null(strchr(value, '\n'));
    (*count)++;
    return DNSHOOK_OK;
}

/* Changes a few bytes at random places. */
static void mutate(char *text, size_t size, unsigned *seed)
{
    static const char bytes[] = "\n\r\t '\"#=$`\\;export_A1\x7f\xff";

    for (int i = 0; i < 4; i++)
        text[(unsigned)rand_r(seed) % size] = bytes[(unsigned)rand_r(seed) % (sizeof bytes - 1)];
}

static void mutations(void **state)
{
    static const char good[] = "# settings\nexport A=1\nB='two words' # note\nC=\"three\"\r\n"
                               "D=\n_E=hmac:x/y==\nA=$B\n\tF=6\n";
    unsigned seed = 4711;
    size_t count = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char *const text = malloc(sizeof good); /* of its own, for valgrind and the sanitizers */
        char shell[12];

        assert_non_null(text);
        memcpy(text, good, sizeof good);
        mutate(text, sizeof good - 1, &seed);
        assert_int_equal(variables_read(text, check_one, &count, shell, sizeof shell), DNSHOOK_OK);
        assert_true(strlen(shell) < sizeof shell);
        free(text);
    }
    assert_true(count > ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_texts),
        cmocka_unit_test(a_status_ends_the_reading),
        cmocka_unit_test(many_shell_lines),
        cmocka_unit_test(mutations),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
