/*
 * leftover.h - taking away values that the journal has on record.
 */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include "run.h"

/* Takes the values of `items` away, each with the account that has written it, or with --provider.
 * The exit status: EXIT_DONE, or the worst of any account's. */
int leftover_stop(const struct run *run, const struct journal_item *items, size_t count);

#endif
