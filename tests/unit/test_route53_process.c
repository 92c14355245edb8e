/* Credentials from the program that a profile names. */
#include "credentials_fixture.h"
#include "arguments.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A profile whose credential_process is this script of the shell. */
static void set_process(const char *script, const char *more)
{
    char text[4096];

    (void)snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);

    const char *const program = write_file("a program", text, 0700);

    (void)snprintf(text, sizeof text,
                   "[default]\n%scredential_process = '%s' 'one word' --x=\"$y\"\n", more, program);
    (void)write_file("config", text, 0600);
}

static void a_process(void **state)
{
    static const char script[] =
        "[ $# -eq 2 ] && [ \"$1\" = 'one word' ] && [ \"$2\" = '--x=$y' ] || exit 3\n"
        "env | grep -q -e ^AWS_SECRET -e ^AWS_SESSION -e ^AWS_ACCESS -e ^AWS_SECURITY && exit 4\n"
        "[ \"$DNSHOOK_TEST\" = here ] || exit 5\n"
        "[ -z \"$(cat)\" ] || exit 6\n"
        "[ \"$(ls /proc/self/fd | wc -l)\" -le 4 ] || exit 7\n"
        "(: </dev/tty) 2>/dev/null && exit 8\n"
        "[ \"$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f4)\" = $$ ] || exit 9\n"
        "echo 'all is well' >&2\n"
        "cat <<'END'\n" JSON("ASIAP", LATER) "\nEND\n";
    const int open_one = open("/dev/null", O_RDONLY); /* inherited, if nobody sees to it */

    (void)state;
    assert_int_equal(setenv("AWS_ACCESS_KEY_ID", "AKID", 1), 0);
    assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", CANARY, 1), 0);
    assert_int_equal(setenv("AWS_SESSION_TOKEN", CANARY, 1), 0);
    assert_int_equal(setenv("DNSHOOK_TEST", "here", 1), 0);
    set_process(script, "");
    assert_gives("ASIAP", true);
    assert_true(got->refreshable);
    assert_has(got->source, "credential_process of profile default in ");
    close(open_one);
    assert_int_equal(unsetenv("AWS_ACCESS_KEY_ID") + unsetenv("AWS_SECRET_ACCESS_KEY") +
                         unsetenv("AWS_SESSION_TOKEN"),
                     0);
}

static void a_process_without_a_token(void **state)
{
    (void)state;
    set_process(
        "echo '{\"Version\":1,\"AccessKeyId\":\"AKP\",\"SecretAccessKey\":\"" CANARY "Key\"}'", "");
    assert_gives("AKP", false);
    assert_false(got->refreshable);
}

static void keys_beat_a_process(void **state)
{
    (void)state;
    set_process("exit 1", KEYS("AKDEF"));
    assert_gives("AKDEF", false);
}

static void a_process_that_leaves_another_behind(void **state)
{
    const time_t start = time(NULL);

    (void)state;
    set_process("sleep 30 &\necho '" JSON("ASIAP", LATER) "'", "");
    assert_gives("ASIAP", true);
    assert_true(time(NULL) - start < 10);
}

static void processes_that_fail(void **state)
{
    static const struct {
        const char *script;
        int status;
        const char *what;
    } rows[] = {
        {"printf 'no\\033 luck\\n" CANARY "\\n' >&2; exit 7", DNSHOOK_DENIED,
         "ended with status 7; it said: no? luck"},
        {"exit 1", DNSHOOK_DENIED, "ended with status 1"},
        {"kill -9 $$", DNSHOOK_DENIED, "ended with signal 9"},
        {"echo " CANARY, DNSHOOK_BAD_ANSWER, "makes no sense: it is no JSON"},
        {":", DNSHOOK_BAD_ANSWER, "makes no sense"},
        {"echo '{\"Version\":2}'", DNSHOOK_BAD_ANSWER, "another Version than 1"},
        {"echo '{\"Version\":\"1\"}'", DNSHOOK_BAD_ANSWER, "another Version than 1"},
        {"echo '{\"Version\":1}'", DNSHOOK_BAD_ANSWER, "no AccessKeyId"},
        {"exec cat /dev/zero", DNSHOOK_BAD_ANSWER, "wrote more than 65536 bytes"},
        {"cat /dev/zero >&2 & sleep 0.3; kill $!; exit 9", DNSHOOK_DENIED, "ended with status 9"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        set_process(rows[i].script, "");
        assert_fails(rows[i].status, rows[i].what);
        again(state);
    }
}

static void command_lines_that_are_none(void **state)
{
    static const struct {
        const char *line;
        int status;
        const char *what;
    } rows[] = {
        {"/nowhere/program", DNSHOOK_BAD_CONFIG, "/nowhere/program cannot be run: No such file"},
        {"'/bin/true", DNSHOOK_BAD_CONFIG, "without an end"},
        {"''", DNSHOOK_BAD_CONFIG, "cannot be run"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];

        (void)snprintf(text, sizeof text, "[default]\ncredential_process = %s\n", rows[i].line);
        (void)write_file("config", text, 0600);
        assert_fails(rows[i].status, rows[i].what);
        again(state);
    }
}

static void a_process_ends_with_the_time(void **state)
{
    const time_t start = time(NULL);

    (void)state;
    set_process("sleep 30", "");
    fake->time_left = 0;
    assert_fails(DNSHOOK_DEADLINE, "did not end in time");
    assert_true(time(NULL) - start < 10);
}

static void who_names_a_process(void **state)
{
    (void)state;
    set_process("echo '" JSON("ASIAP", LATER) "'", "");
    assert_int_equal(chmod(dir, 0722), 0);

    const int status = ask(false);

    assert_int_equal(chmod(dir, 0700), 0);
    assert_int_equal(status, DNSHOOK_DENIED);
    assert_has(fake->failed, "credential_process is not run, because others could have named");
    if (geteuid() == 0) {
        again(state);
        set_process("echo '" JSON("ASIAP", LATER) "'", "");
        assert_int_equal(chown(path_of("config"), 65534, 0), 0);
        assert_fails(DNSHOOK_DENIED, "belongs to another user (uid 65534)");
    }
}

static void command_lines(void **state)
{
    static const struct {
        const char *line;
        int count;
        const char *words; /* each in [] */
    } rows[] = {
        {"", 0, ""},
        {"  \t\n ", 0, ""},
        {"a", 1, "[a]"},
        {" a  b\tc\nd ", 4, "[a][b][c][d]"},
        {"'a b'\"c d\"e f", 2, "[a bc de][f]"},
        {"'' \"\" x", 3, "[][][x]"},
        {"a\\ b \\'", 2, "[a b][']"},
        {"'a\\b' \"a\\b\" a\\b", 3, "[a\\b][a\\b][ab]"},
        {"\"\\$\\`\\\"\\\\\" '$x' $(y) `z` ~ *", 6, "[$`\"\\][$x][$(y)][`z`][~][*]"},
        {"a;b|c>d&", 1, "[a;b|c>d&]"},
        {"a \\\n b", 3, "[a][][b]"},
        {"a\\\nb \"c\\\nd\"", 2, "[ab][cd]"},
        {"# no comment", 3, "[#][no][comment]"},
        {"'a", -1, ""},
        {"\"a", -1, ""},
        {"a\\", -1, ""},
        {"\"a\\", -1, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *words[ARGUMENTS_MAX + 1];
        char out[256] = "";
        char *const line = strdup(rows[i].line); /* exactly, so that reading past the end is seen */
        const int count = arguments_split(line, words);

        assert_int_equal(count, rows[i].count);
        for (int w = 0; w < count; w++)
            (void)snprintf(out + strlen(out), sizeof out - strlen(out), "[%s]", words[w]);
        assert_string_equal(out, rows[i].words);
        if (count >= 0)
            assert_null(words[count]);
        free(line);
    }

    char many[2 * ARGUMENTS_MAX + 4] = "";
    char *words[ARGUMENTS_MAX + 1];

    for (int i = 0; i <= ARGUMENTS_MAX; i++)
        memcpy(many + (size_t)i * 2, "x ", 3);
    assert_int_equal(arguments_split(many, words), -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_process),
        TEST(a_process_without_a_token),
        TEST(keys_beat_a_process),
        TEST(a_process_that_leaves_another_behind),
        TEST(processes_that_fail),
        TEST(command_lines_that_are_none),
        TEST(a_process_ends_with_the_time),
        TEST(who_names_a_process),
        TEST(command_lines),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
