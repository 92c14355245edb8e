#include "config.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "config_parse.h"
#include "ini.h"
#include "log.h"

void config_clear_account(struct config_account *account)
{
    for (size_t i = 0; i < account->count; i++) {
        if (account->settings[i].value != NULL)
            OPENSSL_cleanse(account->settings[i].value, strlen(account->settings[i].value));
        free(account->settings[i].key);
        free(account->settings[i].value);
    }
    free(account->settings);
    free(account->name);
    free(account->provider);
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->account_count; i++)
        config_clear_account(&config->accounts[i]);
    for (size_t i = 0; i < config->domain_count; i++) {
        free(config->domains[i].zone);
        free(config->domains[i].alias);
        free(config->domains[i].resolvers);
    }
    free(config->accounts);
    free(config->domains);
    free(config->propagation.resolvers);
    free(config->path);
    free(config);
}

static struct config *new_config(const char *path)
{
    struct config *const config = calloc(1, sizeof *config);

    if (config == NULL)
        return NULL;
    config->propagation.quorum = -1;
    config->path = strdup(path);
    if (config->path != NULL)
        return config;
    config_free(config);
    return NULL;
}

/* Reads the file into `config`; *found is false where there is none. */
static int fill(struct config *config, bool *found)
{
    struct config_parser *const parser = config_parse_new(config);
    struct ini_handler handler;
    int status;

    if (parser == NULL)
        return DNSHOOK_NO_MEMORY;
    handler = config_parse_handler(parser);
    status = ini_read(config->path, &handler, found, &config->readable);
    if (status == DNSHOOK_OK)
        status = config_parse_end(parser);
    config_parse_free(parser);
    return status;
}

int config_read(const char *path, bool required, struct config **config)
{
    struct config *const new = new_config(path);
    bool found = false;
    int status;

    *config = NULL;
    if (new == NULL)
        return log_no_memory();
    status = fill(new, &found);
    if (status == DNSHOOK_OK && found) {
        *config = new;
        return DNSHOOK_OK;
    }
    config_free(new);
    if (status != DNSHOOK_OK || !required)
        return status;
    log_error("there is no configuration file %s", path);
    return DNSHOOK_BAD_CONFIG;
}

int config_find(const char *option, struct config **config)
{
    const char *const variable = getenv("DNSHOOK_CONFIG");

    if (option == NULL && variable != NULL && *variable != '\0')
        option = variable;
    *config = NULL;
    if (option == NULL)
        return config_read(CONFIG_PATH, false, config);
    return strcmp(option, "/dev/null") == 0 ? DNSHOOK_OK : config_read(option, true, config);
}

const struct config_account *config_account(const struct config *config, const char *name)
{
    for (size_t i = 0; config != NULL && i < config->account_count; i++)
        if (strcmp(config->accounts[i].name, name) == 0)
            return &config->accounts[i];
    return NULL;
}

/* The section of exactly this name. */
static const struct config_domain *domain_named(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->domain_count; i++)
        if (name_equal(config->domains[i].name, name))
            return &config->domains[i];
    return NULL;
}

const struct config_domain *config_domain(const struct config *config, const char *name)
{
    if (config == NULL)
        return NULL;
    for (const char *at = name; at != NULL; at = name_parent(at)) {
        const struct config_domain *const domain = domain_named(config, at);

        if (domain != NULL)
            return domain;
    }
    return NULL;
}
