/*
 * loader.h - libltdl, and nothing else: a shared object from a file that nobody else may write.
 *
 * The file is opened once; that descriptor is checked, loaded through /proc/self/fd and kept open
 * until the process ends (libltdl knows a library by its path, and a reused number would give the
 * previous library). Symbols are bound at once and stay local; nothing is ever unloaded.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stddef.h>

enum { LOADER_WHY_SIZE = 1024 };

struct module;

/*
 * Loads the shared object at `path`, which is absolute and ends in ".so".
 * DNSHOOK_OK with *module set, valid until the process ends; else `why` holds one sentence for a
 * person (what is wrong with the file or which directory, and the command that mends it), and:
 * DNSHOOK_BAD_CONFIG (missing, not a shared object, or it needs a symbol that nobody has),
 * DNSHOOK_DENIED (not a regular file, wrong owner, or others may write it or a directory above it),
 * DNSHOOK_NO_MEMORY. Nothing of the file has run in the DNSHOOK_DENIED case.
 */
int loader_open(const char *path, struct module **module, char why[LOADER_WHY_SIZE]);

/* The address of an exported symbol; NULL when the module has none of that name. */
void *loader_symbol(const struct module *module, const char *name);

#endif
