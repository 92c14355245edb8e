#include "dns.h"

#include <ares.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cleanup.h"
#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"

enum {
    EDNS_SIZE = 1232,   /* bytes (DNS flag day 2020) */
    OPT_SIZE = 11,      /* bytes of an OPT record without options */
    UDP_TIMEOUT = 1000, /* ms, before a round trip is known */
    UDP_TIMEOUT_MIN = 400,
    TCP_TIMEOUT = 3000,
    RECURSION_TIMEOUT = 2000, /* ms over UDP: a resolver has to ask others first */
    RECURSION_TCP_TIMEOUT = 5000,
    CHANNEL_TIMEOUT = 60000, /* ms; c-ares never gets that far, our own times come first */
    SOCKETS_PER_CHANNEL = 2
};

enum transport { UDP = 0, TCP = 1 };

/* A c-ares channel: one server, one transport, one question at a time, so that each question over
 * UDP has a source port of its own and can be cancelled alone. */
struct channel {
    struct channel *next;
    ares_channel ares;
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
    bool recursion;
    uint8_t *wire;
    size_t wire_size;
    unsigned losses;
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

static struct channel *channel_new(const struct address *address, enum transport transport)
{
    struct in_addr nowhere = {0};
    static char lookups[] = "b";
    struct ares_options options = {
        .flags = ARES_FLAG_NORECURSE | ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS |
                 (transport == TCP ? ARES_FLAG_USEVC : 0),
        .timeout = CHANNEL_TIMEOUT,
        .tries = 1,
        .ndots = 1,
        .servers = &nowhere,
        .nservers = 1,
        .lookups = lookups,
        .ednspsz = EDNS_SIZE,
    };
    /* Everything that c-ares would otherwise read from files is given. */
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
               ARES_OPT_SERVERS | ARES_OPT_LOOKUPS | ARES_OPT_EDNSPSZ | ARES_OPT_DOMAINS |
               ARES_OPT_SORTLIST | ARES_OPT_NOROTATE;
    char server[ADDRESS_TEXT_SIZE];
    struct channel *channel = calloc(1, sizeof *channel);

#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE;
    options.qcache_max_ttl = 0;
#endif
    address_with_port(address, server);
    if (channel == NULL || ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
        free(channel);
        return NULL;
    }
    if (ares_set_servers_ports_csv(channel->ares, server) != ARES_SUCCESS) {
        ares_destroy(channel->ares);
        free(channel);
        return NULL;
    }
    return channel;
}

static void channels_free(struct channel *channel)
{
    while (channel != NULL) {
        struct channel *const next = channel->next;

        ares_destroy(channel->ares);
        free(channel);
        channel = next;
    }
}

/* An idle channel of the server, or a new one; NULL when memory ran out. */
static struct channel *channel_take(struct dns_server *server, enum transport transport)
{
    struct channel *const channel = server->idle[transport];

    if (channel == NULL)
        return channel_new(&server->address, transport);
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

/* True when no record of a section lacks its data: where memory runs out, ldns passes over what it
 * could not keep and calls it a success. */
static bool is_whole(const ldns_rr_list *records, size_t count)
{
    const size_t kept = records != NULL ? ldns_rr_list_rr_count(records) : 0;

    for (size_t i = 0; i < kept; i++)
        if (ldns_rr_rd_count(ldns_rr_list_rr(records, i)) == 0)
            return false;
    return kept == count;
}

/* Reads a message; NULL when it is none. */
static ldns_pkt *read_packet(const unsigned char *bytes, size_t size)
{
    ldns_pkt *packet = NULL;

    if (ldns_wire2pkt(&packet, bytes, size) != LDNS_STATUS_OK)
        return NULL;
    if (is_whole(ldns_pkt_answer(packet), ldns_pkt_ancount(packet)) &&
        is_whole(ldns_pkt_authority(packet), ldns_pkt_nscount(packet)))
        return packet;
    ldns_pkt_free(packet);
    return NULL;
}

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
    question->packet = read_packet(bytes, (size_t)size);
    if (question->packet == NULL)
        question->ares_status = ARES_EBADRESP;
}

/* A round trip tells how long to wait for an answer over UDP. */
static int64_t try_timeout(const struct question *question)
{
    const int64_t round_trip = question->server->round_trip;
    const int64_t wait = 3 * round_trip + UDP_TIMEOUT_MIN;

    if (question->recursion)
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

/* Builds the message of a question. DNSHOOK_OK, DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY; said. */
static int build_query(struct question *question, const char *name, ldns_rr_type type,
                       bool recursion)
{
    ldns_rdf *dname = NULL;
    ldns_pkt *packet;
    const ldns_status read = ldns_str2rdf_dname(&dname, name);
    int status = DNSHOOK_OK;

    if (read == LDNS_STATUS_MEM_ERR)
        return log_no_memory();
    if (read != LDNS_STATUS_OK) {
        log_error("%s: cannot be asked for: it is no name of DNS", name);
        return DNSHOOK_BAD_CONFIG;
    }
    packet = ldns_pkt_query_new(dname, type, LDNS_RR_CLASS_IN, recursion ? LDNS_RD : 0);
    if (packet == NULL) {
        ldns_rdf_deep_free(dname);
        return log_no_memory();
    }
    ldns_pkt_set_edns_udp_size(packet, EDNS_SIZE);
    if (ldns_pkt2wire(&question->wire, packet, &question->wire_size) != LDNS_STATUS_OK) {
        question->wire = NULL;
        status = log_no_memory();
    }
    ldns_pkt_free(packet);
    return status;
}

/* Takes the OPT record off the end of a question; false: there is none. */
static bool drop_edns(struct question *question)
{
    if (question->wire[11] != 1)
        return false;
    question->wire[11] = 0;
    question->wire_size -= OPT_SIZE;
    return true;
}

static void question_free(struct question *question)
{
    if (question->packet != NULL)
        ldns_pkt_free(question->packet);
    free(question->wire);
    free(question);
}

int dns_ask(struct dns_server *server, const char *name, ldns_rr_type type, bool recursion,
            dns_done_fn *done, void *opaque)
{
    struct question *const question = calloc(1, sizeof *question);
    int status;

    if (question == NULL)
        return log_no_memory();
    question->server = server;
    question->done = done;
    question->opaque = opaque;
    question->recursion = recursion;
    question->transport = server->prefers_tcp ? TCP : UDP;
    status = build_query(question, name, type, recursion);
    if (status != DNSHOOK_OK) {
        free(question);
        return status;
    }
    if (server->no_edns)
        (void)drop_edns(question);
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

        channels_free(dns->servers->idle[UDP]);
        channels_free(dns->servers->idle[TCP]);
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
        return "no answer over UDP or TCP";
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
    if (!answered)
        server->prefers_tcp = false;
    if (answered && question->transport == UDP)
        server->round_trip = result.answered - result.asked;
    question->done(question->opaque, &result);
    question->packet = result.packet;
    question_free(question);
}

/* The next try of a question that stayed without an answer: UDP twice, then TCP. False when there
 * is none left, or memory ran out. */
static bool try_again(struct question *question)
{
    if (question->server->unroutable || question->transport == TCP)
        return false;
    question->losses++;
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
        !drop_edns(question))
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

struct poll_set {
    struct pollfd *fds;
    struct channel **channels; /* of the same index; NULL for the wake-up descriptor */
    size_t count;
};

/* Fills the set with the sockets of every question in flight. False when memory ran out. */
static bool fill_poll_set(const struct dns *dns, struct poll_set *set)
{
    size_t room = 1;

    for (const struct question *q = dns->questions; q != NULL; q = q->next)
        room += SOCKETS_PER_CHANNEL;
    set->fds = calloc(room, sizeof *set->fds);
    set->channels = calloc(room, sizeof(struct channel *));
    if (set->fds == NULL || set->channels == NULL)
        return false;
    set->fds[set->count++] = (struct pollfd){.fd = deadline_fd(), .events = POLLIN};
    for (const struct question *q = dns->questions; q != NULL; q = q->next) {
        ares_socket_t sockets[SOCKETS_PER_CHANNEL] = {0};
        const int bits =
            q->channel == NULL ? 0 : ares_getsock(q->channel->ares, sockets, SOCKETS_PER_CHANNEL);

        for (int i = 0; i < SOCKETS_PER_CHANNEL; i++) {
            const short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                                         (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));

            if (events == 0)
                continue;
            set->channels[set->count] = q->channel;
            set->fds[set->count++] = (struct pollfd){.fd = sockets[i], .events = events};
        }
    }
    return true;
}

static void process(const struct poll_set *set)
{
    for (size_t i = 1; i < set->count; i++) {
        const short events = set->fds[i].revents;
        const int fd = set->fds[i].fd;

        if (events != 0)
            ares_process_fd(set->channels[i]->ares,
                            (events & (POLLIN | POLLERR | POLLHUP)) ? fd : ARES_SOCKET_BAD,
                            (events & POLLOUT) ? fd : ARES_SOCKET_BAD);
    }
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
    struct poll_set set = {0};
    const int64_t left = deadline_left();
    int64_t wait = next_event(dns, until) - deadline_now();

    if (!fill_poll_set(dns, &set)) {
        free(set.fds);
        free(set.channels);
        return log_no_memory();
    }
    if (wait > left)
        wait = left;
    if (poll(set.fds, (nfds_t)set.count, wait > 0 ? (int)wait : 0) > 0)
        process(&set);
    free(set.fds);
    free(set.channels);
    return DNSHOOK_OK;
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

/* ---- reading ---- */

bool dns_name_text(const ldns_rdf *name, char out[NAME_SIZE])
{
    char *const text = name != NULL ? ldns_rdf2str(name) : NULL;
    const bool fits = text != NULL && name_normalize(text, out);

    free(text);
    return fits;
}

const char *dns_rcode_text(const ldns_pkt *packet)
{
    const ldns_lookup_table *const row =
        ldns_lookup_by_id(ldns_rcodes, (int)ldns_pkt_get_rcode(packet));

    return row != NULL ? row->name : "an unknown rcode";
}
