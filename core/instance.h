/*
 * instance.h - a provider opened with its parameters: the services of the host that it is given,
 * and the calls into it.
 *
 * Each call repeats while the provider says "again" or "conflict" and time is left. A failure is
 * said once, as "PROVIDER: TEXT", when it is final.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "name.h"
#include "params.h"
#include "provider.h"
#include "resolver.h"

enum { INSTANCE_ID_SIZE = 256 };

struct instance;

/* A zone that a provider named, copied. */
struct instance_zone {
    char name[NAME_SIZE];
    char id[INSTANCE_ID_SIZE]; /* "" for none */
    char primary[NAME_SIZE];   /* "" where it is not known */
};

/* Reads the parameters and opens the provider. As params_read() and the provider's open(), said.
 * The caller ends it with instance_close(). */
int instance_open(const struct provider *provider, const struct params_origin *origin,
                  struct resolver *resolver, struct instance **instance);
void instance_close(struct instance *instance);

const struct provider *instance_provider(const struct instance *instance);

/* How long the account's parameters want to wait for propagation, in ms; 0: they do not say. */
int64_t instance_timeout(const struct instance *instance);

/* Makes the changes, which are all of one zone, by apply() where there are several and the provider
 * has it. Each one's status is set. Returns the first that is not DNSHOOK_OK. */
int instance_change(struct instance *instance, struct dnshook_change *const *changes, size_t count);

/* The zone for a name: the provider's, or `cut`, what the DNS shows, where it has no say. */
int instance_find_zone(struct instance *instance, const char *name, const struct instance_zone *cut,
                       struct instance_zone *zone);

/* The provider's nameservers of a zone. DNSHOOK_UNSUPPORTED, and whatever else the provider fails
 * with, is not said but to debug. */
int instance_nameservers(struct instance *instance, const struct dnshook_zone *zone,
                         dnshook_name_fn *each, void *opaque);

/* All zones. DNSHOOK_UNSUPPORTED, said, where the provider cannot. */
int instance_zones(struct instance *instance, dnshook_zone_fn *each, void *opaque);

/* Whether a change is live, by the provider: one question, not repeated. DNSHOOK_OK, DNSHOOK_AGAIN,
 * DNSHOOK_DENIED (a warning has been said), DNSHOOK_UNSUPPORTED, or a failure, said. */
int instance_is_live(struct instance *instance, const struct dnshook_change *change);

/* Proves the credentials; DNSHOOK_UNSUPPORTED, not said, where the provider cannot. */
int instance_check(struct instance *instance, const struct dnshook_zone *zone);

/* The provider's text for `dnshook info`, line by line; `instance` may be NULL where none could be
 * opened. DNSHOOK_UNSUPPORTED, not said, where the provider has none. */
int instance_guide(const struct provider *provider, struct instance *instance, const char *name,
                   dnshook_name_fn *each, void *opaque);

/* The public struct for a zone; it points into `zone`. */
struct dnshook_zone instance_zone_public(const struct instance_zone *zone);

#endif
