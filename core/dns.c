#include "dns.h"

#include <ares.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cleanup.h"
#include "deadline.h"
#include "dns_channel.h"
#include "dns_packet.h"
#include "dnshook/provider.h"
#include "log.h"

enum {
    UDP_TIMEOUT = 1000, /* ms, before a round trip is known */
    UDP_TIMEOUT_MIN = 400,
    TCP_TIMEOUT = 3000,
    RECURSION_TIMEOUT = 2000, /* ms over UDP: a resolver has to ask others first */
    RECURSION_TCP_TIMEOUT = 5000
};

struct dns_server {
    struct dns_server *next;
    struct dns *dns;
    struct address address;
    struct channel *idle[2];
    int64_t round_trip; /* ms; -1: not known */
    bool unroutable;
    bool prefers_tcp;
    bool no_edns; /* it answered FORMERR to a question with EDNS */
};

struct question {
    struct question *next;
    struct dns_server *server;
    struct channel *channel;
    enum transport transport;
    unsigned flags; /* enum dns_flag */
    uint8_t *wire;
    size_t wire_size;
    unsigned losses;
    bool reconnected; /* over TCP a second time */
    int64_t sent;
    int64_t until; /* when this try is given up */
    dns_done_fn *done;
    void *opaque;
    bool finished; /* c-ares has called back */
    int ares_status;
    ldns_pkt *packet;
};

struct dns {
    struct dns_server *servers;
    struct question *questions;
};

/* True when the kernel has no route to the address: an IPv6 server on an IPv4 machine. */
static bool is_unroutable(const struct address *address)
{
    CLEANUP_CLOSE int fd = socket(address->socket.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return errno == EAFNOSUPPORT || errno == EACCES || errno == EPERM;
    return connect(fd, (const struct sockaddr *)&address->socket, address->size) != 0;
}

/* ---- channels ---- */

/* An idle channel of the server, or a new one; NULL when memory ran out. */
static struct channel *channel_take(struct dns_server *server, enum transport transport)
{
    struct channel *const channel = server->idle[transport];

    if (channel == NULL)
        return dns_channel_new(&server->address, transport);
    server->idle[transport] = channel->next;
    channel->next = NULL;
    return channel;
}

static void channel_give_back(struct question *question)
{
    struct dns_server *const server = question->server;

    if (question->channel == NULL)
        return;
    question->channel->next = server->idle[question->transport];
    server->idle[question->transport] = question->channel;
    question->channel = NULL;
}

/* ---- servers ---- */

int dns_open(struct dns **dns)
{
    *dns = calloc(1, sizeof **dns);
    if (*dns == NULL || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
        free(*dns);
        *dns = NULL;
        return log_no_memory();
    }
    return DNSHOOK_OK;
}

struct dns_server *dns_server(struct dns *dns, const struct address *address)
{
    struct dns_server *server;

    for (server = dns->servers; server != NULL; server = server->next)
        if (address_equal(&server->address, address))
            return server;
    server = calloc(1, sizeof *server);
    if (server == NULL) {
        (void)log_no_memory();
        return NULL;
    }
    server->dns = dns;
    server->address = *address;
    server->round_trip = -1;
    server->unroutable = is_unroutable(address);
    server->next = dns->servers;
    dns->servers = server;
    return server;
}

const struct address *dns_server_address(const struct dns_server *server)
{
    return &server->address;
}

/* ---- questions ---- */

/* Called by c-ares, once for each ares_send(), also from within it and from ares_cancel(): only
 * notes what came. */
static void on_answer(void *opaque, int status, int timeouts, unsigned char *bytes, int size)
{
    struct question *const question = opaque;

    (void)timeouts;
    question->finished = true;
    question->ares_status = status;
    if (status != ARES_SUCCESS || size <= 0)
        return;
    question->packet = dns_packet_read(bytes, (size_t)size);
    if (question->packet == NULL)
        question->ares_status = ARES_EBADRESP;
}

/* A round trip tells how long to wait for an answer over UDP. */
static int64_t try_timeout(const struct question *question)
{
    const int64_t round_trip = question->server->round_trip;
    const int64_t wait = 3 * round_trip + UDP_TIMEOUT_MIN;

    if ((question->flags & DNS_RECURSION) != 0)
        return question->transport == TCP ? RECURSION_TCP_TIMEOUT : RECURSION_TIMEOUT;
    if (question->transport == TCP)
        return TCP_TIMEOUT;
    return round_trip < 0 || wait > UDP_TIMEOUT ? UDP_TIMEOUT : wait;
}

/* Sends the question once over its transport. False when memory ran out. */
static bool send_once(struct question *question)
{
    uint16_t id = 0;

    question->channel = channel_take(question->server, question->transport);
    if (question->channel == NULL)
        return false;
    if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
        return false;
    memcpy(question->wire, &id, sizeof id);
    question->finished = false;
    question->sent = deadline_now();
    question->until = question->sent + try_timeout(question);
    ares_send(question->channel->ares, question->wire, (int)question->wire_size, on_answer,
              question);
    return true;
}

static void question_free(struct question *question)
{
    if (question->packet != NULL)
        ldns_pkt_free(question->packet);
    free(question->wire);
    free(question);
}

static enum transport first_transport(const struct dns_server *server, unsigned flags)
{
    if ((flags & (DNS_OVER_TCP | DNS_OVER_UDP)) != 0)
        return (flags & DNS_OVER_TCP) != 0 ? TCP : UDP;
    return server->prefers_tcp ? TCP : UDP;
}

int dns_ask(struct dns_server *server, const char *name, ldns_rr_type type, unsigned flags,
            dns_done_fn *done, void *opaque)
{
    struct question *const question = calloc(1, sizeof *question);
    int status;

    if (question == NULL)
        return log_no_memory();
    question->server = server;
    question->done = done;
    question->opaque = opaque;
    question->flags = flags;
    question->transport = first_transport(server, flags);
    status = dns_packet_query(name, type, flags, &question->wire, &question->wire_size);
    if (status != DNSHOOK_OK) {
        free(question);
        return status;
    }
    if (server->no_edns)
        (void)dns_packet_drop_edns(question->wire, &question->wire_size);
    if (server->unroutable) {
        question->finished = true;
        question->ares_status = ARES_ECONNREFUSED;
    } else if (!send_once(question)) {
        question_free(question);
        return log_no_memory();
    }
    question->next = server->dns->questions;
    server->dns->questions = question;
    return DNSHOOK_OK;
}

/* Ends the try that is under way and gives its channel back. */
static void end_try(struct question *question)
{
    if (question->channel != NULL && !question->finished)
        ares_cancel(question->channel->ares);
    channel_give_back(question);
}

void dns_forget(struct dns *dns, const void *opaque)
{
    for (struct question **at = &dns->questions; *at != NULL;) {
        struct question *const question = *at;

        if (question->opaque != opaque) {
            at = &question->next;
            continue;
        }
        *at = question->next;
        end_try(question);
        question_free(question);
    }
}

void dns_close(struct dns *dns)
{
    if (dns == NULL)
        return;
    while (dns->questions != NULL)
        dns_forget(dns, dns->questions->opaque);
    while (dns->servers != NULL) {
        struct dns_server *const next = dns->servers->next;

        dns_channels_free(dns->servers->idle[UDP]);
        dns_channels_free(dns->servers->idle[TCP]);
        free(dns->servers);
        dns->servers = next;
    }
    ares_library_cleanup();
    free(dns);
}

/* ---- running ---- */

static const char *failure_reason(const struct question *question)
{
    switch (question->ares_status) {
    case ARES_ECONNREFUSED:
        return "connection refused";
    case ARES_EBADRESP:
        return "an answer that is no DNS message";
    default:
        return (question->flags & DNS_OVER_UDP) != 0   ? "no answer over UDP"
               : (question->flags & DNS_OVER_TCP) != 0 ? "no answer over TCP"
                                                       : "no answer over UDP or TCP";
    }
}

/* Hands the outcome to whoever asked. The question is off the list already. */
static void deliver(struct question *question)
{
    struct dns_server *const server = question->server;
    const bool answered = question->packet != NULL;
    struct dns_result result = {
        .outcome = answered             ? DNS_ANSWER
                   : server->unroutable ? DNS_UNROUTABLE
                                        : DNS_SILENT,
        .packet = question->packet,
        .losses = question->losses,
        .asked = question->sent,
        .answered = deadline_now(),
        .tcp = question->transport == TCP,
    };

    if (!answered)
        result.reason = server->unroutable ? "no route to it from here" : failure_reason(question);
    if (answered && question->transport == TCP && question->losses > 0)
        server->prefers_tcp = true;
    if (!answered && (question->flags & (DNS_OVER_TCP | DNS_OVER_UDP)) == 0)
        server->prefers_tcp = false;
    if (answered && question->transport == UDP)
        server->round_trip = result.answered - result.asked;
    question->done(question->opaque, &result);
    question->packet = result.packet;
    question_free(question);
}

/* A connection that came to an end at once is made once more: a server that loads its zones anew,
 * as NSD, closes those that it has. False when that is not the matter. */
static bool try_to_reconnect(struct question *question)
{
    if (question->ares_status != ARES_ECONNREFUSED || question->reconnected)
        return false;
    question->reconnected = true;
    return send_once(question);
}

/* The next try of a question that stayed without an answer: UDP twice, then TCP. False when there
 * is none left, or memory ran out. */
static bool try_again(struct question *question)
{
    if (question->server->unroutable)
        return false;
    if (question->transport == TCP)
        return try_to_reconnect(question);
    question->losses++;
    if ((question->flags & DNS_OVER_UDP) != 0)
        return question->losses < 2 && question->ares_status != ARES_ECONNREFUSED &&
               send_once(question);
    if (question->losses >= 2 || question->ares_status == ARES_ECONNREFUSED) {
        question->transport = TCP;
        question->losses = 2;
    }
    return send_once(question);
}

/* A server that does not know EDNS is asked again without (RFC 6891, 7). c-ares does so once a
 * channel alone. False when that is not the matter. */
static bool try_without_edns(struct question *question)
{
    if (question->packet == NULL || ldns_pkt_get_rcode(question->packet) != LDNS_RCODE_FORMERR ||
        !dns_packet_drop_edns(question->wire, &question->wire_size))
        return false;
    ldns_pkt_free(question->packet);
    question->packet = NULL;
    question->server->no_edns = true;
    return send_once(question);
}

/* Moves every question on that has an answer or ran out of time; how many were delivered. */
static size_t advance(struct dns *dns)
{
    const int64_t now = deadline_now();
    struct question *ready = NULL;
    size_t delivered = 0;

    for (struct question **at = &dns->questions; *at != NULL;) {
        struct question *const question = *at;

        if (!question->finished && now < question->until) {
            at = &question->next;
            continue;
        }
        end_try(question);
        if (try_without_edns(question) || (question->packet == NULL && try_again(question))) {
            at = &question->next;
            continue;
        }
        end_try(question);
        *at = question->next;
        question->next = ready;
        ready = question;
    }
    while (ready != NULL) {
        struct question *const next = ready->next;

        deliver(ready);
        ready = next;
        delivered++;
    }
    return delivered;
}

/* When something has to be done next, at most `until`. */
static int64_t next_event(const struct dns *dns, int64_t until)
{
    for (const struct question *q = dns->questions; q != NULL; q = q->next)
        if (q->until < until)
            until = q->until;
    return until;
}

/* Waits for the sockets of all questions, at most to `until`. */
static int wait_for_sockets(struct dns *dns, int64_t until)
{
    struct poll_set set;
    const int64_t left = deadline_left();
    const int64_t wait = next_event(dns, until) - deadline_now();
    size_t count = 0;
    bool made;

    for (const struct question *q = dns->questions; q != NULL; q = q->next)
        count++;
    made = dns_poll_begin(&set, count);
    for (const struct question *q = dns->questions; made && q != NULL; q = q->next)
        if (q->channel != NULL)
            dns_poll_add(&set, q->channel);
    if (made)
        dns_poll_wait(&set, wait < left ? wait : left);
    dns_poll_end(&set);
    return made ? DNSHOOK_OK : log_no_memory();
}

int dns_run(struct dns *dns, int64_t until)
{
    for (;;) {
        int status;

        if (advance(dns) > 0)
            return DNSHOOK_OK;
        status = deadline_status();
        if (status != DNSHOOK_OK || deadline_now() >= until)
            return status;
        status = wait_for_sockets(dns, until);
        if (status != DNSHOOK_OK)
            return status;
    }
}
