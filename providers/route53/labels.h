/*
 * labels.h - names of DNS as the wire has them, so that two spellings of one name are equal: the
 * host writes RFC 1035's decimal escapes, Route 53 octal ones (Developer Guide, "DNS domain name
 * format").
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LABELS_H
#define LABELS_H

#include "aws.h"

enum { LABELS_SIZE = 255 }; /* RFC 1035, 2.3.4 */

/* Length-prefixed labels in lower case, with the root's. */
struct labels {
    uint8_t wire[LABELS_SIZE];
    size_t size;
};

/* Reads a name as the host writes it, "\DDD" in decimal; false: not a name. */
bool labels_read(const char *text, struct labels *out);

/* Reads a name as Route 53 writes it, "\ooo" in octal; false: not a name. */
bool labels_read_service(const char *text, struct labels *out);

/* Writes it as the host wants it: no final dot, "." for the root. */
void labels_write(const struct labels *name, char out[AWS_NAME_SIZE]);

/* Writes it as Route 53 does: octal escapes for all but a-z, 0-9, "-" and "_", with a final dot. */
void labels_write_service(const struct labels *name, char out[AWS_NAME_SIZE]);

bool labels_equal(const struct labels *a, const struct labels *b);

/* True when `name` is `zone` or lies below it. */
bool labels_within(const struct labels *name, const struct labels *zone);

#endif
