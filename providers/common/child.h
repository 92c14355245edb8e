/*
 * child.h - runs a program and takes what it says, within limits of size and time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHILD_H
#define CHILD_H

#include "dnshook/provider.h"

#include <stdbool.h>

/* What becomes of output for which there is no room. */
enum child_excess {
    CHILD_END_IT,   /* the program is ended */
    CHILD_DROP_NEW, /* what comes is dropped, and the beginning stays */
    CHILD_DROP_OLD  /* what was there first is dropped, and the end stays */
};

/* One of the outputs of a program. The caller gives the memory. */
struct child_stream {
    char *text; /* max + 1 bytes; ends with a NUL */
    size_t max;
    enum child_excess excess;
    size_t size;
};

/* What is to be run, and how. */
struct child_request {
    char *const *words; /* the program, looked for in PATH, and its arguments; ends with NULL */
    char *const *environment; /* NAME=value; ends with NULL */
    const char *directory;    /* where it is run; NULL: where we are */
    int64_t timeout;          /* ms in all */
    int64_t grace;            /* ms of them, at most a quarter, that are kept between SIGTERM and
                                 SIGKILL; 0: SIGKILL at once */
    bool alone;               /* what it has started in its session ends with it */
};

/* How a program ended. */
struct child_result {
    struct child_stream output;
    struct child_stream complaints; /* standard error */
    bool too_long;                  /* it wrote more than CHILD_END_IT allows, and was ended */
    bool timed_out;                 /* it took longer than `timeout`, and was ended */
    int wait_status;                /* as of waitpid() */
};

/*
 * Runs a program with posix_spawnp(), in a session of its own, with standard input from /dev/null,
 * no other descriptors, and the signals' defaults. Ends and reaps it after the timeout, or when the
 * host has no time left. What it leaves running is not waited for. Returns 0, or an error number
 * when it could not be started (ENOENT: there is no such program); POSIX lets posix_spawn() say
 * that by the exit status 127 instead. ECHILD: it was run, and nobody knows how it ended, because
 * SIGCHLD is ignored.
 */
int child_run(const struct dnshook_host *host, const struct child_request *request,
              struct child_result *result);

#endif
