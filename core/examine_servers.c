/* Does every address of every nameserver answer for the zone, over UDP and over TCP? */
#include "examine_parts.h"

#include <stdio.h>

#include "dnshook/provider.h"

static const char about[] = "servers";

/* What one transport to an address came to. */
enum way { WAY_UNKNOWN, WAY_GOOD, WAY_LAME, WAY_SILENT, WAY_UNROUTABLE };

struct tally {
    size_t good;
    size_t lame;
    size_t recursive; /* of the lame ones, those that answered as a resolver does */
    size_t unroutable;
    int64_t slowest; /* ms */
    char serials[EXAMINE_TEXT_SIZE];
    uint32_t serial;
    bool serials_differ;
};

int examine_servers_ask(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < examination->zone_count && status == DNSHOOK_OK; i++) {
        const struct authority *const zone = examination->zones[i];

        status = examine_ask_zone(examination, zone, zone->zone, LDNS_RR_TYPE_SOA, DNS_OVER_UDP);
        if (status == DNSHOOK_OK)
            status =
                examine_ask_zone(examination, zone, zone->zone, LDNS_RR_TYPE_SOA, DNS_OVER_TCP);
    }
    return status;
}

/* A good answer has the zone's SOA record: a server of the zone above is authoritative, too, and
 * has none. */
static const ldns_rr *soa_of(const struct answer *answer, const char *zone)
{
    ldns_rr_list *const list =
        answer_is_good(answer)
            ? examine_records(ldns_pkt_answer(answer->packet), zone, LDNS_RR_TYPE_SOA)
            : NULL;
    const ldns_rr *const soa =
        list != NULL && ldns_rr_list_rr_count(list) > 0 ? ldns_rr_list_rr(list, 0) : NULL;

    ldns_rr_list_free(list);
    return soa;
}

static enum way way_of(const struct answer *answer, const char *zone)
{
    if (answer == NULL)
        return WAY_UNKNOWN;
    if (answer->outcome == DNS_UNROUTABLE)
        return WAY_UNROUTABLE;
    if (answer->outcome == DNS_SILENT)
        return WAY_SILENT;
    return soa_of(answer, zone) != NULL ? WAY_GOOD : WAY_LAME;
}

static void say_lame(struct examination *examination, const struct authority *zone, const char *who,
                     const struct answer *answer)
{
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "%s is lame: it answers, but not as a nameserver of %s (%s)", who, zone->zone,
                 answer_is_good(answer) ? "no SOA record there" : answer_text(answer));
    findings_remedy(examination->findings,
                    "serve the zone %s there, or take the nameserver out of the NS records of the "
                    "zone and of its delegation",
                    zone->zone);
}

static void say_dead(struct examination *examination, const char *who, const struct answer *udp,
                     const struct answer *tcp)
{
    const bool only_tcp = udp == NULL || udp->outcome == DNS_ANSWER;
    const bool only_udp = tcp == NULL || tcp->outcome == DNS_ANSWER;

    if (only_tcp || only_udp) {
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "%s does not answer over %s: %s", who, only_tcp ? "TCP" : "UDP",
                     only_tcp ? answer_text(tcp) : answer_text(udp));
        findings_remedy(examination->findings,
                        only_tcp ? "let TCP to port 53 through to it: a certificate authority "
                                   "fetches every answer over TCP that does not fit into a packet"
                                 : "let UDP to port 53 through to it: a certificate authority asks "
                                   "over UDP first");
        return;
    }
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "%s is dead: no answer over UDP (%s) and none over TCP (%s)", who,
                 answer_text(udp), answer_text(tcp));
    findings_remedy(examination->findings,
                    "start it and let UDP and TCP to port 53 through to it, or take it out of the "
                    "NS records of the zone and of its delegation");
}

/* Notes serial and time of a good answer. */
static void note_good(struct tally *tally, const struct answer *answer, const char *zone)
{
    const ldns_rr *const soa = soa_of(answer, zone);
    char text[ADDRESS_TEXT_SIZE + 32];
    uint32_t serial;

    if (answer->took > tally->slowest)
        tally->slowest = answer->took;
    if (ldns_rr_rd_count(soa) < 3)
        return;
    serial = ldns_rdf2native_int32(ldns_rr_rdf(soa, 2));
    tally->serials_differ = tally->serials_differ || (tally->good > 0 && serial != tally->serial);
    tally->serial = serial;
    (void)snprintf(text, sizeof text, "%lu at %s", (unsigned long)serial,
                   dns_server_address(answer->server)->text);
    examine_list(tally->serials, text);
}

static void judge_address(struct examination *examination, const struct authority *zone, size_t i,
                          struct tally *tally)
{
    const struct answer *const udp =
        examine_answer(examination, zone, i, zone->zone, LDNS_RR_TYPE_SOA, DNS_OVER_UDP);
    const struct answer *const tcp =
        examine_answer(examination, zone, i, zone->zone, LDNS_RR_TYPE_SOA, DNS_OVER_TCP);
    const enum way over_udp = way_of(udp, zone->zone);
    const enum way over_tcp = way_of(tcp, zone->zone);
    char who[EXAMINE_TEXT_SIZE];

    examine_address_text(zone, i, who);
    if (over_udp == WAY_GOOD)
        note_good(tally, udp, zone->zone);
    if (over_udp == WAY_LAME || over_tcp == WAY_LAME) {
        const struct answer *const lame = over_udp == WAY_LAME ? udp : tcp;

        tally->lame++;
        tally->recursive += !ldns_pkt_aa(lame->packet) && ldns_pkt_ra(lame->packet);
        say_lame(examination, zone, who, lame);
    }
    if (over_udp == WAY_SILENT || over_tcp == WAY_SILENT)
        say_dead(examination, who, udp, tcp);
    tally->unroutable += over_udp == WAY_UNROUTABLE;
    tally->good += over_udp == WAY_GOOD && over_tcp == WAY_GOOD;
}

static void judge_zone(struct examination *examination, const struct authority *zone)
{
    struct tally tally = {0};
    char unroutable[80] = "";

    for (size_t i = 0; i < zone->address_count; i++)
        judge_address(examination, zone, i, &tally);
    if (tally.lame > 0 && tally.recursive == tally.lame && tally.good == 0) {
        findings_add(examination->findings, FINDING_PROBLEM, about,
                     "port 53 seems intercepted: what answers for %s are resolvers", zone->zone);
        findings_remedy(examination->findings, "allow DNS from this machine to the nameservers, "
                                               "UDP and TCP, port 53");
    }
    if (tally.serials_differ) {
        findings_add(examination->findings, FINDING_REMARK, about,
                     "the nameservers of %s do not have the same zone yet (SOA serial): %s",
                     zone->zone, tally.serials);
        findings_remedy(examination->findings, "if that lasts, look at NOTIFY and the transfers "
                                               "to the ones that lag");
    }
    if (tally.unroutable > 0)
        (void)snprintf(unroutable, sizeof unroutable,
                       "; to %zu this machine has no route, and they were passed over",
                       tally.unroutable);
    if (tally.good == 0 || tally.good + tally.unroutable < zone->address_count)
        return;
    findings_add(examination->findings, FINDING_OK, about,
                 "%s: %zu of %zu addresses answer over UDP and TCP, within %lld ms%s", zone->zone,
                 tally.good, zone->address_count, (long long)tally.slowest, unroutable);
}

void examine_servers_judge(struct examination *examination)
{
    for (size_t i = 0; i < examination->zone_count; i++)
        judge_zone(examination, examination->zones[i]);
}
