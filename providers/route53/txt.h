/*
 * txt.h - the values of a TXT set: read from Route 53's text into the bytes of the wire, and
 * written again in the documented form (Developer Guide, "TXT record type"), never echoed: the
 * service lists values in forms that it does not take back.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TXT_H
#define TXT_H

#include "aws.h"

enum {
    TXT_TEXT_MAX = 4000,   /* characters of one value, quotes and escapes counted */
    TXT_TEXT_SIZE = 16384, /* room for any value that was read, written again */
    TXT_OWN_SIZE = 1 + DNSHOOK_VALUE_MAX
};

/* One value: its length-prefixed strings (RFC 1035, 3.3.14). Borrowed. */
struct txt {
    const uint8_t *bytes;
    size_t size;
};

/* Values, each with its size in front. Belongs to the host's memory. */
struct txt_set {
    uint8_t *data;
    size_t used;
    size_t room;
    size_t count;
};

/* Reads `"..." "..."`, with octal escapes, strings apart or side by side, into `out`, which has
 * room for TXT_TEXT_MAX bytes. False: it is none, or longer than TXT_TEXT_MAX. */
bool txt_read(const char *text, uint8_t *out, struct txt *txt);

/* The value of a challenge as one string, in `out`. False: it is not 1 to 255 bytes long, or holds
 * one that is not printable. */
bool txt_of_value(const char *value, uint8_t out[TXT_OWN_SIZE], struct txt *txt);

/* Writes strings of at most 255 bytes, quoted and escaped, with one space between. Returns how many
 * characters that are. */
size_t txt_write(const struct txt *txt, char out[TXT_TEXT_SIZE]);

bool txt_equal(const struct txt *a, const struct txt *b);

/* Adds a copy. False: memory ran out. */
bool txt_set_add(const struct dnshook_host *host, struct txt_set *set, const struct txt *txt);

/* The next value; *cursor is 0 at first. False: there is none. */
bool txt_set_next(const struct txt_set *set, size_t *cursor, struct txt *txt);

bool txt_set_has(const struct txt_set *set, const struct txt *txt);

/* Takes a value out, if it is there. */
void txt_set_remove(struct txt_set *set, const struct txt *txt);

/* True when both hold the same values, in whatever order. */
bool txt_set_equal(const struct txt_set *a, const struct txt_set *b);

void txt_set_free(const struct dnshook_host *host, struct txt_set *set);

#endif
