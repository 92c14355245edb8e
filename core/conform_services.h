/*
 * conform_services.h - the services that a provider under observation gets: they go on to the real
 * ones, and tell what they see. For conform_shim.c.
 */
#ifndef CONFORM_SERVICES_H
#define CONFORM_SERVICES_H

#include "conform_shim.h"
#include "conform_state.h"

/* The provider under observation, and how it is watched. */
struct observation {
    const struct provider *provider;
    struct shim_watch *seen;
    struct shim_fault fault;
    int64_t fired_at;   /* when the fault was reported, of deadline_now() */
    bool alter_secrets; /* of instances that are opened from now on */
};

/* One handle; what the host knows as the handle. */
struct shim {
    struct dnshook_host host; /* first: what the provider gets */
    const struct dnshook_host *real;
    struct observation *world;
    void *handle;
    bool busy; /* a call on this handle is under way */
    bool said; /* it has given a reason, or a service has */
    bool altered;
    struct process_state before;
};

/* Fills shim->host with services in front of those of `real`. */
void services_give(struct shim *shim, const struct dnshook_host *real);

/* Notes that a rule is broken, and how, once. */
__attribute__((format(printf, 3, 4))) void services_broke(struct observation *world, enum rule rule,
                                                          const char *format, ...);

bool services_is_broken(const struct observation *world, enum rule rule);

#endif
