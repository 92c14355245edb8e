#include "scripted.h"

#include "deadline.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { GRACE_ROUNDS = 2, FOREVER = 3600000 /* ms */ };

static struct scripted *servers;
static int64_t skipped; /* ms by which the clock is ahead */
static char no_route[ADDRESS_TEXT_SIZE];

int64_t __real_deadline_now(void);
int64_t __wrap_deadline_now(void);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap___poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size);
int __real_connect(int fd, const struct sockaddr *socket, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *socket, socklen_t size);
bool __real_address_from_rr(const ldns_rr *rr, struct address *address);
bool __wrap_address_from_rr(const ldns_rr *rr, struct address *address);

/* ---- sockets ---- */

static int open_socket(int type, uint16_t port, uint16_t *got)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof in;
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&in, sizeof in) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &size) != 0 ||
        (type == SOCK_STREAM && listen(fd, SCRIPTED_CONNECTIONS) != 0)) {
        (void)close(fd);
        return -1;
    }
    *got = ntohs(in.sin_port);
    return fd;
}

/* UDP and TCP at the same port; another program may have the one or the other. */
static uint16_t open_pair(struct scripted *server)
{
    for (int tries = 0; tries < 100; tries++) {
        uint16_t port = 0;
        uint16_t same = 0;

        server->tcp = open_socket(SOCK_STREAM, 0, &port);
        server->udp = server->tcp >= 0 ? open_socket(SOCK_DGRAM, port, &same) : -1;
        if (server->udp >= 0)
            return port;
        (void)close(server->tcp);
    }
    fail_msg("no port can be had");
    return 0;
}

struct scripted *scripted_start(const struct scripted_row *rows, size_t count)
{
    struct scripted *const server = calloc(1, sizeof *server);
    char text[ADDRESS_TEXT_SIZE];
    uint16_t port;

    assert_non_null(server);
    server->rows = rows;
    server->row_count = count;
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)open_pair(server));
    assert_true(address_parse(text, DNS_PORT, &server->address));
    server->other = open_socket(SOCK_DGRAM, 0, &port);
    assert_true(server->other >= 0);
    for (size_t i = 0; i < SCRIPTED_CONNECTIONS; i++)
        server->connections[i].fd = -1;
    server->next = servers;
    servers = server;
    return server;
}

void scripted_publish(struct scripted *server, const char *address)
{
    (void)snprintf(server->published, sizeof server->published, "%s", address);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void scripted_refuse(struct scripted *server)
{
    close_fd(&server->udp);
    close_fd(&server->tcp);
    for (size_t i = 0; i < SCRIPTED_CONNECTIONS; i++)
        close_fd(&server->connections[i].fd);
}

void scripted_stop_all(void)
{
    while (servers != NULL) {
        struct scripted *const next = servers->next;

        scripted_refuse(servers);
        close_fd(&servers->other);
        free(servers);
        servers = next;
    }
    no_route[0] = '\0';
}

void scripted_no_route(const char *prefix)
{
    (void)snprintf(no_route, sizeof no_route, "%s", prefix);
}

size_t scripted_count(const struct scripted *server, const char *name, ldns_rr_type type)
{
    size_t count = 0;

    for (size_t i = 0; i < server->asked_count; i++)
        count += (name == NULL || name_equal(server->asked[i].name, name)) &&
                 (type == 0 || server->asked[i].type == type);
    return count;
}

/* ---- answers ---- */

static void add_lines(ldns_pkt *packet, ldns_pkt_section section, const char *lines)
{
    char text[4096];
    char *rest = text;

    if (lines == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s", lines);
    for (const char *line; (line = strtok_r(NULL, "\n", &rest)) != NULL;) {
        ldns_rr *rr = NULL;

        if (ldns_rr_new_frm_str(&rr, line, 60, NULL, NULL) != LDNS_STATUS_OK)
            fail_msg("a script holds what is no record: %s", line);
        assert_true(ldns_pkt_push_rr(packet, section, rr));
    }
}

static bool row_fits(const struct scripted_row *row, const struct scripted_asked *asked)
{
    return (row->name == NULL || name_equal(row->name, asked->name)) &&
           (row->type == 0 || row->type == asked->type);
}

static const struct scripted_row *find_row(const struct scripted *server,
                                           const struct scripted_asked *asked)
{
    static const struct scripted_row refused = {.rcode = LDNS_RCODE_REFUSED};
    const bool later = server->later != NULL && deadline_now() >= server->later_at;
    const struct scripted_row *const rows = later ? server->later : server->rows;
    const size_t count = later ? server->later_count : server->row_count;

    for (size_t i = 0; i < count; i++)
        if (row_fits(&rows[i], asked))
            return &rows[i];
    return &refused;
}

/* The answer of a row to a question, `truncated` to nothing; freed by the caller. */
static uint8_t *build_answer(const struct scripted_row *row, const ldns_pkt *query, bool truncated,
                             size_t *size)
{
    ldns_pkt *const packet = ldns_pkt_new();
    uint8_t *wire = NULL;

    assert_non_null(packet);
    ldns_pkt_set_id(packet, ldns_pkt_id(query));
    ldns_pkt_set_qr(packet, true);
    ldns_pkt_set_rd(packet, ldns_pkt_rd(query));
    ldns_pkt_set_aa(packet, (row->flags & AA) != 0);
    ldns_pkt_set_ra(packet, (row->flags & RA) != 0);
    ldns_pkt_set_tc(packet, truncated);
    ldns_pkt_set_rcode(packet, (uint8_t)row->rcode);
    assert_true(ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION,
                                 ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(query), 0))));
    if (!truncated) {
        add_lines(packet, LDNS_SECTION_ANSWER, row->answer);
        add_lines(packet, LDNS_SECTION_AUTHORITY, row->authority);
        add_lines(packet, LDNS_SECTION_ADDITIONAL, row->additional);
    }
    assert_int_equal(ldns_pkt2wire(&wire, packet, size), LDNS_STATUS_OK);
    ldns_pkt_free(packet);
    return wire;
}

ldns_pkt *scripted_packet(const struct scripted_row *row)
{
    ldns_pkt *const query =
        ldns_pkt_query_new(ldns_dname_new_frm_str(row->name), row->type, LDNS_RR_CLASS_IN, 0);
    ldns_pkt *packet = NULL;
    size_t size = 0;
    uint8_t *wire;

    assert_non_null(query);
    wire = build_answer(row, query, false, &size);
    assert_int_equal(ldns_wire2pkt(&packet, wire, size), LDNS_STATUS_OK);
    ldns_pkt_free(query);
    free(wire);
    return packet;
}

/* Where an answer goes. */
struct way {
    struct scripted *server;
    bool tcp;
    struct scripted_connection *connection;
    struct sockaddr_in from;
};

static void send_from(const struct way *way, int fd, const uint8_t *wire, size_t size)
{
    uint8_t framed[4096] = {(uint8_t)(size >> 8), (uint8_t)size};

    assert_true(size + 2 <= sizeof framed);
    memcpy(framed + 2, wire, size);
    if (way->tcp)
        (void)send(way->connection->fd, framed, size + 2, MSG_NOSIGNAL);
    else
        (void)sendto(fd, wire, size, 0, (const struct sockaddr *)&way->from, sizeof way->from);
}

static void send_wire(const struct way *way, const uint8_t *wire, size_t size)
{
    send_from(way, way->server->udp, wire, size);
}

/* What is sent before the right answer, or in its place. */
static void send_wrong(const struct way *way, unsigned faults, uint8_t *wire, size_t size)
{
    if ((faults & WRONG_ID) != 0) {
        wire[0] ^= 0x55;
        send_wire(way, wire, size);
        wire[0] ^= 0x55;
    }
    if ((faults & WRONG_QUESTION) != 0) {
        wire[13] ^= 0x01;
        send_wire(way, wire, size);
        wire[13] ^= 0x01;
    }
    if ((faults & OTHER_PORT) != 0) {
        const uint8_t flags = wire[3];

        wire[3] = LDNS_RCODE_SERVFAIL;
        send_from(way, way->server->other, wire, size);
        wire[3] = flags;
    }
    if ((faults & GARBAGE) != 0) {
        uint8_t noise[40];

        memset(noise, 0xa5, sizeof noise);
        memcpy(noise, wire, 2);
        send_wire(way, noise, sizeof noise);
    }
}

static void note(const struct way *way, const ldns_pkt *query)
{
    struct scripted *const server = way->server;
    const ldns_rr *const question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
    struct scripted_asked *const asked = &server->asked[server->asked_count];

    assert_true(server->asked_count < SCRIPTED_ASKED_MAX);
    server->asked_count++;
    assert_true(dns_name_text(ldns_rr_owner(question), asked->name));
    asked->type = ldns_rr_get_type(question);
    asked->id = ldns_pkt_id(query);
    asked->port = ntohs(way->from.sin_port);
    asked->tcp = way->tcp;
    asked->recursion = ldns_pkt_rd(query);
    asked->edns = ldns_pkt_edns_udp_size(query) == 1232;
    asked->at = deadline_now();
}

static void answer(const struct way *way, const uint8_t *bytes, size_t size)
{
    struct scripted *const server = way->server;
    ldns_pkt *query = NULL;
    unsigned faults;
    uint8_t *wire;
    size_t wire_size;

    if (ldns_wire2pkt(&query, bytes, size) != LDNS_STATUS_OK)
        fail_msg("a server was asked what is no DNS message");
    note(way, query);
    faults =
        server->faults_of == 0 || server->asked_count <= server->faults_of ? server->faults : 0;
    wire = build_answer(find_row(server, &server->asked[server->asked_count - 1]), query,
                        !way->tcp && (faults & TRUNCATED) != 0, &wire_size);
    ldns_pkt_free(query);
    if (way->tcp && (faults & CLOSES) != 0)
        close_fd(&way->connection->fd);
    else if ((faults & (way->tcp ? SILENT_TCP : SILENT_UDP)) == 0) {
        send_wrong(way, faults, wire, wire_size);
        if ((faults & (ONLY_WRONG | GARBAGE)) == 0)
            send_wire(way, wire, wire_size);
    }
    free(wire);
}

/* ---- work ---- */

static bool pump_udp(struct scripted *server)
{
    struct way way = {.server = server};
    socklen_t size = sizeof way.from;
    uint8_t bytes[4096];
    const ssize_t got =
        recvfrom(server->udp, bytes, sizeof bytes, 0, (struct sockaddr *)&way.from, &size);

    if (got <= 0)
        return false;
    answer(&way, bytes, (size_t)got);
    return true;
}

static bool pump_accept(struct scripted *server)
{
    const int fd = accept4(server->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    for (size_t i = 0; fd >= 0 && i < SCRIPTED_CONNECTIONS; i++)
        if (server->connections[i].fd < 0) {
            memset(&server->connections[i], 0, sizeof server->connections[i]);
            server->connections[i].fd = fd;
            return true;
        }
    assert_true(fd < 0);
    return false;
}

/* Answers a message that is complete, or begins to play the chunks. */
static void take_message(struct scripted *server, struct scripted_connection *connection)
{
    struct way way = {.server = server, .tcp = true, .connection = connection};
    const size_t size = (size_t)connection->bytes[0] << 8 | connection->bytes[1];
    uint8_t message[65535];
    socklen_t length = sizeof way.from;

    if (connection->size < 2 || connection->size < size + 2)
        return;
    memcpy(message, connection->bytes + 2, size);
    connection->size -= size + 2;
    memmove(connection->bytes, connection->bytes + size + 2, connection->size);
    (void)getpeername(connection->fd, (struct sockaddr *)&way.from, &length);
    connection->playing = server->chunks != NULL;
    connection->since = deadline_now();
    if (!connection->playing)
        answer(&way, message, size);
}

static bool pump_connection(struct scripted *server, struct scripted_connection *connection)
{
    const struct scripted_chunk *chunk;
    ssize_t got;

    if (connection->playing && connection->chunk < server->chunk_count) {
        chunk = &server->chunks[connection->chunk];
        if (deadline_now() < connection->since + chunk->after)
            return false;
        connection->chunk++;
        if (chunk->size > 0)
            (void)send(connection->fd, chunk->bytes, chunk->size, MSG_NOSIGNAL);
        else
            close_fd(&connection->fd);
        return true;
    }
    got = recv(connection->fd, connection->bytes + connection->size,
               sizeof connection->bytes - connection->size, 0);
    if (got > 0) {
        connection->size += (size_t)got;
        server->received += (size_t)got;
        take_message(server, connection);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        close_fd(&connection->fd);
    return got > 0;
}

/* Lets every server do one thing; false when none had anything to do. */
static bool pump(void)
{
    bool busy = false;

    for (struct scripted *server = servers; server != NULL; server = server->next) {
        busy = (server->udp >= 0 && pump_udp(server)) || busy;
        busy = (server->tcp >= 0 && pump_accept(server)) || busy;
        for (size_t i = 0; i < SCRIPTED_CONNECTIONS; i++)
            if (server->connections[i].fd >= 0)
                busy = pump_connection(server, &server->connections[i]) || busy;
    }
    return busy;
}

/* How long until the next chunk is due, at most `most`. */
static int64_t next_chunk(int64_t most)
{
    for (const struct scripted *server = servers; server != NULL; server = server->next)
        for (size_t i = 0; i < SCRIPTED_CONNECTIONS; i++) {
            const struct scripted_connection *const each = &server->connections[i];
            const bool due = each->fd >= 0 && each->playing && each->chunk < server->chunk_count;
            const int64_t wait =
                due ? each->since + server->chunks[each->chunk].after - deadline_now() : most;

            most = wait < most ? wait : most;
        }
    return most > 1 ? most : 1;
}

/* ---- what the code under test calls ---- */

int64_t __wrap_deadline_now(void)
{
    static int64_t began;

    if (began == 0)
        began = __real_deadline_now();
    return began + skipped; /* it stands still while anything happens, however slow that is */
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    const int64_t until = deadline_now() + (timeout < 0 ? FOREVER : timeout);
    int rounds = 0;

    for (;;) {
        const bool busy = pump();
        const int ready = __real_poll(fds, count, 0);
        const int64_t left = until - deadline_now();

        if (ready != 0 || left <= 0)
            return ready;
        if (busy) {
            rounds = 0;
        } else if (rounds++ < GRACE_ROUNDS) {
            (void)__real_poll(NULL, 0, 1); /* what was sent arrives */
        } else {
            skipped += next_chunk(left);
            rounds = 0;
        }
    }
}

/* With fortified headers. */
int __wrap___poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
    assert_true(count * sizeof *fds <= size);
    return __wrap_poll(fds, count, timeout);
}

int __wrap_connect(int fd, const struct sockaddr *socket, socklen_t size)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (socket->sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)socket)->sin_addr,
                        text, sizeof text);
    if (no_route[0] == '\0' || strncmp(text, no_route, strlen(no_route)) != 0)
        return __real_connect(fd, socket, size);
    errno = ENETUNREACH;
    return -1;
}

bool __wrap_address_from_rr(const ldns_rr *rr, struct address *address)
{
    if (!__real_address_from_rr(rr, address))
        return false;
    for (const struct scripted *server = servers; server != NULL; server = server->next)
        if (strcmp(server->published, address->text) == 0)
            *address = server->address;
    return true;
}
