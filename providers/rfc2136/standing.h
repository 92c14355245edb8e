/*
 * What stands at a name before it is changed.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_STANDING_H
#define RFC2136_STANDING_H

#include "exchange.h"

/* What the server says about the TXT set at a name. */
struct standing {
    const char *name;
    bool known;       /* it was read from the server, with authority */
    bool alias;       /* a CNAME answers there: its own, or one made from a wildcard */
    bool redirected;  /* a DNAME stands above */
    bool set;         /* there is a TXT set */
    uint32_t ttl;     /* of the set */
    ldns_pkt *packet; /* NULL: not known */
};

/* Asks the server. DNSHOOK_OK also if it does not say; else as exchange_question(). */
int standing_read(struct rfc2136 *self, const struct server *server, const char *name,
                  struct standing *out);

/* Frees what standing_read() took. */
void standing_drop(struct standing *standing);

#endif
