/*
 * authority.h - the nameservers of a zone, with every address of each.
 *
 * The set is the parent's delegation, asked of the parent's servers, together with the zone's own
 * NS set, asked of the zone's servers, and with the provider's list where it overlaps. A
 * difference between parent and zone is a warning; where no delegation can be read, the resolver's
 * answer serves, with a warning.
 */
#ifndef AUTHORITY_H
#define AUTHORITY_H

#include "dns.h"
#include "resolver.h"

enum { AUTHORITY_MAX_NAMES = 32, AUTHORITY_MAX_ADDRESSES = 64 };

/* Where a nameserver's name was found. */
enum authority_source { FROM_PARENT = 1, FROM_ZONE = 2, FROM_RESOLVER = 4, FROM_PROVIDER = 8 };

struct authority_name {
    char *name;
    unsigned sources; /* enum authority_source, or'ed */
    bool resolved;    /* its addresses have been looked up */
};

/* One address; several names may share it. */
struct authority_address {
    struct dns_server *server;
    uint32_t names; /* bit i: names[i] has this address */
};

struct authority {
    struct authority *next; /* for a list of those found so far */
    char zone[NAME_SIZE];
    char primary[NAME_SIZE]; /* SOA MNAME; "" where it is not known */
    struct authority_name names[AUTHORITY_MAX_NAMES];
    size_t name_count;
    struct authority_address addresses[AUTHORITY_MAX_ADDRESSES];
    size_t address_count;
    bool cut; /* there are more names or addresses than there is room for */
};

/*
 * Finds the authority of `zone`. `parent` is a zone above it whose servers are known already, or
 * NULL to find the parent through the resolver. `hint` may hold NS records and their addresses as
 * a referral brought them, or NULL. DNSHOOK_OK; DNSHOOK_UNREACHABLE (said) where no nameserver or
 * no address can be found; or as dns_run(). The caller frees *authority with authority_free().
 */
int authority_find(struct dns *dns, struct resolver *resolver, const char *zone,
                   const struct authority *parent, const ldns_pkt *hint,
                   struct authority **authority);
void authority_free(struct authority *authority);

/* Some servers of the zone above `zone`, as the resolvers know them, to be asked for the
 * delegation; none where `zone` is the root. As authority_find(). */
int authority_of_parent(struct dns *dns, struct resolver *resolver, const char *zone,
                        struct authority **parent);

/* What came of asking all addresses at once. */
enum authority_reply {
    REPLY_GOOD,        /* `packet` is authoritative, or a referral to a zone below */
    REPLY_LAME,        /* servers answered, none of them as an authority */
    REPLY_INTERCEPTED, /* the same, and as a recursive resolver would: port 53 seems intercepted */
    REPLY_NONE         /* nobody answered */
};

/* Asks every address of the authority the same and takes the first good answer; the caller frees
 * *packet. `why` tells what was said instead. DNSHOOK_OK, or as dns_run(). */
int authority_ask(struct dns *dns, const struct authority *authority, const char *name,
                  ldns_rr_type type, enum authority_reply *reply, ldns_pkt **packet,
                  char why[RESOLVER_WHY_SIZE]);

/* True when the packet is a referral from `zone` to a zone below it that holds `name`; its name
 * is put into `child`. */
bool authority_is_referral(const ldns_pkt *packet, const char *zone, const char *name,
                           char child[NAME_SIZE]);

/* Adds a name from `source`; DNSHOOK_OK also if there is no room. */
int authority_add_name(struct authority *authority, const char *name, unsigned source);

/* Looks up the addresses of the names that have not been looked up; as resolver_ask(). */
int authority_add_addresses(struct dns *dns, struct resolver *resolver,
                            struct authority *authority);

/* Takes the glue of a referral for the names to which the resolvers know no address. DNSHOOK_OK or
 * DNSHOOK_NO_MEMORY. */
int authority_add_glue(struct dns *dns, struct authority *authority, const ldns_pkt *referral);

/* True when an address of names[name] is known. */
bool authority_has_address(const struct authority *authority, size_t name);

/* The index of a name; name_count if it is none of them. */
size_t authority_name_index(const struct authority *authority, const char *name);

/* The names, ", " between them, cut where `size` ends. */
void authority_text(const struct authority *authority, char *out, size_t size);

#endif
