/* What the parent zone says of the nameservers, against what the zone says itself. That a name is
 * on one side alone, or has no address, authority.c has found. */
#include "examine_parts.h"

#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"

static const char about[] = "delegation";

enum { SERVERS_ASKED = 3 /* of the zone's own, for the addresses of its nameservers */ };

static const ldns_rr_type address_types[] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA};

/* ---- asking ---- */

/* The addresses of a nameserver, as the zone itself has them. */
static int ask_addresses(struct examination *examination, const struct authority *zone,
                         const char *name)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < zone->address_count && i < SERVERS_ASKED; i++)
        for (size_t t = 0; t < 2 && status == DNSHOOK_OK; t++)
            status = inquiry_ask(&examination->inquiry, zone->addresses[i].server, name,
                                 address_types[t], 0);
    return status;
}

int examine_delegation_ask(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < examination->zone_count; i++) {
        const struct authority *const zone = examination->zones[i];

        if (examination->parents[i] == NULL)
            continue;
        status =
            examine_ask_zone(examination, examination->parents[i], zone->zone, LDNS_RR_TYPE_NS, 0);
        for (size_t n = 0; n < zone->name_count && status == DNSHOOK_OK; n++)
            if (name_is_within(zone->names[n].name, zone->zone))
                status = ask_addresses(examination, zone, zone->names[n].name);
        if (status != DNSHOOK_OK)
            return status;
    }
    return DNSHOOK_OK;
}

/* ---- reading ---- */

/* The names of the NS records that a server of the parent has for the zone; "" for none. */
static void delegated_names(const struct answer *answer, const char *zone,
                            char out[EXAMINE_TEXT_SIZE])
{
    ldns_rr_list *list = NULL;

    out[0] = '\0';
    if (answer == NULL || answer->packet == NULL ||
        ldns_pkt_get_rcode(answer->packet) != LDNS_RCODE_NOERROR)
        return;
    list = examine_records(ldns_pkt_answer(answer->packet), zone, LDNS_RR_TYPE_NS);
    if (list != NULL && ldns_rr_list_rr_count(list) == 0) {
        ldns_rr_list_free(list);
        list = examine_records(ldns_pkt_authority(answer->packet), zone, LDNS_RR_TYPE_NS);
    }
    if (list != NULL)
        ldns_rr_list_sort(list);
    for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
        char name[NAME_SIZE];

        if (dns_name_text(ldns_rr_rdf(ldns_rr_list_rr(list, i), 0), name))
            examine_list(out, name);
    }
    ldns_rr_list_free(list);
}

/* The first answer of the parent that delegates the zone. */
static const struct answer *referral_of(const struct examination *examination, size_t z,
                                        char names[EXAMINE_TEXT_SIZE])
{
    const struct authority *const parent = examination->parents[z];

    names[0] = '\0';
    for (size_t i = 0; parent != NULL && i < parent->address_count; i++) {
        const struct answer *const answer =
            examine_answer(examination, parent, i, examination->zones[z]->zone, LDNS_RR_TYPE_NS, 0);

        delegated_names(answer, examination->zones[z]->zone, names);
        if (names[0] != '\0')
            return answer;
    }
    return NULL;
}

/* What the zone itself says of an address of one of its nameservers. */
enum own { OWN_UNKNOWN, OWN_SAME, OWN_OTHER };

static enum own own_address(const struct examination *examination, const struct authority *zone,
                            const ldns_rr *glue, const char *name, char own[EXAMINE_TEXT_SIZE])
{
    const ldns_rr_type type = ldns_rr_get_type(glue);
    const struct answer *const answer = examine_good_answer(examination, zone, name, type, 0);
    ldns_rr_list *list;
    enum own result = OWN_OTHER;

    own[0] = '\0';
    if (answer == NULL)
        return OWN_UNKNOWN;
    list = examine_records(ldns_pkt_answer(answer->packet), name, type);
    if (list == NULL)
        return OWN_UNKNOWN;
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        struct address address;

        if (!address_from_rr(ldns_rr_list_rr(list, i), &address))
            continue;
        examine_list(own, address.text);
        if (ldns_rdf_compare(ldns_rr_rdf(ldns_rr_list_rr(list, i), 0), ldns_rr_rdf(glue, 0)) == 0)
            result = OWN_SAME;
    }
    ldns_rr_list_free(list);
    return result;
}

/* A glue record of the referral that the zone itself does not have. */
typedef int wrong_glue_fn(struct examination *examination, const struct authority *zone,
                          const struct address *address, const char *name, const char *own);

static int each_wrong_glue(struct examination *examination, size_t z, wrong_glue_fn *each)
{
    const struct authority *const zone = examination->zones[z];
    char names[EXAMINE_TEXT_SIZE];
    const struct answer *const referral = referral_of(examination, z, names);
    const ldns_rr_list *const glue =
        referral != NULL ? ldns_pkt_additional(referral->packet) : NULL;
    int status = DNSHOOK_OK;

    for (size_t i = 0; glue != NULL && i < ldns_rr_list_rr_count(glue) && status == DNSHOOK_OK;
         i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(glue, i);
        struct address address;
        char name[NAME_SIZE];
        char own[EXAMINE_TEXT_SIZE];

        if (address_from_rr(rr, &address) && dns_name_text(ldns_rr_owner(rr), name) &&
            authority_name_index(zone, name) < zone->name_count &&
            name_is_within(name, zone->zone) &&
            own_address(examination, zone, rr, name, own) == OWN_OTHER)
            status = each(examination, zone, &address, name, own);
    }
    return status;
}

static int ask_glue(struct examination *examination, const struct authority *zone,
                    const struct address *address, const char *name, const char *own)
{
    struct dns_server *const server = dns_server(examination->map->dns, address);

    (void)name;
    (void)own;
    if (server == NULL)
        return DNSHOOK_NO_MEMORY;
    return inquiry_ask(&examination->inquiry, server, zone->zone, LDNS_RR_TYPE_SOA, DNS_OVER_UDP);
}

int examine_delegation_ask_again(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < examination->zone_count && status == DNSHOOK_OK; i++)
        status = each_wrong_glue(examination, i, ask_glue);
    return status;
}

/* ---- judging ---- */

static int say_wrong_glue(struct examination *examination, const struct authority *zone,
                          const struct address *address, const char *name, const char *own)
{
    struct dns_server *const server = dns_server(examination->map->dns, address);
    const struct answer *const answer =
        server != NULL ? inquiry_find(&examination->inquiry, server, zone->zone, LDNS_RR_TYPE_SOA,
                                      DNS_OVER_UDP)
                       : NULL;
    const bool serves = answer_is_good(answer) && ldns_pkt_ancount(answer->packet) > 0;

    findings_add(examination->findings, serves ? FINDING_REMARK : FINDING_PROBLEM, about,
                 "the parent of %s has the glue %s for %s, but the zone itself has %s%s",
                 zone->zone, address->text, name, own[0] != '\0' ? own : "no such address",
                 serves ? "; both serve the zone" : ", and the zone is not served there");
    findings_remedy(examination->findings,
                    "correct the address of %s in the delegation, at the registrar or in the "
                    "parent zone",
                    name);
    return DNSHOOK_OK;
}

/* Servers of the parent that have not the same delegation. */
static bool parents_agree(struct examination *examination, size_t z, const char *names)
{
    const struct authority *const parent = examination->parents[z];
    const char *const zone = examination->zones[z]->zone;
    bool agree = true;

    for (size_t i = 0; i < parent->address_count; i++) {
        char others[EXAMINE_TEXT_SIZE];
        char who[EXAMINE_TEXT_SIZE];

        delegated_names(examine_answer(examination, parent, i, zone, LDNS_RR_TYPE_NS, 0), zone,
                        others);
        if (others[0] == '\0' || strcmp(others, names) == 0)
            continue;
        agree = false;
        examine_address_text(parent, i, who);
        findings_add(examination->findings, FINDING_REMARK, about,
                     "the servers of %s delegate %s differently: to %s, but at %s to %s",
                     parent->zone, zone, names, who, others);
        findings_remedy(examination->findings, "wait until the change of the delegation is on all "
                                               "of them");
    }
    return agree;
}

static bool sources_agree(const struct authority *zone)
{
    for (size_t i = 0; i < zone->name_count; i++)
        if ((zone->names[i].sources & FROM_PARENT) == 0 ||
            (zone->names[i].sources & FROM_ZONE) == 0)
            return false;
    return true;
}

static void judge_zone(struct examination *examination, size_t z)
{
    const struct authority *const zone = examination->zones[z];
    const size_t before = examination->findings->problems + examination->findings->remarks;
    char names[EXAMINE_TEXT_SIZE];

    if (strcmp(zone->zone, ".") == 0 || referral_of(examination, z, names) == NULL)
        return;
    (void)each_wrong_glue(examination, z, say_wrong_glue);
    if (parents_agree(examination, z, names) && sources_agree(zone) &&
        examination->findings->problems + examination->findings->remarks == before)
        findings_add(examination->findings, FINDING_OK, about,
                     "%s delegates %s to %s, and the zone names the same",
                     examination->parents[z]->zone, zone->zone, names);
}

void examine_delegation_judge(struct examination *examination)
{
    for (size_t i = 0; i < examination->zone_count; i++)
        judge_zone(examination, i);
}
