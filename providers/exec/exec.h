/*
 * An instance of the provider.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXEC_H
#define EXEC_H

#include "settings.h"

#include <dnshook/provider.h>

/* What open() returns. */
struct exec {
    const struct dnshook_host *host;
    struct settings settings;
};

/* Runs the program for the change. Sets effect. The statuses are those of the program's exit
 * status; DNSHOOK_UNREACHABLE, DNSHOOK_DEADLINE or DNSHOOK_INTERRUPTED if it was ended. */
int exec_change(void *handle, struct dnshook_change *change);

#endif
