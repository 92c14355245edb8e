#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "config.h"
#include "config_keys.h"
#include "file.h"
#include "log.h"

enum { PATH_SIZE = 4096, SOURCE_SIZE = PATH_SIZE + 64 };

static const char file_suffix[] = "-file";
static const char variable_prefix[] = "env:";

/* True for the key NAME-file of the parameter NAME, unless that is a parameter of its own. */
static bool is_file_key(const char *key, const struct dnshook_param *param)
{
    const size_t size = strlen(param->name);

    return (param->flags & DNSHOOK_PARAM_NO_FILE) == 0 && strncmp(key, param->name, size) == 0 &&
           strcmp(key + size, file_suffix) == 0;
}

/* The parameter that a key gives, as itself or as NAME-file. A parameter that is called so goes
 * before another's file. */
static const struct dnshook_param *param_of(const char *key, const struct dnshook_param *params,
                                            size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(params[i].name, key) == 0)
            return &params[i];
    for (size_t i = 0; i < count; i++)
        if (is_file_key(key, &params[i]))
            return &params[i];
    return NULL;
}

const struct config_setting *config_setting(const struct config_account *account,
                                            const struct dnshook_param *param)
{
    for (size_t i = 0; i < account->count; i++)
        if (strcmp(account->settings[i].key, param->name) == 0)
            return &account->settings[i];
    for (size_t i = 0; i < account->count; i++)
        if (is_file_key(account->settings[i].key, param))
            return &account->settings[i];
    return NULL;
}

static int no_such_param(const struct config_place *place, const struct config_account *account,
                         const char *key, const struct dnshook_param *params, size_t count)
{
    CLEANUP_FREE const char **words = calloc(count + 1, sizeof *words);
    char text[CONFIG_WORDS_SIZE];

    if (words == NULL)
        return log_no_memory();
    for (size_t i = 0; i < count; i++)
        words[i] = params[i].name;
    return config_refuse(place, "provider %s has no parameter %s%s; see dnshook info %s",
                         account->provider, key, config_known(key, words, count, text),
                         account->provider);
}

int config_check_account(const struct config *config, const struct config_account *account,
                         const struct dnshook_param *params, size_t count)
{
    for (size_t i = 0; i < account->count; i++) {
        const struct config_setting *const setting = &account->settings[i];
        const struct dnshook_param *const param = param_of(setting->key, params, count);
        const struct config_place place = {config->path, setting->line};
        const struct config_setting *first;

        if (param == NULL)
            return no_such_param(&place, account, setting->key, params, count);
        first = config_setting(account, param);
        if (first != setting)
            return config_refuse(&place,
                                 "%s and %s (line %u) are both given: take one of them away",
                                 setting->key, first->key, first->line);
    }
    return config_check_secrets(config, account, params, count);
}

/* True where the value itself stands in the file. */
static bool holds_value(const struct config_setting *setting, const struct dnshook_param *param)
{
    return strcmp(setting->key, param->name) == 0 &&
           strncmp(setting->value, variable_prefix, sizeof variable_prefix - 1) != 0;
}

int config_check_secrets(const struct config *config, const struct config_account *account,
                         const struct dnshook_param *params, size_t count)
{
    for (size_t i = 0; config->readable && i < account->count; i++) {
        const struct config_setting *const setting = &account->settings[i];
        const struct dnshook_param *const param = param_of(setting->key, params, count);

        if (param == NULL || (param->flags & DNSHOOK_PARAM_SECRET) == 0 ||
            !holds_value(setting, param))
            continue;
        log_error("%s:%u: %s is a secret, and everybody may read the file: run chmod o= %s",
                  config->path, setting->line, setting->key, config->path);
        return DNSHOOK_DENIED;
    }
    return DNSHOOK_OK;
}

/* ---- values ---- */

/* What stands behind "=", or what the variable holds that it names; NULL (said) if that is not set.
 * *from is the variable's name, NULL for none. */
static const char *expand(const struct config_place *place, const char *value, const char **from)
{
    const char *text;

    *from = NULL;
    if (strncmp(value, variable_prefix, sizeof variable_prefix - 1) != 0)
        return value;
    *from = value + sizeof variable_prefix - 1;
    text = getenv(*from);
    if (text != NULL && *text != '\0')
        return text;
    (void)config_refuse(place, "the variable %.128s is not set in the environment", *from);
    return NULL;
}

/* The file that NAME-file names; a relative path lies in $CREDENTIALS_DIRECTORY. Where that of a
 * secret belongs, the secret itself may stand: it is not shown. */
static int find_file(const struct config_place *place, const char *text, bool secret,
                     char path[PATH_SIZE])
{
    const char *const directory = getenv("CREDENTIALS_DIRECTORY");
    const bool relative = *text != '/';
    int size;

    if (relative && (directory == NULL || *directory != '/'))
        return config_refuse(place,
                             "%s%.255s%s is a relative path, which is looked for in "
                             "$CREDENTIALS_DIRECTORY, and that is not set (systemd sets it, with "
                             "LoadCredential=): write the whole path",
                             secret ? "" : "\"", secret ? "this" : text, secret ? "" : "\"");
    size =
        snprintf(path, PATH_SIZE, "%s%s%s", relative ? directory : "", relative ? "/" : "", text);
    return size < PATH_SIZE ? DNSHOOK_OK : config_refuse(place, "the path is too long");
}

/* Reads the first line of a file. */
static int read_file(const struct config_place *place, const char *path, bool secret, char **value)
{
    char why[FILE_WHY_SIZE] = "";
    char *text = NULL;
    size_t size = 0;
    bool readable = false;
    int status = file_read(path, secret ? FILE_SECRET : FILE_OPEN, &text, &size, &readable, why);

    if (status == DNSHOOK_NO_MEMORY)
        return log_no_memory();
    if (status != DNSHOOK_OK) {
        (void)config_refuse(place, "%s", why);
        return status;
    }
    if (text == NULL)
        return config_refuse(place, "there is no file %s", path);
    text[strcspn(text, "\r\n")] = '\0';
    status = *text != '\0' ? config_keep(value, text)
                           : config_refuse(place, "the first line of %s is empty", path);
    OPENSSL_cleanse(text, size);
    free(text);
    return status;
}

/* "PATH:LINE", with the variable or the file that the line names. */
static int say_source(const struct config_place *place, const char *what, char **source)
{
    char text[2 * SOURCE_SIZE];

    (void)snprintf(text, sizeof text, "%s:%u%s%s", place->path, place->line,
                   what != NULL ? ", " : "", what != NULL ? what : "");
    return config_keep(source, text);
}

int config_value(const struct config *config, const struct config_setting *setting,
                 const struct dnshook_param *param, char **value, char **source)
{
    const struct config_place place = {config->path, setting->line};
    const bool secret = (param->flags & DNSHOOK_PARAM_SECRET) != 0;
    const bool is_file = strcmp(setting->key, param->name) != 0;
    const bool is_path =
        !is_file && (param->flags & DNSHOOK_PARAM_FILE) != 0 && setting->value[0] != '~';
    char path[PATH_SIZE] = "";
    const char *from = NULL;
    const char *const text = expand(&place, setting->value, &from);
    int status = text != NULL ? DNSHOOK_OK : DNSHOOK_BAD_CONFIG;

    *value = NULL;
    *source = NULL;
    if (status == DNSHOOK_OK && (is_file || is_path))
        status = find_file(&place, text, secret, path);
    if (status == DNSHOOK_OK)
        status = is_file ? read_file(&place, path, secret, value)
                         : config_keep(value, is_path ? path : text);
    if (status == DNSHOOK_OK)
        status = say_source(&place, is_file ? path : from, source);
    if (status == DNSHOOK_OK)
        return DNSHOOK_OK;
    if (*value != NULL)
        OPENSSL_cleanse(*value, strlen(*value));
    free(*value);
    *value = NULL;
    return status;
}
