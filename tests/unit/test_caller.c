/* core/caller.c: which process set a variable, and whether it lives. */
#include "caller.h"

#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define VARIABLE "DNSHOOK_TEST_CALLER"

static const char *program;

static void self(void **state)
{
    char text[CALLER_SIZE];
    char again[CALLER_SIZE];

    (void)state;
    caller_self(text);
    caller_self(again);
    assert_true(atol(text) == (long)getpid());
    assert_string_equal(text, again);
    assert_true(caller_may_live(text));
}

/* What a child says of its caller, started through `shells` shells that only hand the variable on.
 */
static void ask(const char *script, char out[CALLER_SIZE])
{
    int ends[2];
    ssize_t size;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(3);
        (void)close(ends[0]);
        (void)setenv(VARIABLE, "some value", 1);
        (void)execl("/bin/sh", "sh", "-c", script, "sh", program, (char *)NULL);
        _exit(4);
    }
    (void)close(ends[1]);
    size = read(ends[0], out, CALLER_SIZE - 1);
    out[size > 0 ? size : 0] = '\0';
    (void)close(ends[0]);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void who_has_set_a_variable(void **state)
{
    static const char *const scripts[] = {
        "exec \"$1\" child", "\"$1\" child; :", "sh -c '\"$1\" child; :' sh \"$1\"; :"};
    char own[CALLER_SIZE];
    char text[CALLER_SIZE];

    (void)state;
    caller_self(own);
    for (size_t i = 0; i < COUNT(scripts); i++) {
        ask(scripts[i], text);
        assert_string_equal(text, own);
    }
    ask("V=$1; " VARIABLE "=other \"$V\" child; :", text);
    assert_string_not_equal(text, own);
    assert_true(atol(text) > 0);
    assert_false(caller_may_live(text)); /* that was the shell */
    ask("unset " VARIABLE "; \"$1\" child; :", text);
    assert_string_equal(text, "none");
}

static void who_may_live(void **state)
{
    char own[CALLER_SIZE];
    char text[CALLER_SIZE];
    unsigned long long began = 0;
    unsigned long long space = 0;
    char *end = NULL;

    (void)state;
    caller_self(own);
    (void)strtol(own, &end, 10);
    began = strtoull(end + 1, &end, 10);
    space = strtoull(end + 1, NULL, 10);
    (void)snprintf(text, sizeof text, "%ld-%llu-%llu", (long)getpid(), began + 1, space);
    assert_false(caller_may_live(text)); /* the id is used again */
    (void)snprintf(text, sizeof text, "%ld-%llu-%llu", (long)getpid(), began + 1, space + 1);
    assert_true(caller_may_live(text)); /* another namespace's */
    assert_true(caller_is_process(own));
    assert_false(caller_is_process(""));
    assert_false(caller_is_process("mod_md"));
    assert_true(caller_may_live(""));
    assert_true(caller_may_live("mod_md"));
    assert_true(caller_may_live("-1-2-3"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(self),
        cmocka_unit_test(who_has_set_a_variable),
        cmocka_unit_test(who_may_live),
    };
    char text[CALLER_SIZE];

    program = argv[0];
    if (argc > 1) {
        (void)printf("%s", caller_of_variable(VARIABLE, text) ? text : "none");
        return 0;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
