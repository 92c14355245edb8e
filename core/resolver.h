/*
 * resolver.h - the recursive resolvers of this machine: /etc/resolv.conf, or DNSHOOK_RESOLVERS.
 *
 * They are asked for zones, nameservers and addresses, never for a challenge name (an early
 * question would put "no such name" into their caches: RFC 2308).
 */
#ifndef RESOLVER_H
#define RESOLVER_H

#include "dns.h"

enum { RESOLVER_MAX = 8, RESOLVER_WHY_SIZE = 512 };

struct resolver;

/* One question to the resolvers. The caller fills the first two and frees the packet. */
struct lookup {
    const char *name;
    ldns_rr_type type;
    int status;       /* DNSHOOK_OK: an answer with NOERROR or NXDOMAIN; DNSHOOK_UNREACHABLE: no
                         resolver gave one, see `why`; else as dns_run() */
    ldns_pkt *packet; /* NULL unless DNSHOOK_OK */
    char why[RESOLVER_WHY_SIZE]; /* which resolver said what */
    struct resolver *resolver;   /* the resolver's own */
    size_t server;
    size_t tries;
    bool done;
    bool failed; /* a resolver answered with an error, as SERVFAIL: it works, this name does not */
};

/* Reads the list: `list` (commas or spaces between addresses, a port as in address_parse()),
 * or /etc/resolv.conf where it is NULL or "". DNSHOOK_OK, or DNSHOOK_BAD_CONFIG, said. `dns` is
 * kept. */
int resolver_open(struct dns *dns, const char *list, struct resolver **resolver);
void resolver_close(struct resolver *resolver);

/* Asks all of them at once, of the first resolver that gives an answer. Returns the first status
 * that is neither DNSHOOK_OK nor DNSHOOK_UNREACHABLE (the run is over), else DNSHOOK_OK. Says
 * nothing. */
int resolver_ask(struct resolver *resolver, struct lookup *lookups, size_t count);

/* How many resolvers there are, and each. */
size_t resolver_count(const struct resolver *resolver);
struct dns_server *resolver_server(const struct resolver *resolver, size_t i);

/* The addresses of the resolvers, ", " between them. */
const char *resolver_text(const struct resolver *resolver);

/* Every address of a host by name, as a program on this machine would find it: /etc/hosts first,
 * then the resolvers. At most `room`; *count tells how many. DNSHOOK_OK, DNSHOOK_UNREACHABLE (not
 * said: `why` holds the reason), or as dns_run(). */
int resolver_host(struct resolver *resolver, const char *host, uint16_t port,
                  struct address *addresses, size_t room, size_t *count,
                  char why[RESOLVER_WHY_SIZE]);

#endif
