#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_config.h"
#include "command_config_rows.h"
#include "log.h"
#include "table.h"

enum { TTL_INITIAL = 60 /* s */, TEXT_SIZE = 24 };

static const char challenge_label[] = "_acme-challenge.";

/* The road of one name. */
struct road_shown {
    const struct run *run;
    const struct config *config;
    const char *host;
    char record[NAME_SIZE + sizeof challenge_label];
    const struct config_domain *domain;   /* NULL: none matches */
    const struct config_account *account; /* NULL: the environment, or nobody */
    const char *provider;                 /* NULL: nobody */
    char source[ROWS_SOURCE_SIZE];        /* where the account is said */
    json_t *rows;
};

/* What chooses the account before the configuration does. */
static const char *source_of_choice(const struct run *run)
{
    if (run->options.provider != NULL)
        return "--provider";
    return run->called != NULL ? "the name of the call" : "DNSHOOK_PROVIDER";
}

/* The user's choice. The domain then counts only if it is one of that account. */
static void take_choice(struct road_shown *road, const char *chosen)
{
    road->account = config_account(road->config, chosen);
    road->provider = road->account != NULL ? road->account->provider : chosen;
    (void)snprintf(road->source, sizeof road->source, "%s", source_of_choice(road->run));
    if (road->domain != NULL && (road->account == NULL || road->domain->account != road->account))
        road->domain = NULL;
}

/* Finds account and provider: the user's choice, the domain, the default account. */
static void choose(struct road_shown *road)
{
    const char *const chosen = run_provider_name(road->run);
    const struct config *const config = road->config;
    unsigned line = 0;

    road->domain = config_domain(config, road->host);
    if (chosen != NULL) {
        take_choice(road, chosen);
        return;
    }
    if (config == NULL)
        return;
    road->account = road->domain != NULL ? road->domain->account : config->initial;
    road->provider = road->account != NULL ? road->account->provider : NULL;
    if (road->domain != NULL)
        line = road->domain->lines[CONFIG_ACCOUNT];
    if (line == 0)
        line = config->initial_line;
    if (line != 0)
        (void)snprintf(road->source, sizeof road->source, "%s:%u", config->path, line);
}

/* True for what is the name of a zone, and not an id. */
static bool is_name(const char *zone)
{
    return strchr(zone, '.') != NULL;
}

/* An alias or a name that the zone does not hold. */
static void warn(const struct road_shown *road)
{
    const struct config_domain *const domain = road->domain;
    char zone[NAME_SIZE];

    if (domain == NULL)
        return;
    if (domain->zone == NULL || !is_name(domain->zone) || !name_normalize(domain->zone, zone) ||
        name_is_within(road->record, zone))
        return;
    if (domain->alias != NULL)
        log_warning("%s:%u: the alias %s is not in the zone %s", road->config->path,
                    domain->lines[CONFIG_ALIAS], road->record, zone);
    else
        log_warning("%s:%u: %s is not in the zone %s: this works only if a CNAME leads from there "
                    "into it",
                    road->config->path, domain->lines[CONFIG_ZONE], road->record, zone);
}

/* A key of the domain, or what holds without it. */
static int add_key(const struct road_shown *road, enum config_key key, const char *name,
                   const char *value, const char *otherwise, const char *source)
{
    if (road->domain != NULL && road->domain->lines[key] != 0)
        return rows_add_line(road->rows, name, value, road->config, road->domain->lines[key]);
    return rows_add(road->rows, name, otherwise, source, false);
}

static int add_place(struct road_shown *road)
{
    const struct config_domain *const domain = road->domain;
    char ttl[TEXT_SIZE];
    char ttl_initial[TEXT_SIZE];
    int status = add_key(road, CONFIG_ALIAS, "record", road->record, road->record,
                         "or where CNAMEs lead from there");

    (void)snprintf(ttl, sizeof ttl, "%u", domain != NULL ? (unsigned)domain->ttl : 0);
    (void)snprintf(ttl_initial, sizeof ttl_initial, "%d", TTL_INITIAL);
    if (status == DNSHOOK_OK)
        status = add_key(road, CONFIG_ZONE, "zone", domain != NULL ? domain->zone : NULL, NULL,
                         "the account's parameters, or found");
    return status == DNSHOOK_OK
               ? add_key(road, CONFIG_TTL, "ttl", ttl, ttl_initial, "initial value")
               : status;
}

/* Without a choice of the user, the record name has the second say, and only the DNS knows it. */
static const char *why_no_domain(const struct road_shown *road)
{
    if (road->config == NULL)
        return "there is no configuration";
    if (run_provider_name(road->run) != NULL)
        return "no [domain] of this account holds the name";
    return road->config->has_domains ? "no [domain] holds the name, unless CNAMEs lead into one"
                                     : "the configuration has no [domain]";
}

static int add_who(struct road_shown *road)
{
    const struct config_account *const account = road->account;
    const char *const name = account != NULL          ? account->name
                             : road->provider != NULL ? "the environment"
                                                      : "none";
    int status;

    if (road->domain != NULL)
        status = rows_add_line(road->rows, "domain", road->domain->name, road->config,
                               road->domain->line);
    else
        status = rows_add(road->rows, "domain", NULL, why_no_domain(road), false);
    if (status == DNSHOOK_OK)
        status = rows_add(road->rows, "account", name,
                          road->source[0] != '\0' ? road->source : "nothing is chosen", false);
    if (status != DNSHOOK_OK || road->provider == NULL)
        return status;
    if (account != NULL)
        return rows_add_line(road->rows, "provider", road->provider, road->config,
                             account->provider_line);
    return rows_add(road->rows, "provider", road->provider, road->source, false);
}

/* Where somebody takes the name: everything but who that is. The account is checked. */
static int add_how(struct road_shown *road)
{
    const struct params_origin origin = {
        .config = road->config, .account = road->account, .domain = road->domain};
    struct provider *provider = NULL;
    json_t *const params = json_array();
    const char *const directory = road->run->options.provider_dir;
    int status = road->account != NULL
                     ? provider_find_at(road->config->path, road->account->provider_line, directory,
                                        road->provider, &provider)
                     : provider_find(directory, road->provider, &provider);

    if (status == DNSHOOK_OK)
        status = rows_add_params(params, &origin, provider);
    if (status == DNSHOOK_OK)
        status = add_place(road);
    if (status == DNSHOOK_OK)
        status =
            rows_add_waiting(road->rows, road->run, road->config, road->domain, params, provider);
    json_decref(params);
    return status;
}

static int print(const struct road_shown *road)
{
    if (road->run->options.json)
        return table_print_json(json_pack("{s:s, s:b, s:O}", "host", road->host, "routed",
                                          road->provider != NULL, "keys", road->rows));
    (void)printf("%s\n", road->host);
    rows_print(road->rows);
    return DNSHOOK_OK;
}

/* The name that the value is put at, as far as the file knows. */
static void name_record(struct road_shown *road)
{
    const char *const alias = road->domain != NULL ? road->domain->alias : NULL;

    if (alias != NULL)
        (void)snprintf(road->record, sizeof road->record, "%s", alias);
    else
        (void)snprintf(road->record, sizeof road->record, "%s%s", challenge_label, road->host);
}

int config_show_road(const struct run *run, const struct config *config, const char *host)
{
    struct road_shown road = {.run = run, .config = config, .host = host, .rows = json_array()};
    int status;

    if (run_provider_name(run) != NULL && !run_has_provider(run, NULL))
        return DNSHOOK_BAD_CONFIG;
    choose(&road);
    name_record(&road);
    status = add_who(&road);
    if (status == DNSHOOK_OK && road.provider != NULL)
        status = add_how(&road);
    if (status == DNSHOOK_OK)
        warn(&road);
    if (status == DNSHOOK_OK)
        status = print(&road);
    json_decref(road.rows);
    return status;
}
