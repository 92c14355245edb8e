/* `dnshook config`: the configuration with where each value comes from. Nobody is asked. */
#include "command_config.h"

#include <stdlib.h>
#include <string.h>

#include "command_config_rows.h"
#include "commands.h"
#include "log.h"
#include "table.h"

enum { TEXT_SIZE = 24 };

/* ---- accounts ---- */

/* An account, or what the environment gives to the provider that is chosen. Appended to
 * `accounts`, with its error where it has one, so that all of them are told. */
static int add_account(const struct run *run, const struct config *config,
                       const struct config_account *account, const char *provider_name,
                       json_t *accounts)
{
    const struct params_origin origin = {.config = config, .account = account};
    struct provider *provider = NULL;
    json_t *const rows = json_array();
    const bool initial = account != NULL && config->initial == account;
    json_t *entry;
    int status = account != NULL
                     ? provider_find_at(config->path, account->provider_line,
                                        run->options.provider_dir, provider_name, &provider)
                     : provider_find(run->options.provider_dir, provider_name, &provider);

    if (status == DNSHOOK_OK)
        status = rows_add_params(rows, &origin, provider);
    entry =
        json_pack("{s:s?, s:s, s:i, s:b, s:b, s:o}", "name", account != NULL ? account->name : NULL,
                  "provider", provider != NULL ? provider->op.name : provider_name, "line",
                  account != NULL ? (int)account->line : 0, "default", initial, "ok",
                  status == DNSHOOK_OK, "parameters", rows);
    return json_array_append_new(accounts, entry) == 0 ? status : log_no_memory();
}

static int add_accounts(const struct run *run, const struct config *config, json_t *accounts)
{
    const char *const chosen = run_provider_name(run);
    int status = DNSHOOK_OK;

    for (size_t i = 0; config != NULL && i < config->account_count; i++) {
        const struct config_account *const account = &config->accounts[i];
        const int outcome = add_account(run, config, account, account->provider, accounts);

        status = status != DNSHOOK_OK ? status : outcome;
    }
    if (chosen != NULL && config_account(config, chosen) == NULL) {
        const int outcome = run_has_provider(run, NULL)
                                ? add_account(run, config, NULL, chosen, accounts)
                                : DNSHOOK_BAD_CONFIG;

        status = status != DNSHOOK_OK ? status : outcome;
    }
    return status;
}

/* ---- domains ---- */

static int add_domain_keys(const struct config *config, const struct config_domain *domain,
                           json_t *rows)
{
    char ttl[TEXT_SIZE];
    char deadline[TEXT_SIZE];
    const struct {
        enum config_key key;
        const char *name;
        const char *value;
    } keys[] = {
        {CONFIG_ACCOUNT, "account", domain->account != NULL ? domain->account->name : "none"},
        {CONFIG_ZONE, "zone", domain->zone},
        {CONFIG_ALIAS, "alias", domain->alias},
        {CONFIG_TTL, "ttl", ttl},
        {CONFIG_DEADLINE, "deadline", deadline},
        {CONFIG_RESOLVERS, "resolvers", domain->resolvers},
        {CONFIG_QUORUM, "quorum", config_quorum_text(domain->quorum)},
    };

    (void)snprintf(ttl, sizeof ttl, "%u", (unsigned)domain->ttl);
    (void)snprintf(deadline, sizeof deadline, "%u", (unsigned)(domain->deadline / 1000));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int status = DNSHOOK_OK;

        if (domain->lines[keys[i].key] != 0)
            status = rows_add_line(rows, keys[i].name, keys[i].value, config,
                                   domain->lines[keys[i].key]);
        else if (keys[i].key == CONFIG_ACCOUNT)
            status = rows_add_line(rows, "account", keys[i].value, config, config->initial_line);
        if (status != DNSHOOK_OK)
            return status;
    }
    return DNSHOOK_OK;
}

static int add_domains(const struct config *config, json_t *domains)
{
    for (size_t i = 0; config != NULL && i < config->domain_count; i++) {
        const struct config_domain *const domain = &config->domains[i];
        json_t *const rows = json_array();
        const int status = add_domain_keys(config, domain, rows);
        json_t *const entry = json_pack("{s:s, s:i, s:o}", "name", domain->name, "line",
                                        (int)domain->line, "keys", rows);

        if (json_array_append_new(domains, entry) != 0)
            return log_no_memory();
        if (status != DNSHOOK_OK)
            return status;
    }
    return DNSHOOK_OK;
}

/* ---- all of it ---- */

static void print_account(const json_t *account)
{
    const char *const name = json_string_value(json_object_get(account, "name"));
    const char *const provider = json_string_value(json_object_get(account, "provider"));

    if (name != NULL)
        (void)printf("account %s, provider %s%s\n", name, provider,
                     json_is_true(json_object_get(account, "default")) ? " (default)" : "");
    else
        (void)printf("provider %s, with the environment\n", provider);
    rows_print(json_object_get(account, "parameters"));
}

static void print_all(const json_t *all)
{
    const char *const path = json_string_value(json_object_get(all, "path"));
    const json_t *const accounts = json_object_get(all, "accounts");
    size_t i;
    const json_t *entry;

    (void)printf("configuration: %s\n", path != NULL ? path : "none");
    json_array_foreach(accounts, i, entry) print_account(entry);
    if (json_array_size(accounts) == 0)
        (void)printf("no account, and no provider is chosen\n");
    json_array_foreach(json_object_get(all, "domains"), i, entry)
    {
        (void)printf("domain %s\n", json_string_value(json_object_get(entry, "name")));
        rows_print(json_object_get(entry, "keys"));
    }
    (void)printf("propagation\n");
    rows_print(json_object_get(all, "propagation"));
}

static int show_all(const struct run *run, const struct config *config)
{
    json_t *const accounts = json_array();
    json_t *const domains = json_array();
    json_t *const propagation = json_array();
    json_t *all;
    int status = add_accounts(run, config, accounts);
    int outcome = add_domains(config, domains);

    if (outcome == DNSHOOK_OK)
        outcome = rows_add_waiting(propagation, run, config, NULL, NULL, NULL);
    all = json_pack("{s:s?, s:b, s:o, s:o, s:o}", "path", config != NULL ? config->path : NULL,
                    "ok", status == DNSHOOK_OK, "accounts", accounts, "domains", domains,
                    "propagation", propagation);
    if (all == NULL)
        outcome = log_no_memory();
    if (outcome == DNSHOOK_OK && run->options.json)
        outcome = table_print_json(json_incref(all));
    else if (outcome == DNSHOOK_OK)
        print_all(all);
    json_decref(all);
    return outcome != DNSHOOK_OK ? outcome : status;
}

int command_config(const struct run *run, int argc, char *const *argv)
{
    struct config *config = NULL;
    char host[NAME_SIZE];
    const char *const why = argc > 1 ? name_check_host(argv[1], host) : NULL;
    int status;

    if (why != NULL) {
        log_error("the domain \"%s\" %s", argv[1], why);
        return EXIT_USAGE;
    }
    status = config_find(run->options.config, &config);
    if (status == DNSHOOK_OK)
        status = argc > 1 ? config_show_road(run, config, host) : show_all(run, config);
    config_free(config);
    log_forget_secrets();
    return run_exit(status);
}
