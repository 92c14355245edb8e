/* core/file.c: which files are read, and what is said of the others. */
#include "dnshook/provider.h"
#include "file.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STRANGE_GROUP = 54321 };

static char why[FILE_WHY_SIZE];

/* Reads and frees; *text receives a copy, cut. */
static int read_to(const char *path, enum file_kind kind, char out[64], bool *readable)
{
    char *text = NULL;
    size_t size = 0;
    int status;

    why[0] = '\0';
    status = file_read(path, kind, &text, &size, readable, why);
    if (text != NULL) {
        assert_int_equal(strlen(text), size);
        (void)snprintf(out, 64, "%s", text);
    }
    free(text);
    return status;
}

static int read_status(const char *path, enum file_kind kind)
{
    char text[64];
    bool readable = false;

    return read_to(path, kind, text, &readable);
}

static const char *file_of_mode(const char *text, mode_t mode)
{
    static unsigned number;
    char name[32];
    const char *path;

    (void)snprintf(name, sizeof name, "file-%u", number++);
    path = sandbox_write(name, text);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void modes(void **state)
{
    static const struct {
        mode_t mode;
        enum file_kind kind;
        int status;
        bool readable;
        const char *why;
    } rows[] = {
        {0600, FILE_OPEN, DNSHOOK_OK, false, ""},
        {0644, FILE_OPEN, DNSHOOK_OK, true, ""},
        {0640, FILE_OPEN, DNSHOOK_OK, false, ""},
        {0646, FILE_OPEN, DNSHOOK_DENIED, false, "run chmod go-w"},
        {0602, FILE_OPEN, DNSHOOK_DENIED, false, "mode 0602"},
        {0600, FILE_SECRET, DNSHOOK_OK, false, ""},
        {0640, FILE_SECRET, DNSHOOK_OK, false, ""},
        {0644, FILE_SECRET, DNSHOOK_DENIED, false, "run chmod o="},
        {0604, FILE_SECRET, DNSHOOK_DENIED, false, "everybody may read it"},
        {0606, FILE_SECRET, DNSHOOK_DENIED, false, "may be written by others"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const path = file_of_mode("the text\n", rows[i].mode);
        char text[64] = "";
        bool readable = false;

        assert_int_equal(read_to(path, rows[i].kind, text, &readable), rows[i].status);
        assert_has(why, rows[i].why);
        if (rows[i].status != DNSHOOK_OK) {
            assert_has(why, path);
            continue;
        }
        assert_string_equal(text, "the text\n");
        assert_int_equal(readable, rows[i].readable);
    }
}

/* The group of root may write, any other may not. */
static void a_group_that_writes(void **state)
{
    const char *const path = file_of_mode("x", 0660);

    (void)state;
    assert_int_equal(chown(path, 0, 0), 0);
    assert_int_equal(read_status(path, FILE_SECRET), DNSHOOK_OK);
    assert_int_equal(chown(path, 0, STRANGE_GROUP), 0);
    assert_int_equal(chmod(path, 0660), 0);
    assert_int_equal(read_status(path, FILE_SECRET), DNSHOOK_DENIED);
    assert_has(why, "chmod go-w");
}

static void a_missing_file_is_no_error(void **state)
{
    char *text = why;
    size_t size = 0;
    bool readable = false;

    (void)state;
    assert_int_equal(file_read(sandbox_path("none"), FILE_SECRET, &text, &size, &readable, why),
                     DNSHOOK_OK);
    assert_null(text);
    assert_int_equal(file_read(sandbox_path("none/none"), FILE_OPEN, &text, &size, &readable, why),
                     DNSHOOK_OK);
    assert_null(text);
}

static void what_cannot_be_opened(void **state)
{
    (void)state;
    assert_int_equal(read_status(file_of_mode("x", 0644), FILE_OPEN), DNSHOOK_OK);
    assert_int_equal(read_status("/dev/null/x", FILE_OPEN), DNSHOOK_BAD_CONFIG);
    assert_has(why, "/dev/null/x cannot be read: Not a directory");
}

static void no_regular_file(void **state)
{
    const char *const fifo = sandbox_path("fifo");

    (void)state;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(read_status(fifo, FILE_OPEN), DNSHOOK_BAD_CONFIG);
    assert_has(why, "is no regular file");
    assert_int_equal(read_status(sandbox_mkdir("directory", 0700), FILE_OPEN), DNSHOOK_BAD_CONFIG);
    assert_has(why, "is no regular file");
    assert_int_equal(read_status("/dev/zero", FILE_OPEN), DNSHOOK_BAD_CONFIG);
}

static const char *file_of_size(const char *name, size_t size, size_t nul)
{
    const char *const path = sandbox_path(name);
    char *const text = malloc(size);
    FILE *file;

    assert_non_null(text);
    memset(text, 'x', size);
    if (nul < size)
        text[nul] = '\0';
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(text);
    return path;
}

static void the_largest_file(void **state)
{
    (void)state;
    assert_int_equal(read_status(file_of_size("largest", FILE_MAX, SIZE_MAX), FILE_OPEN),
                     DNSHOOK_OK);
    assert_int_equal(read_status(file_of_size("larger", FILE_MAX + 1, SIZE_MAX), FILE_OPEN),
                     DNSHOOK_BAD_CONFIG);
    assert_has(why, "is larger than 65536 bytes");
}

/* A file that says 0 bytes and gives more is measured by what it gives. */
static void a_file_without_a_size(void **state)
{
    (void)state;
    assert_int_equal(read_status("/proc/self/status", FILE_OPEN), DNSHOOK_OK);
}

static void a_nul_is_no_text(void **state)
{
    static const size_t places[] = {0, 5, 99};

    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "nul-%zu", places[i]);
        assert_int_equal(read_status(file_of_size(name, 100, places[i]), FILE_OPEN),
                         DNSHOOK_BAD_CONFIG);
        assert_has(why, "not a text");
    }
}

static void an_empty_file(void **state)
{
    char text[64] = "?";
    bool readable = true;

    (void)state;
    assert_int_equal(read_to(file_of_mode("", 0600), FILE_SECRET, text, &readable), DNSHOOK_OK);
    assert_string_equal(text, "");
}

/* Below $CREDENTIALS_DIRECTORY everybody may read, and nowhere else. */
static void a_managed_directory(void **state)
{
    static const struct {
        const char *credentials; /* in the sandbox; NULL: not set */
        const char *file;
        int status;
    } rows[] = {
        {"managed", "managed/key", DNSHOOK_OK},
        {NULL, "managed/key", DNSHOOK_DENIED},
        {"manage", "managed/key", DNSHOOK_DENIED},
        {"managed", "managed/../outside", DNSHOOK_DENIED},
        {"managed", "outside", DNSHOOK_DENIED},
    };

    (void)state;
    (void)sandbox_mkdir("managed", 0755);
    (void)sandbox_write("managed/key", "secret");
    (void)sandbox_write("outside", "secret");
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].credentials != NULL)
            assert_int_equal(setenv("CREDENTIALS_DIRECTORY", sandbox_path(rows[i].credentials), 1),
                             0);
        else
            assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
        assert_int_equal(read_status(sandbox_path(rows[i].file), FILE_SECRET), rows[i].status);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", i == 0 ? "" : "/", 1), 0);
        assert_int_equal(read_status(sandbox_path("outside"), FILE_SECRET), DNSHOOK_DENIED);
    }
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

/* A file that others may write is refused there as well. */
static void a_managed_file_that_others_write(void **state)
{
    (void)state;
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", sandbox_path("managed"), 1), 0);
    assert_int_equal(chmod(sandbox_path("managed/key"), 0606), 0);
    assert_int_equal(read_status(sandbox_path("managed/key"), FILE_SECRET), DNSHOOK_DENIED);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes),
        ROOT_TEST(a_group_that_writes, NULL),
        cmocka_unit_test(a_missing_file_is_no_error),
        cmocka_unit_test(what_cannot_be_opened),
        cmocka_unit_test(no_regular_file),
        cmocka_unit_test(the_largest_file),
        cmocka_unit_test(a_file_without_a_size),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(an_empty_file),
        cmocka_unit_test(a_managed_directory),
        cmocka_unit_test(a_managed_file_that_others_write),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
