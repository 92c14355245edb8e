/*
 * run_clock.h - how long a run may take: --timeout, the configuration, the accounts' parameters.
 */
#ifndef RUN_CLOCK_H
#define RUN_CLOCK_H

#include "run.h"

/* Gives the run the time that the accounts' parameters ask for, and what the rest of the way
 * needs; never less than the initial time where an account asks for none. */
int run_clock_extend(const struct run *run, struct road *road);

/* The same for a set, with what the configuration says of each name. The longest time counts. A
 * name that nothing is said of has what its account asks for, or the initial value. */
int run_clock_set(const struct run *run, struct road *road, const struct account_wanted *wanted,
                  const struct challenge *set, size_t count, bool keep);

#endif
