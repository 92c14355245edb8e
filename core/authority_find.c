/* Who the nameservers of a zone are: by its parent's delegation, by itself, by the resolvers. */
#include "authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dnshook/provider.h"
#include "log.h"
#include "zone.h"

enum { PARENT_NAMES = 4 }; /* of a parent's nameservers, how many are asked at the most */

/* Adds the NS names of `zone` that a section holds; *found grows with each. */
static int add_ns(struct authority *authority, const ldns_rr_list *records, unsigned source,
                  size_t *found)
{
    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);
        char text[NAME_SIZE];
        int status;

        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NS || !dns_name_text(ldns_rr_owner(rr), text) ||
            !name_equal(text, authority->zone) || !dns_name_text(ldns_rr_rdf(rr, 0), text))
            continue;
        status = authority_add_name(authority, text, source);
        if (status != DNSHOOK_OK)
            return status;
        (*found)++;
    }
    return DNSHOOK_OK;
}

static int add_ns_of_packet(struct authority *authority, const ldns_pkt *packet, unsigned source,
                            size_t *found)
{
    const int status = add_ns(authority, ldns_pkt_answer(packet), source, found);

    if (status != DNSHOOK_OK || *found > 0)
        return status;
    return add_ns(authority, ldns_pkt_authority(packet), source, found);
}

/* The NS names that the resolvers know. */
static int names_from_resolver(struct resolver *resolver, struct authority *authority,
                               unsigned source, size_t *found)
{
    struct lookup lookup = {.name = authority->zone, .type = LDNS_RR_TYPE_NS};
    int status = resolver_ask(resolver, &lookup, 1);

    if (status == DNSHOOK_OK && lookup.packet != NULL)
        status = add_ns(authority, ldns_pkt_answer(lookup.packet), source, found);
    if (lookup.packet != NULL)
        ldns_pkt_free(lookup.packet);
    return status;
}

/* Some servers of the zone above, as the resolvers know them, for one question. */
static int parent_servers(struct dns *dns, struct resolver *resolver, const char *zone,
                          struct authority *parent)
{
    struct zone_cut cut;
    size_t found = 0;
    int status = zone_of(resolver, name_parent(zone), &cut);

    if (status != DNSHOOK_OK)
        return status;
    (void)snprintf(parent->zone, sizeof parent->zone, "%s", cut.name);
    status = names_from_resolver(resolver, parent, FROM_RESOLVER, &found);
    while (parent->name_count > PARENT_NAMES)
        free(parent->names[--parent->name_count].name);
    return status == DNSHOOK_OK ? authority_add_addresses(dns, resolver, parent) : status;
}

int authority_of_parent(struct dns *dns, struct resolver *resolver, const char *zone,
                        struct authority **parent)
{
    struct authority *const above = calloc(1, sizeof *above);
    int status;

    if (above == NULL)
        return log_no_memory();
    status = strcmp(zone, ".") != 0 ? parent_servers(dns, resolver, zone, above) : DNSHOOK_OK;
    if (status != DNSHOOK_OK) {
        authority_free(above);
        return status;
    }
    *parent = above;
    return DNSHOOK_OK;
}

/* Asks the parent's servers for the delegation and adds its names. *referral is what they said. */
static int names_from_parent(struct dns *dns, struct authority *authority,
                             const struct authority *parent, ldns_pkt **referral, size_t *found)
{
    char why[RESOLVER_WHY_SIZE];
    enum authority_reply reply;
    const int status =
        authority_ask(dns, parent, authority->zone, LDNS_RR_TYPE_NS, &reply, referral, why);

    if (status != DNSHOOK_OK)
        return status;
    if (*referral == NULL) {
        log_debug("%s: its delegation cannot be read from the servers of %s: %s", authority->zone,
                  parent->zone, why);
        return DNSHOOK_OK;
    }
    return add_ns_of_packet(authority, *referral, FROM_PARENT, found);
}

/* Reads the delegation through the parent that was given, or finds one. */
static int read_delegation(struct dns *dns, struct resolver *resolver, struct authority *authority,
                           const struct authority *parent, ldns_pkt **referral, size_t *found)
{
    struct authority *above = NULL;
    int status;

    if (*referral != NULL)
        return add_ns_of_packet(authority, *referral, FROM_PARENT, found);
    if (parent != NULL)
        return names_from_parent(dns, authority, parent, referral, found);
    if (name_equal(authority->zone, "."))
        return DNSHOOK_OK;
    status = authority_of_parent(dns, resolver, authority->zone, &above);
    if (status == DNSHOOK_OK)
        status = names_from_parent(dns, authority, above, referral, found);
    authority_free(above);
    return status == DNSHOOK_UNREACHABLE ? DNSHOOK_OK : status;
}

/* Adds the zone's own NS set, as its servers say it. */
static int names_from_zone(struct dns *dns, struct authority *authority, size_t *found)
{
    char why[RESOLVER_WHY_SIZE];
    enum authority_reply reply;
    ldns_pkt *packet = NULL;
    int status =
        authority_ask(dns, authority, authority->zone, LDNS_RR_TYPE_NS, &reply, &packet, why);

    if (packet == NULL)
        return status;
    status = add_ns(authority, ldns_pkt_answer(packet), FROM_ZONE, found);
    ldns_pkt_free(packet);
    return status;
}

/* Says where parent and zone do not agree. */
static void compare_sources(const struct authority *authority)
{
    for (size_t i = 0; i < authority->name_count; i++) {
        const struct authority_name *const name = &authority->names[i];

        if (name->sources == FROM_PARENT)
            log_warning("%s: the parent zone delegates it to %s, which its own NS records do not "
                        "name: mend the one or the other",
                        authority->zone, name->name);
        else if (name->sources == FROM_ZONE)
            log_warning("%s: its NS records name %s, which the parent zone does not delegate it "
                        "to: mend the one or the other",
                        authority->zone, name->name);
    }
}

/* Says which nameservers cannot be asked, because nobody knows their addresses or there are too
 * many. */
static void warn_not_asked(const struct authority *authority, const struct resolver *resolver)
{
    if (authority->cut)
        log_warning("%s: it has more than %d nameservers or %d addresses; the others are not asked",
                    authority->zone, AUTHORITY_MAX_NAMES, AUTHORITY_MAX_ADDRESSES);
    for (size_t i = 0; i < authority->name_count; i++)
        if (!authority_has_address(authority, i))
            log_warning("%s: the nameserver %s has no address that the resolvers (%s) know, and "
                        "cannot be asked: mend its A and AAAA records, or take it out of the "
                        "delegation",
                        authority->zone, authority->names[i].name, resolver_text(resolver));
}

/* Names and addresses from delegation, zone and, where need be, the resolver. */
static int collect(struct dns *dns, struct resolver *resolver, const struct authority *parent,
                   struct authority *authority, ldns_pkt **referral)
{
    size_t delegated = 0;
    size_t own = 0;
    size_t known = 0;
    int status = read_delegation(dns, resolver, authority, parent, referral, &delegated);

    if (status == DNSHOOK_OK && delegated == 0) {
        log_warning("%s: its delegation cannot be read from its parent zone; taking the "
                    "nameservers that the resolvers know (%s)",
                    authority->zone, resolver_text(resolver));
        status = names_from_resolver(resolver, authority, FROM_RESOLVER, &known);
    }
    if (status == DNSHOOK_OK)
        status = authority_add_addresses(dns, resolver, authority);
    if (status == DNSHOOK_OK && *referral != NULL)
        status = authority_add_glue(dns, authority, *referral);
    if (status == DNSHOOK_OK)
        status = names_from_zone(dns, authority, &own);
    if (status == DNSHOOK_OK && delegated > 0 && own > 0)
        compare_sources(authority);
    if (status == DNSHOOK_OK)
        status = authority_add_addresses(dns, resolver, authority);
    return status;
}

static int check_found(const struct authority *authority, const struct resolver *resolver)
{
    if (authority->name_count == 0)
        log_error("%s: no nameserver is known for this zone (resolvers asked: %s)", authority->zone,
                  resolver_text(resolver));
    else if (authority->address_count == 0)
        log_error("%s: none of its nameservers has an address (resolvers asked: %s)",
                  authority->zone, resolver_text(resolver));
    else
        return DNSHOOK_OK;
    return DNSHOOK_UNREACHABLE;
}

int authority_find(struct dns *dns, struct resolver *resolver, const char *zone,
                   const struct authority *parent, const ldns_pkt *hint,
                   struct authority **authority)
{
    struct authority *const new = calloc(1, sizeof *new);
    ldns_pkt *referral = NULL;
    int status;

    if (new == NULL)
        return log_no_memory();
    (void)snprintf(new->zone, sizeof new->zone, "%s", zone);
    if (hint != NULL) {
        referral = ldns_pkt_clone(hint);
        if (referral == NULL) {
            free(new);
            return log_no_memory();
        }
    }
    status = collect(dns, resolver, parent, new, &referral);
    if (referral != NULL)
        ldns_pkt_free(referral);
    if (status == DNSHOOK_OK)
        status = check_found(new, resolver);
    if (status == DNSHOOK_OK)
        warn_not_asked(new, resolver);
    if (status != DNSHOOK_OK) {
        authority_free(new);
        return status;
    }
    *authority = new;
    return DNSHOOK_OK;
}
