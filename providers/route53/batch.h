/*
 * batch.h - one ChangeResourceRecordSets request, which Route 53 carries out whole or not at all.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BATCH_H
#define BATCH_H

#include "rrset.h"

enum {
    BATCH_ELEMENTS_MAX = 1000,   /* ResourceRecord elements in one request */
    BATCH_CHARACTERS_MAX = 32000 /* in all of their values */
};

/* Creates a set, or deletes exactly this set. Both texts are borrowed. */
struct batch_op {
    bool create;
    const char *name; /* as Route 53 writes it */
    const struct rrset *set;
};

/* Begins as {0}. */
struct batch {
    struct batch_op *ops;
    size_t count;
    size_t elements;
    size_t characters;
};

/* False: memory ran out. */
bool batch_add(const struct dnshook_host *host, struct batch *batch, const struct batch_op *op);

/* Adds what makes `after` of `before`, the deletions first: a deletion must match what the service
 * holds to the last byte, so that the whole is a compare-and-swap. False: memory ran out. */
bool batch_add_difference(const struct dnshook_host *host, struct batch *batch, const char *name,
                          const struct standing *before, const struct standing *after);

/* Adds what is in `more`. False: memory ran out. */
bool batch_append(const struct dnshook_host *host, struct batch *batch, const struct batch *more);

/* True when both fit into one request. */
bool batch_fits(const struct batch *batch, const struct batch *more);

/* The body of the request, to be freed with xmlBufferFree(); NULL: memory ran out. */
xmlBuffer *batch_write(const struct batch *batch);

void batch_free(const struct dnshook_host *host, struct batch *batch);

#endif
