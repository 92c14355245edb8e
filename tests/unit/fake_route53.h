/*
 * A Route 53 in memory, behind aws_call(): as strict as the service where the provider could go
 * wrong. Batches are atomic, a DELETE must match exactly, a CREATE must not meet a set, sets with
 * and without identifiers do not mix, the order of elements counts, values and names have one
 * normal form. The provider's own parts have no share in it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FAKE_ROUTE53_H
#define FAKE_ROUTE53_H

#include "aws.h"
#include "fake_host.h"

enum {
    FAKE_ZONES = 256,
    FAKE_SETS = 512,
    FAKE_VALUES = 1100,
    FAKE_NAMESERVERS = 4,
    FAKE_NAME_SIZE = 1100
};

enum fake_op {
    FAKE_GET_ZONE,
    FAKE_LIST_ZONES,
    FAKE_SEARCH_ZONES,
    FAKE_LIST_SETS,
    FAKE_CHANGE,
    FAKE_GET_CHANGE,
    FAKE_IDENTITY,
    FAKE_OPS
};

struct fake_zone {
    char id[40];
    char name[FAKE_NAME_SIZE]; /* as the service writes it */
    bool is_private;
    char nameservers[FAKE_NAMESERVERS][256];
};

struct fake_set {
    char name[FAKE_NAME_SIZE];
    char type[16];
    char identifier[256];
    char policy[32]; /* the element that shows it, "MultiValueAnswer" or another; "": simple */
    char health_check[64];
    uint32_t ttl;
    size_t count;
    char *values[FAKE_VALUES]; /* in normal form; as they are listed */
};

struct fake_route53 {
    struct fake_zone zones[FAKE_ZONES];
    size_t zone_count;
    struct fake_set sets[FAKE_SETS];
    size_t set_count;
    unsigned calls[FAKE_OPS];
    const char *error[FAKE_OPS]; /* a code that every such call ends with; NULL: none */
    const char *text;            /* what it says */
    int status[FAKE_OPS];        /* a status that every such call ends with */
    const char *body[FAKE_OPS];  /* an answer in place of the right one */
    const char *poison;          /* a batch with this text is refused, in words that name no set */
    const char *poison_text;     /* ... namely these */
    unsigned lose;               /* answers to changes that never arrive: the call is made again */
    unsigned page;               /* sets in a page at most; 0: as asked */
    unsigned pending;            /* GetChange says PENDING that often */
    bool old_shape;              /* InvalidChangeBatch in an ErrorResponse */
    bool glue;                   /* lists adjacent strings without a space, as the service may */
    void (*before)(struct fake_route53 *fake, enum fake_op op); /* NULL: none */
    void *opaque;
    char last[65536]; /* the body of the last change */
    char query[1024]; /* of the last question */
    unsigned changes; /* batches carried out */
};

/* The one that aws_call() talks to; without zones. fake_route53_free() also forgets it. */
struct fake_route53 *fake_route53_new(void);
void fake_route53_free(struct fake_route53 *fake);

/* Adds a zone, with the nameservers ns-N.awsdns.test to ns-(N+3); a private one for N 0. */
struct fake_zone *fake_zone_add(struct fake_route53 *fake, const char *id, const char *name,
                                unsigned number);

/* Adds a set with one value, which must be in normal form; fake_set_value() adds more. */
struct fake_set *fake_set_add(struct fake_route53 *fake, const char *name, const char *type,
                              uint32_t ttl, const char *value);
void fake_set_value(struct fake_set *set, const char *value);

/* Takes all sets away. */
void fake_sets_clear(struct fake_route53 *fake);

/* The set, by its name as the service writes it; NULL: there is none. */
struct fake_set *fake_set_find(struct fake_route53 *fake, const char *name, const char *type,
                               const char *identifier);
bool fake_set_has(const struct fake_set *set, const char *value);

/* How many calls were made in all. */
unsigned fake_calls(const struct fake_route53 *fake);

#endif
