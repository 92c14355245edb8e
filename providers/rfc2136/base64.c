/*
 * Reading base64.
 *
 * SPDX-License-Identifier: MIT
 */
#include "base64.h"

#include <string.h>

/* Where the reader is: characters so far, of which padding, and the bits not yet written. */
struct reader {
    size_t taken;
    size_t padding;
    uint32_t bits;
    uint8_t *out;
    size_t size;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What a character stands for; -1: nothing. */
static int digit(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *const found = c == '\0' ? NULL : strchr(alphabet, c);

    return found == NULL ? -1 : (int)(found - alphabet);
}

/* Takes one character. After every fourth, the bytes go out: three, less one for each '='. */
static bool take(struct reader *reader, char c)
{
    const int value = c == '=' ? 0 : digit(c);

    if (value < 0 || (c != '=' && reader->padding > 0))
        return false;
    reader->padding += c == '=';
    reader->bits = reader->bits << 6 | (uint32_t)value;
    if (++reader->taken % 4 != 0)
        return true;
    if (reader->padding > 2)
        return false;
    for (size_t i = 0; i < 3 - reader->padding; i++)
        reader->out[reader->size++] = (uint8_t)(reader->bits >> (16 - 8 * i));
    /* The bits under the padding must be zero, or two texts would mean the same bytes. */
    return (reader->bits & ((1U << 8 * reader->padding) - 1)) == 0;
}

bool base64_read(const char *text, size_t length, uint8_t *out, size_t *size)
{
    struct reader reader = {.out = out};
    bool good = true;

    for (size_t i = 0; i < length && good; i++) {
        if (is_space(text[i]))
            continue;
        good = !(reader.padding > 0 && reader.taken % 4 == 0) && take(&reader, text[i]);
    }
    *size = reader.size;
    return good && reader.taken % 4 == 0;
}
