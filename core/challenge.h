/*
 * challenge.h - the road from a set of challenges to values that the whole authority serves, and
 * back. Each goes through the account that it has; one wait covers all of them.
 */
#ifndef CHALLENGE_H
#define CHALLENGE_H

#include "road.h"

/* One (host, value), and what became of it. Who reads the client's call sets the first six; run.h
 * what the configuration says; the rest is zero. */
struct challenge {
    const char *host;   /* as name_check_host() returns it */
    const char *value;  /* checked with challenge_check_value() */
    bool at_name;       /* `host` is the record name itself: no _acme-challenge. in front of it, no
                           alias is followed */
    const char *client; /* for the journal, what the protocol finds the value again by; or NULL */
    bool standing;      /* an earlier run has added it: it is waited for, and that is all */
    const char *token;  /* standing: the service's name for that change; or NULL */
    struct account *account;
    const char *alias; /* where the record name has to be; NULL: where it leads */
    uint32_t ttl;      /* s, for a new set; 0: 60 */
    enum quorum quorum;
    int status;
    bool placed;    /* the value is, or may be, there because of us */
    bool claimed;   /* the journal had it from an earlier run */
    bool unsure;    /* adding it broke off: the service may still be about to do it */
    bool unvouched; /* the provider cannot, or may not, say whether the change is live */
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

/* NULL for a value that can be a challenge's; else what is wrong with it, as the end of a sentence
 * that begins with "the value". */
const char *challenge_check_value(const char *value);

/* Where a host's value goes, through a view's resolvers, as route_find(); says so when the time is
 * over. */
int challenge_route(struct view *view, const char *host, struct route *route);

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

/* The whole way: prepare, add, wait if `wait` or if the values could not be put on record; rolled
 * back if any of it fails. Those that are standing come last in the set. */
int challenge_start(struct road *road, struct challenge *set, size_t count, bool wait);

/* Takes values away: by the journal where it knows them, else by the same road. Does not wait. One
 * that has no account, and a status that says why, or that cannot be found keeps none of the others
 * from being taken away; the set is put into another order then. The first status that is not
 * DNSHOOK_OK, said. */
int challenge_stop(struct road *road, struct challenge *set, size_t count);

#endif
