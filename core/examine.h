/*
 * examine.h - what would make a certificate authority refuse a domain, seen before it is asked:
 * delegation, nameservers, the challenge name, CAA, DNSSEC, the clock. Changes nothing.
 *
 * Every question is asked at the same time; what matters is asked of the authority itself. Nobody
 * but the authority is asked about the challenge name (route.h says why).
 */
#ifndef EXAMINE_H
#define EXAMINE_H

#include "findings.h"
#include "inquiry.h"
#include "route.h"

enum { EXAMINE_ZONES = 2 };

/* The caller fills what comes first and zeroes the rest. */
struct examination {
    struct route_map *map;
    const char *host;
    const struct route *route; /* route->authority may be NULL: it was not found */
    const char *ca;            /* as CAA names it; NULL: any */
    const char *value;         /* that should be there; NULL: any */
    bool wildcard;             /* the certificate is for *.HOST */
    struct findings *findings;

    const struct authority *zones[EXAMINE_ZONES]; /* that of the host; that of the record name */
    struct authority *parents[EXAMINE_ZONES];     /* the zone above each; NULL: not known */
    size_t zone_count;
    struct inquiry inquiry;
    bool clock_wrong;
};

/* Sends the questions. DNSHOOK_OK, or as dns_run(). Ended with examination_close(), also when it
 * fails. */
int examination_begin(struct examination *examination);

/* Waits for the answers, `limit` ms at the most (what has not come by then is passed over), and
 * adds what they mean to the findings. As dns_run(). */
int examination_judge(struct examination *examination, int64_t limit);

/* The clock alone, with nothing but the resolvers: `map` and `findings` are enough. */
int examination_clock(struct examination *examination, int64_t limit);

void examination_close(struct examination *examination);

#endif
