/*
 * What the user has set.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_SETTINGS_H
#define RFC2136_SETTINGS_H

#include "tsig.h"

#include <dnshook/provider.h>

/* The parameters after the checks. */
struct settings {
    char server[NAME_SIZE]; /* address or host name; "": the zone's primary */
    uint16_t port;          /* 0: 53 */
    char zone[NAME_SIZE];   /* "": to be found */
    struct tsig_key key;    /* algorithm NULL: requests are not signed */
};

/* The table for struct dnshook_provider. */
extern const struct dnshook_param settings_params[];

/* Reads and checks all parameters. DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY after fail(). What
 * `out` points to is memory of the host. */
int settings_read(const struct dnshook_host *host, struct settings *out);

/* Wipes and frees what settings_read() has allocated. */
void settings_wipe(const struct dnshook_host *host, struct settings *settings);

#endif
