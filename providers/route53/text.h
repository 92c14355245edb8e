/*
 * text.h - a text that grows, and that is wiped wherever it has been: signatures and headers hold
 * secrets.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Begins as {0}. Once memory ran out, nothing more is added and `failed` is set. */
struct text {
    char *data; /* ends with a NUL; NULL while there is nothing */
    size_t used;
    size_t room;
    bool failed;
};

void text_add(struct text *text, const char *added);
void text_add_part(struct text *text, const char *added, size_t size);

/* Adds bytes percent-encoded (RFC 3986, 2.1): all but the unreserved ones, and but those in `keep`.
 */
void text_add_encoded(struct text *text, const char *added, size_t size, const char *keep);

/* Hands the text out, to be freed by the caller: "" if nothing was added, NULL if memory ran out.
 * The struct is empty again. */
char *text_take(struct text *text);

/* Wipes and frees. */
void text_clear(struct text *text);

/* Wipes and frees a text that was taken; NULL is fine. */
void text_free(char *taken);

#endif
