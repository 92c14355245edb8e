/* vectors.h - where the published test data lies, which is no part of the project. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Finds shared/vectors/FOLDER beside the source tree or above it (a copy may be built further
 * down). False: it is not there. */
static inline bool vectors_find(const char *folder, char *out, size_t size)
{
    static const char *const up[] = {"..", "../..", "../../..", "../../../.."};
    const char *const top = getenv("TOP_SRCDIR");

    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        (void)snprintf(out, size, "%s/%s/shared/vectors/%s", top != NULL ? top : ".", up[i],
                       folder);
        if (access(out, R_OK) == 0)
            return true;
    }
    return false;
}

#endif
