/* The parameters of the provider exec, and which programs may be run. */
#include "exec_fixture.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

/* That open() refuses, with these words. */
static void assert_refused(int status, const char *words)
{
    fake_host_forget(fake);
    assert_int_equal(try_open(), status);
    assert_int_equal(fake->fails, 1);
    assert_has(fake->failed, words);
}

static void lists_of_names(void **state)
{
    static const struct {
        const char *names;
        bool good;
    } rows[] = {
        {"A", true},        {" A  b_2\t_C ", true}, {"A\nB", true},      {"A=b", false},
        {"A,B", false},     {"2A", false},          {"A B=", false},     {"A-B", false},
        {"A $(id)", false}, {"*", false},           {"\xc3\x84", false},
    };

    (void)state;
    set_script(":");
    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_host_set(fake, "pass-environment", rows[i].names);
        if (rows[i].good)
            assert_int_equal(try_open(), DNSHOOK_OK);
        else
            assert_refused(DNSHOOK_BAD_CONFIG, "is not a list of names");
    }
}

static void times(void **state)
{
    static const char *const good[] = {"1", "60", "0007", "9999"};
    static const char *const bad[] = {"0", "-1", "1.5", "10000", "1 ", "x", "99999999999999999999"};

    (void)state;
    set_script(":");
    for (size_t i = 0; i < COUNT(good); i++) {
        fake_host_set(fake, "run-timeout", good[i]);
        assert_int_equal(try_open(), DNSHOOK_OK);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        fake_host_set(fake, "run-timeout", bad[i]);
        assert_refused(DNSHOOK_BAD_CONFIG, "is not a number of seconds");
    }
}

static void paths(void **state)
{
    char odd[PATH_MAX];

    (void)state;
    assert_refused(DNSHOOK_BAD_CONFIG, "is not an absolute path");
    fake_host_set(fake, "program", "script");
    assert_refused(DNSHOOK_BAD_CONFIG, "program \"script\" is not an absolute path");
    fake_host_set(fake, "program", folder("missing"));
    assert_refused(DNSHOOK_BAD_CONFIG, "cannot be examined: No such file");
    fake_host_set(fake, "program", folder("."));
    assert_refused(DNSHOOK_BAD_CONFIG, "leads elsewhere");
    set_script(":");
    assert_int_equal(symlink("script", folder("link")), 0);
    fake_host_set(fake, "program", folder("link"));
    assert_refused(DNSHOOK_BAD_CONFIG, "set DNSHOOK_EXEC_PROGRAM to ");
    assert_has(fake->failed, folder("script"));
    (void)snprintf(odd, sizeof odd, "%s", folder("./script"));
    fake_host_set(fake, "program", odd);
    assert_refused(DNSHOOK_BAD_CONFIG, "leads elsewhere");
}

static void kinds_and_modes(void **state)
{
    static const struct {
        mode_t mode;
        int status;
        const char *words;
    } rows[] = {
        {0700, DNSHOOK_OK, ""},
        {0755, DNSHOOK_OK, ""},
        {0600, DNSHOOK_BAD_CONFIG, "may not be executed (mode 0600): run chmod u+x "},
        {0702, DNSHOOK_DENIED, "may be written by others (mode 0702)"},
        {0722, DNSHOOK_DENIED, "may be written by others (mode 0722)"},
    };

    (void)state;
    set_script(":");
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(chmod(folder("script"), rows[i].mode), 0);
        if (rows[i].status == DNSHOOK_OK)
            assert_int_equal(try_open(), DNSHOOK_OK);
        else
            assert_refused(rows[i].status, rows[i].words);
    }
    assert_int_equal(mkdir(folder("directory"), 0700), 0);
    fake_host_set(fake, "program", folder("directory"));
    assert_refused(DNSHOOK_BAD_CONFIG, "is no regular file");
}

static void directories(void **state)
{
    char path[PATH_MAX];

    (void)state;
    assert_int_equal(mkdir(folder("above"), 0700), 0);
    (void)snprintf(path, sizeof path, "%s", write_program("above/script", "#!/bin/sh\n", 0700));
    fake_host_set(fake, "program", path);
    assert_int_equal(try_open(), DNSHOOK_OK);
    assert_int_equal(chmod(folder("above"), 0702), 0);
    assert_refused(DNSHOOK_DENIED, "/above may be written by others (mode 0702)");
    assert_int_equal(chmod(folder("above"), 0700), 0);
}

static void owners(void **state)
{
    set_script(":");
    assert_int_equal(chown(folder("script"), 65534, 0), 0);
    assert_refused(DNSHOOK_DENIED, "belongs to another user (uid 65534)");
    assert_int_equal(end(state), 0);
}

static void groups(void **state)
{
    set_script(":");
    assert_int_equal(chown(folder("script"), 0, 65534), 0);
    assert_int_equal(chmod(folder("script"), 0770), 0);
    assert_refused(DNSHOOK_DENIED, "may be written by others (mode 0770)");
    assert_int_equal(chown(folder("script"), 0, 0), 0);
    assert_int_equal(chmod(folder("script"), 0770), 0);
    assert_int_equal(try_open(), DNSHOOK_OK);
    assert_int_equal(end(state), 0);
}

/* What was right when the instance was made may be wrong when the program is to be run. */
static void looked_at_each_time(void **state)
{
    const struct dnshook_provider *const op = dnshook_provider_get();
    const struct dnshook_zone zone = {.size = sizeof zone, .name = ZONE};
    struct dnshook_change one = {
        .size = sizeof one, .action = DNSHOOK_ADD, .name = NAME, .value = VALUE, .zone = &zone};
    void *handle = NULL;

    (void)state;
    set_script(":");
    assert_int_equal(op->open(&fake->host, &handle), DNSHOOK_OK);
    assert_int_equal(op->add(handle, &one), DNSHOOK_OK);
    assert_int_equal(chmod(folder("script"), 0702), 0);
    assert_int_equal(op->add(handle, &one), DNSHOOK_DENIED);
    assert_int_equal(op->check(handle, &zone), DNSHOOK_DENIED);
    op->close(handle);
}

static void what_check_says(void **state)
{
    (void)state;
    set_script("exit 1"); /* is not run */
    fake_host_set(fake, "pass-environment", "API_KEY");
    assert_int_equal(setenv("API_KEY", "the secret of it", 1), 0);
    assert_int_equal(try_check(), DNSHOOK_OK);
    assert_has(fake->logged, "/script may be run; it is given API_KEY");
    assert_lacks(fake->logged, "the secret of it");
    fake_host_set(fake, "pass-environment", "A API_KEY=the-secret B");
    assert_refused(DNSHOOK_BAD_CONFIG, "\"A API_KEY=\" is not a list of names");
    assert_lacks(fake->failed, "the-secret");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_of_names),
        TEST(times),
        TEST(paths),
        TEST(kinds_and_modes),
        TEST(directories),
        ROOT_TEST(owners, begin),
        ROOT_TEST(groups, begin),
        TEST(looked_at_each_time),
        TEST(what_check_says),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
