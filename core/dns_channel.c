#include "dns_channel.h"

#include <stdlib.h>

#include "deadline.h"

enum {
    CHANNEL_TIMEOUT = 60000, /* ms; c-ares never gets that far, our own times come first */
    SOCKETS_PER_CHANNEL = 2
};

struct channel *dns_channel_new(const struct address *address, enum transport transport)
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
        .ednspsz = DNS_EDNS_SIZE,
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

void dns_channels_free(struct channel *channel)
{
    while (channel != NULL) {
        struct channel *const next = channel->next;

        ares_destroy(channel->ares);
        free(channel);
        channel = next;
    }
}

bool dns_poll_begin(struct poll_set *set, size_t channels)
{
    const size_t room = 1 + channels * SOCKETS_PER_CHANNEL;

    *set = (struct poll_set){.fds = calloc(room, sizeof *set->fds),
                             .channels = calloc(room, sizeof(struct channel *))};
    if (set->fds == NULL || set->channels == NULL)
        return false;
    set->fds[set->count++] = (struct pollfd){.fd = deadline_fd(), .events = POLLIN};
    return true;
}

void dns_poll_add(struct poll_set *set, struct channel *channel)
{
    ares_socket_t sockets[SOCKETS_PER_CHANNEL] = {0};
    const int bits = ares_getsock(channel->ares, sockets, SOCKETS_PER_CHANNEL);

    for (int i = 0; i < SOCKETS_PER_CHANNEL; i++) {
        const short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                                     (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));

        if (events == 0)
            continue;
        set->channels[set->count] = channel;
        set->fds[set->count++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
}

void dns_poll_end(struct poll_set *set)
{
    free(set->fds);
    free(set->channels);
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

void dns_poll_wait(const struct poll_set *set, int64_t milliseconds)
{
    if (poll(set->fds, (nfds_t)set->count, milliseconds > 0 ? (int)milliseconds : 0) > 0)
        process(set);
}
