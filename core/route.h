/*
 * route.h - from a host to the record name where its value goes, and to the authority of the zone
 * that holds it.
 *
 * The zone of the host is found through the resolvers. What lies at `_acme-challenge.HOST` (a
 * CNAME, a DNAME above it, a delegation of its own) is asked of that zone's own servers, hop by
 * hop, and never of a resolver: its "no such name" would stay in a cache (RFC 2308) that the
 * certificate authority may ask as well. Only where no authoritative server can be asked at all
 * does a resolver have to do, with a warning.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "authority.h"

enum { ROUTE_MAX_HOPS = 16 };

struct route {
    char record[NAME_SIZE];
    char aliases[ROUTE_MAX_HOPS + 1][NAME_SIZE]; /* the names before it that are aliases, in order,
                                                    also where the walk failed */
    size_t alias_count;
    struct authority *authority; /* the map's */
    bool intercepted; /* every server answered as a resolver would: port 53 does not lead to them */
    bool through_resolver; /* no authoritative server could be asked */
};

/* Everything that was found out so far, for all routes of a run. */
struct route_map {
    struct dns *dns;
    struct resolver *resolver;
    struct authority *authorities;
};

/* Frees the authorities; dns and resolver are the caller's. */
void route_map_clear(struct route_map *map);

/* Finds the route of a host. DNSHOOK_OK; DNSHOOK_UNREACHABLE (a resolver or the servers fail) or
 * DNSHOOK_REJECTED (loop, too many hops, a target that is no name), said; or as dns_run(). */
int route_find(struct route_map *map, const char *host, struct route *route);

/* The same for a name itself: nothing in front of it. A CNAME there is followed as well. */
int route_find_name(struct route_map *map, const char *name, struct route *route);

/* The same for a name that is the record name already: an alias there is not followed. */
int route_at(struct route_map *map, const char *name, struct route *route);

/* The authority of a zone, found once. `parent` as in authority_find(). */
int route_authority(struct route_map *map, const char *zone, const struct authority *parent,
                    const ldns_pkt *hint, const char *primary, struct authority **authority);

#endif
