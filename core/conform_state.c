#include "conform_state.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "deadline.h"

enum { ALARM_SLACK = 1000 /* ms */ };

static void read_signals(struct process_state *state)
{
    (void)sigemptyset(&state->blocked);
    (void)sigprocmask(SIG_BLOCK, NULL, &state->blocked);
    for (int i = 1; i < STATE_SIGNALS; i++) {
        struct sigaction action = {0};

        if (sigaction(i, NULL, &action) != 0)
            continue; /* the C library's own */
        state->handlers[i] = (uintptr_t)action.sa_handler;
        state->flags[i] = action.sa_flags;
    }
}

/* FNV-1a, 64 bits, over all of the environment. */
static uint64_t digest_environment(void)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);

    for (char *const *variable = environ; variable != NULL && *variable != NULL; variable++)
        for (const char *at = *variable; at == *variable || at[-1] != '\0'; at++)
            digest = (digest ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return digest;
}

static void read_streams(struct process_state *state)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat stat = {0};

        (void)fstat(fd, &stat);
        state->stream_devices[fd] = stat.st_dev;
        state->streams[fd] = stat.st_ino;
    }
}

void process_state_read(struct process_state *state)
{
    const char *const locale = setlocale(LC_ALL, NULL);
    struct itimerval timer = {0};
    struct stat here = {0};

    memset(state, 0, sizeof *state);
    state->umask = umask(077);
    (void)umask(state->umask);
    (void)stat(".", &here);
    state->directory_device = here.st_dev;
    state->directory = here.st_ino;
    (void)snprintf(state->locale, sizeof state->locale, "%s", locale != NULL ? locale : "");
    read_signals(state);
    state->environment = digest_environment();
    read_streams(state);
    (void)getitimer(ITIMER_REAL, &timer);
    if (timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0)
        state->alarm = deadline_now() + (int64_t)timer.it_value.tv_sec * 1000 +
                       (int64_t)timer.it_value.tv_usec / 1000;
}

/* The timer never goes back by itself; a signal shortens it. */
static bool is_put_off(int64_t before, int64_t after)
{
    return before != 0 && (after == 0 || after > before + ALARM_SLACK);
}

static bool same_signals(const struct process_state *a, const struct process_state *b)
{
    for (int i = 1; i < STATE_SIGNALS; i++)
        if (a->handlers[i] != b->handlers[i] || a->flags[i] != b->flags[i] ||
            sigismember(&a->blocked, i) != sigismember(&b->blocked, i))
            return false;
    return true;
}

const char *process_state_differs(const struct process_state *before,
                                  const struct process_state *after)
{
    if (before->umask != after->umask)
        return "the umask";
    if (before->directory_device != after->directory_device ||
        before->directory != after->directory)
        return "the working directory";
    if (strcmp(before->locale, after->locale) != 0)
        return "the locale";
    if (!same_signals(before, after))
        return "a signal handler or the signal mask";
    if (before->environment != after->environment)
        return "the environment";
    for (int fd = 0; fd < 3; fd++)
        if (before->stream_devices[fd] != after->stream_devices[fd] ||
            before->streams[fd] != after->streams[fd])
            return "a standard stream";
    return is_put_off(before->alarm, after->alarm) ? "the alarm timer" : NULL;
}
