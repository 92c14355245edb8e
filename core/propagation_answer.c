/* What an address said: the values in an answer, and what people read of it. */
#include "propagation_answer.h"

#include <stdio.h>
#include <string.h>

static const char *const sight_names[] = {
    [SIGHT_NONE] = "not asked",
    [SIGHT_SERVING] = "serving",
    [SIGHT_WITHOUT] = "without the value",
    [SIGHT_ANSWERING] = "answering",
    [SIGHT_LAME] = "lame",
    [SIGHT_SILENT] = "silent",
    [SIGHT_UNROUTABLE] = "unroutable",
};

const char *sight_text(enum sight sight)
{
    return sight_names[sight];
}

void sighting_names(const struct sighting *sighting, char *out, size_t size)
{
    const struct authority *const authority = sighting->watch->authority;
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < authority->name_count && used < size; i++)
        if ((sighting->address->names & (UINT32_C(1) << i)) != 0)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     authority->names[i].name);
}

static uint64_t all_values(const struct watch *watch)
{
    return watch->value_count == 64 ? UINT64_MAX : (UINT64_C(1) << watch->value_count) - 1;
}

/* True when the strings of a TXT record, put together, are the value. */
static bool txt_equals(const ldns_rr *rr, const char *value)
{
    size_t left = strlen(value);

    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *const string = ldns_rr_rdf(rr, i);
        const size_t size = ldns_rdf_size(string) > 0 ? ldns_rdf_size(string) - 1 : 0;

        if (size > left || memcmp(ldns_rdf_data(string) + 1, value, size) != 0)
            return false;
        value += size;
        left -= size;
    }
    return left == 0;
}

/* Puts the text of a TXT record behind what is in `said`, quoted; cut where that ends. */
static void append_value(char *said, const ldns_rr *rr)
{
    size_t used = strlen(said);

    used +=
        (size_t)snprintf(said + used, PROPAGATION_SAID_SIZE - used, "%s\"", used > 0 ? " " : "");
    for (size_t i = 0; i < ldns_rr_rd_count(rr) && used < PROPAGATION_SAID_SIZE; i++) {
        const ldns_rdf *const string = ldns_rr_rdf(rr, i);
        const size_t size = ldns_rdf_size(string) > 0 ? ldns_rdf_size(string) - 1 : 0;

        used += (size_t)snprintf(said + used, PROPAGATION_SAID_SIZE - used, "%.*s", (int)size,
                                 (const char *)ldns_rdf_data(string) + 1);
    }
    if (used < PROPAGATION_SAID_SIZE)
        (void)snprintf(said + used, PROPAGATION_SAID_SIZE - used, "\"");
}

/* Which of the values the answer holds; the texts of all its TXT records at the name go to
 * `said`. */
static uint64_t values_in(const struct watch *watch, const ldns_pkt *packet, char *said)
{
    const ldns_rr_list *const records = ldns_pkt_answer(packet);
    uint64_t has = 0;

    said[0] = '\0';
    for (size_t i = 0; records != NULL && i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(records, i);
        char owner[NAME_SIZE];

        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_TXT || !dns_name_text(ldns_rr_owner(rr), owner) ||
            !name_equal(owner, watch->name))
            continue;
        for (size_t v = 0; v < watch->value_count; v++)
            if (txt_equals(rr, watch->values[v]))
                has |= UINT64_C(1) << v;
        append_value(said, rr);
    }
    return has;
}

/* True when the answer speaks for the zone. */
static bool is_authoritative(const ldns_pkt *packet)
{
    const ldns_pkt_rcode rcode = ldns_pkt_get_rcode(packet);

    return ldns_pkt_aa(packet) && (rcode == LDNS_RCODE_NOERROR || rcode == LDNS_RCODE_NXDOMAIN);
}

static void read_lame(struct sighting *sighting, const ldns_pkt *packet)
{
    sighting->sight = SIGHT_LAME;
    sighting->recursive = !ldns_pkt_aa(packet) && ldns_pkt_ra(packet);
    (void)snprintf(sighting->said, sizeof sighting->said, "%s%s", dns_rcode_text(packet),
                   ldns_pkt_aa(packet) ? "" : ", not authoritative");
}

/* What an answer without a TXT record says. */
static const char *no_record_text(const ldns_pkt *packet)
{
    if (ldns_pkt_get_rcode(packet) == LDNS_RCODE_NXDOMAIN)
        return "NXDOMAIN";
    return ldns_pkt_ancount(packet) > 0 ? "an alias, no TXT record" : "no TXT record";
}

/* Notes an authoritative answer that came at `when`. */
static void read_values(struct sighting *sighting, const ldns_pkt *packet, int64_t when)
{
    struct watch *const watch = sighting->watch;
    const bool all = watch->value_count > 0;

    sighting->recursive = false;
    sighting->has = values_in(watch, packet, sighting->said);
    if (sighting->said[0] == '\0')
        (void)snprintf(sighting->said, sizeof sighting->said, "%s", no_record_text(packet));
    sighting->sight = !all                                 ? SIGHT_ANSWERING
                      : sighting->has == all_values(watch) ? SIGHT_SERVING
                                                           : SIGHT_WITHOUT;
    if (sighting->sight == SIGHT_SERVING && sighting->served_at < 0)
        sighting->served_at = when - watch->began;
    if (sighting->has == 0 && sighting->served_at >= 0 && sighting->gone_at < 0)
        sighting->gone_at = when - watch->began;
}

void sighting_read(struct sighting *sighting, const struct dns_result *result)
{
    if (result->outcome == DNS_ANSWER && is_authoritative(result->packet))
        read_values(sighting, result->packet, result->answered);
    else if (result->outcome == DNS_ANSWER)
        read_lame(sighting, result->packet);
    else
        sighting->sight = result->outcome == DNS_SILENT ? SIGHT_SILENT : SIGHT_UNROUTABLE;
    if (result->outcome != DNS_ANSWER)
        (void)snprintf(sighting->said, sizeof sighting->said, "%s", result->reason);
}
