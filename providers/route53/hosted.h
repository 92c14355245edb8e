/*
 * hosted.h - what Route 53 says of hosted zones (API_GetHostedZone, API_ListHostedZones,
 * API_ListHostedZonesByName). Everything is asked once and remembered by the instance.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef HOSTED_H
#define HOSTED_H

#include "labels.h"
#include "route53.h"

struct hosted {
    struct hosted *next;
    char id[ROUTE53_ID_SIZE];
    bool is_private; /* serves VPCs only */
    bool asked;      /* GetHostedZone has been asked */
    bool denied;     /* ... and may not be asked */
    bool searched;   /* all zones of this name are known */
    struct labels labels;
    char *name;        /* as the host writes it; NULL while it is not known */
    char *nameservers; /* of the delegation set, separated by spaces; NULL while not known */
};

/* A zone by its id, with its delegation set. DNSHOOK_OK, also if it may not be asked (a warning is
 * given then, once, and `denied` is set); DNSHOOK_NO_ZONE and others, said. */
int hosted_get(struct route53 *self, const char *id, struct hosted **out);

/* Learns of the zones that are called `name`; with them come some that lie below. *denied: it may
 * not be asked. */
int hosted_search(struct route53 *self, const char *name, bool *denied);

/* Learns of every zone of the account. */
int hosted_list(struct route53 *self);

/* A public zone by its name, if it is known already; NULL: none. */
struct hosted *hosted_find(const struct route53 *self, const struct labels *name);

/* True when a host name is in the zone's delegation set. */
bool hosted_has_nameserver(const struct hosted *zone, const char *name);

/* Frees what is remembered. */
void hosted_forget(struct route53 *self);

#endif
