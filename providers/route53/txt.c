/*
 * The values of a TXT set.
 *
 * SPDX-License-Identifier: MIT
 */
#include "txt.h"

#include <string.h>

enum { STRING_MAX = 255 };

static bool is_octal(const char *at)
{
    return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' && at[2] >= '0' &&
           at[2] <= '7';
}

/* The next byte of a string, which may be escaped; -1: malformed. */
static int read_byte(const char **text)
{
    const char *const at = *text;

    if (at[0] == '\\' && is_octal(at + 1)) {
        *text += 4;
        return (at[1] - '0') * 64 + (at[2] - '0') * 8 + (at[3] - '0');
    }
    const bool escaped = at[0] == '\\';
    const char c = escaped ? at[1] : at[0];

    *text += escaped ? 2 : 1;
    if (c < ' ' || c > '~' || (escaped && c >= '0' && c <= '9'))
        return -1;
    return c;
}

/* Reads one string behind its opening quotation mark. */
static bool read_string(const char **text, uint8_t *out, size_t *size)
{
    const size_t start = (*size)++;

    while (**text != '"') {
        const int byte = **text == '\0' ? -1 : read_byte(text);

        if (byte < 0 || *size - start > STRING_MAX)
            return false;
        out[(*size)++] = (uint8_t)byte;
    }
    out[start] = (uint8_t)(*size - start - 1);
    *text += 1;
    return true;
}

bool txt_read(const char *text, uint8_t *out, struct txt *txt)
{
    size_t size = 0;

    if (strlen(text) > TXT_TEXT_MAX)
        return false;
    text += strspn(text, " \t");
    while (*text == '"') {
        text++;
        if (!read_string(&text, out, &size))
            return false;
        text += strspn(text, " \t");
    }
    *txt = (struct txt){out, size};
    return *text == '\0' && size > 0;
}

bool txt_of_value(const char *value, uint8_t out[TXT_OWN_SIZE], struct txt *txt)
{
    const size_t size = strlen(value);

    if (size == 0 || size > STRING_MAX)
        return false;
    for (size_t i = 0; i < size; i++)
        if (value[i] < ' ' || value[i] > '~')
            return false;
    out[0] = (uint8_t)size;
    memcpy(out + 1, value, size);
    *txt = (struct txt){out, size + 1};
    return true;
}

/* Writes one byte of a string; returns how much that was. */
static size_t write_byte(uint8_t byte, char *out)
{
    if (byte < ' ' || byte > '~')
        return (size_t)snprintf(out, 5, "\\%03o", byte);
    return (size_t)snprintf(out, 5, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
}

size_t txt_write(const struct txt *txt, char out[TXT_TEXT_SIZE])
{
    size_t used = 0;

    for (size_t at = 0; at < txt->size; at += 1U + txt->bytes[at]) {
        if (at > 0)
            out[used++] = ' ';
        out[used++] = '"';
        for (size_t i = 1; i <= txt->bytes[at]; i++)
            used += write_byte(txt->bytes[at + i], out + used);
        out[used++] = '"';
    }
    out[used] = '\0';
    return used;
}

bool txt_equal(const struct txt *a, const struct txt *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool txt_set_add(const struct dnshook_host *host, struct txt_set *set, const struct txt *txt)
{
    const uint16_t size = (uint16_t)txt->size;
    const size_t needed = set->used + sizeof size + size;

    if (needed > set->room) {
        uint8_t *const more = host->realloc(host, set->data, 2 * needed);

        if (more == NULL)
            return false;
        set->data = more;
        set->room = 2 * needed;
    }
    memcpy(set->data + set->used, &size, sizeof size);
    memcpy(set->data + set->used + sizeof size, txt->bytes, size);
    set->used = needed;
    set->count++;
    return true;
}

bool txt_set_next(const struct txt_set *set, size_t *cursor, struct txt *txt)
{
    uint16_t size = 0;

    if (*cursor >= set->used)
        return false;
    memcpy(&size, set->data + *cursor, sizeof size);
    *txt = (struct txt){set->data + *cursor + sizeof size, size};
    *cursor += sizeof size + size;
    return true;
}

bool txt_set_has(const struct txt_set *set, const struct txt *txt)
{
    struct txt each;

    for (size_t cursor = 0; txt_set_next(set, &cursor, &each);)
        if (txt_equal(&each, txt))
            return true;
    return false;
}

void txt_set_remove(struct txt_set *set, const struct txt *txt)
{
    struct txt each;
    size_t start = 0;

    for (size_t cursor = 0; txt_set_next(set, &cursor, &each); start = cursor) {
        if (!txt_equal(&each, txt))
            continue;
        memmove(set->data + start, set->data + cursor, set->used - cursor);
        set->used -= cursor - start;
        set->count--;
        return;
    }
}

bool txt_set_equal(const struct txt_set *a, const struct txt_set *b)
{
    struct txt each;

    if (a->count != b->count)
        return false;
    for (size_t cursor = 0; txt_set_next(a, &cursor, &each);)
        if (!txt_set_has(b, &each))
            return false;
    return true;
}

void txt_set_free(const struct dnshook_host *host, struct txt_set *set)
{
    host->free(host, set->data);
    *set = (struct txt_set){.data = NULL};
}
