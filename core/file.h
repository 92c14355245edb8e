/*
 * file.h - reading a small file that others must not have had their hands on.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_MAX = 65536, FILE_WHY_SIZE = 512 };

enum file_kind {
    FILE_OPEN,   /* nobody may write it but its owner, and the groups of root and our own */
    FILE_SECRET, /* ... and "other" may not read it; below $CREDENTIALS_DIRECTORY and /run/secrets
                    reading is not checked, the manager of those has seen to it */
    FILE_TRUSTED /* as FILE_OPEN, and it belongs to root or to us */
};

/*
 * Reads a whole regular file of at most FILE_MAX bytes; *text ends with a NUL, is freed by the
 * caller (and wiped, if it is secret), and holds no other NUL. DNSHOOK_OK, with *text NULL when
 * there is no such file; DNSHOOK_DENIED or DNSHOOK_BAD_CONFIG with `why` (a sentence with the
 * file's name and the command that mends it); DNSHOOK_NO_MEMORY. *readable tells whether "other"
 * may read it, where that is checked.
 */
int file_read(const char *path, enum file_kind kind, char **text, size_t *size, bool *readable,
              char why[FILE_WHY_SIZE]);

/* The same with another limit in place of FILE_MAX. */
int file_read_most(const char *path, enum file_kind kind, size_t most, char **text, size_t *size,
                   bool *readable, char why[FILE_WHY_SIZE]);

#endif
