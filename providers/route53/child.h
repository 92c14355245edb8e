/*
 * child.h - runs a program and takes what it says, within limits of size and time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHILD_H
#define CHILD_H

#include "dnshook/provider.h"

#include <stdbool.h>

enum { CHILD_OUTPUT_MAX = 65536, CHILD_STDERR_SIZE = 256 };

/* How a program ended. */
struct child_result {
    char *output; /* CHILD_OUTPUT_MAX + 1 bytes of host memory, given by the caller; ends with
                     a NUL */
    size_t size;
    bool too_long;                     /* it wrote more, and was ended */
    bool timed_out;                    /* it took longer than `timeout`, and was ended */
    int wait_status;                   /* as of waitpid() */
    char complaint[CHILD_STDERR_SIZE]; /* the beginning of what it wrote to standard error */
    size_t complaint_size;
};

/*
 * Runs `words` with posix_spawnp(), in a session of its own, with standard input from /dev/null, no
 * other descriptors, the signals' defaults, and the environment but for the variables in `hidden`.
 * Ends and reaps it after `timeout` milliseconds, or when the host has no time left. Returns 0, or
 * an error number when it could not be started (ENOENT: there is no such program).
 */
int child_run(const struct dnshook_host *host, char *const words[], const char *const *hidden,
              int64_t timeout, struct child_result *result);

#endif
