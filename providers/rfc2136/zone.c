/*
 * Which zone holds a name, which servers it has, and whether the key is accepted.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exchange.h"

#include <string.h>

/* Labels that are stripped at most: a name has no more (RFC 1035, 2.3.4). */
#define LABELS_MAX 127

/* Hands one zone to the host. */
static int hand_zone(const char *name, const struct dnshook_zone *cut, dnshook_zone_fn *each,
                     void *opaque)
{
    const struct dnshook_zone zone = {
        .size = sizeof zone,
        .name = name,
        .primary = cut == NULL ? NULL : cut->primary,
    };

    return each(opaque, &zone);
}

/* The name without its first label; false at the root, or if it is not a name. */
static bool strip_label(char name[NAME_SIZE])
{
    CLEANUP_NAME ldns_rdf *const whole = name_read(name);
    CLEANUP_NAME ldns_rdf *const rest =
        whole == NULL || strcmp(name, ".") == 0 ? NULL : ldns_dname_left_chop(whole);

    return rest != NULL && name_write(rest, name);
}

/* The owner of the SOA record that an answer gives for the name: among the answers, or, if the
 * name or the type is not there, in the authority section (RFC 2308, 3). */
static bool zone_of_answer(const ldns_pkt *packet, const char *name, char out[NAME_SIZE])
{
    const ldns_rr *soa = message_find_above(packet, LDNS_SECTION_ANSWER, LDNS_RR_TYPE_SOA, name);

    if (soa == NULL && ldns_rr_list_rr_count(ldns_pkt_answer(packet)) == 0)
        soa = message_find_above(packet, LDNS_SECTION_AUTHORITY, LDNS_RR_TYPE_SOA, name);
    return soa != NULL && name_write(ldns_rr_owner(soa), out);
}

/* Asks the server for the zone. Where a CNAME or a DNAME answers, the zone is asked of the name
 * above: no zone begins at a CNAME. *found false: the server does not say. */
static int ask_zone(struct rfc2136 *self, const struct server *server, const char *name,
                    char out[NAME_SIZE], bool *found)
{
    char at[NAME_SIZE] = "";
    int status = DNSHOOK_OK;
    bool more = name_normalise(name, at);

    *found = false;
    for (int i = 0; i <= LABELS_MAX && more && status == DNSHOOK_OK; i++) {
        struct answer answer;

        status = exchange_question(self, server, at, LDNS_RR_TYPE_SOA, &answer);
        *found = answer.packet != NULL && zone_of_answer(answer.packet, at, out);
        more = answer.packet != NULL && !*found &&
               ldns_rr_list_rr_count(ldns_pkt_answer(answer.packet)) > 0 && strip_label(at);
        message_drop(&answer.packet);
    }
    return status;
}

int rfc2136_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                      dnshook_zone_fn *each, void *opaque)
{
    struct rfc2136 *const self = handle;
    const struct server server = {self->settings.server, self->settings.port};
    char zone[NAME_SIZE] = "";
    bool found = false;

    self->said = false;
    if (self->settings.zone[0] != '\0') {
        if (!name_within(name, self->settings.zone))
            return dnshook_fail(self->host, DNSHOOK_BAD_CONFIG,
                                "%s does not lie in zone %s: set RFC2136_ZONE to the zone that "
                                "holds it, or leave it out",
                                name, self->settings.zone);
        return hand_zone(self->settings.zone, cut, each, opaque);
    }
    if (server.name[0] != '\0') {
        const int status = ask_zone(self, &server, name, zone, &found);

        if (status != DNSHOOK_OK)
            return status;
        if (found)
            return hand_zone(zone, cut, each, opaque);
        dnshook_log(self->host, DNSHOOK_LOG_DEBUG,
                    "%s does not say which zone holds %s: taking the one that the DNS shows",
                    server.name, name);
    }
    if (cut != NULL)
        return hand_zone(cut->name, cut, each, opaque);
    return dnshook_fail(self->host, DNSHOOK_NO_ZONE,
                        "neither %s nor the DNS says which zone holds %s: set RFC2136_ZONE",
                        server.name[0] == '\0' ? "a server" : server.name, name);
}

/* Hands the names of the NS records of a zone to the host. */
static int hand_names(const ldns_pkt *packet, const char *zone, dnshook_name_fn *each, void *opaque,
                      size_t *count)
{
    const ldns_rr_list *const list = ldns_pkt_answer(packet);
    int status = DNSHOOK_OK;

    *count = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(list) && status == DNSHOOK_OK; i++) {
        const ldns_rr *const record = ldns_rr_list_rr(list, i);
        char name[NAME_SIZE];

        if (ldns_rr_get_type(record) != LDNS_RR_TYPE_NS || ldns_rr_rd_count(record) != 1 ||
            !name_is(ldns_rr_owner(record), zone) || !name_write(ldns_rr_rdf(record, 0), name))
            continue;
        ++*count;
        status = each(opaque, name);
    }
    return status;
}

int rfc2136_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                        void *opaque)
{
    struct rfc2136 *const self = handle;
    const struct server server = {self->settings.server, self->settings.port};
    struct answer answer;
    size_t count = 0;

    self->said = false;
    if (server.name[0] == '\0')
        return dnshook_fail(self->host, DNSHOOK_UNSUPPORTED,
                            "RFC2136_NAMESERVER is not set: there is no server to ask for the "
                            "nameservers of %s",
                            zone->name);
    int status = exchange_question(self, &server, zone->name, LDNS_RR_TYPE_NS, &answer);

    if (status == DNSHOOK_OK && answer.packet != NULL)
        status = hand_names(answer.packet, zone->name, each, opaque, &count);
    message_drop(&answer.packet);
    if (status == DNSHOOK_OK && count == 0)
        status = dnshook_fail(self->host, DNSHOOK_UNSUPPORTED,
                              "%s does not say which nameservers zone %s has", answer.server,
                              zone->name);
    return status;
}

/* Whether the server signed a REFUSED: questions may be forbidden where updates are allowed. */
static bool is_mute(const struct rfc2136 *self, const struct answer *answer)
{
    return self->settings.key.algorithm != NULL && answer->trusted &&
           answer->rcode == LDNS_RCODE_REFUSED;
}

/* What an answer to the question for the zone's SOA says about the key and the zone. */
static int judge_check(struct rfc2136 *self, const struct answer *answer, const char *zone)
{
    char subject[NAME_SIZE + 64];

    (void)snprintf(subject, sizeof subject, "a question about zone %s", zone);
    if (is_mute(self, answer))
        return DNSHOOK_OK;
    if (!answer->trusted || answer->rcode != LDNS_RCODE_NOERROR)
        return exchange_fail(self, answer, subject);
    if (answer->authoritative && answer->packet != NULL &&
        message_find(answer->packet, LDNS_SECTION_ANSWER, LDNS_RR_TYPE_SOA, zone) != NULL)
        return DNSHOOK_OK;
    return dnshook_fail(self->host, DNSHOOK_NO_ZONE,
                        "%s is not authoritative for zone %s: set RFC2136_NAMESERVER to the zone's "
                        "primary, or RFC2136_ZONE to the zone that this server has",
                        answer->server, zone);
}

/* Says what was found. */
static void report_check(const struct rfc2136 *self, const struct answer *answer, const char *zone)
{
    const struct tsig_key *const key = &self->settings.key;

    if (key->algorithm == NULL)
        dnshook_log(self->host, DNSHOOK_LOG_INFO,
                    "%s answers; there is no key, requests are not signed", answer->server);
    else
        dnshook_log(self->host, DNSHOOK_LOG_INFO, "%s accepts key %s (%s)%s%s", answer->server,
                    key->name, key->algorithm->name,
                    zone != NULL && is_mute(self, answer) ? ", and lets it ask nothing about zone "
                                                          : "",
                    zone != NULL && is_mute(self, answer) ? zone : "");
}

/* The zone to ask about; NULL: none is known, and the answer about the root will do, as it shows
 * whether the key is accepted. */
static const char *check_name(const struct rfc2136 *self, const struct dnshook_zone *zone)
{
    if (zone != NULL)
        return zone->name;
    return self->settings.zone[0] == '\0' ? NULL : self->settings.zone;
}

int rfc2136_check(void *handle, const struct dnshook_zone *zone)
{
    struct rfc2136 *const self = handle;
    const char *const name = check_name(self, zone);
    struct server server;
    struct answer answer = {.trusted = false};
    int status = exchange_server(self, zone, &server);

    self->said = false;
    if (status != DNSHOOK_OK)
        return status;
    CLEANUP_PACKET ldns_pkt *const question =
        message_question(name == NULL ? "." : name, LDNS_RR_TYPE_SOA);

    if (question == NULL)
        return dnshook_fail(self->host, DNSHOOK_NO_MEMORY, "out of memory for a question");
    status = exchange_ask(self, &server, question, &answer);
    if (status == DNSHOOK_OK && (name != NULL || !answer.trusted))
        status = judge_check(self, &answer, name == NULL ? "." : name);
    if (status == DNSHOOK_OK)
        report_check(self, &answer, name);
    message_drop(&answer.packet);
    return status;
}
