#include "road.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "process.h"

/* ---- views ---- */

static int open_view(struct road *road, const char *list, struct view **view)
{
    struct view *const new = calloc(1, sizeof *new);
    int status;

    *view = new;
    if (new == NULL)
        return log_no_memory();
    new->list = strdup(list);
    status = new->list != NULL ? resolver_open(road->dns, list, &new->resolver) : log_no_memory();
    if (status != DNSHOOK_OK) {
        free(new->list);
        free(new);
        return status;
    }
    new->map = (struct route_map){.dns = road->dns, .resolver = new->resolver};
    return DNSHOOK_OK;
}

int road_view(struct road *road, const char *list, struct view **view)
{
    struct view **end = &road->view;
    int status;

    if (list == NULL || process_variable("DNSHOOK_RESOLVERS") != NULL) {
        *view = road->view;
        return DNSHOOK_OK;
    }
    for (; *end != NULL; end = &(*end)->next)
        if (strcmp((*end)->list, list) == 0) {
            *view = *end;
            return DNSHOOK_OK;
        }
    status = open_view(road, list, view);
    if (status == DNSHOOK_OK)
        *end = *view;
    return status;
}

/* ---- the road ---- */

static int read_quorum(struct road *road)
{
    const char *const text = process_variable("DNSHOOK_QUORUM");

    road->quorum = QUORUM_REACHABLE;
    if (road->config != NULL && road->config->propagation.quorum >= 0)
        road->quorum = (enum quorum)road->config->propagation.quorum;
    if (text == NULL)
        return DNSHOOK_OK;
    road->quorum_given = true;
    road->quorum = strcmp(text, "all") == 0 ? QUORUM_ALL : QUORUM_REACHABLE;
    if (road->quorum == QUORUM_ALL || strcmp(text, "reachable") == 0)
        return DNSHOOK_OK;
    log_error("DNSHOOK_QUORUM: \"%s\" is neither \"reachable\" nor \"all\"", text);
    return DNSHOOK_BAD_CONFIG;
}

/* The run's own list of resolvers. */
static const char *own_resolvers(const struct config *config)
{
    const char *const list = process_variable("DNSHOOK_RESOLVERS");

    if (list == NULL && config != NULL && config->propagation.resolvers != NULL)
        return config->propagation.resolvers;
    return list != NULL ? list : "";
}

int road_open(struct road *road, struct config *config)
{
    int status;

    memset(road, 0, sizeof *road);
    road->config = config;
    status = read_quorum(road);
    if (status == DNSHOOK_OK)
        status = dns_open(&road->dns);
    if (status == DNSHOOK_OK)
        status = open_view(road, own_resolvers(config), &road->view);
    if (status != DNSHOOK_OK)
        road->view = NULL;
    return status;
}

static void close_account(struct account *account)
{
    instance_close(account->instance);
    free(account->name);
    free(account->zone);
    free(account);
}

static void close_accounts(struct account *list)
{
    while (list != NULL) {
        struct account *const next = list->next;

        close_account(list);
        list = next;
    }
}

void road_close(struct road *road)
{
    close_accounts(road->accounts);
    close_accounts(road->tried);
    journal_close(road->journal);
    while (road->view != NULL) {
        struct view *const next = road->view->next;

        route_map_clear(&road->view->map);
        resolver_close(road->view->resolver);
        free(road->view->list);
        free(road->view);
        road->view = next;
    }
    dns_close(road->dns);
    config_free(road->config);
    log_forget_secrets();
    memset(road, 0, sizeof *road);
}

/* ---- accounts ---- */

static const char *wanted_zone(const struct account_wanted *wanted)
{
    return wanted->domain != NULL && wanted->domain->zone != NULL ? wanted->domain->zone : "";
}

/* True for an account that was opened for the same. */
static bool is_wanted(const struct account *account, const struct account_wanted *wanted,
                      const struct view *view)
{
    const char *const name =
        wanted->configured != NULL ? wanted->configured->name : wanted->provider;

    return account->configured == (wanted->configured != NULL) && account->view == view &&
           strcmp(account->name, name) == 0 && strcmp(account->zone, wanted_zone(wanted)) == 0;
}

/* Loads the provider, or takes it from an account that has it already. */
static int load(const struct road *road, const struct account_wanted *wanted,
                const struct provider **provider)
{
    struct provider *found = NULL;
    int status;

    for (const struct account *each = road->accounts; each != NULL; each = each->next) {
        *provider = instance_provider(each->instance);
        if (strcmp((*provider)->op.name, wanted->provider) == 0)
            return DNSHOOK_OK;
    }
    status = wanted->configured != NULL
                 ? provider_find_at(road->config->path, wanted->configured->provider_line,
                                    wanted->directory, wanted->provider, &found)
                 : provider_find(wanted->directory, wanted->provider, &found);
    *provider = found;
    return status;
}

static int open_instance(struct road *road, const struct account_wanted *wanted,
                         struct account *account)
{
    const struct params_origin origin = {
        .config = road->config, .account = wanted->configured, .domain = wanted->domain};
    const struct provider *provider = NULL;
    int status = load(road, wanted, &provider);

    if (status == DNSHOOK_OK && wanted->configured != NULL)
        status = config_check_account(road->config, wanted->configured, provider->params,
                                      provider->param_count);
    if (status != DNSHOOK_OK)
        return status;
    account->name =
        strdup(wanted->configured != NULL ? wanted->configured->name : provider->op.name);
    account->zone = strdup(wanted_zone(wanted));
    if (account->name == NULL || account->zone == NULL)
        return log_no_memory();
    account->configured = wanted->configured != NULL;
    if (account->configured && strcmp(road->config->path, CONFIG_PATH) != 0)
        account->file = road->config->path;
    status = instance_open(provider, account->configured ? &origin : NULL, account->view->resolver,
                           &account->instance);
    return status;
}

static int open_account(struct road *road, const struct account_wanted *wanted, struct view *view,
                        struct account **account)
{
    struct account *const new = calloc(1, sizeof *new);
    int status;

    if (new == NULL)
        return log_no_memory();
    new->view = view;
    status = open_instance(road, wanted, new);
    if (status != DNSHOOK_OK) {
        close_account(new);
        return status;
    }
    *account = new;
    return DNSHOOK_OK;
}

/* Where in a list the account stands that was opened for the same; else the list's end. */
static struct account **find(struct account **list, const struct account_wanted *wanted,
                             const struct view *view)
{
    while (*list != NULL && !is_wanted(*list, wanted, view))
        list = &(*list)->next;
    return list;
}

static void take_up(struct road *road, struct account *account)
{
    const struct provider *const provider = instance_provider(account->instance);

    account->next = road->accounts;
    road->accounts = account;
    log_info("%s%sprovider %s %s, %s", account->configured ? account->name : "",
             account->configured ? ": " : "", provider->op.name, provider->op.version,
             provider->path);
}

int road_account(struct road *road, const struct account_wanted *wanted, struct account **account)
{
    struct view *view = NULL;
    struct account **tried;
    int status = road_view(road, wanted->domain != NULL ? wanted->domain->resolvers : NULL, &view);

    if (status != DNSHOOK_OK)
        return status;
    *account = *find(&road->accounts, wanted, view);
    if (*account != NULL)
        return DNSHOOK_OK;
    tried = find(&road->tried, wanted, view);
    *account = *tried;
    if (*account != NULL)
        *tried = (*account)->next;
    else
        status = open_account(road, wanted, view, account);
    if (status == DNSHOOK_OK)
        take_up(road, *account);
    return status;
}

int road_try_account(struct road *road, const struct account_wanted *wanted)
{
    struct view *view = NULL;
    struct account *account = NULL;
    int status = road_view(road, wanted->domain != NULL ? wanted->domain->resolvers : NULL, &view);

    if (status != DNSHOOK_OK || *find(&road->accounts, wanted, view) != NULL ||
        *find(&road->tried, wanted, view) != NULL)
        return status;
    status = open_account(road, wanted, view, &account);
    if (status == DNSHOOK_OK) {
        account->next = road->tried;
        road->tried = account;
    }
    return status;
}
