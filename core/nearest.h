/*
 * nearest.h - "did you mean": the known word that is nearest to a wrong one.
 */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* The word with the smallest edit distance to `word`, if that is at most half of its length and at
 * most 3; NULL if none is so near. Words of more than 40 bytes are passed over. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
