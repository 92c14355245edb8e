/*
 * An instance of the provider, and what its parts call each other by.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_H
#define RFC2136_H

#include "settings.h"

#include <dnshook/provider.h>

/* What open() returns. */
struct rfc2136 {
    const struct dnshook_host *host;
    struct settings settings;
    int64_t clock_offset; /* seconds to add to our clock to have the server's */
    bool said;            /* in a call with many changes: fail() has been called */
};

/* dnshook_fail() for a call that can fail in more than one way at once: the first is the failure,
 * the others are warnings. Returns `status`. */
int rfc2136_fail(struct rfc2136 *self, int status, const char *format, ...) DNSHOOK_PRINTF(3, 4);

/* The operations; contracts in dnshook/provider.h. */
int rfc2136_apply(void *handle, struct dnshook_change *const *changes, size_t count);
int rfc2136_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                      dnshook_zone_fn *each, void *opaque);
int rfc2136_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                        void *opaque);
int rfc2136_check(void *handle, const struct dnshook_zone *zone);

#endif
