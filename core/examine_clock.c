/* Is the clock right? The signatures of the root and of the top-level domain say what time it is,
 * within their span, and need no secret; the kernel says whether anything keeps the clock. */
#include "examine_parts.h"

#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "dnshook/provider.h"

static const char about[] = "clock";

enum { FLAGS = DNS_RECURSION | DNS_SIGNATURES | DNS_UNCHECKED, ZONES = 2 };

/* The zones whose signatures are looked at: the root and the host's top-level domain. */
static size_t zones_of(const struct examination *examination, const char *zones[ZONES])
{
    const char *top = examination->host;

    zones[0] = ".";
    if (top == NULL)
        return 1;
    for (const char *at = name_parent(top); at != NULL && strcmp(at, ".") != 0;
         at = name_parent(at))
        top = at;
    zones[1] = top;
    return ZONES;
}

int examine_clock_ask(struct examination *examination)
{
    const struct resolver *const resolver = examination->map->resolver;
    const char *zones[ZONES];
    const size_t count = zones_of(examination, zones);
    int status = DNSHOOK_OK;

    for (size_t z = 0; z < count; z++)
        for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++)
            status = inquiry_ask(&examination->inquiry, resolver_server(resolver, i), zones[z],
                                 LDNS_RR_TYPE_SOA, FLAGS);
    return status;
}

/* What the signatures that were seen say of the present time. */
struct comparison {
    char zones[EXAMINE_TEXT_SIZE];
    size_t right;
    size_t early; /* now is before they begin */
    size_t late;
    uint32_t begin; /* of the last one that now is out of */
    uint32_t end;
};

static bool compare(const struct examination *examination, const char *zone,
                    struct comparison *comparison)
{
    const struct resolver *const resolver = examination->map->resolver;
    const uint32_t now = (uint32_t)time(NULL);
    uint32_t begin;
    uint32_t end;

    for (size_t i = 0; i < resolver_count(resolver); i++) {
        const struct answer *const answer = inquiry_find(
            &examination->inquiry, resolver_server(resolver, i), zone, LDNS_RR_TYPE_SOA, FLAGS);

        if (answer == NULL || answer->packet == NULL ||
            !examine_signature_times(ldns_pkt_answer(answer->packet), LDNS_RR_TYPE_SOA, &begin,
                                     &end))
            continue;
        examine_list(comparison->zones, zone);
        comparison->early += now < begin;
        comparison->late += now > end;
        comparison->right += now >= begin && now <= end;
        if (now < begin || now > end) {
            comparison->begin = begin;
            comparison->end = end;
        }
        return true;
    }
    return false;
}

/* What the kernel says of who keeps the clock. */
static const char *kernel_text(void)
{
    struct timex state = {0};
    const int result = adjtimex(&state);

    if (result < 0)
        return "the kernel does not say whether it is synchronised";
    return result == TIME_ERROR || (state.status & STA_UNSYNC) != 0
               ? "the kernel does not call it synchronised"
               : "the kernel calls it synchronised";
}

static void say_wrong(struct examination *examination, const struct comparison *comparison)
{
    char now[EXAMINE_TIME_SIZE];
    char begin[EXAMINE_TIME_SIZE];
    char end[EXAMINE_TIME_SIZE];

    examine_time_text((uint32_t)time(NULL), now);
    examine_time_text(comparison->begin, begin);
    examine_time_text(comparison->end, end);
    findings_add(examination->findings, FINDING_PROBLEM, about,
                 "the clock of this machine seems to be %s: it says %s, and the signatures of the "
                 "zones %s are valid from %s to %s; %s",
                 comparison->late > 0 ? "fast" : "slow", now, comparison->zones, begin, end,
                 kernel_text());
    findings_remedy(examination->findings, "set the clock and have it kept, as with timedatectl "
                                           "set-ntp true");
}

void examine_clock_judge(struct examination *examination)
{
    struct comparison comparison = {0};
    const char *zones[ZONES];
    const size_t count = zones_of(examination, zones);
    size_t seen = 0;

    for (size_t i = 0; i < count; i++)
        seen += compare(examination, zones[i], &comparison);
    examination->clock_wrong = seen > 0 && (comparison.early == seen || comparison.late == seen);
    if (examination->clock_wrong)
        say_wrong(examination, &comparison);
    else if (comparison.right > 0)
        findings_add(examination->findings, FINDING_OK, about,
                     "it is within the signatures of the zones %s; %s", comparison.zones,
                     kernel_text());
    else
        findings_add(examination->findings, FINDING_OK, about,
                     "nothing was seen to compare it with (no signature at the root or the "
                     "top-level domain); %s",
                     kernel_text());
}
