/*
 * arguments.h - a command line as a shell would split it, without a shell (POSIX.1-2017, Shell &
 * Utilities, 2.2 Quoting): nothing is expanded, run or looked up.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stddef.h>

enum { ARGUMENTS_MAX = 256 };

/* Splits `line`, in place, into words that lead into it; a NULL follows the last one. Blanks and
 * line feeds separate; '...', "..." and \ quote. The number of words, -1 when a quotation has no
 * end, -2 when there are more than ARGUMENTS_MAX. */
int arguments_split(char *line, char *words[ARGUMENTS_MAX + 1]);

#endif
