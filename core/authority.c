#include "authority.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dnshook/provider.h"
#include "log.h"

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

int authority_add_glue(struct dns *dns, struct authority *authority, const ldns_pkt *referral)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < authority->name_count && status == DNSHOOK_OK; i++)
        if (!authority_has_address(authority, i))
            status = add_records(dns, authority, i, ldns_pkt_additional(referral),
                                 authority->names[i].name);
    return status;
}
