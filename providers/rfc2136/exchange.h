/*
 * One request to a server, signed if there is a key, and its answer, judged.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_EXCHANGE_H
#define RFC2136_EXCHANGE_H

#include "message.h"
#include "rfc2136.h"

/* Room for "NAME port N (ADDRESS)". */
#define SERVER_TEXT_SIZE (NAME_SIZE + 80)

/* The server to send to. */
struct server {
    const char *name; /* host name or address */
    uint16_t port;    /* 0: 53 */
};

/* What came back. `packet` is for the caller to free with message_drop(). */
struct answer {
    bool trusted; /* rightly signed, or the request was not signed */
    int rcode;    /* without the extended part, which UPDATE and TSIG do not use */
    bool authoritative;
    struct tsig_report report; /* about its signature, if the request was signed */
    ldns_pkt *packet;          /* of a trusted answer to a question; else NULL */
    char server[SERVER_TEXT_SIZE];
};

/* The server for a zone: the one that is set, else the zone's primary. DNSHOOK_BAD_CONFIG after
 * fail() if neither is known. */
int exchange_server(const struct rfc2136 *self, const struct dnshook_zone *zone,
                    struct server *out);

/*
 * Sends a request and waits for the answer. On a signed "BADTIME" it corrects the instance's clock
 * offset, says so, and repeats once. DNSHOOK_OK whenever a message came back that has to do with
 * ours: the caller looks at `trusted` and `rcode`, and says with exchange_fail() what is wrong.
 * Else, after fail(): what dns_exchange() returns, DNSHOOK_NO_MEMORY, DNSHOOK_BAD_CONFIG (OpenSSL
 * does not offer the algorithm), DNSHOOK_BAD_ANSWER (nothing that could be judged).
 */
int exchange_ask(struct rfc2136 *self, const struct server *server, const ldns_pkt *request,
                 struct answer *out);

/* Says why an answer is not the success that was hoped for, and returns the status that goes with
 * it. `subject` is what was sent, as "an UPDATE of NAME in zone ZONE". */
int exchange_fail(struct rfc2136 *self, const struct answer *answer, const char *subject);

/* Whether an answer to a question says that the key, its secret, its algorithm or the time is
 * wrong. */
bool exchange_is_key_error(const struct answer *answer);

/* Asks a question and takes the answer only if it is trusted and authoritative. DNSHOOK_OK with
 * answer->packet NULL: the server does not say. Else as exchange_ask(), or what exchange_fail()
 * returns where the key is wrong. */
int exchange_question(struct rfc2136 *self, const struct server *server, const char *name,
                      ldns_rr_type type, struct answer *out);

#endif
