/*
 * Names of the DNS as text, and as ldns holds them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_NAMES_H
#define RFC2136_NAMES_H

#include <ldns/ldns.h>

#include <stdbool.h>

/* Room for a name of at most 253 bytes of text, with its NUL. */
#define NAME_SIZE 254

/* The name of a text in presentation form, with or without the final dot, in lower case. NULL: not
 * a name (RFC 1035, 2.3.4 and 5.1), or out of memory. The caller frees it. */
ldns_rdf *name_read(const char *text);

/* Writes a name as text, in lower case, without the final dot; the root is ".". False: it needs
 * more than 253 bytes (escapes count), or out of memory. */
bool name_write(const ldns_rdf *name, char out[NAME_SIZE]);

/* Brings a name in text into the form that name_write() gives. False: not a name. */
bool name_normalise(const char *text, char out[NAME_SIZE]);

/* Whether `name` is `zone` or lies below it. False also if either is not a name. */
bool name_within(const char *name, const char *zone);

/* Whether a name that came in a message is the same as a name in text. */
bool name_is(const ldns_rdf *name, const char *text);

/* For variables that free what they hold when they go out of scope. */
void name_drop(ldns_rdf *const *name);
#define CLEANUP_NAME __attribute__((__cleanup__(name_drop)))

#endif
