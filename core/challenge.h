/*
 * challenge.h - the road from a set of challenges to values that the whole authority serves, and
 * back. All of a set goes through one provider; one wait covers all of it.
 */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include "instance.h"
#include "journal.h"
#include "propagation.h"
#include "route.h"

/* What belongs to a run. */
struct road {
    struct dns *dns;
    struct resolver *resolver;
    struct route_map map;
    struct journal *journal; /* opened by who writes or takes away */
    struct instance *instance;
    enum quorum quorum;
    int64_t wait_limit;            /* ms that the wait may take; 0: the run's deadline alone */
    void (*changed)(void *opaque); /* called while waiting, when an address came to another state */
    void *changed_opaque;
};

/* One (host, value), and what became of it. The caller sets the first two, and zeroes the rest. */
struct challenge {
    const char *host;  /* as name_check_host() returns it */
    const char *value; /* checked with challenge_check_value() */
    int status;
    bool placed;  /* the value is, or may be, there because of us */
    bool claimed; /* the journal had it from an earlier run */
    bool unsure;  /* adding it broke off: the service may still be about to do it */
    char record[NAME_SIZE];
    struct instance_zone zone;
    struct authority *authority;
    struct dnshook_zone public_zone;
    struct dnshook_change change;
};

/* What the waits of a set look at: one watch for each record name. Freed with free(). */
struct watch_set {
    size_t count;
    const char **values; /* the memory behind the watches' values */
    struct watch watches[];
};

/* Opens DNS, resolvers (DNSHOOK_RESOLVERS), quorum (DNSHOOK_QUORUM) and provider; said.
 * The caller ends it with road_close(), also when it fails. */
int road_open(struct road *road, const struct provider *provider);
void road_close(struct road *road);

/* NULL for a value that can be a challenge's; else what is wrong with it, as the end of a sentence
 * that begins with "the value". */
const char *challenge_check_value(const char *value);

/* route_find() on this road; says so when the time is over. */
int challenge_route(struct road *road, const char *host, struct route *route);

/* Record name, zone and authority of each; where the provider would edit a zone that the Internet
 * is not led to, an error. Changes nothing. The first status that is not DNSHOOK_OK, said. */
int challenge_prepare(struct road *road, struct challenge *set, size_t count);

/* Journal, then the change. */
int challenge_add(struct road *road, struct challenge *set, size_t count);

/* The watches of a set, which must have been prepared. NULL when memory ran out (said). */
struct watch_set *challenge_watch(const struct challenge *set, size_t count);

/* Waits until the values are served, or are gone; says a table of what each server address said
 * when the time is over. */
int challenge_wait(struct road *road, struct challenge *set, size_t count,
                   struct watch_set *watches, bool want);

/* Takes the values away, and their entries out of the journal. */
int challenge_remove(struct road *road, struct challenge *set, size_t count);

/* After a failure or a signal: takes away what this run placed. If that fails, says the command
 * that does it later. */
int challenge_roll_back(struct road *road, struct challenge *set, size_t count);

/* The whole way: prepare, add, wait; rolled back if any of it fails. */
int challenge_start(struct road *road, struct challenge *set, size_t count);

/* Takes values away: by the journal where it knows them, else by the same road. Does not wait. */
int challenge_stop(struct road *road, struct challenge *set, size_t count);

#endif
