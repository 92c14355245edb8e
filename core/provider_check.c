#include "provider_check.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_LENGTH = PROVIDER_NAME_SIZE - 1,
    PARAM_NAME_LENGTH = 64,
    STRUCT_MAX = 64 * 1024, /* no struct of a provider is that large */
    PARAMS_MAX = 128
};

#define WHY(...) (void)snprintf(why, LOADER_WHY_SIZE, __VA_ARGS__)

/* True for a text of 1 to `max` lower case letters, digits and, but for the first, `others`. */
static bool is_plain_name(const char *text, const char *others, size_t max)
{
    const char *const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t length = 0;

    if (text[0] == '\0' || strchr(letters, text[0]) == NULL)
        return false;
    while (length <= max && text[length] != '\0') {
        if (strchr(letters, text[length]) == NULL && strchr(others, text[length]) == NULL)
            return false;
        length++;
    }
    return length <= max;
}

bool provider_name_ok(const char *name)
{
    return is_plain_name(name, "_-", NAME_LENGTH);
}

bool provider_file_name(const char *path, char name[PROVIDER_NAME_SIZE])
{
    const char *const slash = strrchr(path, '/');
    const char *const file = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(file);

    if (length < 4 || length - 3 > NAME_LENGTH || strcmp(file + length - 3, ".so") != 0)
        return false;
    (void)snprintf(name, PROVIDER_NAME_SIZE, "%.*s", (int)(length - 3), file);
    return provider_name_ok(name);
}

/* True for a size that a struct of at least `min` bytes, made of pointers at its end, can have. */
static bool is_struct_size(size_t size, size_t min)
{
    return size >= min && size <= STRUCT_MAX && size % alignof(void *) == 0;
}

/* Copies what the host knows of the struct; nothing past its size is read. */
static bool copy_struct(const struct dnshook_provider *theirs, const char *path,
                        struct dnshook_provider *ours, char *why)
{
    const size_t upto_abi = offsetof(struct dnshook_provider, abi) + sizeof ours->abi;
    const size_t upto_remove = offsetof(struct dnshook_provider, remove) + sizeof ours->remove;
    const size_t size = theirs->size;

    if (size < upto_abi || size > STRUCT_MAX) {
        WHY("%s: its struct says that it has %zu bytes, which cannot be: set size to "
            "sizeof(struct dnshook_provider)",
            path, size);
        return false;
    }
    if (theirs->abi != DNSHOOK_ABI) {
        WHY("%s: built for ABI %u; this dnshook speaks %u: install the provider's version for "
            "this dnshook",
            path, theirs->abi, DNSHOOK_ABI);
        return false;
    }
    if (!is_struct_size(size, upto_remove)) {
        WHY("%s: its struct has %zu bytes, too few for the required members or not a whole number "
            "of them (%zu or more are needed)",
            path, size, upto_remove);
        return false;
    }
    memset(ours, 0, sizeof *ours);
    memcpy(ours, theirs, size < sizeof *ours ? size : sizeof *ours);
    return true;
}

/* Refuses a struct that lacks a required member. */
static bool check_members(const struct dnshook_provider *op, const char *path, char *why)
{
    const struct {
        const char *name;
        bool there;
    } members[] = {
        {"name", op->name != NULL},
        {"version", op->version != NULL},
        {"description", op->description != NULL},
        {"params", op->params != NULL},
        {"open", op->open != NULL},
        {"close", op->close != NULL},
        {"add", op->add != NULL},
        {"remove", op->remove != NULL},
    };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (members[i].there)
            continue;
        WHY("%s: the required member '%s' is NULL", path, members[i].name);
        return false;
    }
    return true;
}

bool provider_check_name(const struct dnshook_provider *op, const char *path,
                         char why[LOADER_WHY_SIZE])
{
    char name[PROVIDER_NAME_SIZE];

    if (provider_file_name(path, name) && strcmp(name, op->name) == 0)
        return true;
    if (provider_name_ok(op->name))
        WHY("%s: the provider in this file is called '%s': name the file %s.so", path, op->name,
            op->name);
    else
        WHY("%s: its name '%.64s' is none: 1 to %d of a-z, 0-9, _ and -, a letter or digit first",
            path, op->name, NAME_LENGTH);
    return false;
}

/* An element of a table whose elements are as large as its provider's header had them. */
static const struct dnshook_param *param_at(const struct dnshook_param *table, size_t index)
{
    return (const void *)((const char *)table + index * table->size);
}

static bool is_known_param(const struct provider *provider, const char *name)
{
    for (size_t i = 0; i < provider->param_count; i++)
        if (strcmp(provider->params[i].name, name) == 0)
            return true;
    return false;
}

/* Checks one parameter against those before it and copies what the host knows of it. */
static bool add_param(struct provider *provider, const struct dnshook_param *theirs, char *why)
{
    const size_t number = provider->param_count + 1;
    struct dnshook_param *const ours = &provider->params[provider->param_count];

    if (theirs->size != provider->op.params->size) {
        WHY("%s: parameter %zu has another size than the first: end the table with an element of "
            "size 0",
            provider->path, number);
        return false;
    }
    memcpy(ours, theirs, theirs->size < sizeof *ours ? theirs->size : sizeof *ours);
    if (ours->name == NULL || !is_plain_name(ours->name, "-", PARAM_NAME_LENGTH))
        WHY("%s: the name of parameter %zu is none: 1 to %d of a-z, 0-9 and -, a letter or digit "
            "first",
            provider->path, number, PARAM_NAME_LENGTH);
    else if (is_known_param(provider, ours->name))
        WHY("%s: the parameter '%s' is there twice", provider->path, ours->name);
    else if (ours->help == NULL)
        WHY("%s: the parameter '%s' has no help", provider->path, ours->name);
    else {
        provider->param_count++;
        return true;
    }
    return false;
}

/* Copies the parameter table of a provider, checked, to the host's own. */
static int copy_params(struct provider *provider, char *why)
{
    const struct dnshook_param *const table = provider->op.params;
    const size_t upto_help = offsetof(struct dnshook_param, help) + sizeof table->help;

    if (table->size == 0)
        return DNSHOOK_OK;
    if (!is_struct_size(table->size, upto_help)) {
        WHY("%s: its parameters say that they have %u bytes each, which cannot be: set size to "
            "sizeof(struct dnshook_param)",
            provider->path, table->size);
        return DNSHOOK_BAD_CONFIG;
    }
    provider->params = calloc(PARAMS_MAX, sizeof *provider->params);
    if (provider->params == NULL) {
        WHY("out of memory");
        return DNSHOOK_NO_MEMORY;
    }
    while (param_at(table, provider->param_count)->size != 0) {
        if (provider->param_count == PARAMS_MAX) {
            WHY("%s: more than %d parameters, or no end of the table", provider->path, PARAMS_MAX);
            return DNSHOOK_BAD_CONFIG;
        }
        if (!add_param(provider, param_at(table, provider->param_count), why))
            return DNSHOOK_BAD_CONFIG;
    }
    return DNSHOOK_OK;
}

static const struct dnshook_provider *call_entry(const struct module *module, const char *path,
                                                 char *why)
{
    dnshook_provider_get_fn *const get =
        (dnshook_provider_get_fn *)loader_symbol(module, "dnshook_provider_get");
    const struct dnshook_provider *const theirs = get != NULL ? get() : NULL;

    if (get == NULL)
        WHY("%s: not a provider: it exports no function dnshook_provider_get()", path);
    else if (theirs == NULL)
        WHY("%s: dnshook_provider_get() returned NULL", path);
    return theirs;
}

int provider_check(const struct module *module, const char *path, struct provider *provider,
                   char why[LOADER_WHY_SIZE])
{
    const struct dnshook_provider *const theirs = call_entry(module, path, why);

    if (theirs == NULL || !copy_struct(theirs, path, &provider->op, why) ||
        !check_members(&provider->op, path, why) || !provider_check_name(&provider->op, path, why))
        return DNSHOOK_BAD_CONFIG;
    provider->path = strdup(path);
    if (provider->path == NULL) {
        WHY("out of memory");
        return DNSHOOK_NO_MEMORY;
    }
    return copy_params(provider, why);
}
