/*
 * exchange.h - one DNS message to a server over TCP and the answers to it (RFC 7766): what
 * providers use for UPDATE and TSIG, where the bytes matter.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "dnshook/provider.h"
#include "resolver.h"

/* What the last exchange left: the answer and the address. Zero it at first. */
struct exchange {
    unsigned char *message;
    size_t size;
    struct address address;
    struct address answered; /* of the last exchange that came to an answer */
};

/* Says why it failed, once; returns `status`. */
typedef int exchange_fail_fn(void *opaque, int status, const char *text);

/* dnshook_host.dns_exchange() of dnshook/provider.h. */
int exchange_run(struct exchange *exchange, struct resolver *resolver,
                 const struct dnshook_dns_request *request, struct dnshook_dns_response *response,
                 exchange_fail_fn *fail, void *opaque);

/* Frees what the last exchange left. */
void exchange_clear(struct exchange *exchange);

#endif
