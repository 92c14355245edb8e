/* core/loader.c: what it loads, what it refuses, and what it says then. */
#include "dnshook/provider.h"
#include "loader.h"
#include "sandbox.h"

/* After our own: it makes a macro of fail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static const char *self; /* this program */
static char why[LOADER_WHY_SIZE];

#define GOOD "tests/mocks/.libs/good.so"
#define OLDER "tests/mocks/.libs/older.so"
#define NEWER "tests/mocks/.libs/newer.so"
#define MARKER "tests/mocks/.libs/marker.so"

/* The name in the provider struct that a module hands out. */
static const char *name_in(const struct module *module)
{
    dnshook_provider_get_fn *const get =
        (dnshook_provider_get_fn *)loader_symbol(module, "dnshook_provider_get");

    assert_non_null(get);
    return get()->name;
}

static void assert_loads(const char *path, const char *name)
{
    struct module *module = NULL;

    why[0] = '\0';
    if (loader_open(path, &module, why) != DNSHOOK_OK)
        fail_msg("%s: %s", path, why);
    assert_string_equal(name_in(module), name);
}

/* Asserts a failure whose text holds `text` and the real path, and no way round to it. */
static void assert_fails(const char *path, int status, const char *text)
{
    struct module *module = NULL;

    why[0] = '\0';
    assert_int_equal(loader_open(path, &module, why), status);
    if (strstr(why, text) == NULL)
        fail_msg("'%s' is not in: %s", text, why);
    assert_null(strstr(why, "/proc/self"));
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Asserts that the marker provider at `path` is refused, and that none of its code ran. */
static void assert_refused(const char *path, const char *text)
{
    const char *const marker = sandbox_path("marker");

    assert_int_equal(setenv("MOCK_MARKER", marker, 1), 0);
    assert_false(exists(marker));
    assert_fails(path, DNSHOOK_DENIED, text);
    assert_false(exists(marker));
}

static void skipped(void **state)
{
    (void)state;
}

/* cmocka's own skip() prints "not ok", which a TAP driver takes for a failure. */
#define ROOT_TEST(function)                                                                        \
    (geteuid() == 0                                                                                \
         ? (struct CMUnitTest)cmocka_unit_test(function)                                           \
         : (struct CMUnitTest){.name = #function " # SKIP only root can give files away",          \
                               .test_func = skipped})

static void loads_and_finds_symbols(void **state)
{
    struct module *module;

    (void)state;
    assert_int_equal(loader_open(sandbox_install(GOOD, "good.so"), &module, why), DNSHOOK_OK);
    assert_string_equal(name_in(module), "good");
    assert_null(loader_symbol(module, "no_such_symbol"));
}

static void code_runs_when_it_is_loaded(void **state)
{
    const char *const marker = sandbox_path("marker-of-loading");

    (void)state;
    assert_int_equal(setenv("MOCK_MARKER", marker, 1), 0);
    assert_loads(sandbox_install(MARKER, "marker.so"), "marker");
    assert_true(exists(marker));
}

/* libltdl takes a reused descriptor number for the library before. */
static void three_in_one_process_are_distinct(void **state)
{
    (void)state;
    assert_loads(sandbox_install(GOOD, "one.so"), "good");
    assert_loads(sandbox_install(OLDER, "two.so"), "older");
    assert_loads(sandbox_install(NEWER, "three.so"), "newer");
}

static void a_failure_between_does_not_confuse(void **state)
{
    (void)state;
    assert_loads(sandbox_install(GOOD, "before.so"), "good");
    assert_fails(sandbox_install("tests/mocks/.libs/undefined.so", "between.so"),
                 DNSHOOK_BAD_CONFIG, "undefined symbol");
    assert_loads(sandbox_install(NEWER, "after.so"), "newer");
    assert_loads(sandbox_path("before.so"), "good");
}

static void one_file_is_loaded_once(void **state)
{
    const char *const path = sandbox_install(GOOD, "once.so");
    struct module *first, *second;

    (void)state;
    assert_int_equal(loader_open(path, &first, why), DNSHOOK_OK);
    assert_int_equal(loader_open(path, &second, why), DNSHOOK_OK);
    assert_ptr_equal(first, second);
}

static void a_new_file_under_an_old_name_is_loaded(void **state)
{
    const char *const path = sandbox_install(GOOD, "replaced.so");

    (void)state;
    assert_loads(path, "good");
    assert_int_equal(rename(sandbox_install(NEWER, "new.so"), path), 0);
    assert_loads(path, "newer");
}

static void an_undefined_symbol_is_named(void **state)
{
    const char *const path = sandbox_install("tests/mocks/.libs/undefined.so", "undefined.so");

    (void)state;
    assert_fails(path, DNSHOOK_BAD_CONFIG, "undefined symbol: no_such_function_anywhere");
    assert_non_null(strstr(why, path));
}

static void what_is_no_library_is_told_so(void **state)
{
    (void)state;
    assert_fails(sandbox_write("text.so", "This is a text, and longer than the header of ELF.\n"
                                          "It has a second line.\n"),
                 DNSHOOK_BAD_CONFIG, "text.so cannot be loaded: invalid ELF header");
    assert_fails(sandbox_write("empty.so", ""), DNSHOOK_BAD_CONFIG,
                 "empty.so cannot be loaded: file too short");
}

static void a_missing_file_is_told_so(void **state)
{
    (void)state;
    assert_fails(sandbox_path("missing.so"), DNSHOOK_BAD_CONFIG,
                 "missing.so cannot be opened: No such file");
}

static void only_absolute_paths_of_so_files(void **state)
{
    static const char *const paths[] = {"good.so", "./good.so", "", "good", "/"};

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_fails(paths[i], DNSHOOK_BAD_CONFIG, "not an absolute path that ends in .so");
    assert_fails(sandbox_write("good.la", "dlname='good.so'\n"), DNSHOOK_BAD_CONFIG,
                 "not an absolute path that ends in .so");
}

static void only_regular_files(void **state)
{
    const char *const fifo = sandbox_path("fifo.so");

    (void)state;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    (void)alarm(5);
    assert_fails(fifo, DNSHOOK_DENIED, "is not a regular file");
    (void)alarm(0);
    assert_fails(sandbox_mkdir("directory.so", 0755), DNSHOOK_DENIED, "is not a regular file");
}

static void no_symbolic_link(void **state)
{
    const char *const link = sandbox_path("link.so");

    (void)state;
    assert_int_equal(symlink(sandbox_install(MARKER, "target.so"), link), 0);
    assert_refused(link, "link.so is a symbolic link");
}

static void a_linked_directory_is_followed(void **state)
{
    (void)state;
    (void)sandbox_mkdir("real-directory", 0755);
    (void)sandbox_install(GOOD, "real-directory/good.so");
    assert_int_equal(symlink("real-directory", sandbox_path("linked")), 0);
    assert_loads(sandbox_path("linked/good.so"), "good");
}

static void a_linked_unsafe_directory_is_refused(void **state)
{
    (void)state;
    (void)sandbox_mkdir("unsafe-target", 0777);
    (void)sandbox_install(MARKER, "unsafe-target/marker.so");
    assert_int_equal(symlink("unsafe-target", sandbox_path("linked-unsafe")), 0);
    assert_refused(sandbox_path("linked-unsafe/marker.so"), "unsafe-target may be written");
}

static void no_file_that_everybody_may_write(void **state)
{
    const char *const path = sandbox_install(MARKER, "world.so");

    (void)state;
    assert_int_equal(chmod(path, 0646), 0);
    assert_refused(path, "world.so may be written by everybody");
    assert_non_null(strstr(why, "mode 0646"));
    assert_non_null(strstr(why, "mend it with: chmod o-w /"));
    assert_int_equal(chmod(path, 0644), 0);
    assert_loads(path, "marker");
    assert_int_equal(unlink(sandbox_path("marker")), 0);
}

static void no_file_that_a_strange_group_may_write(void **state)
{
    const char *const path = sandbox_install(MARKER, "group.so");

    (void)state;
    assert_int_equal(chown(path, (uid_t)-1, NOBODY), 0);
    assert_int_equal(chmod(path, 0664), 0);
    assert_refused(path, "group.so may be written by a group");
    assert_non_null(strstr(why, "group 65534"));
    assert_non_null(strstr(why, "chmod g-w /"));
}

static void our_own_group_may_write(void **state)
{
    const char *const path = sandbox_install(GOOD, "own-group.so");

    (void)state;
    assert_int_equal(chown(path, (uid_t)-1, getegid()), 0);
    assert_int_equal(chmod(path, 0664), 0);
    assert_loads(path, "good");
}

static void no_file_of_a_stranger(void **state)
{
    const char *const path = sandbox_install(MARKER, "stranger.so");

    (void)state;
    assert_int_equal(chown(path, NOBODY, (gid_t)-1), 0);
    assert_refused(path, "stranger.so belongs to neither root nor the user who runs dnshook");
    assert_non_null(strstr(why, "owner 65534"));
    assert_non_null(strstr(why, "chown root /"));
}

static void no_directory_that_everybody_may_write(void **state)
{
    (void)state;
    (void)sandbox_mkdir("open", 0777);
    (void)sandbox_install(MARKER, "open/marker.so");
    assert_refused(sandbox_path("open/marker.so"), "/open may be written by everybody");
    assert_non_null(strstr(why, "the directory "));
}

static void no_such_directory_further_up(void **state)
{
    (void)state;
    (void)sandbox_mkdir("up", 0777);
    (void)sandbox_mkdir("up/a", 0755);
    (void)sandbox_mkdir("up/a/b", 0755);
    (void)sandbox_install(MARKER, "up/a/b/marker.so");
    assert_refused(sandbox_path("up/a/b/marker.so"), "/up may be written by everybody");
}

static void no_directory_that_a_strange_group_may_write(void **state)
{
    (void)state;
    assert_int_equal(chown(sandbox_mkdir("group", 0755), (uid_t)-1, NOBODY), 0);
    assert_int_equal(chmod(sandbox_path("group"), 0775), 0);
    (void)sandbox_install(MARKER, "group/marker.so");
    assert_refused(sandbox_path("group/marker.so"), "/group may be written by a group");
}

static void no_directory_of_a_stranger(void **state)
{
    (void)state;
    (void)sandbox_mkdir("strange", 0755);
    (void)sandbox_install(MARKER, "strange/marker.so");
    assert_int_equal(chown(sandbox_path("strange"), NOBODY, NOBODY), 0);
    assert_refused(sandbox_path("strange/marker.so"), "/strange belongs to neither root");
}

static void a_sticky_directory_of_root_is_fine(void **state)
{
    (void)state;
    (void)sandbox_mkdir("sticky", 01777);
    (void)sandbox_install(GOOD, "sticky/good.so");
    assert_loads(sandbox_path("sticky/good.so"), "good");
}

static void a_sticky_directory_of_another_is_not(void **state)
{
    (void)state;
    (void)sandbox_mkdir("their-sticky", 01777);
    (void)sandbox_install(MARKER, "their-sticky/marker.so");
    assert_int_equal(chown(sandbox_path("their-sticky"), NOBODY, NOBODY), 0);
    assert_refused(sandbox_path("their-sticky/marker.so"), "belongs to neither root");
}

/* Loads `path` in a process of its own, whose environment names another directory. */
static int load_with_library_path(const char *path, const char *evil)
{
    const pid_t child = fork();
    int status = -1;

    assert_true(child >= 0);
    if (child == 0) {
        (void)setenv("LD_LIBRARY_PATH", evil, 1);
        (void)setenv("LTDL_LIBRARY_PATH", evil, 1);
        (void)execl(self, self, "--load", path, (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_environment_leads_to_no_code(void **state)
{
    char text[1024];

    (void)state;
    (void)sandbox_mkdir("safe", 0755);
    (void)sandbox_mkdir("evil", 0755);
    (void)sandbox_install(GOOD, "safe/good.so");
    (void)sandbox_install(NEWER, "evil/good.so");
    (void)snprintf(text, sizeof text,
                   "# a libtool library file\ndlname='good.so'\nlibdir='%s'\n"
                   "installed=yes\n",
                   sandbox_path("evil"));
    (void)sandbox_write("safe/good.la", text);
    assert_int_equal(load_with_library_path(sandbox_path("safe/good.so"), sandbox_path("evil")), 0);
    assert_int_equal(load_with_library_path(sandbox_path("safe/missing.so"), sandbox_path("evil")),
                     1);
    assert_int_equal(load_with_library_path(sandbox_path("evil/good.so"), sandbox_path("safe")), 2);
}

/* For the test above: 0 when the provider "good" was loaded, 1 when none, 2 another. */
static int load_only(const char *path)
{
    struct module *module;

    if (loader_open(path, &module, why) != DNSHOOK_OK)
        return 1;
    return strcmp(name_in(module), "good") == 0 && getenv("LTDL_LIBRARY_PATH") == NULL ? 0 : 2;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_and_finds_symbols),
        cmocka_unit_test(code_runs_when_it_is_loaded),
        cmocka_unit_test(three_in_one_process_are_distinct),
        cmocka_unit_test(a_failure_between_does_not_confuse),
        cmocka_unit_test(one_file_is_loaded_once),
        cmocka_unit_test(a_new_file_under_an_old_name_is_loaded),
        cmocka_unit_test(an_undefined_symbol_is_named),
        cmocka_unit_test(what_is_no_library_is_told_so),
        cmocka_unit_test(a_missing_file_is_told_so),
        cmocka_unit_test(only_absolute_paths_of_so_files),
        cmocka_unit_test(only_regular_files),
        cmocka_unit_test(no_symbolic_link),
        cmocka_unit_test(a_linked_directory_is_followed),
        cmocka_unit_test(a_linked_unsafe_directory_is_refused),
        cmocka_unit_test(no_file_that_everybody_may_write),
        ROOT_TEST(no_file_that_a_strange_group_may_write),
        cmocka_unit_test(our_own_group_may_write),
        ROOT_TEST(no_file_of_a_stranger),
        cmocka_unit_test(no_directory_that_everybody_may_write),
        cmocka_unit_test(no_such_directory_further_up),
        ROOT_TEST(no_directory_that_a_strange_group_may_write),
        ROOT_TEST(no_directory_of_a_stranger),
        ROOT_TEST(a_sticky_directory_of_root_is_fine),
        ROOT_TEST(a_sticky_directory_of_another_is_not),
        cmocka_unit_test(the_environment_leads_to_no_code),
    };

    if (argc == 3 && strcmp(argv[1], "--load") == 0)
        return load_only(argv[2]);
    self = argv[0];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
