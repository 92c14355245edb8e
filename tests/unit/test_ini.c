/* core/ini.c: what a file of sections and keys may hold, and what is said of one that is wrong. */
#include "dnshook/provider.h"
#include "ini.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STRANGER = 54321 };

static char seen[65536 * 2]; /* what was handed over, as "[word|name]1 key=value|2 " */

static int on_section(void *opaque, unsigned line, const char *word, const char *name)
{
    size_t used = strlen(seen);

    assert_ptr_equal(opaque, seen);
    used += (size_t)snprintf(seen + used, sizeof seen - used, "[%s|%s]%u ", word, name, line);
    assert_true(used < sizeof seen);
    return strcmp(word, "stop") == 0 ? DNSHOOK_REJECTED : DNSHOOK_OK;
}

static int on_key(void *opaque, unsigned line, const char *key, const char *value)
{
    size_t used = strlen(seen);

    assert_ptr_equal(opaque, seen);
    assert_string_not_equal(value, "");
    used += (size_t)snprintf(seen + used, sizeof seen - used, "%s=%s|%u ", key, value, line);
    assert_true(used < sizeof seen);
    return strcmp(key, "stop") == 0 ? DNSHOOK_REJECTED : DNSHOOK_OK;
}

static const struct ini_handler handler = {on_section, on_key, seen};

/* Parses a copy that is as long as the text, so that a sanitizer sees what is read beyond it. */
static int parse_bytes(const char *text, size_t size)
{
    char *const copy = malloc(size + 1);
    int status;

    assert_non_null(copy);
    memcpy(copy, text, size);
    copy[size] = '\0';
    seen[0] = '\0';
    status = ini_parse("FILE", copy, size, &handler);
    free(copy);
    return status;
}

static int parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* Parses in vain; returns what was said. */
static const char *refused(const char *text, size_t size)
{
    const char *said;
    int status;

    sandbox_capture();
    status = parse_bytes(text, size);
    said = sandbox_release();
    assert_int_equal(status, DNSHOOK_BAD_CONFIG);
    return said;
}

static void what_is_read(void **state)
{
    static const struct {
        const char *text;
        const char *seen;
    } rows[] = {
        {"", ""},
        {"\n\n  \n\t\n", ""},
        {"# a\n  ; b\n#", ""},
        {"[a]", "[a|]1 "},
        {"[ a\t b  c ]  \n", "[a|b  c]1 "},
        {"[a b]\nk=v", "[a|b]1 k=v|2 "},
        {"[a b]\r\n k\t =  v w \r\n", "[a|b]1 k=v w|2 "},
        {"\xef\xbb\xbf[a]\nk=v\n", "[a|]1 k=v|2 "},
        {"[a]\nk = v # no comment ; here\n", "[a|]1 k=v # no comment ; here|2 "},
        {"[a]\nk = a=b==\n", "[a|]1 k=a=b==|2 "},
        {"[a]\nk = \"v\"\n", "[a|]1 k=\"v\"|2 "},
        {"[a]\nk = [v]\n\n[b]\nk=\xc3\xa4\n", "[a|]1 k=[v]|2 [b|]4 k=\xc3\xa4|5 "},
        {"[a]\nlong-key-2=1", "[a|]1 long-key-2=1|2 "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(parse(rows[i].text), DNSHOOK_OK);
        assert_string_equal(seen, rows[i].seen);
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        {"k = v\n", "FILE:1: a key needs a section above it"},
        {"[a]\n\nword\n", "FILE:3: this is neither"},
        {"[a]\n= v\n", "FILE:2: what stands before \"=\" is no key"},
        {"[a]\nKey = v\n", "FILE:2: what stands before \"=\" is no key"},
        {"[a]\nk k = v\n", "FILE:2: what stands before \"=\" is no key"},
        {"[a]\nkey =\n", "FILE:2: key has no value"},
        {"[a]\nkey = \t \n", "FILE:2: key has no value"},
        {"[a\n", "FILE:1: a section ends with"},
        {"[", "FILE:1: a section ends with"},
        {"[a] # no\n", "FILE:1: a section ends with"},
        {"[]\n", "FILE:1: this is no section"},
        {"[  ]\n", "FILE:1: this is no section"},
        {"[[a]]\n", "FILE:1: this is no section"},
        {"[a [b]\n", "FILE:1: this is no section"},
        {"[A b]\n", "FILE:1: this is no section"},
        {"[a]\nk = a\tb\x01\n", "FILE:2: the line holds a control byte"},
        {"[a]\nk = a\rb\n", "FILE:2: the line holds a control byte"},
        {"[a]\nk = \x1b[2J\n", "FILE:2: the line holds a control byte"},
        {"[a]\nk = \x7f\n", "FILE:2: the line holds a control byte"},
        {"# \x02\n", "FILE:1: the line holds a control byte"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_has(refused(rows[i].text, strlen(rows[i].text)), rows[i].said);
    assert_has(refused("[a]\nk = v\0w\n", 12), "FILE:2: the line holds a control byte");
}

/* A line that is in the wrong place may hold a secret: none of it is shown. */
static void nothing_of_a_wrong_line_is_shown(void **state)
{
    static const char text[] = "[a]\nc2VjcmV0IHRleHQ==\n";

    (void)state;
    assert_lacks(refused(text, sizeof text - 1), "c2Vjc");
}

static void the_handler_ends_it(void **state)
{
    (void)state;
    assert_int_equal(parse("[a]\nstop = 1\nk = v\n"), DNSHOOK_REJECTED);
    assert_string_equal(seen, "[a|]1 stop=1|2 ");
    assert_int_equal(parse("[stop]\nk = v\n"), DNSHOOK_REJECTED);
    assert_string_equal(seen, "[stop|]1 ");
}

/* `count` times `c`, between two texts. */
static char *many(const char *before, size_t count, char c, const char *after)
{
    const size_t size = strlen(before) + count + strlen(after);
    char *const text = malloc(size + 1);

    assert_non_null(text);
    (void)snprintf(text, size + 1, "%s", before);
    memset(text + strlen(before), c, count);
    (void)snprintf(text + strlen(before) + count, strlen(after) + 1, "%s", after);
    return text;
}

static void limits(void **state)
{
    static const struct {
        const char *before;
        size_t most;
        char byte;
        const char *after;
        const char *said;
    } rows[] = {
        {"[a]\nk=", INI_LINE_MAX - 2, 'v', "\n", "FILE:2: the line has more than 65536 bytes"},
        {"[a]\n#", INI_LINE_MAX - 1, 'v', "", "FILE:2: the line has more than 65536 bytes"},
        {"[", INI_WORD_MAX, 'a', "]", "FILE:1: this is no section"},
        {"[a ", INI_NAME_MAX, 'a', "]", "FILE:1: the name of the section is too long"},
        {"[a]\n", INI_WORD_MAX, 'k', "=v", "FILE:2: what stands before"},
        {"", INI_LINES_MAX, '\n', "", "FILE:100001: the file has more than 100000 lines"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = many(rows[i].before, rows[i].most, rows[i].byte, rows[i].after);

        assert_int_equal(parse(text), DNSHOOK_OK);
        free(text);
        text = many(rows[i].before, rows[i].most + 1, rows[i].byte, rows[i].after);
        assert_has(refused(text, strlen(text)), rows[i].said);
        free(text);
    }
}

/* ---- files ---- */

static int read_file(const char *path, bool *found, bool *readable)
{
    seen[0] = '\0';
    return ini_read(path, &handler, found, readable);
}

static const char *file_refused(const char *path, int status)
{
    bool found = true;
    bool readable = false;
    const char *said;
    int got;

    sandbox_capture();
    got = read_file(path, &found, &readable);
    said = sandbox_release();
    assert_int_equal(got, status);
    assert_string_equal(seen, "");
    return said;
}

static void files(void **state)
{
    const char *const path = sandbox_write("good", "[a]\nk = v\n");
    bool found = false;
    bool readable = false;

    (void)state;
    assert_int_equal(read_file(path, &found, &readable), DNSHOOK_OK);
    assert_true(found);
    assert_true(readable);
    assert_string_equal(seen, "[a|]1 k=v|2 ");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(read_file(path, &found, &readable), DNSHOOK_OK);
    assert_false(readable);
    assert_int_equal(read_file(sandbox_path("none"), &found, &readable), DNSHOOK_OK);
    assert_false(found);
}

static void files_that_are_refused(void **state)
{
    const char *const path = sandbox_write("open", "[a]\n");
    char *large = many("", INI_FILE_MAX + 1, '\n', "");

    (void)state;
    assert_int_equal(chmod(path, 0602), 0);
    assert_has(file_refused(path, DNSHOOK_DENIED), "may be written by others (mode 0602): run");
    assert_has(file_refused(sandbox_mkdir("folder", 0700), DNSHOOK_BAD_CONFIG), "no regular file");
    assert_has(file_refused(sandbox_write("large", large), DNSHOOK_BAD_CONFIG),
               "is larger than 1048576 bytes");
    free(large);
    large = many("", INI_FILE_MAX, '#', "");
    assert_has(file_refused(sandbox_write("wide", large), DNSHOOK_BAD_CONFIG),
               ":1: the line has more than 65536 bytes");
    free(large);
}

static void a_file_of_a_stranger(void **state)
{
    const char *const path = sandbox_write("stranger", "[a]\n");

    (void)state;
    assert_int_equal(chown(path, STRANGER, 0), 0);
    assert_has(file_refused(path, DNSHOOK_DENIED), "belongs to neither root nor the user who runs");
}

/* ---- any bytes ---- */

static unsigned long draw(unsigned long *seed)
{
    *seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
    return *seed >> 33;
}

/* Files with some bytes changed, taken away or doubled are read, or refused with a line; no byte of
 * them reaches the terminal raw, and nothing is read beyond their end. */
static void mutations(void **state)
{
    static const char whole[] = "# comment\n[account corp]\nprovider = route53\nprofile = dns\r\n\n"
                                "[domain example.com]\n account = corp\n; x\n[propagation]\nttl=1";
    static const char bytes[] = "[]=#;\n\r\t \0\x80\xff\x01\xef\xbb\xbf"
                                "aZ-";
    unsigned long seed = 20250101;

    (void)state;
    sandbox_capture();
    for (size_t round = 0; round < 20000; round++) {
        char text[2 * sizeof whole];
        size_t size = sizeof whole - 1;
        int status;

        memcpy(text, whole, size);
        for (size_t n = draw(&seed) % 6 + 1; n > 0 && size > 0; n--) {
            const size_t at = draw(&seed) % size;
            const size_t kind = draw(&seed) % 4;

            if (kind == 0)
                size = at;
            else if (kind == 1)
                text[at] = (char)draw(&seed);
            else if (kind == 2)
                text[at] = bytes[draw(&seed) % (sizeof bytes - 1)];
            else if (size + size - at < sizeof text) {
                memmove(text + at + (size - at), text + at, size - at);
                size += size - at;
            }
        }
        status = parse_bytes(text, size);
        if (status != DNSHOOK_OK && status != DNSHOOK_BAD_CONFIG && status != DNSHOOK_REJECTED)
            fail_msg("status %d in round %zu", status, round);
    }
    assert_lacks(sandbox_release(), "\x01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(nothing_of_a_wrong_line_is_shown),
        cmocka_unit_test(the_handler_ends_it),
        cmocka_unit_test(limits),
        cmocka_unit_test(files),
        cmocka_unit_test(files_that_are_refused),
        ROOT_TEST(a_file_of_a_stranger, NULL),
        cmocka_unit_test(mutations),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
