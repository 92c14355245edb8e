/*
 * inquiry.h - many questions to DNS servers at the same time, whose answers are kept until all are
 * there.
 */
#ifndef INQUIRY_H
#define INQUIRY_H

#include "dns.h"

enum { INQUIRY_REASON_SIZE = 64 };

/* A question, and what became of it. */
struct answer {
    struct answer *next;
    struct inquiry *inquiry;
    struct dns_server *server;
    char *name;
    ldns_rr_type type;
    unsigned flags; /* enum dns_flag */
    bool done;      /* false: the time was over before */
    enum dns_outcome outcome;
    ldns_pkt *packet;                 /* NULL unless DNS_ANSWER */
    char reason[INQUIRY_REASON_SIZE]; /* where there is no answer */
    int64_t took;                     /* ms */
    bool tcp;
};

struct inquiry {
    struct dns *dns;
    struct answer *answers;
    size_t pending;
};

/* Asks, as dns_ask(); once, if the same is asked again. */
int inquiry_ask(struct inquiry *inquiry, struct dns_server *server, const char *name,
                ldns_rr_type type, unsigned flags);

/* Waits until every question has its answer, or `until` of deadline_now(). As dns_run(). */
int inquiry_wait(struct inquiry *inquiry, int64_t until);

/* What became of a question; NULL if it was not asked or is not done. */
const struct answer *inquiry_find(const struct inquiry *inquiry, const struct dns_server *server,
                                  const char *name, ldns_rr_type type, unsigned flags);

/* Takes back what is under way and frees the answers. */
void inquiry_end(struct inquiry *inquiry);

/* True for an authoritative answer with NOERROR or NXDOMAIN; NULL is fine. */
bool answer_is_good(const struct answer *answer);

/* What came in place of a good answer, for people: an rcode, "not authoritative", a reason. */
const char *answer_text(const struct answer *answer);

#endif
