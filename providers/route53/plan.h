/*
 * plan.h - what the TXT sets at a name are to become for a value to be there, or gone.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PLAN_H
#define PLAN_H

#include "rrset.h"

/* One value that is to be added to, or removed from, the sets at a name. */
struct plan {
    struct route53 *self;
    const char *name; /* the host's, for messages */
    const struct txt *txt;
    uint32_t ttl; /* of a new set */
    bool add;
};

/* Changes `standing` as the plan says; *changed false: it was so already. DNSHOOK_OK, or what makes
 * it impossible: DNSHOOK_REJECTED, DNSHOOK_NO_MEMORY, said with plan_fail(). */
int plan_run(const struct plan *plan, struct standing *standing, bool *changed);

/* dnshook_fail() for a call that can fail in more than one way at once: the first is the failure,
 * the others are warnings. Returns `status`. */
int plan_fail(struct route53 *self, int status, const char *format, ...) DNSHOOK_PRINTF(3, 4);

#endif
