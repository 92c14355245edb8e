/*
 * textfile.h - reading a small text file that others must not have had their hands on.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TEXTFILE_H
#define TEXTFILE_H

#include "dnshook/provider.h"

#include <stdbool.h>

enum { TEXTFILE_WHY_SIZE = 768 };

enum textfile_kind {
    TEXTFILE_OPEN,  /* nobody else may write it */
    TEXTFILE_SECRET /* ... and "other" may not read it */
};

/* A file in memory of the host. */
struct textfile {
    char *text; /* ends with a NUL and holds no other; NULL: there is no such file */
    size_t size;
    bool readable; /* "other" may read it, and it lies in no place where that is as it should be */
    bool denied;   /* it was not read because it, or a directory above it, may not be */
};

/*
 * Reads a whole regular file of at most `max` bytes. It may not be writable by "other", nor by a
 * group that is not root's. DNSHOOK_OK, with text NULL when there is no such file; DNSHOOK_DENIED
 * or DNSHOOK_BAD_CONFIG, not said, with `why`: a sentence with the file's name and what mends it;
 * DNSHOOK_NO_MEMORY, with `why` as well. The caller frees the text with textfile_free().
 */
int textfile_read(const struct dnshook_host *host, const char *path, enum textfile_kind kind,
                  size_t max, struct textfile *out, char why[TEXTFILE_WHY_SIZE]);

/* Frees the text; the host wipes it. */
void textfile_free(const struct dnshook_host *host, struct textfile *file);

/* `why` for a file that holds a secret and is `readable`. Returns DNSHOOK_DENIED. */
int textfile_exposed(const char *path, char why[TEXTFILE_WHY_SIZE]);

/*
 * True when nobody but root and the user that runs this could have written the file, nor replaced
 * it or a directory above it: what it names may be run. Else `why` says who could.
 */
bool textfile_may_name_code(const char *path, char why[TEXTFILE_WHY_SIZE]);

#endif
