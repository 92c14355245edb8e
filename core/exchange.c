#include "exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "deadline.h"

enum {
    ADDRESSES_MAX = 16,
    TIMEOUT_DEFAULT = 10000, /* ms for one address */
    SETTLE_DEFAULT = 2000,   /* ms to read on after an answer was turned down */
    MESSAGE_MIN = 12,
    MESSAGE_MAX = 65535,
    WHY_SIZE = 768
};

/* One connection. */
struct stream {
    int fd;
    int64_t until;
    const char *why; /* why it ended, for people */
};

void exchange_clear(struct exchange *exchange)
{
    free(exchange->message);
    exchange->message = NULL;
    exchange->size = 0;
}

/* DNSHOOK_OK; DNSHOOK_UNREACHABLE when the stream's time is over; or as deadline_status(). To be
 * asked also where the other side never stops sending. */
static int check_time(struct stream *stream)
{
    const int status = deadline_status();

    if (status != DNSHOOK_OK || stream->until > deadline_now())
        return status;
    stream->why = "no answer in time";
    return DNSHOOK_UNREACHABLE;
}

/* Waits for the socket; as check_time(). */
static int wait_for(struct stream *stream, short events)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = stream->fd, .events = events},
                               {.fd = deadline_fd(), .events = POLLIN}};
        const int status = check_time(stream);
        int64_t wait = stream->until - deadline_now();

        if (status != DNSHOOK_OK)
            return status;
        wait = wait < deadline_left() ? wait : deadline_left();
        if (poll(fds, 2, (int)wait) > 0 && fds[0].revents != 0)
            return DNSHOOK_OK;
    }
}

static int broken(struct stream *stream, const char *why)
{
    stream->why = why;
    return DNSHOOK_UNREACHABLE;
}

static int connect_to(struct stream *stream, const struct address *address)
{
    int error = 0;
    socklen_t size = sizeof error;
    int status;

    stream->fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (stream->fd < 0)
        return broken(stream, strerror(errno));
    if (connect(stream->fd, (const struct sockaddr *)&address->socket, address->size) == 0)
        return DNSHOOK_OK;
    if (errno != EINPROGRESS)
        return broken(stream, strerror(errno));
    status = wait_for(stream, POLLOUT);
    if (status != DNSHOOK_OK)
        return status;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
        return broken(stream, strerror(error != 0 ? error : errno));
    return DNSHOOK_OK;
}

static int send_bytes(struct stream *stream, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t done = send(stream->fd, bytes, size, MSG_NOSIGNAL);

        if (done < 0 && errno != EAGAIN && errno != EINTR)
            return broken(stream, strerror(errno));
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        } else {
            const int status = wait_for(stream, POLLOUT);

            if (status != DNSHOOK_OK)
                return status;
        }
    }
    return DNSHOOK_OK;
}

static int read_bytes(struct stream *stream, unsigned char *bytes, size_t size)
{
    while (size > 0) {
        const int in_time = check_time(stream);
        const ssize_t got = in_time == DNSHOOK_OK ? recv(stream->fd, bytes, size, 0) : 0;

        if (in_time != DNSHOOK_OK)
            return in_time;

        if (got == 0)
            return broken(stream, "the server closed the connection");
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return broken(stream, strerror(errno));
        if (got > 0) {
            bytes += got;
            size -= (size_t)got;
        } else {
            const int status = wait_for(stream, POLLIN);

            if (status != DNSHOOK_OK)
                return status;
        }
    }
    return DNSHOOK_OK;
}

/* Reads one message into the exchange, in place of the one before. */
static int read_message(struct stream *stream, struct exchange *exchange)
{
    unsigned char length[2];
    unsigned char *bytes;
    size_t size;
    int status = read_bytes(stream, length, sizeof length);

    if (status != DNSHOOK_OK)
        return status;
    size = (size_t)length[0] << 8 | length[1];
    if (size < MESSAGE_MIN)
        return broken(stream, "an answer that is no DNS message");
    bytes = malloc(size);
    if (bytes == NULL)
        return DNSHOOK_NO_MEMORY;
    status = read_bytes(stream, bytes, size);
    if (status != DNSHOOK_OK) {
        free(bytes);
        return status;
    }
    exchange_clear(exchange);
    exchange->message = bytes;
    exchange->size = size;
    return DNSHOOK_OK;
}

static int send_request(struct stream *stream, const struct dnshook_dns_request *request)
{
    const size_t size = request->message_size;
    CLEANUP_FREE unsigned char *bytes = malloc(size + 2);

    if (bytes == NULL)
        return DNSHOOK_NO_MEMORY;
    bytes[0] = (unsigned char)(size >> 8);
    bytes[1] = (unsigned char)(size & 0xff);
    memcpy(bytes + 2, request->message, size);
    return send_bytes(stream, bytes, size + 2);
}

/* Reads answers until one is taken. DNSHOOK_OK with *accepted; DNSHOOK_UNREACHABLE when none came
 * at all. */
static int read_answers(struct stream *stream, struct exchange *exchange,
                        const struct dnshook_dns_request *request, bool *accepted)
{
    const int64_t settle = request->settle != 0 ? request->settle : SETTLE_DEFAULT;
    struct exchange last = {0};
    int status;

    while ((status = read_message(stream, &last)) == DNSHOOK_OK) {
        const bool first = exchange->message == NULL;

        if (memcmp(last.message, request->message, 2) != 0)
            continue;
        exchange_clear(exchange);
        exchange->message = last.message;
        exchange->size = last.size;
        last.message = NULL;
        *accepted = request->accept == NULL ||
                    request->accept(request->opaque, exchange->message, exchange->size) == 0;
        if (*accepted)
            return DNSHOOK_OK;
        if (first && stream->until > deadline_now() + settle)
            stream->until = deadline_now() + settle;
    }
    exchange_clear(&last);
    return status == DNSHOOK_UNREACHABLE && exchange->message != NULL ? DNSHOOK_OK : status;
}

/* The whole exchange with one address. */
static int try_address(struct exchange *exchange, const struct address *address,
                       const struct dnshook_dns_request *request, bool *accepted,
                       struct stream *stream)
{
    int status;

    exchange->address = *address;
    stream->fd = -1;
    stream->until =
        deadline_now() + (request->timeout != 0 ? (int64_t)request->timeout : TIMEOUT_DEFAULT);
    status = connect_to(stream, address);
    if (status == DNSHOOK_OK)
        status = send_request(stream, request);
    if (status == DNSHOOK_OK)
        status = read_answers(stream, exchange, request, accepted);
    if (stream->fd >= 0)
        (void)close(stream->fd);
    return status;
}

/* The addresses of the server that the request names. */
static int find_addresses(struct resolver *resolver, const struct dnshook_dns_request *request,
                          struct address *addresses, size_t *count, char why[WHY_SIZE])
{
    const uint16_t port = (uint16_t)(request->port != 0 ? request->port : DNS_PORT);
    char reason[RESOLVER_WHY_SIZE] = "";
    int status;

    *count = 1;
    if (address_parse(request->server, port, &addresses[0]))
        return DNSHOOK_OK;
    status =
        resolver_host(resolver, request->server, port, addresses, ADDRESSES_MAX, count, reason);
    if (status == DNSHOOK_UNREACHABLE)
        (void)snprintf(why, WHY_SIZE, "the address of the server %s cannot be found: %s",
                       request->server, reason);
    return status;
}

/* Moves the address that answered last to the front: one that stays silent costs its whole time,
 * and a roll-back has little. */
static void prefer(struct address *addresses, size_t count, const struct address *answered)
{
    for (size_t i = 1; i < count; i++) {
        const struct address found = addresses[i];

        if (!address_equal(&found, answered))
            continue;
        addresses[i] = addresses[0];
        addresses[0] = found;
        return;
    }
}

static int fail_with(int status, const struct dnshook_dns_request *request, const char *why,
                     exchange_fail_fn *fail, void *opaque)
{
    char text[WHY_SIZE + 256];

    switch (status) {
    case DNSHOOK_DEADLINE:
        (void)snprintf(text, sizeof text, "the time was over before the server %s had answered",
                       request->server);
        break;
    case DNSHOOK_INTERRUPTED:
        (void)snprintf(text, sizeof text, "interrupted while waiting for the server %s",
                       request->server);
        break;
    case DNSHOOK_NO_MEMORY:
        (void)snprintf(text, sizeof text, "out of memory");
        break;
    default:
        (void)snprintf(text, sizeof text, "%s", why);
    }
    return fail(opaque, status, text);
}

/* A struct that does not say how large it is could not be told from one of a later header. */
static bool sizes_ok(const struct dnshook_dns_request *request,
                     const struct dnshook_dns_response *response)
{
    return DNSHOOK_HAS(request, struct dnshook_dns_request, opaque) &&
           DNSHOOK_HAS(response, struct dnshook_dns_response, address);
}

static bool request_ok(const struct dnshook_dns_request *request)
{
    return request->server != NULL && *request->server != '\0' && request->message != NULL &&
           request->message_size >= MESSAGE_MIN && request->message_size <= MESSAGE_MAX &&
           request->port <= 65535;
}

int exchange_run(struct exchange *exchange, struct resolver *resolver,
                 const struct dnshook_dns_request *request, struct dnshook_dns_response *response,
                 exchange_fail_fn *fail, void *opaque)
{
    struct address addresses[ADDRESSES_MAX];
    struct stream stream = {.fd = -1, .why = ""};
    char why[WHY_SIZE] = "";
    size_t count = 0;
    bool accepted = false;
    int status = DNSHOOK_UNREACHABLE;

    exchange_clear(exchange);
    if (!sizes_ok(request, response) || !request_ok(request))
        return fail(opaque, DNSHOOK_BAD_CONFIG,
                    "the provider's DNS request has no server or no message, or a wrong struct "
                    "size");
    status = find_addresses(resolver, request, addresses, &count, why);
    if (status == DNSHOOK_OK) {
        status = DNSHOOK_UNREACHABLE;
        prefer(addresses, count, &exchange->answered);
        for (size_t i = 0; i < count && status == DNSHOOK_UNREACHABLE; i++) {
            const size_t used = strlen(why);

            status = try_address(exchange, &addresses[i], request, &accepted, &stream);
            if (status == DNSHOOK_UNREACHABLE)
                (void)snprintf(why + used, sizeof why - used, "%s%s (%s), TCP: %s",
                               used > 0 ? "; " : "server ", request->server, addresses[i].text,
                               stream.why);
        }
    }
    if (status != DNSHOOK_OK)
        return fail_with(status, request, why, fail, opaque);
    exchange->answered = exchange->address;
    response->accepted = accepted ? 1U : 0U;
    response->message = exchange->message;
    response->message_size = exchange->size;
    response->address = exchange->address.text;
    return DNSHOOK_OK;
}
