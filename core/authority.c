#include "authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"
#include "zone.h"

enum { PARENT_NAMES = 4 }; /* of a parent's nameservers, how many are asked at the most */

static const ldns_rr_type address_types[] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA};

void authority_free(struct authority *authority)
{
    if (authority == NULL)
        return;
    for (size_t i = 0; i < authority->name_count; i++)
        free(authority->names[i].name);
    free(authority);
}

size_t authority_name_index(const struct authority *authority, const char *name)
{
    size_t i = 0;

    while (i < authority->name_count && !name_equal(authority->names[i].name, name))
        i++;
    return i;
}

int authority_add_name(struct authority *authority, const char *name, unsigned source)
{
    const size_t i = authority_name_index(authority, name);

    if (i == AUTHORITY_MAX_NAMES) {
        authority->cut = true;
        return DNSHOOK_OK;
    }
    if (i == authority->name_count) {
        authority->names[i].name = strdup(name);
        if (authority->names[i].name == NULL)
            return log_no_memory();
        authority->name_count++;
    }
    authority->names[i].sources |= source;
    return DNSHOOK_OK;
}

void authority_text(const struct authority *authority, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < authority->name_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 authority->names[i].name);
}

/* ---- addresses ---- */

static int add_address(struct dns *dns, struct authority *authority, size_t name,
                       const struct address *address)
{
    struct dns_server *const server = dns_server(dns, address);
    size_t i = 0;

    if (server == NULL)
        return DNSHOOK_NO_MEMORY;
    while (i < authority->address_count && authority->addresses[i].server != server)
        i++;
    if (i == AUTHORITY_MAX_ADDRESSES) {
        authority->cut = true;
        return DNSHOOK_OK;
    }
    if (i == authority->address_count)
        authority->addresses[authority->address_count++].server = server;
    authority->addresses[i].names |= UINT32_C(1) << name;
    return DNSHOOK_OK;
}

/* Adds every A and AAAA record of a section; those of one name if `owner` is not NULL. */
static int add_records(struct dns *dns, struct authority *authority, size_t name,
                       const ldns_rr_list *records, const char *owner)
{
    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);
        char text[NAME_SIZE];
        struct address address;

        if (!address_from_rr(rr, &address))
            continue;
        if (owner != NULL && !(dns_name_text(ldns_rr_owner(rr), text) && name_equal(text, owner)))
            continue;
        if (add_address(dns, authority, name, &address) != DNSHOOK_OK)
            return DNSHOOK_NO_MEMORY;
    }
    return DNSHOOK_OK;
}

int authority_add_addresses(struct dns *dns, struct resolver *resolver, struct authority *authority)
{
    struct lookup lookups[2 * AUTHORITY_MAX_NAMES];
    size_t owners[2 * AUTHORITY_MAX_NAMES];
    size_t count = 0;
    int status;

    for (size_t i = 0; i < authority->name_count; i++) {
        if (authority->names[i].resolved)
            continue;
        authority->names[i].resolved = true;
        for (size_t t = 0; t < 2; t++) {
            owners[count] = i;
            lookups[count++] =
                (struct lookup){.name = authority->names[i].name, .type = address_types[t]};
        }
    }
    status = resolver_ask(resolver, lookups, count);
    for (size_t i = 0; i < count; i++) {
        if (status == DNSHOOK_OK && lookups[i].packet != NULL)
            status =
                add_records(dns, authority, owners[i], ldns_pkt_answer(lookups[i].packet), NULL);
        if (lookups[i].status == DNSHOOK_UNREACHABLE)
            log_debug("%s: no address from the resolvers: %s", lookups[i].name, lookups[i].why);
        if (lookups[i].packet != NULL)
            ldns_pkt_free(lookups[i].packet);
    }
    return status;
}

bool authority_has_address(const struct authority *authority, size_t name)
{
    for (size_t i = 0; i < authority->address_count; i++)
        if ((authority->addresses[i].names & (UINT32_C(1) << name)) != 0)
            return true;
    return false;
}

/* Takes the glue of a referral for the names to which the resolvers know no address. */
static int add_glue(struct dns *dns, struct authority *authority, const ldns_pkt *referral)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < authority->name_count && status == DNSHOOK_OK; i++)
        if (!authority_has_address(authority, i))
            status = add_records(dns, authority, i, ldns_pkt_additional(referral),
                                 authority->names[i].name);
    return status;
}

/* ---- asking ---- */

struct poll_all {
    const struct authority *authority;
    const char *name;
    ldns_pkt *good;
    size_t pending;
    size_t answered;
    size_t recursive; /* answers without AA and with RA */
    char *why;
};

static void add_reason(struct poll_all *all, const char *reason)
{
    const size_t used = strlen(all->why);

    if (strstr(all->why, reason) == NULL)
        (void)snprintf(all->why + used, RESOLVER_WHY_SIZE - used, "%s%s", used > 0 ? ", " : "",
                       reason);
}

static bool is_good(const struct poll_all *all, const ldns_pkt *packet)
{
    const ldns_pkt_rcode rcode = ldns_pkt_get_rcode(packet);
    char child[NAME_SIZE];

    if (rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN)
        return false;
    return ldns_pkt_aa(packet) ||
           authority_is_referral(packet, all->authority->zone, all->name, child);
}

static void on_answer(void *opaque, struct dns_result *result)
{
    struct poll_all *const all = opaque;

    all->pending--;
    if (result->outcome != DNS_ANSWER) {
        add_reason(all, result->reason);
        return;
    }
    all->answered++;
    if (is_good(all, result->packet)) {
        if (all->good == NULL) {
            all->good = result->packet;
            result->packet = NULL;
        }
        return;
    }
    if (!ldns_pkt_aa(result->packet) && ldns_pkt_ra(result->packet))
        all->recursive++;
    add_reason(all, ldns_pkt_get_rcode(result->packet) == LDNS_RCODE_NOERROR
                        ? "an answer without authority"
                        : dns_rcode_text(result->packet));
}

int authority_ask(struct dns *dns, const struct authority *authority, const char *name,
                  ldns_rr_type type, enum authority_reply *reply, ldns_pkt **packet,
                  char why[RESOLVER_WHY_SIZE])
{
    struct poll_all all = {.authority = authority, .name = name, .why = why};
    int status = DNSHOOK_OK;

    why[0] = '\0';
    for (size_t i = 0; i < authority->address_count && status == DNSHOOK_OK; i++) {
        status = dns_ask(authority->addresses[i].server, name, type, 0, on_answer, &all);
        if (status == DNSHOOK_OK)
            all.pending++;
    }
    while (status == DNSHOOK_OK && all.good == NULL && all.pending > 0)
        status = dns_run(dns, INT64_MAX);
    dns_forget(dns, &all);
    *packet = all.good;
    if (all.good != NULL)
        *reply = REPLY_GOOD;
    else if (all.answered == 0)
        *reply = REPLY_NONE;
    else
        *reply = all.recursive == all.answered ? REPLY_INTERCEPTED : REPLY_LAME;
    return all.good != NULL ? DNSHOOK_OK : status;
}

bool authority_is_referral(const ldns_pkt *packet, const char *zone, const char *name,
                           char child[NAME_SIZE])
{
    const ldns_rr_list *const records = ldns_pkt_authority(packet);

    if (ldns_pkt_aa(packet) || ldns_pkt_get_rcode(packet) != LDNS_RCODE_NOERROR ||
        ldns_pkt_ancount(packet) > 0)
        return false;
    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);

        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS && dns_name_text(ldns_rr_owner(rr), child) &&
            name_is_below(child, zone) && name_is_within(name, child))
            return true;
    }
    return false;
}

/* ---- names ---- */

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
        status = add_glue(dns, authority, *referral);
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
