/*
 * dns.h - questions to DNS servers, many at once: c-ares carries them, ldns builds and reads them.
 *
 * Each question goes to one address, directly: over UDP (EDNS 1232), over UDP once more, then over
 * TCP; a truncated answer is fetched over TCP at once, and a connection that breaks is made once
 * more. A server that was silent over UDP and answered over TCP is asked over TCP from then on.
 * Every question has a fresh id and, over UDP, a fresh source port (RFC 5452); an answer that does
 * not fit id, question, address or port is passed over. All times are milliseconds of
 * deadline_now().
 */
#ifndef DNS_H
#define DNS_H

#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "name.h"

enum dns_outcome {
    DNS_ANSWER = 0, /* `packet` is a well-formed answer to this question, whatever its rcode */
    DNS_SILENT,     /* nothing came back over UDP and TCP, or only garbage did */
    DNS_UNROUTABLE  /* this machine has no route to the address */
};

/* How to ask, or'ed. */
enum dns_flag {
    DNS_RECURSION = 1,  /* RD, for resolvers */
    DNS_OVER_UDP = 2,   /* over UDP, twice, and no more; what is truncated comes over TCP */
    DNS_OVER_TCP = 4,   /* over TCP alone */
    DNS_SIGNATURES = 8, /* DO: with the records of DNSSEC (RFC 4035) */
    DNS_UNCHECKED = 16  /* CD: a resolver is not to validate */
};

/* What became of a question. Valid during the callback, except `packet`: the callback may take it
 * over by setting it to NULL. */
struct dns_result {
    enum dns_outcome outcome;
    ldns_pkt *packet;   /* NULL unless DNS_ANSWER */
    const char *reason; /* for people, where there is no answer */
    unsigned losses;    /* questions over UDP that stayed without an answer */
    int64_t asked;      /* when the question that was answered was sent */
    int64_t answered;
    bool tcp;
};

struct dns;
struct dns_server;

typedef void dns_done_fn(void *opaque, struct dns_result *result);

/* DNSHOOK_OK, or DNSHOOK_NO_MEMORY with an error said. */
int dns_open(struct dns **dns);

/* Forgets every question and frees everything, servers included. NULL is fine. */
void dns_close(struct dns *dns);

/* The server at an address, made at the first call and kept until dns_close(): what was learnt
 * about it (TCP, round trip) lasts. NULL when memory ran out (said). */
struct dns_server *dns_server(struct dns *dns, const struct address *address);
const struct address *dns_server_address(const struct dns_server *server);

/* Asks. `flags` are of enum dns_flag; 0: a server, over UDP and then TCP. `done` is called from
 * dns_run(), once, unless dns_forget() comes first. DNSHOOK_OK, DNSHOOK_NO_MEMORY, or
 * DNSHOOK_BAD_CONFIG for a name that cannot be asked for; both have been said. */
int dns_ask(struct dns_server *server, const char *name, ldns_rr_type type, unsigned flags,
            dns_done_fn *done, void *opaque);

/* Takes back every question that was asked with this `opaque`. */
void dns_forget(struct dns *dns, const void *opaque);

/* Works until at least one question is done, or `until`. DNSHOOK_OK; or DNSHOOK_DEADLINE,
 * DNSHOOK_INTERRUPTED, as deadline_status() says; or DNSHOOK_NO_MEMORY. */
int dns_run(struct dns *dns, int64_t until);

/* The name in a rdf or that a record belongs to, as name.h has it; false if it does not fit. */
bool dns_name_text(const ldns_rdf *name, char out[NAME_SIZE]);

/* The name of an rcode, as "NXDOMAIN". */
const char *dns_rcode_text(const ldns_pkt *packet);

#endif
