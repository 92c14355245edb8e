/*
 * Names of DNS as the wire has them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "labels.h"

#include <string.h>

enum { LABEL_MAX = 63, DECIMAL = 10, OCTAL = 8 };

static bool is_digit(char c, int base)
{
    return c >= '0' && c < '0' + base;
}

/* The next byte of a label, which may be escaped; -1: malformed. */
static int read_byte(const char **text, int base)
{
    const char *const at = *text;

    if (at[0] != '\\') {
        *text += 1;
        return at[0] > ' ' && at[0] <= '~' ? at[0] : -1;
    }
    if (at[1] >= '0' && at[1] <= '9') {
        if (!is_digit(at[1], base) || !is_digit(at[2], base) || !is_digit(at[3], base))
            return -1;
        const int value = ((at[1] - '0') * base + (at[2] - '0')) * base + (at[3] - '0');

        *text += 4;
        return value <= UINT8_MAX ? value : -1;
    }
    *text += 2;
    return at[1] > ' ' && at[1] <= '~' ? at[1] : -1;
}

/* Reads one label up to its dot or the end. */
static bool read_label(const char **text, int base, struct labels *out)
{
    const size_t start = out->size++;

    while (**text != '\0' && **text != '.') {
        const int byte = read_byte(text, base);

        if (byte < 0 || out->size - start > LABEL_MAX || out->size + 1 >= LABELS_SIZE)
            return false;
        out->wire[out->size++] = (uint8_t)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    }
    out->wire[start] = (uint8_t)(out->size - start - 1);
    return out->wire[start] > 0;
}

static bool read_name(const char *text, int base, struct labels *out)
{
    *out = (struct labels){.size = 0};
    if (strcmp(text, ".") == 0)
        text++;
    else if (*text == '\0')
        return false;
    while (*text != '\0') {
        if (out->size + 2 >= LABELS_SIZE || !read_label(&text, base, out))
            return false;
        text += *text == '.' ? 1 : 0;
    }
    out->wire[out->size++] = 0;
    return true;
}

bool labels_read(const char *text, struct labels *out)
{
    return read_name(text, DECIMAL, out);
}

bool labels_read_service(const char *text, struct labels *out)
{
    return read_name(text, OCTAL, out);
}

static bool is_plain(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_';
}

/* Writes a byte as the host wants it; returns how much that was. */
static size_t write_byte(uint8_t byte, char *out)
{
    if (byte <= ' ' || byte > '~')
        return (size_t)snprintf(out, 5, "\\%03u", byte);
    return (size_t)snprintf(out, 5, byte == '.' || byte == '\\' ? "\\%c" : "%c", byte);
}

/* Writes a byte as Route 53 does. */
static size_t write_byte_service(uint8_t byte, char *out)
{
    return (size_t)snprintf(out, 5, is_plain(byte) ? "%c" : "\\%03o", byte);
}

static void write_name(const struct labels *name, size_t (*write)(uint8_t, char *), char *out)
{
    size_t used = 0;

    for (size_t at = 0; at + 1 < name->size; at += 1U + name->wire[at]) {
        for (size_t i = 1; i <= name->wire[at]; i++)
            used += write(name->wire[at + i], out + used);
        out[used++] = '.';
    }
    if (used == 0)
        out[used++] = '.';
    out[used] = '\0';
}

void labels_write(const struct labels *name, char out[AWS_NAME_SIZE])
{
    write_name(name, write_byte, out);
    const size_t size = strlen(out);

    if (size > 1)
        out[size - 1] = '\0';
}

void labels_write_service(const struct labels *name, char out[AWS_NAME_SIZE])
{
    write_name(name, write_byte_service, out);
}

bool labels_equal(const struct labels *a, const struct labels *b)
{
    return a->size == b->size && memcmp(a->wire, b->wire, a->size) == 0;
}

bool labels_within(const struct labels *name, const struct labels *zone)
{
    size_t at = 0;

    while (at < name->size && name->size - at > zone->size)
        at += 1U + name->wire[at];
    return name->size - at == zone->size && memcmp(name->wire + at, zone->wire, zone->size) == 0;
}
