/*
 * ini.h - reads files of sections and keys, with limits at the door:
 *
 *     # a comment, also after ;
 *     [word name]
 *     key = value
 *
 * Comments stand on lines of their own, so that a value may hold "#" and ";". Blanks around names,
 * keys and values do not count; a value is what is left of the line, without quotes or escapes. A
 * byte-order mark in front and a carriage return at the end of a line are passed over; any other
 * control byte is an error.
 */
#ifndef INI_H
#define INI_H

#include <stdbool.h>
#include <stddef.h>

enum {
    INI_FILE_MAX = 1024 * 1024,
    INI_LINE_MAX = 65536,
    INI_LINES_MAX = 100000,
    INI_WORD_MAX = 64, /* the word of a section, or a key */
    INI_NAME_MAX = 1024
};

/* Receives what the file holds, in order. The texts last for the call. A status other than
 * DNSHOOK_OK ends the reading and is returned; who returns it has said why. */
struct ini_handler {
    /* "[word name]"; `name` is "" where there is none. */
    int (*section)(void *opaque, unsigned line, const char *word, const char *name);
    /* "key = value" in the section before; never before the first one. `value` is never "". */
    int (*key)(void *opaque, unsigned line, const char *key, const char *value);
    void *opaque;
};

/* Reads `size` bytes of text, which are changed, and behind which a NUL stands. `path` is for
 * messages. DNSHOOK_OK, or DNSHOOK_BAD_CONFIG, said as "PATH:LINE: ...", or as the handler. */
int ini_parse(const char *path, char *text, size_t size, const struct ini_handler *handler);

/* Reads a file of at most INI_FILE_MAX bytes, which root or we must own and nobody else may write,
 * and wipes what was read. *found is false where there is none; *readable as of file_read().
 * DNSHOOK_OK; DNSHOOK_DENIED, DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY, said. */
int ini_read(const char *path, const struct ini_handler *handler, bool *found, bool *readable);

#endif
