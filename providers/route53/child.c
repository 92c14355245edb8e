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

enum { SLICE = 20 }; /* milliseconds between looks at the clock and the child */

/* A running program. */
struct child {
    pid_t pid;
    bool reaped;
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

static bool is_hidden(const char *variable, const char *const *hidden)
{
    for (; *hidden != NULL; hidden++) {
        const size_t size = strlen(*hidden);

        if (strncmp(variable, *hidden, size) == 0 && variable[size] == '=')
            return true;
    }
    return false;
}

/* The environment without what is hidden; NULL: no memory. */
static char **make_environment(const struct dnshook_host *host, const char *const *hidden)
{
    size_t count = 0;
    char **environment;

    while (environ[count] != NULL)
        count++;
    environment = host->alloc(host, (count + 1) * sizeof *environment);
    for (size_t i = 0, used = 0; environment != NULL && i < count; i++)
        if (!is_hidden(environ[i], hidden))
            environment[used++] = environ[i];
    return environment;
}

/* Standard streams, and nothing else open. */
static int set_streams(posix_spawn_file_actions_t *actions, int output, int complaints)
{
    int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, complaints, STDERR_FILENO);
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

static int spawn(struct child *child, char *const words[], char *const environment[], int output,
                 int complaints)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_streams(&actions, output, complaints);
        if (error == 0)
            error = set_attributes(&attributes);
        if (error == 0)
            error = posix_spawnp(&child->pid, words[0], &actions, &attributes, words, environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Starts the program with a pipe at each of its outputs. */
static int start(const struct dnshook_host *host, char *const words[], const char *const *hidden,
                 struct child *child)
{
    int output[2] = {-1, -1};
    int complaints[2] = {-1, -1};
    char **const environment = make_environment(host, hidden);
    int error = environment == NULL ? ENOMEM : 0;

    if (error == 0 && (pipe2(output, O_CLOEXEC) != 0 || pipe2(complaints, O_CLOEXEC) != 0))
        error = errno;
    if (error == 0)
        error = spawn(child, words, environment, output[1], complaints[1]);
    close_fd(&output[1]);
    close_fd(&complaints[1]);
    if (error != 0) {
        close_fd(&output[0]);
        close_fd(&complaints[0]);
    }
    child->output = output[0];
    child->complaints = complaints[0];
    host->free(host, environment);
    return error;
}

/* ---- listening ------------------------------------------------------------------------------- */

/* Reads what is there. True: the room is full, and there is more. */
static bool drain(int *fd, char *out, size_t room, size_t *used)
{
    char spare[256];
    const bool full = *used == room;
    const ssize_t got =
        full ? read(*fd, spare, sizeof spare) : read(*fd, out + *used, room - *used);

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        close_fd(fd);
    if (got > 0 && !full)
        *used += (size_t)got;
    if (full)
        OPENSSL_cleanse(spare, sizeof spare);
    return full && got > 0;
}

/* One slice: reads what comes; looks whether the program has ended. */
static void listen_once(struct child *child, struct child_result *result, int slice)
{
    struct pollfd fds[2] = {{.fd = child->output, .events = POLLIN},
                            {.fd = child->complaints, .events = POLLIN}};

    if (poll(fds, 2, slice) > 0) {
        if (fds[0].revents != 0)
            result->too_long =
                drain(&child->output, result->output, CHILD_OUTPUT_MAX, &result->size);
        if (fds[1].revents != 0)
            (void)drain(&child->complaints, result->complaint, CHILD_STDERR_SIZE - 1,
                        &result->complaint_size);
    }
    if (!child->reaped) {
        const pid_t pid = waitpid(child->pid, &result->wait_status, WNOHANG);

        child->reaped = pid == child->pid || (pid < 0 && errno == ECHILD);
    }
}

/* What an ended program has left in the pipes: what it started may hold them open for long. */
static void read_rest(struct child *child, struct child_result *result)
{
    struct pollfd fd = {.events = POLLIN};

    for (unsigned i = 0; i < CHILD_OUTPUT_MAX && !result->too_long; i++) {
        fd.fd = child->output >= 0 ? child->output : child->complaints;
        if (fd.fd < 0 || poll(&fd, 1, 0) <= 0) {
            if (child->output < 0)
                return;
            close_fd(&child->output);
            continue;
        }
        listen_once(child, result, 0);
    }
}

/* Kills the session and waits until the program is gone. */
static void end_child(struct child *child, struct child_result *result)
{
    if (child->reaped)
        return;
    (void)kill(-child->pid, SIGKILL);
    (void)kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &result->wait_status, 0) < 0 && errno == EINTR)
        ;
    child->reaped = true;
}

/* POSIX lets posix_spawn() succeed and end the child with 127 where the program is not there. */
static bool was_not_found(const struct child_result *result)
{
    return WIFEXITED(result->wait_status) && WEXITSTATUS(result->wait_status) == 127 &&
           result->size == 0 && result->complaint_size == 0;
}

int child_run(const struct dnshook_host *host, char *const words[], const char *const *hidden,
              int64_t timeout, struct child_result *result)
{
    struct child child = {.output = -1, .complaints = -1};
    const int64_t end = now() + timeout;
    const int error = start(host, words, hidden, &child);

    if (error != 0)
        return error;
    while (!child.reaped && !result->too_long && !result->timed_out) {
        listen_once(&child, result, SLICE);
        result->timed_out = !child.reaped && (now() >= end || host->time_left(host) <= 0);
    }
    if (child.reaped)
        read_rest(&child, result);
    end_child(&child, result);
    close_fd(&child.output);
    close_fd(&child.complaints);
    result->output[result->size] = '\0';
    result->complaint[result->complaint_size] = '\0';
    return was_not_found(result) ? ENOENT : 0;
}
