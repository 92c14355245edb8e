#include "provider.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"
#include "nearest.h"
#include "provider_check.h"

/* A provider that passed every check, and the module that it came from. None is ever freed. */
struct loaded {
    struct loaded *next;
    const struct module *module;
    struct provider provider;
};

static struct loaded *loaded_list;

#define WHY(...) (void)snprintf(why, LOADER_WHY_SIZE, __VA_ARGS__)

/* Checks what a module holds and adds it to the list. */
static int add_loaded(const struct module *module, const char *path, struct provider **provider,
                      char *why)
{
    struct loaded *const fresh = calloc(1, sizeof *fresh);
    int status;

    if (fresh == NULL) {
        WHY("out of memory");
        return DNSHOOK_NO_MEMORY;
    }
    status = provider_check(module, path, &fresh->provider, why);
    if (status != DNSHOOK_OK) {
        free(fresh->provider.params);
        free(fresh->provider.path);
        free(fresh);
        return status;
    }
    fresh->module = module;
    fresh->next = loaded_list;
    loaded_list = fresh;
    *provider = &fresh->provider;
    return DNSHOOK_OK;
}

int provider_load(const char *path, struct provider **provider, char why[LOADER_WHY_SIZE])
{
    char name[PROVIDER_NAME_SIZE];
    struct module *module;
    int status;

    if (!provider_file_name(path, name)) {
        WHY("%s: the file of a provider is called NAME.so, with 1 to %d of a-z, 0-9, _ and -, a "
            "letter or digit first",
            path, PROVIDER_NAME_SIZE - 1);
        return DNSHOOK_BAD_CONFIG;
    }
    status = loader_open(path, &module, why);
    if (status != DNSHOOK_OK)
        return status;
    for (struct loaded *known = loaded_list; known != NULL; known = known->next) {
        if (known->module != module)
            continue;
        *provider = &known->provider;
        return provider_check_name(&known->provider.op, path, why) ? DNSHOOK_OK
                                                                   : DNSHOOK_BAD_CONFIG;
    }
    return add_loaded(module, path, provider, why);
}

/* `directory`/`name``suffix`, to be freed; NULL when memory ran out. */
static char *make_path(const char *directory, const char *name, const char *suffix)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s%s", directory, name, suffix) < 0 ? NULL : path;
}

/* The path of a file that was named, absolute, to be freed; NULL when memory ran out. */
static char *absolute_path(const char *name)
{
    CLEANUP_FREE char *here = NULL;

    if (name[0] == '/')
        return strdup(name);
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    here = getcwd(NULL, 0);
    return here != NULL ? make_path(here, name, "") : NULL;
}

static int is_provider_file(const struct dirent *entry)
{
    char name[PROVIDER_NAME_SIZE];

    return provider_file_name(entry->d_name, name);
}

static int by_name(const void *a, const void *b)
{
    const struct provider_entry *const left = a, *const right = b;

    return strcmp(left->name, right->name);
}

static void free_names(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* Lists the names and paths of the provider files, without opening any. */
static int list_files(const char *directory, struct provider_entry **entries, size_t *count)
{
    struct dirent **names = NULL;
    const int found = scandir(directory, &names, is_provider_file, NULL);
    int status = DNSHOOK_OK;

    *entries = NULL;
    *count = 0;
    if (found < 0) {
        log_error("cannot read the provider directory %s: %s", directory, strerror(errno));
        return DNSHOOK_BAD_CONFIG;
    }
    *entries = calloc((size_t)found + 1, sizeof **entries);
    for (int i = 0; i < found && *entries != NULL && status == DNSHOOK_OK; i++) {
        struct provider_entry *const entry = &(*entries)[i];

        (void)provider_file_name(names[i]->d_name, entry->name);
        entry->path = make_path(directory, names[i]->d_name, "");
        status = entry->path != NULL ? DNSHOOK_OK : DNSHOOK_NO_MEMORY;
        *count = (size_t)i + 1;
    }
    free_names(names, found);
    if (*entries == NULL || status != DNSHOOK_OK) {
        provider_free_list(*entries, *count);
        *entries = NULL;
        *count = 0;
        return log_no_memory();
    }
    qsort(*entries, *count, sizeof **entries, by_name);
    return DNSHOOK_OK;
}

int provider_list(const char *directory, struct provider_entry **entries, size_t *count)
{
    const int status = list_files(directory, entries, count);

    for (size_t i = 0; status == DNSHOOK_OK && i < *count; i++) {
        struct provider_entry *const entry = &(*entries)[i];

        if (provider_load(entry->path, &entry->provider, entry->why) != DNSHOOK_OK)
            entry->provider = NULL;
    }
    return status;
}

void provider_free_list(struct provider_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(entries[i].path);
    free(entries);
}

/* Moves the entry whose name is nearest to `name` to the front; false if none is near. */
static bool nearest_first(struct provider_entry *entries, size_t count, const char *name)
{
    CLEANUP_FREE const char **names = calloc(count + 1, sizeof *names);
    const char *nearest;

    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = entries[i].name;
    nearest = names != NULL ? nearest_word(name, names, count) : NULL;
    for (size_t i = 0; nearest != NULL && i < count; i++) {
        const struct provider_entry found = entries[i];

        if (names[i] != nearest)
            continue;
        memmove(entries + 1, entries, i * sizeof *entries);
        entries[0] = found;
        return true;
    }
    return false;
}

/* Says that there is no such provider, and which there are. */
static int say_missing(const char *place, const char *directory, const char *name)
{
    struct provider_entry *entries;
    size_t count, used = 0;
    char names[LOADER_WHY_SIZE] = "none";
    const int status = list_files(directory, &entries, &count);
    bool near;

    if (status != DNSHOOK_OK)
        return status;
    near = nearest_first(entries, count, name);
    for (size_t i = 0; i < count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                 entries[i].name);
    log_error("%sthere is no provider '%s' in %s%s%s%s; installed: %s", place, name, directory,
              near ? " (did you mean " : "", near ? entries[0].name : "", near ? "?)" : "", names);
    provider_free_list(entries, count);
    return DNSHOOK_BAD_CONFIG;
}

static int find(const char *place, const char *directory, const char *name,
                struct provider **provider)
{
    const bool is_path = strchr(name, '/') != NULL;
    CLEANUP_FREE char *path = NULL;
    char why[LOADER_WHY_SIZE];
    int status;

    if (!is_path && !provider_name_ok(name))
        return say_missing(place, directory, name);
    path = is_path ? absolute_path(name) : make_path(directory, name, ".so");
    if (path == NULL)
        return log_no_memory();
    if (!is_path && access(path, F_OK) != 0 && errno == ENOENT)
        return say_missing(place, directory, name);
    status = provider_load(path, provider, why);
    if (status != DNSHOOK_OK)
        log_error("%s%s", place, why);
    return status;
}

int provider_find(const char *directory, const char *name, struct provider **provider)
{
    return find("", directory, name, provider);
}

int provider_find_at(const char *file, unsigned line, const char *directory, const char *name,
                     struct provider **provider)
{
    CLEANUP_FREE char *place = NULL;

    if (asprintf(&place, "%s:%u: ", file, line) < 0) {
        place = NULL;
        return log_no_memory();
    }
    return find(place, directory, name, provider);
}
