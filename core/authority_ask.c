/* Asks all addresses of an authority the same. */
#include "authority.h"

#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"

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
