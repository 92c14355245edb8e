/*
 * acmetool.h - the hook protocol of acmetool (its _doc/SCHEMA.md, "Hook programs"):
 *
 *     challenge-dns-start HOST TARGETFILE VALUE [FLAG]
 *     challenge-dns-stop  HOST TARGETFILE VALUE [FLAG]
 *
 * and other events, which are answered with 42. FLAG is undocumented and missing in old versions.
 */
#ifndef ACMETOOL_H
#define ACMETOOL_H

#include "run.h"

/* True for the first word of a call of acmetool, also for an event that is not ours. */
bool acmetool_is_event(const char *word);

/* Answers the event argv[0] with its arguments; returns the exit status. */
int acmetool_run(const struct run *run, int argc, char *const *argv);

#endif
