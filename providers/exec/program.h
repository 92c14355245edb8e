/*
 * program.h - whether a program may be run.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXEC_PROGRAM_H
#define EXEC_PROGRAM_H

#include <dnshook/provider.h>

/*
 * Looks whether `path` is an executable regular file that nobody but root and the user that runs
 * this could have written, nor replaced it or a directory above it. No symbolic link may be on the
 * way: whoever can change one decides what is run. DNSHOOK_OK, or DNSHOOK_DENIED or
 * DNSHOOK_BAD_CONFIG after fail().
 */
int program_check(const struct dnshook_host *host, const char *path);

#endif
