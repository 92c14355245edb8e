#include "examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deadline.h"
#include "dnshook/provider.h"
#include "examine_parts.h"
#include "log.h"

enum { RRSIG_COVERED = 0, RRSIG_EXPIRATION = 4, RRSIG_INCEPTION = 5 };

static const struct {
    int (*ask)(struct examination *examination);
    void (*judge)(struct examination *examination);
} parts[] = {
    /* The clock is judged before the signatures, which are judged by it. */
    {examine_delegation_ask, examine_delegation_judge},
    {examine_servers_ask, examine_servers_judge},
    {examine_challenge_ask, examine_challenge_judge},
    {examine_caa_ask, examine_caa_judge},
    {examine_clock_ask, examine_clock_judge},
    {examine_dnssec_ask, examine_dnssec_judge},
};

enum { PARTS = sizeof parts / sizeof *parts };

/* ---- what the parts share ---- */

int examine_ask_zone(struct examination *examination, const struct authority *zone,
                     const char *name, ldns_rr_type type, unsigned flags)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < zone->address_count && status == DNSHOOK_OK; i++)
        status = inquiry_ask(&examination->inquiry, zone->addresses[i].server, name, type, flags);
    return status;
}

const struct answer *examine_answer(const struct examination *examination,
                                    const struct authority *zone, size_t address, const char *name,
                                    ldns_rr_type type, unsigned flags)
{
    return inquiry_find(&examination->inquiry, zone->addresses[address].server, name, type, flags);
}

const struct answer *examine_good_answer(const struct examination *examination,
                                         const struct authority *zone, const char *name,
                                         ldns_rr_type type, unsigned flags)
{
    for (size_t i = 0; i < zone->address_count; i++) {
        const struct answer *const answer = examine_answer(examination, zone, i, name, type, flags);

        if (answer_is_good(answer))
            return answer;
    }
    return NULL;
}

static bool is_in_list(const char *list, const char *item)
{
    const size_t size = strlen(item);

    for (const char *at = strstr(list, item); at != NULL; at = strstr(at + 1, item))
        if ((at == list || at[-1] == ' ') && (at[size] == '\0' || at[size] == ','))
            return true;
    return false;
}

void examine_list(char list[EXAMINE_TEXT_SIZE], const char *item)
{
    const size_t used = strlen(list);

    if (!is_in_list(list, item))
        (void)snprintf(list + used, EXAMINE_TEXT_SIZE - used, "%s%s", used > 0 ? ", " : "", item);
}

void examine_address_text(const struct authority *zone, size_t address, char out[EXAMINE_TEXT_SIZE])
{
    char names[EXAMINE_TEXT_SIZE / 2] = "";
    size_t used = 0;

    for (size_t i = 0; i < zone->name_count && used < sizeof names; i++)
        if ((zone->addresses[address].names & (UINT32_C(1) << i)) != 0)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used > 0 ? ", " : "", zone->names[i].name);
    (void)snprintf(out, EXAMINE_TEXT_SIZE, "%s (%s)",
                   dns_server_address(zone->addresses[address].server)->text, names);
}

ldns_rr_list *examine_records(const ldns_rr_list *section, const char *name, ldns_rr_type type)
{
    ldns_rr_list *const list = ldns_rr_list_new();

    for (size_t i = 0; list != NULL && section != NULL && i < ldns_rr_list_rr_count(section); i++) {
        ldns_rr *const rr = ldns_rr_list_rr(section, i);
        char owner[NAME_SIZE];

        if (ldns_rr_get_type(rr) == type && ldns_rr_rd_count(rr) > 0 &&
            (name == NULL ||
             (dns_name_text(ldns_rr_owner(rr), owner) && name_equal(owner, name))) &&
            !ldns_rr_list_push_rr(list, rr)) {
            ldns_rr_list_free(list);
            return NULL;
        }
    }
    return list;
}

void examine_time_text(uint32_t time, char out[EXAMINE_TIME_SIZE])
{
    const time_t seconds = (time_t)time;
    struct tm parts_of_time;

    if (gmtime_r(&seconds, &parts_of_time) == NULL ||
        strftime(out, EXAMINE_TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &parts_of_time) == 0)
        (void)snprintf(out, EXAMINE_TIME_SIZE, "%lu", (unsigned long)time);
}

/* True when the first span serves better: it holds now, and longer. */
static bool is_better(uint32_t now, uint32_t begin, uint32_t end, uint32_t other_begin,
                      uint32_t other_end)
{
    const bool holds = now >= begin && now <= end;
    const bool other_holds = now >= other_begin && now <= other_end;

    return holds != other_holds ? holds : end > other_end;
}

bool examine_signature_times(const ldns_rr_list *section, ldns_rr_type type, uint32_t *begin,
                             uint32_t *end)
{
    const uint32_t now = (uint32_t)time(NULL);
    bool found = false;

    for (size_t i = 0; section != NULL && i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(section, i);
        uint32_t from;
        uint32_t to;

        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_RRSIG || ldns_rr_rd_count(rr) <= RRSIG_INCEPTION ||
            ldns_rdf2rr_type(ldns_rr_rdf(rr, RRSIG_COVERED)) != type)
            continue;
        from = ldns_rdf2native_int32(ldns_rr_rdf(rr, RRSIG_INCEPTION));
        to = ldns_rdf2native_int32(ldns_rr_rdf(rr, RRSIG_EXPIRATION));
        if (found && !is_better(now, from, to, *begin, *end))
            continue;
        *begin = from;
        *end = to;
        found = true;
    }
    return found;
}

/* ---- the examination ---- */

/* Of the zones that were met on the way, the one that holds the host. */
static const struct authority *zone_of_host(const struct examination *examination)
{
    const struct authority *best = NULL;

    for (const struct authority *at = examination->map->authorities; at != NULL; at = at->next)
        if (name_is_within(examination->host, at->zone) &&
            (best == NULL || name_is_below(at->zone, best->zone)))
            best = at;
    return best;
}

static void add_zone(struct examination *examination, const struct authority *zone)
{
    for (size_t i = 0; i < examination->zone_count; i++)
        if (examination->zones[i] == zone)
            return;
    if (zone != NULL)
        examination->zones[examination->zone_count++] = zone;
}

/* The servers above each zone. That they cannot be found was said when the zone was. */
static int find_parents(struct examination *examination)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < examination->zone_count && status == DNSHOOK_OK; i++) {
        status = authority_of_parent(examination->map->dns, examination->map->resolver,
                                     examination->zones[i]->zone, &examination->parents[i]);
        if (status == DNSHOOK_UNREACHABLE)
            status = DNSHOOK_OK;
    }
    return status;
}

int examination_begin(struct examination *examination)
{
    int status;

    examination->inquiry.dns = examination->map->dns;
    add_zone(examination, zone_of_host(examination));
    add_zone(examination, examination->route->authority);
    status = find_parents(examination);
    for (size_t i = 0; i < PARTS && status == DNSHOOK_OK; i++)
        status = parts[i].ask(examination);
    return status;
}

int examination_judge(struct examination *examination, int64_t limit)
{
    const int64_t until = deadline_now() + limit;
    int status = inquiry_wait(&examination->inquiry, until);

    if (status == DNSHOOK_OK)
        status = examine_delegation_ask_again(examination);
    if (status == DNSHOOK_OK)
        status = inquiry_wait(&examination->inquiry, until);
    if (status != DNSHOOK_OK)
        return status;
    for (size_t i = 0; i < PARTS; i++)
        parts[i].judge(examination);
    return examination->findings->lost ? log_no_memory() : DNSHOOK_OK;
}

int examination_clock(struct examination *examination, int64_t limit)
{
    int status;

    examination->inquiry.dns = examination->map->dns;
    status = examine_clock_ask(examination);
    if (status == DNSHOOK_OK)
        status = inquiry_wait(&examination->inquiry, deadline_now() + limit);
    if (status == DNSHOOK_OK)
        examine_clock_judge(examination);
    return status;
}

void examination_close(struct examination *examination)
{
    inquiry_end(&examination->inquiry);
    for (size_t i = 0; i < EXAMINE_ZONES; i++)
        authority_free(examination->parents[i]);
    memset(examination->parents, 0, sizeof examination->parents);
}
