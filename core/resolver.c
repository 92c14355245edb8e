#include "resolver.h"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"

enum { LIST_SIZE = RESOLVER_MAX * (ADDRESS_TEXT_SIZE + 2), HOST_TIMEOUT = 3000, HOST_SOCKETS = 8 };

struct resolver {
    struct dns *dns;
    struct dns_server *servers[RESOLVER_MAX];
    size_t count;
    size_t preferred; /* the one that answered last */
    char text[LIST_SIZE];
};

/* ---- the list ---- */

static int add_server(struct resolver *resolver, const struct address *address)
{
    const size_t used = strlen(resolver->text);
    struct dns_server *server;

    if (resolver->count == RESOLVER_MAX)
        return DNSHOOK_OK;
    server = dns_server(resolver->dns, address);
    if (server == NULL)
        return DNSHOOK_NO_MEMORY;
    resolver->servers[resolver->count++] = server;
    (void)snprintf(resolver->text + used, sizeof resolver->text - used, "%s%s",
                   used > 0 ? ", " : "", address->text);
    return DNSHOOK_OK;
}

static int read_list(struct resolver *resolver, const char *list)
{
    static const char between[] = ", \t";

    for (const char *at = list + strspn(list, between); *at != '\0'; at += strspn(at, between)) {
        const size_t size = strcspn(at, between);
        char text[ADDRESS_TEXT_SIZE] = "";
        struct address address;
        int status;

        if (size < sizeof text)
            memcpy(text, at, size);
        if (!address_parse(text, DNS_PORT, &address)) {
            log_error("DNSHOOK_RESOLVERS: \"%.*s\" is no address: write addresses with commas "
                      "between them, as in 192.0.2.1, [2001:db8::1]:5353",
                      (int)size, at);
            return DNSHOOK_BAD_CONFIG;
        }
        status = add_server(resolver, &address);
        if (status != DNSHOOK_OK)
            return status;
        at += size;
    }
    return DNSHOOK_OK;
}

static void free_nodes(struct ares_addr_port_node **nodes)
{
    ares_free_data(*nodes);
}

/* /etc/resolv.conf, as c-ares reads it: without a nameserver, 127.0.0.1. */
static int read_system(struct resolver *resolver)
{
    CLEANUP(free_nodes) struct ares_addr_port_node *nodes = NULL;
    ares_channel channel = NULL;
    int status = DNSHOOK_OK;

    if (ares_init(&channel) != ARES_SUCCESS)
        return log_no_memory();
    if (ares_get_servers_ports(channel, &nodes) != ARES_SUCCESS)
        status = log_no_memory();
    ares_destroy(channel);
    for (const struct ares_addr_port_node *node = nodes; node != NULL && status == DNSHOOK_OK;
         node = node->next) {
        char host[INET6_ADDRSTRLEN] = "";
        struct address address;

        (void)ares_inet_ntop(node->family, &node->addr, host, sizeof host);
        if (address_parse(host, (uint16_t)(node->udp_port > 0 ? node->udp_port : DNS_PORT),
                          &address))
            status = add_server(resolver, &address);
    }
    return status;
}

int resolver_open(struct dns *dns, const char *list, struct resolver **resolver)
{
    struct resolver *const new = calloc(1, sizeof *new);
    int status;

    *resolver = new;
    if (new == NULL)
        return log_no_memory();
    new->dns = dns;
    status = list != NULL && *list != '\0' ? read_list(new, list) : read_system(new);
    if (status == DNSHOOK_OK && new->count == 0) {
        log_error("no resolver: name one in /etc/resolv.conf or DNSHOOK_RESOLVERS");
        status = DNSHOOK_BAD_CONFIG;
    }
    if (status != DNSHOOK_OK) {
        resolver_close(new);
        *resolver = NULL;
    }
    return status;
}

void resolver_close(struct resolver *resolver)
{
    free(resolver);
}

size_t resolver_count(const struct resolver *resolver)
{
    return resolver->count;
}

struct dns_server *resolver_server(const struct resolver *resolver, size_t i)
{
    return resolver->servers[i];
}

const char *resolver_text(const struct resolver *resolver)
{
    return resolver->text;
}

/* ---- questions ---- */

static int ask_next(struct lookup *lookup);

/* Notes what one resolver came back with, for the message. */
static void add_reason(struct lookup *lookup, const char *reason)
{
    const size_t used = strlen(lookup->why);

    (void)snprintf(lookup->why + used, sizeof lookup->why - used, "%s%s: %s", used > 0 ? "; " : "",
                   dns_server_address(lookup->resolver->servers[lookup->server])->text, reason);
}

static void on_done(void *opaque, struct dns_result *result)
{
    struct lookup *const lookup = opaque;
    const ldns_pkt_rcode rcode =
        result->packet != NULL ? ldns_pkt_get_rcode(result->packet) : LDNS_RCODE_SERVFAIL;

    if (result->packet != NULL && (rcode == LDNS_RCODE_NOERROR || rcode == LDNS_RCODE_NXDOMAIN)) {
        lookup->packet = result->packet;
        result->packet = NULL;
        lookup->status = DNSHOOK_OK;
        lookup->resolver->preferred = lookup->server;
        lookup->done = true;
        return;
    }
    lookup->failed = lookup->failed || result->packet != NULL;
    add_reason(lookup, result->packet != NULL ? dns_rcode_text(result->packet) : result->reason);
    lookup->server = (lookup->server + 1) % lookup->resolver->count;
    lookup->status = ask_next(lookup);
    lookup->done = lookup->status != DNSHOOK_OK;
}

/* Asks the lookup's present server; DNSHOOK_UNREACHABLE when all have been asked. */
static int ask_next(struct lookup *lookup)
{
    struct resolver *const resolver = lookup->resolver;

    if (lookup->tries == resolver->count)
        return DNSHOOK_UNREACHABLE;
    lookup->tries++;
    return dns_ask(resolver->servers[lookup->server], lookup->name, lookup->type, DNS_RECURSION,
                   on_done, lookup);
}

static bool all_done(const struct lookup *lookups, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!lookups[i].done)
            return false;
    return true;
}

int resolver_ask(struct resolver *resolver, struct lookup *lookups, size_t count)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < count; i++) {
        lookups[i].resolver = resolver;
        lookups[i].server = resolver->preferred;
        lookups[i].tries = 0;
        lookups[i].packet = NULL;
        lookups[i].why[0] = '\0';
        lookups[i].status = ask_next(&lookups[i]);
        lookups[i].done = lookups[i].status != DNSHOOK_OK;
    }
    while (status == DNSHOOK_OK && !all_done(lookups, count))
        status = dns_run(resolver->dns, INT64_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!lookups[i].done)
            lookups[i].status = status;
        if (lookups[i].status == DNSHOOK_NO_MEMORY || lookups[i].status == DNSHOOK_BAD_CONFIG)
            status = lookups[i].status;
        dns_forget(resolver->dns, &lookups[i]);
    }
    return status;
}

/* ---- hosts ---- */

struct host_search {
    struct address *addresses;
    size_t room;
    size_t count;
    uint16_t port;
    bool done;
    int ares_status;
};

static void add_address(struct host_search *search, const struct sockaddr *socket)
{
    char host[INET6_ADDRSTRLEN] = "";
    const void *const source =
        socket->sa_family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)socket)->sin6_addr
            : (const void *)&((const struct sockaddr_in *)(const void *)socket)->sin_addr;

    if (search->count < search->room &&
        ares_inet_ntop(socket->sa_family, source, host, sizeof host) != NULL &&
        address_parse(host, search->port, &search->addresses[search->count]))
        search->count++;
}

static void on_host(void *opaque, int status, int timeouts, struct ares_addrinfo *info)
{
    struct host_search *const search = opaque;

    (void)timeouts;
    search->done = true;
    search->ares_status = status;
    for (const struct ares_addrinfo_node *node = info != NULL ? info->nodes : NULL; node != NULL;
         node = node->ai_next)
        add_address(search, node->ai_addr);
    if (info != NULL)
        ares_freeaddrinfo(info);
}

/* Lets the channel work until the search is done or the run is over. */
static int drive(ares_channel channel, const struct host_search *search)
{
    while (!search->done) {
        ares_socket_t sockets[HOST_SOCKETS] = {0};
        struct pollfd fds[HOST_SOCKETS + 1] = {{.fd = deadline_fd(), .events = POLLIN}};
        const int bits = ares_getsock(channel, sockets, HOST_SOCKETS);
        nfds_t count = 1;
        const int status = deadline_status();

        if (status != DNSHOOK_OK)
            return status;
        for (int i = 0; i < HOST_SOCKETS; i++) {
            const short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                                         (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));

            if (events != 0)
                fds[count++] = (struct pollfd){.fd = sockets[i], .events = events};
        }
        (void)poll(fds, count, deadline_left() < 100 ? (int)deadline_left() : 100);
        for (nfds_t i = 1; i < count; i++)
            ares_process_fd(channel, (fds[i].revents & ~POLLOUT) ? fds[i].fd : ARES_SOCKET_BAD,
                            (fds[i].revents & POLLOUT) ? fds[i].fd : ARES_SOCKET_BAD);
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    return DNSHOOK_OK;
}

/* A channel for host names: /etc/hosts, then our resolvers. NULL when memory ran out. */
static ares_channel host_channel(const struct resolver *resolver)
{
    static char lookups[] = "fb";
    struct ares_options options = {.timeout = HOST_TIMEOUT, .tries = 2, .lookups = lookups};
    char list[LIST_SIZE + 2 * RESOLVER_MAX] = "";
    ares_channel channel = NULL;

    if (ares_init_options(&channel, &options,
                          ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                              ARES_OPT_DOMAINS) != ARES_SUCCESS)
        return NULL;
    for (size_t i = 0; i < resolver->count; i++) {
        const size_t used = strlen(list);
        char text[ADDRESS_TEXT_SIZE];

        address_with_port(dns_server_address(resolver->servers[i]), text);
        (void)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? "," : "", text);
    }
    if (ares_set_servers_ports_csv(channel, list) != ARES_SUCCESS) {
        ares_destroy(channel);
        return NULL;
    }
    return channel;
}

int resolver_host(struct resolver *resolver, const char *host, uint16_t port,
                  struct address *addresses, size_t room, size_t *count,
                  char why[RESOLVER_WHY_SIZE])
{
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct host_search search = {.addresses = addresses, .room = room, .port = port};
    ares_channel channel;
    int status;

    *count = 0;
    channel = host_channel(resolver);
    if (channel == NULL)
        return log_no_memory();
    ares_getaddrinfo(channel, host, NULL, &hints, on_host, &search);
    status = drive(channel, &search);
    ares_destroy(channel);
    *count = search.count;
    if (status != DNSHOOK_OK || search.count > 0)
        return status;
    (void)snprintf(why, RESOLVER_WHY_SIZE, "%s (resolvers asked: %s)",
                   search.ares_status == ARES_SUCCESS ? "it has no address"
                                                      : ares_strerror(search.ares_status),
                   resolver->text);
    return DNSHOOK_UNREACHABLE;
}
