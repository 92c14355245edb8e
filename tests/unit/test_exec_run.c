/* Programs that are run: what they are given, what they say, and how they end. */
#include "exec_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

/* Longer than any of the limits tried here, and far shorter than the sleeps in the scripts. */
enum { SOON = 20 };

static void what_it_is_given(void **state)
{
    const int open_one = open("/dev/null", O_RDONLY); /* inherited, if nobody sees to it */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;

    (void)state;
    assert_int_equal(sigaction(SIGPIPE, &ignore, &before), 0);
    set_script("[ $# -eq 4 ] || exit 10\n"
               "[ \"$1\" = add ] && [ \"$2\" = " NAME " ] || exit 11\n"
               "[ \"$3\" = " VALUE " ] && [ \"$4\" = " ZONE " ] || exit 12\n"
               "[ -z \"$(cat)\" ] || exit 13\n"
               "[ \"$(pwd)\" = / ] || exit 14\n"
               "[ \"$(ls /proc/self/fd | wc -l)\" -le 4 ] || exit 15\n"
               "(: </dev/tty) 2>/dev/null && exit 16\n"
               "[ \"$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f4)\" = $$ ] || exit 17\n"
               "grep -q '^SigIgn:.*0000000$' /proc/self/status || exit 18\n" /* glibc has 32, 33 */
               "grep -q '^SigBlk:.0*$' /proc/self/status || exit 19\n");
    assert_comes_to(DNSHOOK_OK, "");
    assert_int_equal(sigaction(SIGPIPE, &before, NULL), 0);
    close(open_one);
    set_script("[ \"$1\" = remove ]");
    assert_int_equal(change(DNSHOOK_REMOVE, VALUE, NULL), DNSHOOK_OK);
}

static void values_as_they_are(void **state)
{
    static const char *const values[] = {
        "-n",
        "--",
        "$(touch pwned)",
        "`touch pwned`",
        "a b",
        "\"",
        "\\",
        "'",
        "a;touch b",
        "*",
        "~",
        "%s",
        " a ",
        "$HOME",
        "&&",
        "\\\"'$(`;|&",
        ">x",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char script[256];

        (void)snprintf(script, sizeof script, "printf '%%s' \"$3\" >%s", folder("value"));
        set_script(script);
        assert_int_equal(change(DNSHOOK_ADD, values[i], NULL), DNSHOOK_OK);
        assert_string_equal(contents("value"), values[i]);
    }
}

/* The environment that the program sees, sorted. */
static const char *environment_of_program(void)
{
    char script[256];

    (void)snprintf(script, sizeof script, "exec env -u PWD | grep -v ^PWD= | sort >%s",
                   folder("env"));
    set_script(script);
    assert_int_equal(change(DNSHOOK_ADD, VALUE, NULL), DNSHOOK_OK);
    return contents("env");
}

static void environments(void **state)
{
    static const char path[] =
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n";
    char wanted[512];

    (void)state;
    assert_int_equal(setenv("EXEC_TEST_ONE", "one value", 1), 0);
    assert_int_equal(setenv("EXEC_TEST_ONE_MORE", "not named", 1), 0);
    assert_int_equal(setenv("EXEC_TEST_TWO", "two", 1), 0);
    assert_int_equal(setenv("LC_ALL", "xx_XX", 1), 0);
    assert_int_equal(unsetenv("EXEC_TEST_NONE"), 0);
    (void)snprintf(wanted, sizeof wanted, "LANG=C\nLC_ALL=C\n%s", path);
    assert_string_equal(environment_of_program(), wanted);
    fake_host_set(fake, "pass-environment", " EXEC_TEST_TWO\tEXEC_TEST_ONE EXEC_TEST_NONE LC_ALL");
    (void)snprintf(wanted, sizeof wanted,
                   "EXEC_TEST_ONE=one value\nEXEC_TEST_TWO=two\nLANG=C\nLC_ALL=xx_XX\n%s", path);
    assert_string_equal(environment_of_program(), wanted);
    assert_int_equal(unsetenv("LC_ALL"), 0);
}

static void exit_statuses(void **state)
{
    static const struct {
        const char *script;
        int status;
        const char *words;
    } rows[] = {
        {"exit 0", DNSHOOK_OK, ""},
        {"exit 1", DNSHOOK_BAD_ANSWER, "script add " NAME ": exit status 1"},
        {"echo no luck >&2; exit 1", DNSHOOK_BAD_ANSWER, "exit status 1: no luck"},
        {"echo no luck; exit 1", DNSHOOK_BAD_ANSWER, "exit status 1: no luck"},
        {"echo out; echo err >&2; exit 1", DNSHOOK_BAD_ANSWER, "exit status 1: err"},
        {"exit 65", DNSHOOK_REJECTED, "exit status 65, refused"},
        {"exit 68", DNSHOOK_NO_ZONE, "exit status 68, no such zone"},
        {"exit 69", DNSHOOK_UNREACHABLE, "exit status 69, not reachable"},
        {"echo slow down >&2; exit 75", DNSHOOK_AGAIN, "exit status 75, try again: slow down"},
        {"exit 77", DNSHOOK_DENIED, "exit status 77, permission denied"},
        {"exit 78", DNSHOOK_BAD_CONFIG, "exit status 78, not configured"},
        {"exit 127", DNSHOOK_BAD_ANSWER, "exit status 127"},
        {"no-such-program", DNSHOOK_BAD_ANSWER, "exit status 127: "},
        {"exit 255", DNSHOOK_BAD_ANSWER, "exit status 255"},
        {"kill -9 $$", DNSHOOK_BAD_ANSWER, "ended by signal 9"},
        {"echo oh >&2; kill -TERM $$", DNSHOOK_BAD_ANSWER, "ended by signal 15: oh"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        set_script(rows[i].script);
        assert_comes_to(rows[i].status, rows[i].words);
    }
}

static void effects(void **state)
{
    static const struct {
        const char *script;
        uint32_t effect;
    } rows[] = {
        {":", DNSHOOK_EFFECT_UNKNOWN},
        {"echo changed", DNSHOOK_EFFECT_CHANGED},
        {"echo unchanged", DNSHOOK_EFFECT_NO_CHANGE},
        {"printf unchanged", DNSHOOK_EFFECT_NO_CHANGE},
        {"printf 'changed\\r\\n'", DNSHOOK_EFFECT_CHANGED},
        {"echo a; echo changed; echo b", DNSHOOK_EFFECT_CHANGED},
        {"echo changed; echo unchanged", DNSHOOK_EFFECT_NO_CHANGE},
        {"echo unchanged; echo changed; echo", DNSHOOK_EFFECT_CHANGED},
        {"echo 'was changed'; echo 'changed.'; echo Changed", DNSHOOK_EFFECT_UNKNOWN},
        {"echo changed >&2", DNSHOOK_EFFECT_UNKNOWN},
        {"head -c 300000 /dev/zero | tr '\\0' x; echo; echo changed", DNSHOOK_EFFECT_CHANGED},
        /* what is kept would begin within the line */
        {"head -c 32765 /dev/zero | tr '\\0' x; echo; echo unchanged; "
         "head -c 32760 /dev/zero | tr '\\0' y; echo",
         DNSHOOK_EFFECT_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t effect = 99;

        set_script(rows[i].script);
        assert_int_equal(change(DNSHOOK_ADD, VALUE, &effect), DNSHOOK_OK);
        assert_int_equal(effect, rows[i].effect);
    }
}

static void last_words(void **state)
{
    (void)state;
    set_script("printf 'one\\ntwo\\n\\nthree \\n  \\nfour\\n\\n' >&2; exit 1");
    assert_comes_to(DNSHOOK_BAD_ANSWER, "exit status 1: two / three  / four");
    set_script("printf 'a\\0b' >&2; exit 1");
    assert_comes_to(DNSHOOK_BAD_ANSWER, "exit status 1: a?b");
    set_script("head -c 5000 /dev/zero | tr '\\0' x >&2; echo y >&2; exit 1");
    assert_comes_to(DNSHOOK_BAD_ANSWER, "xxxy");
    set_script("echo warn >&2; echo said");
    assert_comes_to(DNSHOOK_OK, "");
    assert_has(fake->logged, "2 add: warn\n");
    assert_has(fake->logged, "3 add: said\n");
}

static void floods(void **state)
{
    (void)state;
    set_script("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2\n"
               "echo the end >&2; exit 1");
    assert_comes_to(DNSHOOK_BAD_ANSWER, "exit status 1: the end");
    assert_true(strlen(fake->failed) < 1200);
}

/* Whether the process whose number is in this file goes away. */
static bool is_gone(const char *name)
{
    const time_t start = time(NULL);
    const long pid = strtol(contents(name), NULL, 10);

    assert_true(pid > 1);
    while (kill((pid_t)pid, 0) == 0 && time(NULL) - start < SOON) {
        char path[64];
        char state = 0;
        FILE *file;

        (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
        file = fopen(path, "re");
        if (file == NULL)
            return true;
        for (int c = getc(file); c != EOF; c = getc(file))
            if (c == ')' && getc(file) == ' ')
                state = (char)getc(file);
        (void)fclose(file);
        if (state == 'Z') /* nobody may be there to reap it */
            return true;
        (void)usleep(10000);
    }
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void what_it_leaves_behind(void **state)
{
    const time_t start = time(NULL);
    char script[256];

    (void)state;
    (void)snprintf(script, sizeof script, "sleep 100 & echo $! >%s; echo changed", folder("pid"));
    set_script(script);
    assert_comes_to(DNSHOOK_OK, "");
    assert_true(time(NULL) - start < SOON);
    assert_true(is_gone("pid"));
}

static void a_process_that_flees(void **state)
{
    const time_t start = time(NULL);
    char script[256];

    (void)state;
    (void)snprintf(script, sizeof script,
                   "setsid sh -c 'echo $$ >%s; exec sleep 100' & \n"
                   "until [ -s %s ]; do sleep 0.05; done; echo here >&2; exit 1",
                   folder("fled"), folder("fled"));
    set_script(script);
    assert_comes_to(DNSHOOK_BAD_ANSWER, "exit status 1: here");
    assert_true(time(NULL) - start < SOON);
    assert_int_equal(kill((pid_t)strtol(contents("fled"), NULL, 10), SIGKILL), 0);
}

static void one_that_hangs(void **state)
{
    const time_t start = time(NULL);
    char script[256];

    (void)state;
    fake_host_set(fake, "run-timeout", "1");
    (void)snprintf(script, sizeof script,
                   "echo $$ >%s; echo waiting >&2; sleep 100; :", folder("pid"));
    set_script(script);
    assert_comes_to(DNSHOOK_UNREACHABLE,
                    "DNSHOOK_EXEC_RUN_TIMEOUT gives it, and was ended: waiting");
    assert_true(is_gone("pid"));
    set_script("trap 'echo tidied up >&2; exit 3' TERM; while :; do sleep 0.05; done");
    assert_comes_to(DNSHOOK_UNREACHABLE, "tidied up");
    (void)snprintf(script, sizeof script, "trap '' TERM; echo $$ >%s; while :; do sleep 0.05; done",
                   folder("pid"));
    set_script(script);
    assert_comes_to(DNSHOOK_UNREACHABLE, "and was ended");
    assert_true(is_gone("pid"));
    set_script("exec >&- 2>&-; sleep 100; :");
    assert_comes_to(DNSHOOK_UNREACHABLE, "and was ended");
    assert_true(time(NULL) - start < 3 * SOON);
}

static void the_time_is_over(void **state)
{
    char script[256];

    (void)state;
    (void)snprintf(script, sizeof script, "touch %s", folder("ran"));
    set_script(script);
    time_left = 0;
    assert_comes_to(DNSHOOK_INTERRUPTED, "was not run, because the time is over");
    assert_int_not_equal(access(folder("ran"), F_OK), 0);
}

static void an_interruption(void **state)
{
    const time_t start = time(NULL);

    (void)state;
    time_left_calls = 10;
    set_script("sleep 100; :");
    assert_comes_to(DNSHOOK_INTERRUPTED, "did not end in time, and was ended");
    assert_true(time(NULL) - start < SOON);
}

/* Whether posix_spawn() itself says that it failed: not so under valgrind. */
static bool spawn_tells(void)
{
    char *words[] = {(char *)"/nowhere", NULL};
    pid_t pid;

    if (posix_spawn(&pid, words[0], NULL, NULL, words, words + 1) != 0)
        return true;
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return false;
}

static void programs_that_are_none(void **state)
{
    (void)state;
    if (!spawn_tells())
        return;
    fake_host_set(fake, "program", write_program("none", "echo no interpreter\n", 0700));
    assert_comes_to(DNSHOOK_BAD_CONFIG,
                    "cannot be run: Exec format error (a script begins with #!");
    fake_host_set(fake, "program", write_program("none", "#!/nowhere/sh\n", 0700));
    assert_comes_to(DNSHOOK_BAD_CONFIG, "No such file or directory (is the interpreter");
}

static void an_end_that_is_not_known(void **state)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;

    (void)state;
    set_script("exit 1");
    assert_int_equal(sigaction(SIGCHLD, &ignore, &before), 0);
    assert_comes_to(DNSHOOK_BAD_ANSWER, "SIGCHLD is ignored");
    assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
}

static void no_memory(void **state)
{
    int status = DNSHOOK_NO_MEMORY;
    long n = 0;

    (void)state;
    set_script("exit 0");
    while (status != DNSHOOK_OK && n < 20) {
        fake->allocations = 0;
        fake->fail_alloc = ++n;
        fake_host_forget(fake);
        status = change(DNSHOOK_ADD, VALUE, NULL);
        assert_true(status == DNSHOOK_OK || status == DNSHOOK_NO_MEMORY);
        assert_int_equal(fake->fails, status == DNSHOOK_OK ? 0 : 1);
        assert_int_equal(fake->live, 0);
    }
    assert_true(n > 3);
    assert_int_equal(status, DNSHOOK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_it_is_given),
        TEST(values_as_they_are),
        TEST(environments),
        TEST(exit_statuses),
        TEST(effects),
        TEST(last_words),
        TEST(floods),
        TEST(what_it_leaves_behind),
        TEST(a_process_that_flees),
        TEST(one_that_hangs),
        TEST(the_time_is_over),
        TEST(an_interruption),
        TEST(programs_that_are_none),
        TEST(an_end_that_is_not_known),
        TEST(no_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
