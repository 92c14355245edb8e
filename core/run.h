/*
 * run.h - what commands and protocols share: who was asked for, the exit status of an outcome.
 */
#ifndef RUN_H
#define RUN_H

#include "challenge.h"
#include "options.h"

/* Exit statuses: see dnshook(1). */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_OURS = 42 };

struct run {
    struct options options;
    const char *called; /* the provider that the name of the call says; NULL: none */
};

/* The provider to use: --provider, the name of the call, DNSHOOK_PROVIDER; NULL: none is chosen. */
const char *run_provider_name(const struct run *run);

/* Starts the clock: the whole time, of which a part is kept for cleaning up if `keep`. */
int run_start_clock(const struct run *run, bool keep);

/* Finds the provider, `name` or the chosen one, and opens a road with it; an account that says how
 * long it waits (DNSHOOK_PARAM_TIMEOUT) sets the clock, unless the user did. Said. The caller ends
 * it with road_close(), also when it fails. */
int run_open(const struct run *run, const char *name, struct road *road);

/* True where a command has its provider: `name` or the chosen one; else says how to choose. */
bool run_has_provider(const struct run *run, const char *name);

/* The exit status of a run: 128 plus the signal that ended it, or by `status`. */
int run_exit(int status);

#endif
