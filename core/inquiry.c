#include "inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"

static void on_answer(void *opaque, struct dns_result *result)
{
    struct answer *const answer = opaque;

    answer->done = true;
    answer->inquiry->pending--;
    answer->outcome = result->outcome;
    answer->packet = result->packet;
    answer->took = result->answered - result->asked;
    answer->tcp = result->tcp;
    if (result->reason != NULL)
        (void)snprintf(answer->reason, sizeof answer->reason, "%s", result->reason);
    result->packet = NULL;
}

static struct answer *find(const struct inquiry *inquiry, const struct dns_server *server,
                           const char *name, ldns_rr_type type, unsigned flags)
{
    for (struct answer *at = inquiry->answers; at != NULL; at = at->next)
        if (at->server == server && at->type == type && at->flags == flags &&
            name_equal(at->name, name))
            return at;
    return NULL;
}

int inquiry_ask(struct inquiry *inquiry, struct dns_server *server, const char *name,
                ldns_rr_type type, unsigned flags)
{
    struct answer *answer;
    int status;

    if (find(inquiry, server, name, type, flags) != NULL)
        return DNSHOOK_OK;
    answer = calloc(1, sizeof *answer);
    if (answer == NULL)
        return log_no_memory();
    *answer = (struct answer){
        .inquiry = inquiry, .server = server, .name = strdup(name), .type = type, .flags = flags};
    status = answer->name != NULL ? dns_ask(server, name, type, flags, on_answer, answer)
                                  : log_no_memory();
    if (status != DNSHOOK_OK) {
        free(answer->name);
        free(answer);
        return status;
    }
    answer->next = inquiry->answers;
    inquiry->answers = answer;
    inquiry->pending++;
    return DNSHOOK_OK;
}

int inquiry_wait(struct inquiry *inquiry, int64_t until)
{
    int status = DNSHOOK_OK;

    while (status == DNSHOOK_OK && inquiry->pending > 0 && deadline_now() < until)
        status = dns_run(inquiry->dns, until);
    return status;
}

const struct answer *inquiry_find(const struct inquiry *inquiry, const struct dns_server *server,
                                  const char *name, ldns_rr_type type, unsigned flags)
{
    const struct answer *const answer = find(inquiry, server, name, type, flags);

    return answer != NULL && answer->done ? answer : NULL;
}

void inquiry_end(struct inquiry *inquiry)
{
    while (inquiry->answers != NULL) {
        struct answer *const next = inquiry->answers->next;

        dns_forget(inquiry->dns, inquiry->answers);
        if (inquiry->answers->packet != NULL)
            ldns_pkt_free(inquiry->answers->packet);
        free(inquiry->answers->name);
        free(inquiry->answers);
        inquiry->answers = next;
    }
    inquiry->pending = 0;
}

bool answer_is_good(const struct answer *answer)
{
    return answer != NULL && answer->packet != NULL && ldns_pkt_aa(answer->packet) &&
           (ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NOERROR ||
            ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NXDOMAIN);
}

const char *answer_text(const struct answer *answer)
{
    if (answer->packet == NULL)
        return answer->reason;
    if (ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NOERROR && !ldns_pkt_aa(answer->packet))
        return "an answer without authority";
    return dns_rcode_text(answer->packet);
}
