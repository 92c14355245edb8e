/*
 * Running a program.
 *
 * SPDX-License-Identifier: MIT
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SLICE = 20,   /* milliseconds between looks at the clock and the child */
    ROUNDS = 1024 /* of reading what an ended program has left in the pipes */
};

/* A running program. */
struct child {
    pid_t pid;
    bool ended;     /* not reaped yet: its process id, and that of its group, is still taken */
    int output;     /* read end; -1: at its end */
    int complaints; /* ... of standard error */
};

static int64_t now(void)
{
    struct timespec time = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* ---- starting -------------------------------------------------------------------------------- */

/* Standard streams, and nothing else open; the directory. */
static int set_streams(posix_spawn_file_actions_t *actions, const char *directory, int output,
                       int complaints)
{
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, complaints, STDERR_FILENO);
    if (error == 0 && directory != NULL)
        error = posix_spawn_file_actions_addchdir_np(actions, directory);
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
    if (error == 0) /* what the caller of the program has left open */
        error = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
#endif
    return error;
}

/* A session of its own, so that it finds no terminal to wait at, and no signal of ours. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    int error;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &all);
    if (error == 0)
        error = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    return error;
}

static int spawn(struct child *child, const struct child_request *request, int output,
                 int complaints)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_streams(&actions, request->directory, output, complaints);
        if (error == 0)
            error = set_attributes(&attributes);
        if (error == 0)
            error = posix_spawnp(&child->pid, request->words[0], &actions, &attributes,
                                 request->words, request->environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Starts the program with a pipe at each of its outputs. */
static int start(const struct child_request *request, struct child *child)
{
    int output[2] = {-1, -1};
    int complaints[2] = {-1, -1};
    int error = 0;

    if (pipe2(output, O_CLOEXEC) != 0 || pipe2(complaints, O_CLOEXEC) != 0)
        error = errno;
    if (error == 0)
        error = spawn(child, request, output[1], complaints[1]);
    close_fd(&output[1]);
    close_fd(&complaints[1]);
    if (error != 0) {
        close_fd(&output[0]);
        close_fd(&complaints[0]);
    }
    child->output = output[0];
    child->complaints = complaints[0];
    return error;
}

/* ---- listening ------------------------------------------------------------------------------- */

/* Makes room in a full stream that keeps its end: the older half goes, and the line that it would
 * cut, whose rest might read as another line. */
static void drop_old(struct child_stream *stream)
{
    const size_t half = stream->max / 2;
    const char *kept = stream->text + stream->max - half;
    const char *line;

    if (stream->size < stream->max || stream->excess != CHILD_DROP_OLD)
        return;
    line = memchr(kept - 1, '\n', half + 1);
    kept = line != NULL ? line + 1 : kept;
    stream->size = (size_t)(stream->text + stream->max - kept);
    memmove(stream->text, kept, stream->size);
}

/* Reads what is there. True: it was more than the program may write. */
static bool drain(int *fd, struct child_stream *stream)
{
    char spare[256];
    ssize_t got;
    bool full;

    drop_old(stream);
    full = stream->size == stream->max;
    got = full ? read(*fd, spare, sizeof spare)
               : read(*fd, stream->text + stream->size, stream->max - stream->size);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        close_fd(fd);
    if (got > 0 && !full)
        stream->size += (size_t)got;
    if (full)
        OPENSSL_cleanse(spare, sizeof spare);
    return full && got > 0 && stream->excess == CHILD_END_IT;
}

/* Reads what comes within `wait` milliseconds. False: nothing did. */
static bool listen_once(struct child *child, struct child_result *result, int wait)
{
    struct pollfd fds[2] = {{.fd = child->output, .events = POLLIN},
                            {.fd = child->complaints, .events = POLLIN}};

    if (poll(fds, 2, wait) <= 0)
        return false;
    if (fds[0].revents != 0 && drain(&child->output, &result->output))
        result->too_long = true;
    if (fds[1].revents != 0 && drain(&child->complaints, &result->complaints))
        result->too_long = true;
    return true;
}

/* Looks whether the program has ended, without reaping it. */
static void look(struct child *child)
{
    siginfo_t info = {.si_pid = 0};
    const int answer = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);

    child->ended = (answer == 0 && info.si_pid == child->pid) || (answer != 0 && errno == ECHILD);
}

/* Listens until the program has ended, or has to be ended. */
static void attend(const struct dnshook_host *host, struct child *child,
                   struct child_result *result, int64_t end)
{
    while (!child->ended && !result->too_long && !result->timed_out) {
        (void)listen_once(child, result, SLICE);
        look(child);
        result->timed_out = !child->ended && (now() >= end || host->time_left(host) <= 0);
    }
}

/* ---- ending ---------------------------------------------------------------------------------- */

/* Asks the session to end, and gives it time for that. */
static void ask_to_end(struct child *child, struct child_result *result, int64_t grace)
{
    const int64_t end = now() + grace;

    (void)kill(-child->pid, SIGTERM);
    while (!child->ended && now() < end) {
        (void)listen_once(child, result, SLICE);
        look(child);
    }
}

/* Reads what is in the pipes without waiting: what the program has left behind may hold them open
 * for long. Then reaps the program, which has ended or is about to; 0, or ECHILD. */
static int finish(struct child *child, struct child_result *result)
{
    pid_t pid;

    for (unsigned i = 0; i < ROUNDS && !result->too_long && listen_once(child, result, 0); i++)
        ;
    close_fd(&child->output);
    close_fd(&child->complaints);
    result->output.text[result->output.size] = '\0';
    result->complaints.text[result->complaints.size] = '\0';
    do
        pid = waitpid(child->pid, &result->wait_status, 0);
    while (pid < 0 && errno == EINTR);
    return pid == child->pid ? 0 : ECHILD;
}

int child_run(const struct dnshook_host *host, const struct child_request *request,
              struct child_result *result)
{
    struct child child = {.output = -1, .complaints = -1};
    const int64_t left = host->time_left(host);
    const int64_t most = left < request->timeout ? left : request->timeout;
    const int64_t grace = most / 4 < request->grace ? most / 4 : request->grace;
    const int64_t end = now() + most - grace;
    const int error = start(request, &child);

    if (error != 0)
        return error;
    attend(host, &child, result, end);
    if (result->timed_out && grace > 0)
        ask_to_end(&child, result, grace);
    if (!child.ended || request->alone)
        (void)kill(-child.pid, SIGKILL);
    return finish(&child, result);
}
