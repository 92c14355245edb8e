/*
 * What the user has set.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXEC_SETTINGS_H
#define EXEC_SETTINGS_H

#include <dnshook/provider.h>

/* The parameters after the checks; the texts are the host's. */
struct settings {
    const char *program; /* absolute path */
    const char *names;   /* of variables that are passed on, separated by blanks */
    int64_t timeout;     /* ms for one run */
};

/* The table for struct dnshook_provider. */
extern const struct dnshook_param settings_params[];

/* Reads and checks all parameters. DNSHOOK_BAD_CONFIG after fail(). */
int settings_read(const struct dnshook_host *host, struct settings *out);

#endif
