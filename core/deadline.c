#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "dnshook/provider.h"
#include "log.h"

enum {
    CLEANUP_AFTER_SIGNAL = 10000, /* ms */
    ALARM_GRACE = 800,            /* ms past the end until the alarm */
    LAST_WORDS_SIZE = 2560
};

static int64_t end_of_work;
static int64_t end_of_all;
static bool cleaning;
static int wake_pipe[2] = {-1, -1};
static volatile sig_atomic_t caught;
static volatile sig_atomic_t outcome = -1;
static char last_words[LAST_WORDS_SIZE];
static volatile sig_atomic_t last_words_size;

int64_t deadline_now(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Says the last words and ends the process; safe in a signal handler. */
static _Noreturn void end_now(int status)
{
    if (last_words_size > 0)
        (void)!write(STDERR_FILENO, last_words, (size_t)last_words_size);
    _exit(status);
}

static void on_signal(int number)
{
    const int saved = errno;

    if (caught != 0)
        end_now(128 + number);
    caught = number;
    if (!cleaning && end_of_all - deadline_now() > CLEANUP_AFTER_SIGNAL)
        (void)alarm(CLEANUP_AFTER_SIGNAL / 1000); /* a call may hang and never see the signal */
    (void)!write(wake_pipe[1], "", 1);
    errno = saved;
}

static void on_alarm(int number)
{
    (void)number;
    if (outcome >= 0)
        _exit(outcome);
    end_now(caught != 0 ? 128 + caught : 1);
}

/* Sets the alarm for ALARM_GRACE past the end of everything. */
static bool set_alarm(void)
{
    const int64_t in = end_of_all - deadline_now() + ALARM_GRACE;
    const int64_t wait = in > 1 ? in : 1;
    const struct itimerval timer = {.it_value = {.tv_sec = (time_t)(wait / 1000),
                                                 .tv_usec = (suseconds_t)(wait % 1000 * 1000)}};

    return setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

static bool install_handlers(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction alarm_action = {.sa_handler = on_alarm};
    sigset_t unblock;

    (void)sigemptyset(&unblock);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction before;

        if (sigaction(ends[i], NULL, &before) != 0)
            return false;
        if (before.sa_handler == SIG_IGN)
            continue; /* the caller wants it so, as nohup(1) does */
        if (sigaction(ends[i], &action, NULL) != 0)
            return false;
        (void)sigaddset(&unblock, ends[i]);
    }
    (void)sigaddset(&unblock, SIGALRM);
    return sigaction(SIGALRM, &alarm_action, NULL) == 0 && sigaction(SIGPIPE, &ignore, NULL) == 0 &&
           sigprocmask(SIG_UNBLOCK, &unblock, NULL) == 0;
}

int deadline_start(int64_t total, int64_t reserve)
{
    end_of_all = deadline_now() + total;
    end_of_work = end_of_all - reserve;
    cleaning = false;
    outcome = -1;
    if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        log_error("cannot make a pipe: %s", strerror(errno));
        return DNSHOOK_UNREACHABLE;
    }
    if (!install_handlers() || !set_alarm()) {
        log_error("cannot set up signals and the alarm: %s", strerror(errno));
        return DNSHOOK_UNREACHABLE;
    }
    return DNSHOOK_OK;
}

void deadline_begin_cleanup(void)
{
    if (cleaning)
        return;
    cleaning = true;
    if (caught != 0 && end_of_all > deadline_now() + CLEANUP_AFTER_SIGNAL)
        end_of_all = deadline_now() + CLEANUP_AFTER_SIGNAL;
    (void)set_alarm();
}

int64_t deadline_left(void)
{
    const int64_t left = (cleaning ? end_of_all : end_of_work) - deadline_now();

    if (deadline_interrupted() || left < 0)
        return 0;
    return left;
}

int deadline_signal(void)
{
    return caught;
}

bool deadline_interrupted(void)
{
    return !cleaning && caught != 0;
}

int deadline_status(void)
{
    if (deadline_interrupted())
        return DNSHOOK_INTERRUPTED;
    return deadline_left() > 0 ? DNSHOOK_OK : DNSHOOK_DEADLINE;
}

int deadline_fd(void)
{
    return cleaning ? -1 : wake_pipe[0];
}

int deadline_sleep(int64_t milliseconds)
{
    const int64_t until = deadline_now() + milliseconds;

    if (deadline_status() == DNSHOOK_OK && milliseconds >= deadline_left())
        return DNSHOOK_DEADLINE;
    for (;;) {
        struct pollfd wake = {.fd = deadline_fd(), .events = POLLIN};
        const int64_t left = until - deadline_now();
        const int status = deadline_status();

        if (status != DNSHOOK_OK)
            return status;
        if (left <= 0)
            return DNSHOOK_OK;
        (void)poll(&wake, 1, (int)left);
    }
}

void deadline_outcome(int status)
{
    outcome = status;
}

void deadline_last_words(const char *text)
{
    size_t size = strlen(text);

    last_words_size = 0;
    if (size > LAST_WORDS_SIZE - 1)
        size = LAST_WORDS_SIZE - 1;
    memcpy(last_words, text, size);
    last_words[size] = '\n';
    last_words_size = (sig_atomic_t)(size > 0 ? size + 1 : 0);
}
