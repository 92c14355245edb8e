/*
 * Reading a DNS message byte by byte, never past its end.
 *
 * SPDX-License-Identifier: MIT
 */
#include "wire.h"

#include <string.h>

struct wire wire_open(const void *message, size_t size)
{
    return (struct wire){.data = message, .size = size, .at = 0, .bad = message == NULL};
}

const uint8_t *wire_bytes(struct wire *wire, size_t count)
{
    if (wire->bad || count > wire->size - wire->at) {
        wire->bad = true;
        return NULL;
    }
    wire->at += count;
    return wire->data + (wire->at - count);
}

uint64_t wire_number(struct wire *wire, size_t bytes)
{
    const uint8_t *const from = wire_bytes(wire, bytes);
    uint64_t number = 0;

    for (size_t i = 0; from != NULL && i < bytes; i++)
        number = number << 8 | from[i];
    return number;
}

uint16_t wire_u16(struct wire *wire)
{
    return (uint16_t)wire_number(wire, 2);
}

void wire_put(uint8_t *at, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--) {
        at[i - 1] = (uint8_t)(number & 0xff);
        number >>= 8;
    }
}

uint8_t wire_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

/* Appends one label with its length byte; false: it does not fit with the final zero byte. */
static bool append_label(struct wire_name *out, const uint8_t *label, size_t length)
{
    if (label == NULL || out->size + 1 + length + 1 > WIRE_NAME_MAX)
        return false;
    out->bytes[out->size++] = (uint8_t)length;
    for (size_t i = 0; i < length; i++)
        out->bytes[out->size++] = wire_lower(label[i]);
    return true;
}

/* Reading goes on in a second cursor after the first pointer (RFC 1035, 4.1.4). Every pointer must
 * lead to before the place where this run of labels began, so that no loop is possible. */
void wire_name(struct wire *wire, struct wire_name *out)
{
    struct wire side = *wire;
    struct wire *cursor = wire;
    size_t begin = wire->at;

    out->size = 0;
    for (;;) {
        const size_t length = (size_t)wire_number(cursor, 1);

        if (cursor->bad || (length > 63 && length < 0xc0))
            break;
        if (length == 0) {
            out->bytes[out->size++] = 0;
            return;
        }
        if (length >= 0xc0) {
            const size_t target = (length & 0x3f) << 8 | (size_t)wire_number(cursor, 1);

            if (cursor->bad || target >= begin)
                break;
            cursor = &side;
            side.at = begin = target;
        } else if (!append_label(out, wire_bytes(cursor, length), length)) {
            break;
        }
    }
    out->size = 0;
    wire->bad = true;
}

void wire_header(struct wire *wire, struct wire_header *out)
{
    memset(out, 0, sizeof *out);
    out->id = wire_u16(wire);
    const uint16_t flags = wire_u16(wire);

    out->answer = (flags & 0x8000) != 0;
    out->opcode = (uint8_t)(flags >> 11 & 0xf);
    out->authoritative = (flags & 0x0400) != 0;
    out->rcode = (uint8_t)(flags & 0xf);
    for (size_t i = 0; i < 4; i++)
        out->counts[i] = wire_u16(wire);
}

void wire_record(struct wire *wire, struct wire_record *out)
{
    wire_name(wire, &out->owner);
    out->type = wire_u16(wire);
    out->class = wire_u16(wire);
    out->ttl = (uint32_t)wire_number(wire, 4);
    out->length = wire_u16(wire);
}
