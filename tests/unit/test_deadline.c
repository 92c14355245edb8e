/* core/deadline.c: the two phases of a run, sleeping, signals and the alarm. What changes the
 * process is tried in children. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "sandbox.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOUR = 3600000, CHILD_OK = 77 };

/* Ends the child with its line number if something is not so. */
#define NEED(what)                                                                                 \
    do {                                                                                           \
        if (!(what))                                                                               \
            complain(__LINE__, #what);                                                             \
    } while (0)

static _Noreturn void complain(int line, const char *what)
{
    (void)fprintf(stderr, "line %d: not so: %s\n", line, what);
    _exit(1);
}

/* Runs `body` in a child; its wait status, and in `said` what it wrote to standard error. */
static int in_child(void (*body)(void), const char **said)
{
    int status = 0;
    pid_t child;

    sandbox_capture();
    child = fork();
    if (child == 0) {
        body();
        _exit(CHILD_OK);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    *said = sandbox_release();
    assert_true(child > 0);
    return status;
}

/* The child came to its end and had nothing to complain about. */
static void runs(void (*body)(void))
{
    const char *said;
    const int status = in_child(body, &said);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != CHILD_OK)
        fail_msg("wait status %#x: %s", (unsigned)status, said);
}

/* The child ended with this status, having said this. */
static void ends(void (*body)(void), int code, const char *words)
{
    const char *said;
    const int status = in_child(body, &said);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("wait status %#x, not exit status %d: %s", (unsigned)status, code, said);
    assert_string_equal(said, words);
}

static void start(int64_t total, int64_t reserve)
{
    NEED(deadline_start(total, reserve) == DNSHOOK_OK);
}

static bool about(int64_t value, int64_t wanted)
{
    return value <= wanted && value > wanted - 2000;
}

static void phases_body(void)
{
    start(HOUR, 10000);
    NEED(about(deadline_left(), HOUR - 10000));
    NEED(deadline_status() == DNSHOOK_OK);
    NEED(deadline_signal() == 0 && !deadline_interrupted());
    NEED(deadline_fd() >= 0);
    deadline_begin_cleanup();
    NEED(about(deadline_left(), HOUR));
    NEED(deadline_fd() == -1);
    deadline_begin_cleanup();
    NEED(about(deadline_left(), HOUR));
}

static void two_phases(void **state)
{
    (void)state;
    runs(phases_body);
}

static void over_body(void)
{
    start(HOUR, HOUR);
    NEED(deadline_left() == 0);
    NEED(deadline_status() == DNSHOOK_DEADLINE);
    NEED(deadline_sleep(0) == DNSHOOK_DEADLINE);
    deadline_begin_cleanup();
    NEED(deadline_status() == DNSHOOK_OK);
    NEED(about(deadline_left(), HOUR));
}

static void time_for_work_is_over(void **state)
{
    (void)state;
    runs(over_body);
}

static void again_body(void)
{
    start(HOUR, 0);
    start(2 * HOUR, 0);
    NEED(about(deadline_left(), 2 * HOUR));
    NEED(fcntl(deadline_fd(), F_GETFD) == FD_CLOEXEC);
}

static void the_times_may_change(void **state)
{
    (void)state;
    runs(again_body);
}

static void sleep_body(void)
{
    const int64_t begin = deadline_now();

    start(HOUR, 0);
    NEED(deadline_sleep(50) == DNSHOOK_OK);
    NEED(deadline_now() - begin >= 50);
    NEED(deadline_sleep(0) == DNSHOOK_OK);
    NEED(deadline_sleep(-5) == DNSHOOK_OK);
}

static void sleeping(void **state)
{
    (void)state;
    runs(sleep_body);
}

/* A wait that does not fit is not begun. */
static void too_long_body(void)
{
    int64_t begin;

    start(20000, 15000);
    begin = deadline_now();
    NEED(deadline_sleep(5001) == DNSHOOK_DEADLINE);
    NEED(deadline_sleep(INT32_MAX) == DNSHOOK_DEADLINE);
    NEED(deadline_now() - begin < 2000);
}

static void a_sleep_that_does_not_fit(void **state)
{
    (void)state;
    runs(too_long_body);
}

/* Sends a signal to the caller after 50 ms, from a child that nobody waits for. */
static void signal_soon(int number)
{
    const pid_t target = getpid();
    const pid_t child = fork();

    NEED(child >= 0);
    if (child == 0) {
        (void)poll(NULL, 0, 50);
        (void)kill(target, number);
        _exit(0);
    }
}

static void woken_body(void)
{
    const int64_t begin = deadline_now();

    start(HOUR, 15000);
    signal_soon(SIGTERM);
    NEED(deadline_sleep(20000) == DNSHOOK_INTERRUPTED);
    NEED(deadline_now() - begin < 10000);
    NEED(deadline_signal() == SIGTERM && deadline_interrupted());
    NEED(deadline_status() == DNSHOOK_INTERRUPTED);
    NEED(deadline_left() == 0);
    NEED(deadline_sleep(1) == DNSHOOK_INTERRUPTED);
}

static void a_signal_ends_a_sleep(void **state)
{
    (void)state;
    runs(woken_body);
}

static void fd_body(void)
{
    struct pollfd wake;

    start(HOUR, 0);
    wake = (struct pollfd){.fd = deadline_fd(), .events = POLLIN};
    NEED(poll(&wake, 1, 0) == 0);
    NEED(raise(SIGINT) == 0);
    NEED(poll(&wake, 1, 0) == 1 && wake.revents == POLLIN);
}

static void a_signal_wakes_a_poll(void **state)
{
    (void)state;
    runs(fd_body);
}

/* After a signal, cleaning up has ten seconds and is not interrupted. */
static void cleanup_body(void)
{
    start(HOUR, 15000);
    NEED(raise(SIGHUP) == 0);
    deadline_begin_cleanup();
    NEED(about(deadline_left(), 10000));
    NEED(deadline_signal() == SIGHUP && !deadline_interrupted());
    NEED(deadline_status() == DNSHOOK_OK);
    NEED(deadline_sleep(10) == DNSHOOK_OK);
}

static void cleaning_up_after_a_signal(void **state)
{
    (void)state;
    runs(cleanup_body);
}

/* A short run does not become longer by a signal. */
static void short_body(void)
{
    start(3000, 1000);
    NEED(raise(SIGTERM) == 0);
    deadline_begin_cleanup();
    NEED(deadline_left() > 0 && deadline_left() <= 3000);
}

static void a_signal_gives_no_time(void **state)
{
    (void)state;
    runs(short_body);
}

/* A signal that comes while cleaning up is noted, and the first one alone interrupts nothing. */
static void late_body(void)
{
    start(HOUR, 15000);
    deadline_begin_cleanup();
    NEED(raise(SIGTERM) == 0);
    NEED(deadline_signal() == SIGTERM);
    NEED(!deadline_interrupted() && deadline_status() == DNSHOOK_OK);
    NEED(deadline_sleep(10) == DNSHOOK_OK);
}

static void a_signal_while_cleaning_up(void **state)
{
    (void)state;
    runs(late_body);
}

static void second_body(void)
{
    start(HOUR, 15000);
    deadline_last_words("the last words");
    NEED(raise(SIGTERM) == 0);
    (void)raise(SIGINT);
    (void)fprintf(stderr, "still there\n");
}

static void a_second_signal_ends_it(void **state)
{
    (void)state;
    ends(second_body, 128 + SIGINT, "the last words\n");
}

static void unblocked_body(void)
{
    sigset_t all;

    (void)sigfillset(&all);
    NEED(sigprocmask(SIG_BLOCK, &all, NULL) == 0);
    start(HOUR, 0);
    NEED(raise(SIGTERM) == 0);
    NEED(deadline_signal() == SIGTERM);
}

/* A caller that blocks signals does not make the program deaf. */
static void blocked_signals_are_unblocked(void **state)
{
    (void)state;
    runs(unblocked_body);
}

static void sigpipe_body(void)
{
    start(HOUR, 0);
    NEED(raise(SIGPIPE) == 0);
    NEED(deadline_signal() == 0);
}

static void sigpipe_is_ignored(void **state)
{
    (void)state;
    runs(sigpipe_body);
}

static void hang(void)
{
    for (;;)
        (void)pause();
}

static void alarm_body(void)
{
    start(1, 0);
    deadline_last_words("too late");
    hang();
}

static void the_alarm_ends_a_hanging_call(void **state)
{
    const int64_t begin = deadline_now();

    (void)state;
    ends(alarm_body, 1, "too late\n");
    assert_in_range(deadline_now() - begin, 700, 10000);
}

static void signal_then_alarm_body(void)
{
    start(1, 0);
    deadline_last_words("too late");
    NEED(raise(SIGTERM) == 0);
    deadline_begin_cleanup();
    hang();
}

static void the_alarm_after_a_signal(void **state)
{
    (void)state;
    ends(signal_then_alarm_body, 128 + SIGTERM, "too late\n");
}

/* A call that hangs and never sees the signal has ten seconds. */
static void signal_alarm_body(void)
{
    struct itimerval timer;

    start(HOUR, 15000);
    NEED(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_value.tv_sec > 3000);
    NEED(raise(SIGTERM) == 0);
    NEED(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_value.tv_sec <= 10);
}

static void a_signal_brings_the_alarm_nearer(void **state)
{
    (void)state;
    runs(signal_alarm_body);
}

/* When all is done but something hangs on the way out, the outcome stands. */
static void outcome_body(void)
{
    start(1, 0);
    deadline_last_words("not these");
    deadline_outcome(5);
    hang();
}

static void the_outcome_stands(void **state)
{
    (void)state;
    ends(outcome_body, 5, "");
}

static void next_body(void)
{
    start(HOUR, 0);
    deadline_outcome(0);
    start(1, 0);
    deadline_last_words("the next work");
    hang();
}

/* Many accounts, one after the other: what hangs now is not what was done before. */
static void the_outcome_is_of_one_start(void **state)
{
    (void)state;
    ends(next_body, 1, "the next work\n");
}

static void no_words_body(void)
{
    start(1, 0);
    deadline_last_words("not these");
    deadline_last_words("");
    hang();
}

static void no_last_words(void **state)
{
    (void)state;
    ends(no_words_body, 1, "");
}

static void many_words_body(void)
{
    static char text[4000];

    memset(text, 'x', sizeof text - 1);
    start(HOUR, 0);
    deadline_last_words(text);
    (void)raise(SIGTERM);
    (void)raise(SIGTERM);
}

static void last_words_are_cut(void **state)
{
    const char *said;
    const int status = in_child(many_words_body, &said);

    (void)state;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
    assert_int_equal(strspn(said, "x"), 2559);
    assert_string_equal(said + 2559, "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_phases),
        cmocka_unit_test(time_for_work_is_over),
        cmocka_unit_test(the_times_may_change),
        cmocka_unit_test(sleeping),
        cmocka_unit_test(a_sleep_that_does_not_fit),
        cmocka_unit_test(a_signal_ends_a_sleep),
        cmocka_unit_test(a_signal_wakes_a_poll),
        cmocka_unit_test(cleaning_up_after_a_signal),
        cmocka_unit_test(a_signal_gives_no_time),
        cmocka_unit_test(a_signal_while_cleaning_up),
        cmocka_unit_test(a_second_signal_ends_it),
        cmocka_unit_test(blocked_signals_are_unblocked),
        cmocka_unit_test(sigpipe_is_ignored),
        cmocka_unit_test(the_alarm_ends_a_hanging_call),
        cmocka_unit_test(the_alarm_after_a_signal),
        cmocka_unit_test(a_signal_brings_the_alarm_nearer),
        cmocka_unit_test(the_outcome_stands),
        cmocka_unit_test(the_outcome_is_of_one_start),
        cmocka_unit_test(no_last_words),
        cmocka_unit_test(last_words_are_cut),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
