/*
 * environment.h - the environment of a program that a provider runs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "dnshook/provider.h"

#include <stdbool.h>

/* Each returns a table in memory of the host, which ends with NULL and leads into our environment;
 * the caller frees it. NULL: out of memory. */

/* Ours, without the variables that the table `hidden` names. */
char **environment_without(const struct dnshook_host *host, const char *const *hidden);

/* Those of ours that `names` names, which blanks separate, and those of the table `fixed`
 * ("NAME=value") that `names` does not name or we do not have. */
char **environment_only(const struct dnshook_host *host, const char *names,
                        const char *const *fixed);

/* Whether the text is nothing but names of variables (POSIX.1-2017, Base Definitions, 8.1) and
 * blanks. */
bool environment_are_names(const char *names);

#endif
