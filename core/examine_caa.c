/* Which certificate authorities CAA lets in: from the host upward, the first name that has such
 * records counts (RFC 8659, 3). */
#include "examine_parts.h"

#include <stdio.h>
#include <string.h>

#include "caa.h"
#include "dnshook/provider.h"

static const char about[] = "caa";

/* ---- asking ---- */

static bool is_in_zone(const struct examination *examination, const char *name)
{
    return examination->zone_count > 0 && name_is_within(name, examination->zones[0]->zone);
}

/* In the host's zone its own servers are asked, so that a change shows at once; a resolver knows
 * what is above it, and where an alias leads. */
static int ask_name(struct examination *examination, const char *name)
{
    const struct resolver *const resolver = examination->map->resolver;
    int status = DNSHOOK_OK;

    if (is_in_zone(examination, name))
        status =
            examine_ask_zone(examination, examination->zones[0], name, (ldns_rr_type)CAA_TYPE, 0);
    for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++)
        status = inquiry_ask(&examination->inquiry, resolver_server(resolver, i), name,
                             (ldns_rr_type)CAA_TYPE, DNS_RECURSION);
    return status;
}

int examine_caa_ask(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (const char *at = examination->host;
         at != NULL && strcmp(at, ".") != 0 && status == DNSHOOK_OK; at = name_parent(at))
        status = ask_name(examination, at);
    return status;
}

/* ---- reading ---- */

static bool has_alias(const struct answer *answer)
{
    ldns_rr_list *const list =
        examine_records(ldns_pkt_answer(answer->packet), NULL, LDNS_RR_TYPE_CNAME);
    const bool found = list != NULL && ldns_rr_list_rr_count(list) > 0;

    ldns_rr_list_free(list);
    return found;
}

/* The first answer of a resolver. *why: what they said instead; "" where not all have answered. */
static const struct answer *resolver_answer(const struct examination *examination, const char *name,
                                            const char **why)
{
    const struct resolver *const resolver = examination->map->resolver;

    for (size_t i = 0; i < resolver_count(resolver); i++) {
        const struct answer *const answer =
            inquiry_find(&examination->inquiry, resolver_server(resolver, i), name,
                         (ldns_rr_type)CAA_TYPE, DNS_RECURSION);

        *why = answer != NULL ? answer_text(answer) : "";
        if (answer != NULL && answer->packet != NULL &&
            (ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NOERROR ||
             ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NXDOMAIN))
            return answer;
    }
    return NULL;
}

/* True when an address answers for the zone, but not the question for CAA. */
static bool refuses_caa(const struct examination *examination, size_t address, const char *name,
                        const struct answer **caa)
{
    const struct authority *const zone = examination->zones[0];

    *caa = examine_answer(examination, zone, address, name, (ldns_rr_type)CAA_TYPE, 0);
    return *caa != NULL && !answer_is_good(*caa) &&
           answer_is_good(examine_answer(examination, zone, address, zone->zone, LDNS_RR_TYPE_SOA,
                                         DNS_OVER_UDP)) &&
           ((*caa)->packet == NULL ||
            ldns_pkt_get_rcode((*caa)->packet) != LDNS_RCODE_NOERROR); /* else a referral */
}

static void look_for_refusals(struct examination *examination, const char *name)
{
    const struct authority *const zone = examination->zones[0];

    for (size_t i = 0; i < zone->address_count; i++) {
        const struct answer *caa;
        char who[EXAMINE_TEXT_SIZE];

        if (!refuses_caa(examination, i, name, &caa))
            continue;
        examine_address_text(zone, i, who);
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "%s does not answer the question for the CAA records of %s: %s", who, name,
                     answer_text(caa));
        findings_remedy(examination->findings,
                        "mend the server: a certificate authority that gets no answer to that "
                        "question must refuse");
    }
}

/* The CAA records that hold for a name, empty if there are none; freed with ldns_rr_list_free().
 * NULL: nobody knows. */
static ldns_rr_list *records_of(struct examination *examination, const char *name)
{
    const struct answer *own = NULL;
    const struct answer *answer;
    const char *why = "";

    if (is_in_zone(examination, name)) {
        look_for_refusals(examination, name);
        own = examine_good_answer(examination, examination->zones[0], name, (ldns_rr_type)CAA_TYPE,
                                  0);
        if (own != NULL && !has_alias(own))
            return examine_records(ldns_pkt_answer(own->packet), name, (ldns_rr_type)CAA_TYPE);
    }
    answer = resolver_answer(examination, name, &why);
    if (answer != NULL)
        return examine_records(ldns_pkt_answer(answer->packet), NULL, (ldns_rr_type)CAA_TYPE);
    if (why[0] == '\0')
        return NULL;
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "the question for the CAA records of %s fails at the resolvers (%s): %s", name,
                 resolver_text(examination->map->resolver), why);
    findings_remedy(examination->findings,
                    "mend the zone that %s lies in or its alias leads to: a certificate authority "
                    "that gets no answer to that question must refuse",
                    name);
    return NULL;
}

/* ---- judging ---- */

/* What to write so that the certificate authority is let in. */
static void say_remedy(struct examination *examination, const char *name, bool wildcard)
{
    if (examination->ca != NULL)
        findings_remedy(examination->findings,
                        "add this record, or take the others away: %s. CAA "
                        "0 %s \"%s\"",
                        name, wildcard ? "issuewild" : "issue", examination->ca);
    else
        findings_remedy(examination->findings,
                        "add the record of your certificate authority, as "
                        "in: %s. CAA 0 %s \"letsencrypt.org\"",
                        name, wildcard ? "issuewild" : "issue");
}

static void say_forbidden(struct examination *examination, const char *name, const char *text,
                          const struct caa_verdict *verdict)
{
    const char *const star = examination->wildcard ? "*." : "";
    const char *const who = examination->ca != NULL ? examination->ca : "any certificate authority";

    if (verdict->critical[0] != '\0') {
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "the CAA records of %s (%s) hold the property \"%s\", which is critical and "
                     "unknown: nobody may issue",
                     name, text, verdict->critical);
        findings_remedy(examination->findings, "take that record away");
        return;
    }
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "the CAA records of %s (%s) do not let %s issue for %s%s%s", name, text, who, star,
                 examination->host, verdict->wrong_method ? " by dns-01 (validationmethods)" : "");
    if (verdict->malformed[0] != '\0')
        findings_remedy(examination->findings,
                        "correct the value \"%s\", which lets nobody in as it stands: it is the "
                        "name of the authority, and each parameter behind a semicolon as "
                        "name=value",
                        verdict->malformed);
    else if (verdict->wrong_method)
        findings_remedy(examination->findings,
                        "add dns-01 to validationmethods, or take that parameter away");
    else
        say_remedy(examination, name, examination->wildcard);
}

static void say_allowed(struct examination *examination, const char *name, const char *text,
                        const struct caa_verdict *verdict)
{
    const char *const star = examination->wildcard ? "*." : "";

    if (!verdict->restricted)
        findings_add(examination->findings, FINDING_OK, about,
                     "the CAA records of %s (%s) let any certificate authority issue for %s%s",
                     name, text, star, examination->host);
    else
        findings_add(examination->findings, FINDING_OK, about,
                     "the CAA records of %s (%s) let %s issue for %s%s", name, text,
                     verdict->issuers, star, examination->host);
    if (verdict->accounts[0] == '\0')
        return;
    findings_add(examination->findings, FINDING_REMARK, about,
                 "the CAA records of %s let these accounts alone issue (accounturi): %s", name,
                 verdict->accounts);
    findings_remedy(examination->findings,
                    "see to it that the account of your ACME client is among them");
}

static void judge_records(struct examination *examination, const char *name,
                          const ldns_rr_list *records)
{
    struct caa_verdict verdict;
    struct caa_verdict wildcard;
    char text[CAA_LIST_SIZE];

    caa_text(records, text);
    caa_judge(records, examination->ca, examination->wildcard, &verdict);
    if (!verdict.allowed) {
        say_forbidden(examination, name, text, &verdict);
        return;
    }
    say_allowed(examination, name, text, &verdict);
    caa_judge(records, examination->ca, true, &wildcard);
    if (!wildcard.allowed)
        findings_add(examination->findings, FINDING_OK, about, "they do not let %s issue for *.%s",
                     examination->ca != NULL ? examination->ca : "anyone", examination->host);
}

void examine_caa_judge(struct examination *examination)
{
    for (const char *at = examination->host; at != NULL && strcmp(at, ".") != 0;
         at = name_parent(at)) {
        ldns_rr_list *const records = records_of(examination, at);
        const bool there = records != NULL && ldns_rr_list_rr_count(records) > 0;

        if (there)
            judge_records(examination, at, records);
        ldns_rr_list_free(records);
        if (there || records == NULL)
            return;
    }
    findings_add(examination->findings, FINDING_OK, about,
                 "no CAA record from %s upward: any certificate authority may issue",
                 examination->host);
}
