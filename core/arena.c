#include "arena.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    struct arena_block *previous;
    size_t size;
    max_align_t memory[];
};

static struct arena_block *block_of(void *memory)
{
    return (struct arena_block *)(void *)((char *)memory - offsetof(struct arena_block, memory));
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block;

    if (size == 0 || size > PTRDIFF_MAX - sizeof *block)
        return NULL;
    block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->next = arena->first;
    if (arena->first != NULL)
        arena->first->previous = block;
    arena->first = block;
    return block->memory;
}

void arena_free(struct arena *arena, void *memory)
{
    struct arena_block *block;

    if (memory == NULL)
        return;
    block = block_of(memory);
    if (block->next != NULL)
        block->next->previous = block->previous;
    if (block->previous != NULL)
        block->previous->next = block->next;
    else
        arena->first = block->next;
    OPENSSL_cleanse(block->memory, block->size);
    free(block);
}

void *arena_realloc(struct arena *arena, void *memory, size_t size)
{
    void *const new = arena_alloc(arena, size);

    if (new == NULL || memory == NULL)
        return new;
    memcpy(new, memory, block_of(memory)->size < size ? block_of(memory)->size : size);
    arena_free(arena, memory);
    return new;
}

void arena_clear(struct arena *arena)
{
    while (arena->first != NULL)
        arena_free(arena, arena->first->memory);
}
