/*
 * arena.h - memory that is wiped when it is freed, and freed together at the end.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *first;
};

/* Zeroed memory; NULL when there is none or size is 0. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same for a block that grows or shrinks: keeps what fits, zeroes the rest. On NULL the old
 * block stays as it was. */
void *arena_realloc(struct arena *arena, void *memory, size_t size);

/* Wipes and frees one block; NULL is fine. */
void arena_free(struct arena *arena, void *memory);

/* Wipes and frees every block. */
void arena_clear(struct arena *arena);

#endif
