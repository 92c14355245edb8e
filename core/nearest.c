#include "nearest.h"

#include <string.h>

enum { LONGEST = 40 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The edit distance of Levenshtein, of words of at most LONGEST bytes. */
static size_t distance(const char *a, const char *b)
{
    const size_t width = strlen(b);
    size_t row[LONGEST + 1];

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            const size_t above = row[j + 1];

            row[j + 1] = least(least(above, row[j]) + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[width];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
    const size_t size = strlen(word);
    size_t best = size / 2 < 3 ? (size / 2 > 0 ? size / 2 : 1) : 3;
    const char *nearest = NULL;

    if (size > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t steps;

        if (strlen(words[i]) > LONGEST)
            continue;
        steps = distance(word, words[i]);
        if (steps < best || (steps == best && nearest == NULL)) {
            best = steps;
            nearest = words[i];
        }
    }
    return nearest;
}
