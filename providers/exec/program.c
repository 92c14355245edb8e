/*
 * Whether a program may be run.
 *
 * SPDX-License-Identifier: MIT
 */
#include "program.h"
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* That the path is the file's own. */
static int check_path(const struct dnshook_host *host, const char *path)
{
    char *const real = realpath(path, NULL);
    int status = DNSHOOK_OK;

    if (real == NULL)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, "program %s cannot be examined: %s", path,
                            strerror(errno));
    if (strcmp(real, path) != 0)
        status = dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                              "program %s leads elsewhere, and whoever can change the way would "
                              "decide what is run: set DNSHOOK_EXEC_PROGRAM to %s",
                              path, real);
    free(real);
    return status;
}

int program_check(const struct dnshook_host *host, const char *path)
{
    const int status = check_path(host, path);
    char why[TEXTFILE_WHY_SIZE] = "";
    struct stat info;

    if (status != DNSHOOK_OK)
        return status;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG, "program %s is no regular file", path);
    if (!textfile_may_name_code(path, why))
        return dnshook_fail(host, DNSHOOK_DENIED,
                            "program %s is not run: %s; it and every directory above it must "
                            "belong to root or to the user who runs dnshook, and nobody else may "
                            "write them",
                            path, why);
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "program %s may not be executed (mode %04o): run chmod u+x %s", path,
                            (unsigned)(info.st_mode & 07777), path);
    return DNSHOOK_OK;
}
