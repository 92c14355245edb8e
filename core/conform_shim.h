/*
 * conform_shim.h - a provider under observation: each call of the host goes through here to the
 * provider, and each service that it calls comes back through here.
 *
 * What the calls come to is written into a struct that a parent process shares, so that it is known
 * also where the process dies in the middle of one. There is one provider under observation in a
 * process.
 */
#ifndef CONFORM_SHIM_H
#define CONFORM_SHIM_H

#include <stdint.h>

#include "conform_report.h"

enum { SHIM_SERVICES_MAX = 40, SHIM_CALL_SIZE = 32, SHIM_TEXT_SIZE = 512 };

/* What the `at`th service that can end early, counted from 1, and all later ones report. */
struct shim_fault {
    unsigned at; /* 0: none */
    int status;  /* DNSHOOK_INTERRUPTED or DNSHOOK_DEADLINE */
    bool after;  /* the exchange is made, and its answer lost */
};

/* What was seen. */
struct shim_watch {
    char call[SHIM_CALL_SIZE];         /* the call that is under way; "" for none */
    unsigned services;                 /* services that can end early, since shim_arm() */
    bool exchanges[SHIM_SERVICES_MAX]; /* ... and of each whether it sends something */
    bool fired;                        /* the fault has been reported */
    int64_t lasted;                    /* ms that the call lasted after that */
    bool secrets;                      /* a secret parameter is set */
    char reason[SHIM_TEXT_SIZE];       /* what the last call said of its failure */
    uint32_t broken;                   /* bits of rules that a call broke by itself */
    char how[RULE_COUNT][SHIM_TEXT_SIZE];
};

/* Makes `observed` of a provider. `watch` and `provider` must outlast all of its instances. */
void shim_observe(const struct provider *provider, struct shim_watch *watch,
                  struct provider *observed);

/* Sets the fault of the calls that follow, and counts their services from 1 again. */
void shim_arm(const struct shim_fault *fault);

/* Instances opened from now on see each secret parameter altered. */
void shim_alter_secrets(bool alter);

#endif
