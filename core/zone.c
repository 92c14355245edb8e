#include "zone.h"

#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"
#include "log.h"

enum { DNAME_TYPE = 39 };

/* The first SOA of a section whose owner holds `name`. */
static bool soa_of(const ldns_rr_list *records, const char *name, struct zone_cut *cut)
{
    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);

        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA && ldns_rr_rd_count(rr) > 0 &&
            dns_name_text(ldns_rr_owner(rr), cut->name) && name_is_within(name, cut->name) &&
            dns_name_text(ldns_rr_rdf(rr, 0), cut->primary))
            return true;
    }
    return false;
}

/* Replaces the end of `name` that is `owner` by what the DNAME says. */
static bool apply_dname(const char *name, const char *owner, const char *to, char target[NAME_SIZE])
{
    const size_t tail = strcmp(owner, ".") == 0 ? 0 : strlen(owner) + 1;
    const size_t prefix = strlen(name) - tail; /* without its final dot */
    const bool to_root = strcmp(to, ".") == 0;
    const int size = snprintf(target, NAME_SIZE, "%.*s%s%s", (int)prefix, name, to_root ? "" : ".",
                              to_root ? "" : to);

    return size > 0 && size <= NAME_MAX_TEXT;
}

int zone_alias(const ldns_pkt *packet, const char *name, char target[NAME_SIZE])
{
    const ldns_rr_list *const records = ldns_pkt_answer(packet);
    int found = ldns_pkt_get_rcode(packet) == LDNS_RCODE_YXDOMAIN ? -1 : 0;

    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);
        const ldns_rr_type type = ldns_rr_get_type(rr);
        char owner[NAME_SIZE];
        char to[NAME_SIZE];

        if ((type != LDNS_RR_TYPE_CNAME && (int)type != DNAME_TYPE) || ldns_rr_rd_count(rr) == 0 ||
            !dns_name_text(ldns_rr_owner(rr), owner) || !dns_name_text(ldns_rr_rdf(rr, 0), to))
            continue;
        if (type == LDNS_RR_TYPE_CNAME && name_equal(owner, name)) {
            memcpy(target, to, NAME_SIZE);
            return 1;
        }
        if ((int)type == DNAME_TYPE && name_is_below(name, owner))
            found = apply_dname(name, owner, to, target) ? 1 : -1;
    }
    return found;
}

bool zone_from_packet(const ldns_pkt *packet, const char *name, struct zone_cut *cut)
{
    char target[NAME_SIZE];

    if (zone_alias(packet, name, target) != 0)
        return false;
    return soa_of(ldns_pkt_answer(packet), name, cut) ||
           soa_of(ldns_pkt_authority(packet), name, cut);
}

int zone_of(struct resolver *resolver, const char *name, struct zone_cut *cut)
{
    for (const char *at = name; at != NULL; at = name_parent(at)) {
        struct lookup lookup = {.name = at, .type = LDNS_RR_TYPE_SOA};
        const int status = resolver_ask(resolver, &lookup, 1);
        bool found;

        if (status != DNSHOOK_OK)
            return status;
        /* HOST may be a CNAME to a broken name, which is no matter of ours: from the zone above,
         * the authoritative servers lead down to the right one. */
        if (lookup.packet == NULL && lookup.failed && name_parent(at) != NULL) {
            log_debug("%s: %s; looking above it", at, lookup.why);
            continue;
        }
        if (lookup.packet == NULL) {
            log_error("%s: cannot find its zone: no resolver answered the question for the SOA "
                      "record of %s (%s): mend /etc/resolv.conf or set DNSHOOK_RESOLVERS",
                      name, at, lookup.why);
            return lookup.status;
        }
        found = zone_from_packet(lookup.packet, at, cut);
        ldns_pkt_free(lookup.packet);
        if (found)
            return DNSHOOK_OK;
    }
    log_error("%s: the resolvers (%s) show no zone for it", name, resolver_text(resolver));
    return DNSHOOK_UNREACHABLE;
}
