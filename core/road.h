/*
 * road.h - what belongs to one run: the DNS, the resolvers it is seen through, the configuration,
 * the accounts, the journal.
 */
#ifndef ROAD_H
#define ROAD_H

#include "config.h"
#include "instance.h"
#include "journal.h"
#include "propagation.h"
#include "route.h"

/* The DNS as one list of resolvers shows it. */
struct view {
    struct view *next;
    char *list; /* as resolver_open() takes it; "" for /etc/resolv.conf */
    struct resolver *resolver;
    struct route_map map;
};

/* A provider opened with its parameters. */
struct account {
    struct account *next;
    char *name;       /* how a later call finds it: the configuration's name, or the provider's */
    bool configured;  /* it is one of the configuration */
    const char *file; /* the configuration's, where that is not the usual one; else NULL */
    char *zone;       /* what the configuration says of the zone; "" for nothing */
    struct view *view;
    struct instance *instance;
};

struct road {
    struct dns *dns;
    struct view *view;     /* the list of them; the first is the run's own */
    struct config *config; /* NULL: there is none */
    struct account *accounts;
    struct account *tried;         /* opened by road_try_account() alone */
    struct journal *journal;       /* opened by who writes or takes away */
    enum quorum quorum;            /* unless a domain has its own */
    bool quorum_given;             /* by DNSHOOK_QUORUM: it counts for every domain */
    int64_t wait_limit;            /* ms that the wait may take; 0: the run's deadline alone */
    void (*changed)(void *opaque); /* called while waiting, when an address came to another state */
    void *changed_opaque;
};

/* Which account is wanted. */
struct account_wanted {
    const char *directory;                   /* of the providers */
    const char *provider;                    /* name or file */
    const struct config_account *configured; /* NULL: its parameters come from the environment */
    const struct config_domain *domain;      /* for its zone and resolvers; NULL: none */
};

/* Opens DNS, resolvers and quorum: of DNSHOOK_RESOLVERS and DNSHOOK_QUORUM, else of `config`, which
 * may be NULL and becomes the road's; said. The caller ends it with road_close(), also when it
 * fails. */
int road_open(struct road *road, struct config *config);
void road_close(struct road *road);

/* The view through a list of resolvers; NULL, or DNSHOOK_RESOLVERS set: the run's own. Opened once.
 * As resolver_open(). */
int road_view(struct road *road, const char *list, struct view **view);

/* The account, opened once. As config_check_account(), provider_find() and instance_open(), said.
 */
int road_account(struct road *road, const struct account_wanted *wanted, struct account **account);

/* As road_account() for an account that may turn out not to be wanted: it is not one of the road's,
 * and not told of, before road_account() asks for it. Sends nothing. */
int road_try_account(struct road *road, const struct account_wanted *wanted);

#endif
