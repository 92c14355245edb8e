/*
 * name.h - names of DNS as text: lower case, no final dot, "." for the root, at most 253 bytes
 * (RFC 1035, 2.3.4). A dot or backslash inside a label stands as "\." or "\\", other bytes that
 * are not printable as \DDD (RFC 1035, 5.1).
 */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { NAME_SIZE = 1025, NAME_MAX_TEXT = 253 };

/*
 * Checks a host name that came from outside and copies it to `out` as the program wants it: LDH
 * labels of 1 to 63 bytes (RFC 1123, 2.1), IDN as A-labels, a final dot taken off, short enough
 * for `_acme-challenge.` in front. NULL when it is fine, else what is wrong, as the end of a
 * sentence that begins with the name.
 */
const char *name_check_host(const char *host, char out[NAME_SIZE]);

/*
 * Checks a record name that came from outside, as `_acme-challenge.example.org`, and copies it to
 * `out`: as name_check_host(), but labels may hold underscores, and it may have 253 bytes.
 */
const char *name_check_record(const char *record, char out[NAME_SIZE]);

/* The rest of a name after its first label; "." after the last one, NULL for the root. */
const char *name_parent(const char *name);

bool name_equal(const char *a, const char *b);

/* True when `name` is `zone` or lies below it. */
bool name_is_within(const char *name, const char *zone);

/* True when `name` lies below `zone` and is not `zone`. */
bool name_is_below(const char *name, const char *zone);

/* Copies `text` to `out` in lower case without its final dot; false if it does not fit. */
bool name_normalize(const char *text, char out[NAME_SIZE]);

#endif
