/*
 * Reading base64 (RFC 4648, 4).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_BASE64_H
#define RFC2136_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that is enough for what `length` characters decode to. */
#define BASE64_ROOM(length) ((length) / 4 * 3 + 3)

/* Decodes `length` characters into `out`, which has BASE64_ROOM(length) bytes. White space is
 * skipped; the padding must be there and nothing behind it. False: not base64. */
bool base64_read(const char *text, size_t length, uint8_t *out, size_t *size);

#endif
