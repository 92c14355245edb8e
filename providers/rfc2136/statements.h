/*
 * BIND's `key` statements, as tsig-keygen writes them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_STATEMENTS_H
#define RFC2136_STATEMENTS_H

#include "keyfile.h"

#define STATEMENTS_MAX 64 /* keys in one file */

/* What is wrong with a text, and where. `what` is a constant: it never holds a piece of the text,
 * which may be a secret. */
struct statements_error {
    const char *what;
    unsigned line;
};

/*
 * Reads `key NAME { algorithm A; secret S; };`, any number of times, in any order of the clauses,
 * with or without quotes, with comments (#, //, C's). False: error says why.
 */
bool statements_read(const char *text, size_t length, struct keyfile_entry keys[STATEMENTS_MAX],
                     size_t *count, struct statements_error *error);

#endif
