/*
 * work.h - one call with changes, while it is under way: the changes sorted by name, and the
 * requests that carry them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WORK_H
#define WORK_H

#include "batch.h"
#include "labels.h"

/* One name. */
struct target {
    const char *name;            /* the host's */
    char written[AWS_NAME_SIZE]; /* as Route 53 writes it */
    struct standing before;      /* what stands there: read, or assumed */
    struct standing after;       /* what it is to become */
    struct batch batch;          /* the difference */
    bool known;                  /* `before` is filled */
    bool stale;                  /* `before` is to be read, or read again */
    bool alone;                  /* goes into a request of its own */
    bool in_request;
    unsigned stuck; /* how often it was refused although nothing had changed */
    bool settled;   /* `status` is final */
    int status;
};

/* One change. */
struct item {
    struct dnshook_change *change;
    struct target *target;
    uint8_t bytes[TXT_OWN_SIZE];
    struct txt txt;
    bool changed; /* the present batch changes it */
    bool tried;   /* a batch that changes it may have been carried out unseen */
};

/* One call. */
struct work {
    struct route53 *self;
    char zone_id[ROUTE53_ID_SIZE];
    struct labels zone;
    const char *zone_name;
    struct item *items;
    size_t item_count;
    struct target *targets;
    size_t target_count;
    bool conflict;               /* in this round */
    char last[AWS_MESSAGE_SIZE]; /* what the service said of it */
};

/* Ends a name with an outcome. */
void work_settle(struct target *target, int status);

/* Looks at a name, or assumes what stands there, and plans what is to be sent. A failure that is
 * the name's own, or that there is nothing to do, settles it; one that would meet every name is
 * returned, said. */
int work_prepare(struct work *work, struct target *target);

/* Sends what is planned for the names that are not settled, in as few requests as hold it, and
 * notes in them what came of it; `conflict` says that sets have to be read again. What is returned
 * is said and meets every name. */
int work_send(struct work *work);

#endif
