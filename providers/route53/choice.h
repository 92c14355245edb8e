/*
 * choice.h - which of several hosted zones is meant.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHOICE_H
#define CHOICE_H

#include "hosted.h"

enum { CHOICE_MAX = 16 };

/* One search. */
struct search {
    struct route53 *self;
    const char *name;
    struct labels labels;
    const struct dnshook_zone *cut; /* what the DNS shows; NULL: nothing */
    struct labels cut_labels;
    struct hosted *best[CHOICE_MAX]; /* public zones of one name */
    size_t count;
};

/* True for the zone that the Internet is led to. */
bool choice_is_cut(const struct search *search, const struct hosted *zone);

/* Takes a zone into the choice, if it can hold the name for the Internet, and is no worse than what
 * is there: the zone that the Internet is led to is best, else the longest. */
void choice_consider(struct search *search, struct hosted *zone);

/* Picks among the zones of the choice, which all have one name, the one whose delegation set holds
 * the primary server that the DNS shows. DNSHOOK_OK, or DNSHOOK_BAD_CONFIG, said, with all of their
 * nameservers. There must be one at least. */
int choice_pick(const struct search *search, struct hosted **out);

#endif
