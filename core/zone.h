/*
 * zone.h - which zone holds a name, as the resolvers show it (RFC 1034, 4.3.4: the owner of the
 * SOA record in an answer, or in the authority section of "no such name" and "no such data").
 */
#ifndef ZONE_H
#define ZONE_H

#include "resolver.h"

struct zone_cut {
    char name[NAME_SIZE];
    char primary[NAME_SIZE]; /* SOA MNAME */
};

/* Reads the SOA that an answer to a question for `name` holds and that speaks for it; false if
 * there is none, or if the name is an alias (its SOA is then that of the target). */
bool zone_from_packet(const ldns_pkt *packet, const char *name, struct zone_cut *cut);

/* The target of a CNAME record at `name`, or of a DNAME above it, in the answer section. 1: put
 * into `target`; 0: there is none; -1: there is one, and it makes no name (RFC 6672, 2.2). */
int zone_alias(const ldns_pkt *packet, const char *name, char target[NAME_SIZE]);

/* Asks the resolvers from `name` upward. DNSHOOK_OK; DNSHOOK_UNREACHABLE, said, when they fail or
 * show no zone; or as dns_run(). */
int zone_of(struct resolver *resolver, const char *name, struct zone_cut *cut);

#endif
