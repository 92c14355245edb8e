/*
 * dns_channel.h - channels of c-ares: one server, one transport, one question at a time, so that
 * each question over UDP has a source port of its own and can be cancelled alone.
 */
#ifndef DNS_CHANNEL_H
#define DNS_CHANNEL_H

#include <ares.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "address.h"

enum { DNS_EDNS_SIZE = 1232 /* bytes (DNS flag day 2020) */ };

enum transport { UDP = 0, TCP = 1 };

struct channel {
    struct channel *next;
    ares_channel ares;
};

/* A channel to an address; NULL when memory ran out. */
struct channel *dns_channel_new(const struct address *address, enum transport transport);

/* Ends a list of them. */
void dns_channels_free(struct channel *channel);

/* The sockets of many channels, to be polled together. */
struct poll_set {
    struct pollfd *fds;
    struct channel **channels; /* of the same index; NULL for the wake-up descriptor */
    size_t count;
};

/* Makes a set with room for so many channels, and the wake-up descriptor of deadline.h in it.
 * False when memory ran out. Ended with dns_poll_end(), also then. */
bool dns_poll_begin(struct poll_set *set, size_t channels);
void dns_poll_add(struct poll_set *set, struct channel *channel);
void dns_poll_end(struct poll_set *set);

/* Waits so many milliseconds at the most and lets the channels work that have something to do. */
void dns_poll_wait(const struct poll_set *set, int64_t milliseconds);

#endif
