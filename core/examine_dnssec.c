/* Is the zone signed, and do the signatures hold? The delegation's DS records against the keys, the
 * keys against the signatures, at every address; and what validating resolvers make of it. */
#include "examine_parts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dnshook/provider.h"

static const char about[] = "dnssec";

enum { SOON = 6 * 3600 /* s before signatures end, in which they should have been renewed */ };

enum {
    CHECKED = DNS_RECURSION | DNS_SIGNATURES,
    UNCHECKED = DNS_RECURSION | DNS_SIGNATURES | DNS_UNCHECKED
};

/* ---- asking ---- */

/* No resolver is asked about a challenge name, also where that is a zone of its own. */
static bool may_ask_resolvers(const struct authority *zone)
{
    static const char label[] = "_acme-challenge.";

    return strncmp(zone->zone, label, sizeof label - 1) != 0;
}

static int ask_resolvers(struct examination *examination, const char *zone)
{
    const struct resolver *const resolver = examination->map->resolver;
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++) {
        struct dns_server *const server = resolver_server(resolver, i);

        status = inquiry_ask(&examination->inquiry, server, zone, LDNS_RR_TYPE_SOA, CHECKED);
        if (status == DNSHOOK_OK)
            status = inquiry_ask(&examination->inquiry, server, zone, LDNS_RR_TYPE_SOA, UNCHECKED);
    }
    return status;
}

static int ask_zone(struct examination *examination, size_t z)
{
    const struct authority *const zone = examination->zones[z];
    int status =
        examine_ask_zone(examination, zone, zone->zone, LDNS_RR_TYPE_DNSKEY, DNS_SIGNATURES);

    if (status == DNSHOOK_OK)
        status = examine_ask_zone(examination, zone, zone->zone, LDNS_RR_TYPE_SOA, DNS_SIGNATURES);
    if (status == DNSHOOK_OK && examination->parents[z] != NULL)
        status = examine_ask_zone(examination, examination->parents[z], zone->zone, LDNS_RR_TYPE_DS,
                                  DNS_SIGNATURES);
    if (status == DNSHOOK_OK && may_ask_resolvers(zone))
        status = ask_resolvers(examination, zone->zone);
    return status;
}

int examine_dnssec_ask(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < examination->zone_count && status == DNSHOOK_OK; i++)
        status = ask_zone(examination, i);
    return status;
}

/* ---- one address ---- */

static ldns_rr_list *answered(const struct answer *answer, const char *name, ldns_rr_type type)
{
    return examine_records(ldns_pkt_answer(answer->packet), name, type);
}

/* Every validator passes over a DS record with an algorithm or a digest that it does not know, and
 * takes a zone that has no other for one that is not signed (RFC 4035, 5.2; RFC 6840, 5.2). */
static bool is_supported(const ldns_rr *ds)
{
    static const uint8_t algorithms[] = {
        LDNS_RSASHA1,         LDNS_RSASHA1_NSEC3,   LDNS_RSASHA256,   LDNS_RSASHA512,
        LDNS_ECDSAP256SHA256, LDNS_ECDSAP384SHA384, 15 /* ED25519 */, 16 /* ED448 */};
    const uint8_t digest = ldns_rr_rd_count(ds) > 2 ? ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)) : 0;

    for (size_t i = 0; i < sizeof algorithms; i++)
        if (ldns_rr_rd_count(ds) > 2 && ldns_rdf2native_int8(ldns_rr_rdf(ds, 1)) == algorithms[i])
            return digest == LDNS_SHA1 || digest == LDNS_SHA256 || digest == LDNS_SHA384;
    return false;
}

static bool any_supported(const ldns_rr_list *ds)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(ds); i++)
        if (is_supported(ldns_rr_list_rr(ds, i)))
            return true;
    return false;
}

/* The keys that a DS record is the digest of; freed with ldns_rr_list_free(). NULL when memory ran
 * out. */
static ldns_rr_list *keys_that_fit(const ldns_rr_list *ds, const ldns_rr_list *keys)
{
    ldns_rr_list *const list = ldns_rr_list_new();

    for (size_t k = 0; list != NULL && k < ldns_rr_list_rr_count(keys); k++) {
        ldns_rr *const key = ldns_rr_list_rr(keys, k);
        bool fits = false;

        for (size_t d = 0; d < ldns_rr_list_rr_count(ds) && !fits; d++)
            fits = ldns_rr_compare_ds(key, ldns_rr_list_rr(ds, d));
        if (fits && !ldns_rr_list_push_rr(list, key)) {
            ldns_rr_list_free(list);
            return NULL;
        }
    }
    return list;
}

/* True when a signature over the set is by one of the keys, whatever the time; also when it is of
 * an algorithm that this machine does not know. */
static bool signature_holds(const struct answer *answer, const char *name, ldns_rr_type type,
                            const ldns_rr_list *keys)
{
    ldns_rr_list *const set = answered(answer, name, type);
    ldns_rr_list *const signatures = answered(answer, name, LDNS_RR_TYPE_RRSIG);
    bool holds = set == NULL || signatures == NULL;

    for (size_t i = 0; !holds && i < ldns_rr_list_rr_count(signatures); i++) {
        const ldns_rr *const signature = ldns_rr_list_rr(signatures, i);
        ldns_status status;

        if (ldns_rdf2rr_type(ldns_rr_rdf(signature, 0)) != type)
            continue;
        status = ldns_verify_rrsig_keylist_notime(set, signature, keys, NULL);
        holds = status != LDNS_STATUS_CRYPTO_BOGUS &&
                status != LDNS_STATUS_CRYPTO_NO_MATCHING_KEYTAG_DNSKEY;
    }
    ldns_rr_list_free(set);
    ldns_rr_list_free(signatures);
    return holds;
}

/* A fault, and every address that has it. */
struct fault {
    char text[96];
    const char *remedy;
    char addresses[EXAMINE_TEXT_SIZE];
};

enum { FAULTS = 8 };

struct state {
    const struct authority *zone;
    const char *parent;
    const ldns_rr_list *ds;
    uint32_t end;  /* when the first signature ends; 0: none was seen */
    size_t looked; /* addresses with both answers */
    struct fault faults[FAULTS];
    size_t fault_count;
};

static void add_fault(struct state *state, size_t address, const char *text, const char *remedy)
{
    char who[EXAMINE_TEXT_SIZE];
    size_t i = 0;

    while (i < state->fault_count && strcmp(state->faults[i].text, text) != 0)
        i++;
    if (i == FAULTS)
        return;
    if (i == state->fault_count) {
        (void)snprintf(state->faults[i].text, sizeof state->faults[i].text, "%s", text);
        state->faults[i].remedy = remedy;
        state->fault_count++;
    }
    examine_address_text(state->zone, address, who);
    examine_list(state->faults[i].addresses, who);
}

/* The span of a signature against the clock. */
static void judge_times(struct examination *examination, struct state *state, size_t address,
                        const struct answer *answer, ldns_rr_type type)
{
    const uint32_t now = (uint32_t)time(NULL);
    char text[96];
    char when[EXAMINE_TIME_SIZE];
    uint32_t begin = 0;
    uint32_t end = 0;

    if (!examine_signature_times(ldns_pkt_answer(answer->packet), type, &begin, &end))
        return;
    if (state->end == 0 || end < state->end)
        state->end = end;
    if (examination->clock_wrong || (now >= begin && now <= end))
        return;
    examine_time_text(now > end ? end : begin, when);
    (void)snprintf(text, sizeof text, "there are signatures that %s %s",
                   now > end ? "expired on" : "are valid only from", when);
    add_fault(state, address, text,
              "have the zone signed again, and see to it that this is done in time");
}

static void judge_signatures(struct examination *examination, struct state *state, size_t address,
                             const struct answer *answer, ldns_rr_type type,
                             const ldns_rr_list *keys)
{
    uint32_t begin;
    uint32_t end;

    if (!examine_signature_times(ldns_pkt_answer(answer->packet), type, &begin, &end))
        add_fault(state, address, "there are no signatures (RRSIG)",
                  "have the zone signed on that server, too");
    else if (!signature_holds(answer, state->zone->zone, type, keys))
        add_fault(state, address, "there are signatures that are not by its keys",
                  "have the zone signed again");
    else
        judge_times(examination, state, address, answer, type);
}

static void judge_address(struct examination *examination, struct state *state, size_t i)
{
    const char *const name = state->zone->zone;
    const struct answer *const dnskey =
        examine_answer(examination, state->zone, i, name, LDNS_RR_TYPE_DNSKEY, DNS_SIGNATURES);
    const struct answer *const soa =
        examine_answer(examination, state->zone, i, name, LDNS_RR_TYPE_SOA, DNS_SIGNATURES);
    ldns_rr_list *trusted;
    ldns_rr_list *keys;

    if (!answer_is_good(dnskey) || !answer_is_good(soa))
        return;
    keys = answered(dnskey, name, LDNS_RR_TYPE_DNSKEY);
    trusted = keys != NULL ? keys_that_fit(state->ds, keys) : NULL;
    if (trusted == NULL) {
        ldns_rr_list_free(keys);
        return;
    }
    state->looked++;
    if (ldns_rr_list_rr_count(keys) == 0)
        add_fault(state, i, "there is no DNSKEY",
                  "sign the zone, or take the DS records out of the parent zone, at the registrar");
    else if (ldns_rr_list_rr_count(trusted) == 0)
        add_fault(state, i, "there is no DNSKEY that fits one of them",
                  "have the DS records in the parent zone made from the present key, at the "
                  "registrar");
    else if (!signature_holds(dnskey, name, LDNS_RR_TYPE_DNSKEY, trusted) &&
             signature_holds(dnskey, name, LDNS_RR_TYPE_DNSKEY, keys))
        add_fault(state, i, "the key that fits one of them does not sign the keys (DNSKEY)",
                  "have the keys signed with that one, too, or have the DS records made from the "
                  "key that signs them, at the registrar");
    else {
        judge_signatures(examination, state, i, dnskey, LDNS_RR_TYPE_DNSKEY, keys);
        judge_signatures(examination, state, i, soa, LDNS_RR_TYPE_SOA, keys);
    }
    ldns_rr_list_free(trusted);
    ldns_rr_list_free(keys);
}

/* ---- resolvers ---- */

static bool is_rcode(const struct answer *answer, ldns_pkt_rcode rcode)
{
    return answer != NULL && answer->packet != NULL && ldns_pkt_get_rcode(answer->packet) == rcode;
}

/* A resolver that fails only where it validates calls the zone bogus. *validated: those that set
 * AD, and have validated it. */
static size_t judge_resolvers(struct examination *examination, const struct authority *zone,
                              char validated[EXAMINE_TEXT_SIZE])
{
    const struct resolver *const resolver = examination->map->resolver;
    size_t bogus = 0;

    validated[0] = '\0';
    for (size_t i = 0; i < resolver_count(resolver); i++) {
        struct dns_server *const server = resolver_server(resolver, i);
        const struct answer *const checked =
            inquiry_find(&examination->inquiry, server, zone->zone, LDNS_RR_TYPE_SOA, CHECKED);
        const struct answer *const unchecked =
            inquiry_find(&examination->inquiry, server, zone->zone, LDNS_RR_TYPE_SOA, UNCHECKED);

        if (is_rcode(checked, LDNS_RCODE_NOERROR) && ldns_pkt_ad(checked->packet))
            examine_list(validated, dns_server_address(server)->text);
        if (!is_rcode(checked, LDNS_RCODE_SERVFAIL) || !is_rcode(unchecked, LDNS_RCODE_NOERROR))
            continue;
        bogus++;
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "%s is bogus to the resolver %s: SERVFAIL, and an answer as soon as it does "
                     "not validate (CD)",
                     zone->zone, dns_server_address(server)->text);
        findings_remedy(examination->findings,
                        "mend keys, signatures or DS records of %s or of a zone above it: "
                        "certificate authorities validate",
                        zone->zone);
    }
    return bogus;
}

/* ---- judging ---- */

static void say_faults(struct examination *examination, const struct state *state)
{
    for (size_t i = 0; i < state->fault_count; i++) {
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "%s is bogus: %s has DS records for it, but %s at %s", state->zone->zone,
                     state->parent, state->faults[i].text, state->faults[i].addresses);
        findings_remedy(examination->findings, "%s", state->faults[i].remedy);
    }
}

static void say_fine(struct examination *examination, const struct state *state,
                     const char *validated)
{
    char end[EXAMINE_TIME_SIZE];

    examine_time_text(state->end, end);
    if (state->end > 0 && !examination->clock_wrong && state->end < (uint32_t)time(NULL) + SOON) {
        findings_add(examination->findings, FINDING_REMARK, about, "the signatures of %s end on %s",
                     state->zone->zone, end);
        findings_remedy(examination->findings, "see to it that the zone is signed again in time");
    }
    findings_add(examination->findings, FINDING_OK, about,
                 "%s is signed, with DS records in %s; the signatures at %zu address%s hold, until "
                 "%s; %s%s",
                 state->zone->zone, state->parent, state->looked, state->looked == 1 ? "" : "es",
                 end, validated[0] != '\0' ? "validated by " : "no resolver here validates",
                 validated);
}

static void say_unsigned(struct examination *examination, const struct authority *zone,
                         const char *parent)
{
    const struct answer *const answer =
        examine_good_answer(examination, zone, zone->zone, LDNS_RR_TYPE_DNSKEY, DNS_SIGNATURES);
    const bool has_keys = answer != NULL && ldns_pkt_ancount(answer->packet) > 0;

    findings_add(examination->findings, FINDING_OK, about, "%s is not signed: no DS record in %s%s",
                 zone->zone, parent,
                 has_keys ? "; its keys (DNSKEY) do not matter to anyone without" : "");
}

static void say_unsupported(struct examination *examination, const struct state *state)
{
    findings_add(examination->findings, FINDING_REMARK, about,
                 "%s counts as not signed: the DS records in %s have no algorithm and digest that "
                 "validators know",
                 state->zone->zone, state->parent);
    findings_remedy(examination->findings, "if it is to be validated, sign it with one that they "
                                           "know, as ECDSAP256SHA256 with a DS of SHA-256");
}

static void judge_zone(struct examination *examination, size_t z)
{
    const struct authority *const zone = examination->zones[z];
    const struct authority *const parent = examination->parents[z];
    struct state state = {.zone = zone, .parent = parent != NULL ? parent->zone : ""};
    const struct answer *const answer =
        parent != NULL
            ? examine_good_answer(examination, parent, zone->zone, LDNS_RR_TYPE_DS, DNS_SIGNATURES)
            : NULL;
    char validated[EXAMINE_TEXT_SIZE];
    const size_t bogus = judge_resolvers(examination, zone, validated);
    ldns_rr_list *ds = answer != NULL ? answered(answer, zone->zone, LDNS_RR_TYPE_DS) : NULL;

    if (ds == NULL)
        return;
    state.ds = ds;
    if (ldns_rr_list_rr_count(ds) == 0 && bogus == 0)
        say_unsigned(examination, zone, state.parent);
    if (ldns_rr_list_rr_count(ds) > 0 && !any_supported(ds))
        say_unsupported(examination, &state);
    for (size_t i = 0; any_supported(ds) && i < zone->address_count; i++)
        judge_address(examination, &state, i);
    say_faults(examination, &state);
    if (state.looked > 0 && state.fault_count == 0 && bogus == 0)
        say_fine(examination, &state, validated);
    ldns_rr_list_free(ds);
}

void examine_dnssec_judge(struct examination *examination)
{
    for (size_t i = 0; i < examination->zone_count; i++)
        judge_zone(examination, i);
}
