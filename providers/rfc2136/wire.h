/*
 * Reading a DNS message byte by byte, never past its end (RFC 1035, 4.1).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_WIRE_H
#define RFC2136_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_HEADER 12U
#define WIRE_NAME_MAX 255U

/* A place in a message. Once a read fails, `bad` is set and every later read gives 0. */
struct wire {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool bad;
};

/* A name, expanded, in lower case, with the final zero byte. */
struct wire_name {
    size_t size;
    uint8_t bytes[WIRE_NAME_MAX];
};

/* The fixed part of a message. */
struct wire_header {
    uint16_t id;
    bool answer;
    uint8_t opcode;
    bool authoritative;
    uint8_t rcode;
    uint16_t counts[4]; /* question, answer, authority, additional */
};

/* What stands in front of a record's data. */
struct wire_record {
    struct wire_name owner;
    uint16_t type;
    uint16_t class;
    uint32_t ttl;
    uint16_t length;
};

struct wire wire_open(const void *message, size_t size);

/* The next 1, 2, 4 or 6 bytes as a number, most significant first. */
uint64_t wire_number(struct wire *wire, size_t bytes);
uint16_t wire_u16(struct wire *wire);

/* The next `count` bytes, which stay where they are; NULL if there are not so many. */
const uint8_t *wire_bytes(struct wire *wire, size_t count);

/* The next name; compression pointers are followed, backwards only. */
void wire_name(struct wire *wire, struct wire_name *out);

/* The 12 bytes at the beginning. */
void wire_header(struct wire *wire, struct wire_header *out);

/* A record up to its data. wire_bytes(wire, out->length) is what must come next. */
void wire_record(struct wire *wire, struct wire_record *out);

/* ASCII capitals become small, in every locale (RFC 4343). */
uint8_t wire_lower(uint8_t byte);

/* Stores a number at a place where the caller knows that there is room. */
void wire_put(uint8_t *at, uint64_t number, size_t bytes);

#endif
