/*
 * What stands at a name before it is changed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "standing.h"

#include <string.h>

int standing_read(struct rfc2136 *self, const struct server *server, const char *name,
                  struct standing *out)
{
    struct answer answer;
    const int status = exchange_question(self, server, name, LDNS_RR_TYPE_TXT, &answer);

    *out = (struct standing){.name = name, .packet = answer.packet, .known = answer.packet != NULL};
    if (status != DNSHOOK_OK || !out->known) {
        if (status == DNSHOOK_OK)
            dnshook_log(self->host, DNSHOOK_LOG_DEBUG,
                        "%s does not say what stands at %s: going on without", answer.server, name);
        return status;
    }
    const ldns_rr *const set =
        message_find(out->packet, LDNS_SECTION_ANSWER, LDNS_RR_TYPE_TXT, name);

    out->set = set != NULL;
    out->ttl = set == NULL ? 0 : ldns_rr_ttl(set);
    out->alias = message_find(out->packet, LDNS_SECTION_ANSWER, LDNS_RR_TYPE_CNAME, name) != NULL;
    out->redirected =
        message_find_above(out->packet, LDNS_SECTION_ANSWER, LDNS_RR_TYPE_DNAME, name) != NULL;
    return DNSHOOK_OK;
}

void standing_drop(struct standing *standing)
{
    message_drop(&standing->packet);
    standing->packet = NULL;
}
