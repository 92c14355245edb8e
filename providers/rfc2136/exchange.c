/*
 * One request to a server, and its answer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exchange.h"

#include <openssl/rand.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A request on its way, for accept(). */
struct flight {
    const struct rfc2136 *self;
    uint8_t *message; /* memory of the host */
    size_t size;      /* of the message that is sent */
    size_t plain;     /* of the message before it was signed */
    size_t room;
    uint8_t mac[TSIG_MAC_MAX];
    struct tsig_report report; /* of the last message that came back */
};

static uint64_t now(const struct rfc2136 *self)
{
    const int64_t corrected = (int64_t)time(NULL) + self->clock_offset;

    return corrected < 0 ? 0 : (uint64_t)corrected;
}

int exchange_server(const struct rfc2136 *self, const struct dnshook_zone *zone, struct server *out)
{
    const char *const primary = zone == NULL || zone->primary == NULL ? "" : zone->primary;

    *out = (struct server){self->settings.server, self->settings.port};
    if (out->name[0] != '\0')
        return DNSHOOK_OK;
    *out = (struct server){primary, 0};
    if (primary[0] != '\0' && strcmp(primary, ".") != 0)
        return DNSHOOK_OK;
    return dnshook_fail(self->host, DNSHOOK_BAD_CONFIG,
                        "zone %s: its SOA record names no primary server: set RFC2136_NAMESERVER "
                        "to the server that takes updates",
                        zone == NULL ? "(not given)" : zone->name);
}

/* Copies the message into memory with room for a signature. */
static int flight_load(struct flight *flight, const ldns_pkt *request)
{
    const struct dnshook_host *const host = flight->self->host;
    uint8_t *wire = NULL;
    size_t size = 0;

    if (ldns_pkt2wire(&wire, request, &size) != LDNS_STATUS_OK || size < WIRE_HEADER)
        size = 0;
    flight->room = size + TSIG_ROOM;
    flight->message = size == 0 ? NULL : host->alloc(host, flight->room);
    if (flight->message != NULL) {
        memcpy(flight->message, wire, size);
        flight->plain = flight->size = size;
    }
    free(wire);
    if (flight->message == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for a DNS message");
    return DNSHOOK_OK;
}

/* Gives the message a new id, and signs it if there is a key. */
static int flight_sign(struct flight *flight)
{
    const struct dnshook_host *const host = flight->self->host;
    const struct tsig_key *const key = &flight->self->settings.key;
    const uint8_t additional_none[2] = {0, 0};

    if (RAND_bytes(flight->message, 2) != 1)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "OpenSSL gives no random numbers");
    flight->size = flight->plain;
    if (key->algorithm == NULL)
        return DNSHOOK_OK;
    memcpy(flight->message + 10, additional_none, sizeof additional_none);
    flight->size = tsig_sign(key, flight->message, flight->plain, flight->room, now(flight->self),
                             flight->mac);
    if (flight->size != 0)
        return DNSHOOK_OK;
    return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                        "OpenSSL cannot calculate %s for key %s (hmac-md5 is not there in FIPS "
                        "mode): use a key with hmac-sha256",
                        key->algorithm->name, key->name);
}

/* Whether the question, or the zone, of an answer is that of the request. It may be left out of an
 * answer to an UPDATE (RFC 2136, 3.8) and of an error. */
static bool same_question(const struct flight *flight, struct wire *wire,
                          const struct wire_header *header)
{
    struct wire ours = wire_open(flight->message, flight->plain);
    struct wire_header request;
    struct wire_name names[2];

    wire_header(&ours, &request);
    if (!header->answer || header->opcode != request.opcode || header->counts[0] > 1)
        return false;
    if (header->counts[0] == 0)
        return header->rcode != 0 || header->opcode == LDNS_PACKET_UPDATE;
    wire_name(&ours, &names[0]);
    wire_name(wire, &names[1]);
    return names[0].size == names[1].size &&
           memcmp(names[0].bytes, names[1].bytes, names[0].size) == 0 &&
           wire_number(&ours, 4) == wire_number(wire, 4) && !wire->bad && !ours.bad;
}

/* dnshook_dns_request.accept: 0 for an answer to our request that is rightly signed. */
static int accept_answer(void *opaque, const void *message, size_t size)
{
    struct flight *const flight = opaque;
    const struct tsig_key *const key = &flight->self->settings.key;
    struct wire wire = wire_open(message, size);
    struct wire_header header;

    wire_header(&wire, &header);
    flight->report = (struct tsig_report){.verdict = TSIG_MALFORMED};
    if (wire.bad || !same_question(flight, &wire, &header))
        return -1;
    flight->report.verdict = TSIG_GOOD;
    if (key->algorithm != NULL)
        flight->report = tsig_verify(key, message, size, flight->mac, now(flight->self));
    return flight->report.verdict == TSIG_GOOD ? 0 : -1;
}

/* The server for messages: what was asked for, and the address that answered. */
static void describe_server(const struct server *server, const char *address,
                            char out[SERVER_TEXT_SIZE])
{
    char port[16] = "";
    char where[64] = "";

    if (server->port != 0)
        (void)snprintf(port, sizeof port, " port %u", server->port);
    if (address != NULL && strcmp(address, server->name) != 0)
        (void)snprintf(where, sizeof where, " (%s)", address);
    (void)snprintf(out, SERVER_TEXT_SIZE, "%s%s%s", server->name, port, where);
}

/* Reads the head of the answer, and all of it if it answers a question. */
static int flight_land(const struct flight *flight, const struct server *server,
                       const struct dnshook_dns_response *response, struct answer *out)
{
    const struct dnshook_host *const host = flight->self->host;
    struct wire wire = wire_open(response->message, response->message_size);
    struct wire_header header;

    describe_server(server, response->address, out->server);
    wire_header(&wire, &header);
    if (wire.bad || !header.answer)
        return dnshook_fail(host, DNSHOOK_BAD_ANSWER,
                            "%s answered nothing that is a DNS answer: is it a DNS server? Check "
                            "RFC2136_NAMESERVER",
                            out->server);
    out->report = flight->report;
    out->trusted = response->accepted != 0;
    out->rcode = header.rcode;
    out->authoritative = header.authoritative;
    if (!out->trusted || header.opcode != LDNS_PACKET_QUERY)
        return DNSHOOK_OK;
    const ldns_status status =
        ldns_wire2pkt(&out->packet, response->message, response->message_size);

    if (status == LDNS_STATUS_OK && !message_is_whole(out->packet)) {
        message_drop(&out->packet);
        out->packet = NULL;
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for a DNS answer");
    }
    if (status == LDNS_STATUS_MEM_ERR)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for a DNS answer");
    if (status != LDNS_STATUS_OK)
        out->packet = NULL;
    return DNSHOOK_OK;
}

/* Takes the server's clock from a signed BADTIME. False: it did not say its time. */
static bool correct_clock(struct rfc2136 *self, const struct answer *answer)
{
    const int64_t offset = (int64_t)answer->report.server_time - (int64_t)time(NULL);

    if (!answer->trusted || answer->report.error != TSIG_ERROR_BADTIME ||
        answer->report.server_time == 0)
        return false;
    self->clock_offset = offset;
    dnshook_log(self->host, DNSHOOK_LOG_WARNING,
                "the clock here is %lld seconds %s that of %s, more than TSIG allows: going on "
                "with the server's time; set the clock",
                (long long)llabs(offset), offset > 0 ? "behind" : "ahead of", answer->server);
    return true;
}

/* One request and its answer. */
static int exchange_once(struct flight *flight, const struct server *server, struct answer *out)
{
    const struct dnshook_host *const host = flight->self->host;
    struct dnshook_dns_response response = {.size = sizeof response};
    int status = flight_sign(flight);
    const struct dnshook_dns_request request = {
        .size = sizeof request,
        .port = server->port,
        .server = server->name,
        .message = flight->message,
        .message_size = flight->size,
        .accept = accept_answer,
        .opaque = flight,
    };

    if (status == DNSHOOK_OK)
        status = host->dns_exchange(host, &request, &response);
    if (status == DNSHOOK_OK)
        status = flight_land(flight, server, &response, out);
    return status;
}

int exchange_ask(struct rfc2136 *self, const struct server *server, const ldns_pkt *request,
                 struct answer *out)
{
    struct flight flight = {.self = self};
    int status = flight_load(&flight, request);

    memset(out, 0, sizeof *out);
    if (status == DNSHOOK_OK)
        status = exchange_once(&flight, server, out);
    if (status == DNSHOOK_OK && correct_clock(self, out)) {
        message_drop(&out->packet);
        out->packet = NULL;
        status = exchange_once(&flight, server, out);
    }
    self->host->free(self->host, flight.message);
    return status;
}

int exchange_question(struct rfc2136 *self, const struct server *server, const char *name,
                      ldns_rr_type type, struct answer *out)
{
    CLEANUP_PACKET ldns_pkt *const question = message_question(name, type);
    char subject[NAME_SIZE + 64];

    memset(out, 0, sizeof *out);
    if (question == NULL)
        return dnshook_fail(self->host, DNSHOOK_NO_MEMORY, "out of memory for a question about %s",
                            name);
    int status = exchange_ask(self, server, question, out);

    if (status == DNSHOOK_OK && exchange_is_key_error(out)) {
        (void)snprintf(subject, sizeof subject, "a question about %s", name);
        status = exchange_fail(self, out, subject);
    }
    const bool says = out->packet != NULL && out->authoritative && !ldns_pkt_tc(out->packet) &&
                      (out->rcode == LDNS_RCODE_NOERROR || out->rcode == LDNS_RCODE_NXDOMAIN);

    if (status != DNSHOOK_OK || !says) {
        message_drop(&out->packet);
        out->packet = NULL;
    }
    return status;
}
