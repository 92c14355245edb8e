#include "params_parts.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "log.h"
#include "process.h"

enum { ENV_NAME_SIZE = 128, TIMEOUT_MAX = 86400 /* s */, SOURCE_SIZE = 4224 };

static void wipe_free(char *text)
{
    if (text != NULL)
        OPENSSL_cleanse(text, strlen(text));
    free(text);
}

void params_free(struct params *params)
{
    if (params == NULL)
        return;
    for (size_t i = 0; i < params->provider->param_count; i++) {
        if (params->values != NULL)
            wipe_free(params->values[i]);
        if (params->sources != NULL)
            free(params->sources[i]);
    }
    free(params->values);
    free(params->sources);
    free(params);
}

const char *params_get(const struct params *params, const char *name)
{
    for (size_t i = 0; i < params->provider->param_count; i++)
        if (strcmp(params->provider->params[i].name, name) == 0)
            return params->values[i];
    return NULL;
}

const char *params_source(const struct params *params, const char *name)
{
    for (size_t i = 0; i < params->provider->param_count; i++)
        if (strcmp(params->provider->params[i].name, name) == 0)
            return params->sources[i];
    return NULL;
}

int64_t params_timeout(const struct params *params)
{
    return params->timeout;
}

int params_set(struct params *params, size_t i, const char *value, const char *source)
{
    const bool secret = (params->provider->params[i].flags & DNSHOOK_PARAM_SECRET) != 0;

    wipe_free(params->values[i]);
    free(params->sources[i]);
    params->values[i] = strdup(value);
    params->sources[i] = strdup(source);
    if (params->values[i] == NULL || params->sources[i] == NULL ||
        (secret && !log_add_secret(value)))
        return log_no_memory();
    return DNSHOOK_OK;
}

int params_each_env(const struct dnshook_param *param, int (*try)(void *opaque, const char *name),
                    void *opaque)
{
    const char *at = param->env != NULL ? param->env : "";

    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        const size_t size = strcspn(at, " ");
        char name[ENV_NAME_SIZE];
        int status;

        if (size < sizeof name) {
            memcpy(name, at, size);
            name[size] = '\0';
            status = try(opaque, name);
            if (status != 0)
                return status;
        }
        at += size;
    }
    return 0;
}

/* ---- the environment ---- */

struct search {
    struct params *params;
    size_t index;
    int status;
};

/* Reads the file that NAME_FILE names; its final line feed is not part of the value. */
static int read_value_file(struct search *search, const char *variable, const char *path)
{
    const bool secret =
        (search->params->provider->params[search->index].flags & DNSHOOK_PARAM_SECRET) != 0;
    char why[FILE_WHY_SIZE] = "";
    char *text = NULL;
    size_t size = 0;
    bool readable = false;
    int status = file_read(path, secret ? FILE_SECRET : FILE_OPEN, &text, &size, &readable, why);

    if (status != DNSHOOK_OK) {
        log_error("%s: %s", variable, status == DNSHOOK_NO_MEMORY ? "out of memory" : why);
        return status;
    }
    if (text == NULL) {
        log_error("%s: there is no file %s", variable, path);
        return DNSHOOK_BAD_CONFIG;
    }
    text[strcspn(text, "\r\n")] = '\0';
    if (*text != '\0')
        status = params_set(search->params, search->index, text, path);
    else {
        log_error("%s: the first line of %s is empty", variable, path);
        status = DNSHOOK_BAD_CONFIG;
    }
    OPENSSL_cleanse(text, size);
    free(text);
    return status;
}

/* Takes NAME, or what NAME_FILE names; 1 to end the search. */
static int try_environment(void *opaque, const char *name)
{
    struct search *const search = opaque;
    const struct dnshook_param *const param = &search->params->provider->params[search->index];
    char with_file[ENV_NAME_SIZE + sizeof "_FILE"];
    const char *const value = process_variable(name);
    const char *path;

    (void)snprintf(with_file, sizeof with_file, "%s_FILE", name);
    path = (param->flags & DNSHOOK_PARAM_NO_FILE) == 0 ? process_variable(with_file) : NULL;
    if (value == NULL && path == NULL)
        return 0;
    if (value != NULL && path != NULL) {
        log_error("%s and %s are both set: unset one of them", name, with_file);
        search->status = DNSHOOK_BAD_CONFIG;
    } else if (value != NULL)
        search->status = params_set(search->params, search->index, value, name);
    else
        search->status = read_value_file(search, with_file, path);
    return 1;
}

/* Looks one parameter up in the environment. */
static int read_variable(struct params *params, size_t i)
{
    struct search search = {.params = params, .index = i};

    (void)params_each_env(&params->provider->params[i], try_environment, &search);
    return search.status;
}

static int read_environment(struct params *params)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < params->provider->param_count && status == DNSHOOK_OK; i++)
        status = read_variable(params, i);
    return status;
}

/* ---- an account of the configuration ---- */

/* True where the account itself says whose it is. */
static bool has_identity(const struct provider *provider, const struct config_account *account)
{
    for (size_t i = 0; i < provider->param_count; i++)
        if ((provider->params[i].flags & DNSHOOK_PARAM_IDENTITY) != 0 &&
            config_setting(account, &provider->params[i]) != NULL)
            return true;
    return false;
}

static int set_domain_zone(struct params *params, size_t i, const struct params_origin *origin)
{
    char source[SOURCE_SIZE];

    (void)snprintf(source, sizeof source, "%s:%u", origin->config->path,
                   origin->domain->lines[CONFIG_ZONE]);
    return params_set(params, i, origin->domain->zone, source);
}

/* Takes the value that the domain, the account or else the platform gives to a parameter. */
static int read_setting(struct params *params, size_t i, const struct params_origin *origin,
                        bool ambient)
{
    const struct dnshook_param *const param = &params->provider->params[i];
    const struct config_setting *const setting = config_setting(origin->account, param);
    CLEANUP_FREE char *source = NULL;
    char *value = NULL;
    int status;

    if ((param->flags & DNSHOOK_PARAM_ZONE) != 0 && origin->domain != NULL &&
        origin->domain->zone != NULL)
        return set_domain_zone(params, i, origin);
    if (setting == NULL)
        return ambient && (param->flags & DNSHOOK_PARAM_AMBIENT) != 0 ? read_variable(params, i)
                                                                      : DNSHOOK_OK;
    status = config_value(origin->config, setting, param, &value, &source);
    if (status == DNSHOOK_OK)
        status = params_set(params, i, value, source);
    wipe_free(value);
    return status;
}

/* A zone that the domain gives must be one that the provider can be told. */
static int check_zone(const struct provider *provider, const struct params_origin *origin)
{
    if (origin->domain == NULL || origin->domain->zone == NULL)
        return DNSHOOK_OK;
    for (size_t i = 0; i < provider->param_count; i++)
        if ((provider->params[i].flags & DNSHOOK_PARAM_ZONE) != 0)
            return DNSHOOK_OK;
    log_error("%s:%u: the provider %s cannot be told a zone: take `zone` out of [domain %s]",
              origin->config->path, origin->domain->lines[CONFIG_ZONE], provider->op.name,
              origin->domain->name);
    return DNSHOOK_BAD_CONFIG;
}

static int read_account(struct params *params, const struct params_origin *origin)
{
    const bool ambient = !has_identity(params->provider, origin->account);
    int status = check_zone(params->provider, origin);

    for (size_t i = 0; i < params->provider->param_count && status == DNSHOOK_OK; i++)
        status = read_setting(params, i, origin, ambient);
    return status;
}

/* ---- checks ---- */

static int missing(const struct provider *provider, const struct params_origin *origin,
                   const struct dnshook_param *param)
{
    if (origin != NULL) {
        log_error("%s:%u: the account %s has no %s (%s); see dnshook info %s", origin->config->path,
                  origin->account->line, origin->account->name, param->name, param->help,
                  provider->op.name);
        return DNSHOOK_BAD_CONFIG;
    }
    log_error("%s: the parameter %s is not set (%s): set %s in the environment, or see "
              "dnshook info %s",
              provider->op.name, param->name, param->help, param->env != NULL ? param->env : "it",
              provider->op.name);
    return DNSHOOK_BAD_CONFIG;
}

static int read_timeout(struct params *params, size_t i)
{
    const char *const text = params->values[i];
    char *end = NULL;
    const unsigned long seconds = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || seconds == 0 || seconds > TIMEOUT_MAX) {
        log_error("%s: \"%s\" is no number of seconds from 1 to %d", params->sources[i], text,
                  TIMEOUT_MAX);
        return DNSHOOK_BAD_CONFIG;
    }
    params->timeout = (int64_t)seconds * 1000;
    return DNSHOOK_OK;
}

/* Fills in initial values and checks what can be checked here. */
static int finish(struct params *params, const struct params_origin *origin)
{
    for (size_t i = 0; i < params->provider->param_count; i++) {
        const struct dnshook_param *const param = &params->provider->params[i];
        int status = DNSHOOK_OK;

        if (params->values[i] == NULL && param->initial != NULL)
            status = params_set(params, i, param->initial, PARAMS_INITIAL);
        if (status == DNSHOOK_OK && params->values[i] == NULL &&
            (param->flags & DNSHOOK_PARAM_REQUIRED) != 0)
            status = missing(params->provider, origin, param);
        if (status == DNSHOOK_OK && params->values[i] != NULL &&
            (param->flags & DNSHOOK_PARAM_TIMEOUT) != 0)
            status = read_timeout(params, i);
        if (status != DNSHOOK_OK)
            return status;
        if (params->values[i] != NULL)
            log_debug("%s: parameter %s from %s", params->provider->op.name, param->name,
                      params->sources[i]);
    }
    return DNSHOOK_OK;
}

/* ---- what messages mean ---- */

struct mention {
    const struct params *params;
    const char *text;
    size_t index;
};

static bool is_part_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Says the parameter, if the text names the variable. */
static int explain(void *opaque, const char *name)
{
    const struct mention *const mention = opaque;
    const struct params *const params = mention->params;
    const char *const source = params->sources[mention->index];
    const char *const found = strstr(mention->text, name);

    if (found == NULL || is_part_of_name(found[strlen(name)]) ||
        (found != mention->text && is_part_of_name(found[-1])))
        return 0;
    log_error("%s: for this account, %s is the key %s of the configuration%s%s%s",
              params->provider->op.name, name, params->provider->params[mention->index].name,
              source != NULL ? " (" : "", source != NULL ? source : "", source != NULL ? ")" : "");
    return 1;
}

void params_explain(const struct params *params, const char *text)
{
    for (size_t i = 0; params->configured && i < params->provider->param_count; i++) {
        struct mention mention = {.params = params, .text = text, .index = i};

        (void)params_each_env(&params->provider->params[i], explain, &mention);
    }
}

/* ---- the whole ---- */

/* Without any value yet; NULL when memory ran out (said). */
static struct params *params_new(const struct provider *provider)
{
    struct params *const new = calloc(1, sizeof *new);

    if (new != NULL) {
        new->provider = provider;
        new->values = calloc(provider->param_count + 1, sizeof(char *));
        new->sources = calloc(provider->param_count + 1, sizeof(char *));
    }
    if (new != NULL &&new->values != NULL &&new->sources != NULL)
        return new;
    params_free(new);
    (void)log_no_memory();
    return NULL;
}

bool params_any(const struct provider *provider)
{
    struct params *const params = params_new(provider);
    bool any = params != NULL &&
               (read_environment(params) != DNSHOOK_OK || params_read_files(params) != DNSHOOK_OK);

    for (size_t i = 0; params != NULL && i < provider->param_count; i++)
        any = any || params->values[i] != NULL;
    params_free(params);
    return any;
}

int params_read(const struct provider *provider, const struct params_origin *origin,
                struct params **params)
{
    struct params *const new = params_new(provider);
    int status;

    if (new == NULL)
        return DNSHOOK_NO_MEMORY;
    new->configured = origin != NULL;
    status = origin != NULL ? read_account(new, origin) : read_environment(new);
    if (status == DNSHOOK_OK && origin == NULL)
        status = params_read_files(new);
    if (status == DNSHOOK_OK)
        status = finish(new, origin);
    if (status != DNSHOOK_OK) {
        params_free(new);
        return status;
    }
    *params = new;
    return DNSHOOK_OK;
}
