/* The provider's files of variables, which are read after the environment. */
#include "params_parts.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "log.h"
#include "variables.h"

struct variable_file {
    struct params *params;
    const char *path;
    const bool *from_environment; /* which values are set already and stay */
    bool has_secret;
};

/* True for the name that was read. */
static int is_wanted(void *opaque, const char *name)
{
    return strcmp(opaque, name) == 0;
}

/* A variable of the file: kept for each parameter that knows its name. */
static int take_variable(void *opaque, const char *name, const char *value)
{
    struct variable_file *const file = opaque;
    const struct provider *const provider = file->params->provider;

    for (size_t i = 0; i < provider->param_count && *value != '\0'; i++) {
        int status;

        if (file->from_environment[i] ||
            params_each_env(&provider->params[i], is_wanted, (void *)(uintptr_t)name) == 0)
            continue;
        file->has_secret =
            file->has_secret || (provider->params[i].flags & DNSHOOK_PARAM_SECRET) != 0;
        status = params_set(file->params, i, value, file->path);
        if (status != DNSHOOK_OK)
            return status;
    }
    return DNSHOOK_OK;
}

static int read_variable_file(struct params *params, const char *path, const bool *from_environment)
{
    struct variable_file file = {
        .params = params, .path = path, .from_environment = from_environment};
    char why[FILE_WHY_SIZE] = "";
    char shell[128];
    char *text = NULL;
    size_t size = 0;
    bool readable = false;
    int status = file_read(path, FILE_OPEN, &text, &size, &readable, why);

    if (status != DNSHOOK_OK) {
        log_error("%s", status == DNSHOOK_NO_MEMORY ? "out of memory" : why);
        return status;
    }
    if (text == NULL)
        return DNSHOOK_OK;
    status = variables_read(text, take_variable, &file, shell, sizeof shell);
    OPENSSL_cleanse(text, size);
    free(text);
    if (status == DNSHOOK_OK && shell[0] != '\0')
        log_warning("%s: line %s is shell, which dnshook does not run, and was passed over", path,
                    shell);
    if (status == DNSHOOK_OK && file.has_secret && readable)
        log_warning("%s holds a secret and everybody may read it: run chmod o= %s", path, path);
    return status;
}

int params_read_files(struct params *params)
{
    const struct provider *const provider = params->provider;
    const char *at = provider->op.variable_files != NULL ? provider->op.variable_files : "";
    CLEANUP_FREE bool *set = calloc(provider->param_count + 1, sizeof *set);

    if (set == NULL)
        return log_no_memory();
    for (size_t i = 0; i < provider->param_count; i++)
        set[i] = params->values[i] != NULL;
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        const size_t size = strcspn(at, " ");
        CLEANUP_FREE char *path = strndup(at, size);
        const int status = path != NULL ? read_variable_file(params, path, set) : log_no_memory();

        if (status != DNSHOOK_OK)
            return status;
        at += size;
    }
    return DNSHOOK_OK;
}
