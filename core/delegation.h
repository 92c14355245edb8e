/*
 * delegation.h - does the provider edit the zone that the Internet is led to?
 *
 * A zone of the same name at another account, or one that nothing delegates to, takes every change
 * and shows it to nobody; no waiting can mend that. So this is found out before anything is
 * written: by the zones' names, and by the nameservers, their names and addresses (white-label
 * servers have other names for the same addresses).
 */
#ifndef DELEGATION_H
#define DELEGATION_H

#include "authority.h"
#include "instance.h"

/*
 * Compares the zone that the provider would edit for `record` with `authority`. Where both agree in
 * part, the provider's nameservers join the authority and a difference is a warning. DNSHOOK_OK;
 * DNSHOOK_BAD_CONFIG (the zone does not hold the name) or DNSHOOK_REJECTED (the Internet is led
 * elsewhere), said; or as dns_run().
 */
int delegation_check(struct dns *dns, struct resolver *resolver, struct instance *instance,
                     const struct dnshook_zone *zone, const char *record,
                     struct authority *authority);

#endif
