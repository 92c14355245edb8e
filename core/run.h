/*
 * run.h - what commands and protocols share: from what was asked to accounts, and from an outcome
 * to the exit status.
 *
 * The account of a challenge is, in order: the one that the command line names, by an argument or
 * by --provider; the name that the program was called by; DNSHOOK_PROVIDER; that of the
 * configuration's [domain] for the host, or where none matches for the record name; its default. A
 * name is an account of the configuration, or else a provider with the environment.
 */
#ifndef RUN_H
#define RUN_H

#include "challenge.h"
#include "options.h"

/* Exit statuses: see dnshook(1). */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_OURS = 42,
    EXIT_NOBODY = EXIT_NOT_OURS /* the configuration routes the name to nobody; told at -v */
};

/* Whether a start waits for the nameservers. */
enum run_wait { RUN_WAIT, RUN_NO_WAIT };

enum { RUN_CALLED_SIZE = 64 };

struct run {
    struct options options;
    const char *called; /* what the name of the call says; NULL: nothing */
};

/* What the name of a call says: without directory, libtool's "lt-", an order "NN-" and one suffix;
 * NULL where that is dnshook itself. */
const char *run_called(const char *path, char out[RUN_CALLED_SIZE]);

/* The name to use: --provider, the name of the call, DNSHOOK_PROVIDER; NULL: none is chosen. */
const char *run_provider_name(const struct run *run);

/* True where a command has its provider: `name`, the chosen one, or a configuration that may have
 * one; else says how to choose. */
bool run_has_provider(const struct run *run, const char *name);

/* Starts the clock: the whole time, of which a part is kept for cleaning up if `keep`. */
int run_start_clock(const struct run *run, bool keep);

/* Starts the clock, reads the configuration and opens a road; said. The caller ends it with
 * road_close(), also when it fails. */
int run_open_road(const struct run *run, bool keep, struct road *road);

/* The view that the configuration wants for a host: with its resolvers. */
int run_view(struct road *road, const char *host, struct view **view);

/* Opens a road and the account that is called `name`, or the chosen one; for what concerns no
 * single host. As run_open_road(). */
int run_open(const struct run *run, const char *name, struct road *road, struct account **account);

/* The account that is called `name`, or a provider with the environment, on a road that is open. As
 * road_account(). */
int run_account(const struct run *run, struct road *road, const char *name,
                struct account **account);

/* Opens a road, keeping time for cleaning up if `keep`, and gives each challenge its account and
 * what else the configuration says of it. `name`: an account or a provider that was asked for, or
 * NULL. Without `keep`, to stop, a challenge for which that fails has a status and no account, and
 * the others go on. EXIT_DONE, EXIT_FAILED (said), EXIT_NOBODY where all names are routed to
 * nobody, or 128+N. The caller ends it with road_close(), also when it fails. */
int run_begin(const struct run *run, const char *name, bool keep, struct road *road,
              struct challenge *set, size_t count);

/* Takes a set of challenges the whole way: accounts, values, and the wait, which is left out with
 * RUN_NO_WAIT where the values are on record; rolled back if any of it fails. The exit status: as
 * run_begin(). */
int run_start(const struct run *run, struct challenge *set, size_t count, enum run_wait wait);

/* Takes the values of a set away. The exit status. */
int run_stop(const struct run *run, struct challenge *set, size_t count);

/* The exit status of a run: 128 plus the signal that ended it, or by `status`. */
int run_exit(int status);

#endif
