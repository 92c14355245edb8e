/*
 * new_provider.h - the files of a provider's project, as they are in core/new-provider, with marks
 * as @NAME@ in path and text; embed.awk puts them into the program.
 */
#ifndef NEW_PROVIDER_H
#define NEW_PROVIDER_H

struct new_provider_file {
    const char *path;
    const char *text;
};

/* The last one's path is NULL. */
extern const struct new_provider_file new_provider_files[];

#endif
