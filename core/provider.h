/*
 * provider.h - finding providers: the installed ones, and one by name or by file.
 *
 * A loaded provider has passed every check of the ABI; its members can be called as the public
 * header says, and optional ones are NULL where the provider has none or is too old to know them.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "dnshook/provider.h"
#include "loader.h"

struct provider {
    struct dnshook_provider op;   /* what the host knows of the provider's struct, the rest zero */
    struct dnshook_param *params; /* the host's copy of the table, `param_count` elements */
    size_t param_count;
    char *path; /* the file */
};

/* True for a name that a provider may have: ^[a-z0-9][a-z0-9_-]{0,31}$. */
bool provider_name_ok(const char *name);

/*
 * Loads and checks a provider file. The name in its struct must be the file's without ".so".
 * DNSHOOK_OK with *provider set, never freed; else `why` says what is wrong, in a sentence, and the
 * status is one of loader_open()'s, or DNSHOOK_BAD_CONFIG.
 */
int provider_load(const char *path, struct provider **provider, char why[LOADER_WHY_SIZE]);

/*
 * Finds a provider: `name` is a name, looked up as `directory`/name.so, or a path if it holds a
 * slash. Says an error itself (a missing one: with the names of those that are there, the nearest
 * first). DNSHOOK_OK, or as provider_load().
 */
int provider_find(const char *directory, const char *name, struct provider **provider);

/* The same for a name that stands in a file: an error begins with that, and the line. */
int provider_find_at(const char *file, unsigned line, const char *directory, const char *name,
                     struct provider **provider);

/* One file of the provider directory: a provider, or why it is none. */
struct provider_entry {
    char name[33];
    char *path;
    struct provider *provider; /* NULL: refused */
    char why[LOADER_WHY_SIZE]; /* "" where it is a provider */
};

/* Loads every NAME.so of the directory whose NAME is a provider's, sorted by name. *entries is
 * freed with provider_free_list(). DNSHOOK_OK also when some are broken; DNSHOOK_BAD_CONFIG, with
 * an error said, when the directory cannot be read. */
int provider_list(const char *directory, struct provider_entry **entries, size_t *count);
void provider_free_list(struct provider_entry *entries, size_t count);

#endif
