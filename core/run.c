#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "http.h"
#include "log.h"
#include "process.h"
#include "run_clock.h"

/* ---- who was asked for ---- */

const char *run_called(const char *path, char out[RUN_CALLED_SIZE])
{
    const char *const slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot;
    size_t size;

    if (strncmp(name, "lt-", 3) == 0)
        name += 3;
    size = strspn(name, "0123456789");
    if (size > 0 && name[size] == '-')
        name += size + 1;
    dot = strrchr(name, '.');
    size = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    if (strncmp(name, "dnshook", 7) == 0 || size == 0)
        return NULL;
    (void)snprintf(out, RUN_CALLED_SIZE, "%.*s", (int)size, name);
    return out;
}

const char *run_provider_name(const struct run *run)
{
    if (run->options.provider != NULL)
        return run->options.provider;
    return run->called != NULL ? run->called : process_variable("DNSHOOK_PROVIDER");
}

/* No environment variable leads to code: only the command line may name a file. */
static bool names_a_file(const struct run *run)
{
    const char *const name = process_variable("DNSHOOK_PROVIDER");

    if (run->options.provider != NULL || run->called != NULL || name == NULL ||
        strchr(name, '/') == NULL)
        return false;
    log_error("DNSHOOK_PROVIDER: \"%s\" is a path: it takes the name of an installed provider or "
              "of an account; a file can be given with --provider",
              name);
    return true;
}

static int say_none_chosen(void)
{
    log_error("no provider is chosen: call dnshook by a provider's name (a symbolic link, as "
              "rfc2136 -> dnshook), set DNSHOOK_PROVIDER, give --provider, or write %s; dnshook "
              "providers lists them",
              CONFIG_PATH);
    return DNSHOOK_BAD_CONFIG;
}

/* True unless it is certain that there is no configuration: one that cannot be reached is said by
 * who reads it. */
static bool may_have_config(void)
{
    return access(CONFIG_PATH, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool run_has_provider(const struct run *run, const char *name)
{
    if (name == NULL && names_a_file(run))
        return false;
    if (name != NULL || run_provider_name(run) != NULL || run->options.config != NULL ||
        process_variable("DNSHOOK_CONFIG") != NULL || may_have_config())
        return true;
    (void)say_none_chosen();
    return false;
}

/* ---- opening ---- */

int run_open_road(const struct run *run, bool keep, struct road *road)
{
    struct config *config = NULL;
    int status;

    memset(road, 0, sizeof *road);
    status = run_start_clock(run, keep);
    if (status == DNSHOOK_OK)
        status = config_find(run->options.config, &config);
    if (status == DNSHOOK_OK)
        status = road_open(road, config);
    http_set_directory(run->options.provider_dir);
    return status;
}

int run_view(struct road *road, const char *host, struct view **view)
{
    const struct config_domain *const domain = config_domain(road->config, host);

    return road_view(road, domain != NULL ? domain->resolvers : NULL, view);
}

/* An account that is called by its name, or a provider with the environment. */
static struct account_wanted by_name(const struct run *run, const struct road *road,
                                     const char *name)
{
    const struct config_account *const configured = config_account(road->config, name);

    return (struct account_wanted){.directory = run->options.provider_dir,
                                   .provider = configured != NULL ? configured->provider : name,
                                   .configured = configured};
}

/* The same for an account of the configuration. */
static struct account_wanted by_configuration(const struct run *run,
                                              const struct config_account *configured)
{
    return (struct account_wanted){.directory = run->options.provider_dir,
                                   .provider = configured->provider,
                                   .configured = configured};
}

int run_account(const struct run *run, struct road *road, const char *name,
                struct account **account)
{
    const struct account_wanted wanted = by_name(run, road, name);

    return road_account(road, &wanted, account);
}

int run_open(const struct run *run, const char *name, struct road *road, struct account **account)
{
    struct account_wanted wanted;
    int status;

    memset(road, 0, sizeof *road);
    if (!run_has_provider(run, name))
        return DNSHOOK_BAD_CONFIG;
    status = run_open_road(run, false, road);
    if (status != DNSHOOK_OK)
        return status;
    name = name != NULL ? name : run_provider_name(run);
    if (name == NULL && (road->config == NULL || road->config->initial == NULL))
        return say_none_chosen();
    wanted = name != NULL ? by_name(run, road, name) : by_configuration(run, road->config->initial);
    status = road_account(road, &wanted, account);
    return status == DNSHOOK_OK ? run_clock_extend(run, road) : status;
}

/* ---- the accounts of a set ---- */

/* What is done for each challenge of a set. */
struct steps {
    const struct run *run;
    struct road *road;
    const char *name; /* an account or a provider that was asked for, or NULL */
    bool keep;        /* to start */
    bool tried;       /* try_accounts() was */
    struct account_wanted *wanted;
    struct journal_item *items; /* to stop: what is on record */
    size_t item_count;
    int (*step)(struct steps *steps, size_t i, struct challenge *challenge);
};

/* Every account of the configuration can be opened as far as that is known without doing so, also
 * those that the call does not need: the file is right as a whole, or nobody is asked. */
static int check_accounts(const struct run *run, const struct config *config)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < config->account_count && status == DNSHOOK_OK; i++) {
        const struct config_account *const account = &config->accounts[i];
        struct provider *provider = NULL;

        status = provider_find_at(config->path, account->provider_line, run->options.provider_dir,
                                  account->provider, &provider);
        if (status == DNSHOOK_OK)
            status = config_check_account(config, account, provider->params, provider->param_count);
    }
    return status;
}

/* Every account that the DNS could lead to is right with its values, before the DNS is asked. To
 * stop, only those that are needed have to be. */
static int try_accounts(struct steps *steps)
{
    const struct config *const config = steps->road->config;
    struct account_wanted wanted;
    int status = DNSHOOK_OK;

    if (!steps->keep || steps->tried)
        return DNSHOOK_OK;
    steps->tried = true;
    if (config->initial != NULL) {
        wanted = by_configuration(steps->run, config->initial);
        status = road_try_account(steps->road, &wanted);
    }
    for (size_t i = 0; i < config->domain_count && status == DNSHOOK_OK; i++) {
        if (config->domains[i].account == NULL)
            continue;
        wanted = by_configuration(steps->run, config->domains[i].account);
        wanted.domain = &config->domains[i];
        status = road_try_account(steps->road, &wanted);
    }
    return status;
}

/* The domain of a host; where none matches, that of the record name, for which the DNS has to be
 * asked. */
static int find_domain(struct steps *steps, const struct challenge *challenge,
                       const struct config_domain **domain)
{
    const struct config *const config = steps->road->config;
    struct route route;
    int status;

    *domain = config_domain(config, challenge->host);
    if (*domain != NULL || !config->has_domains || challenge->at_name)
        return DNSHOOK_OK;
    status = try_accounts(steps);
    if (status == DNSHOOK_OK)
        status = challenge_route(steps->road->view, challenge->host, &route);
    if (status == DNSHOOK_OK)
        *domain = config_domain(config, route.record);
    return status;
}

/* Which account a challenge goes to, by name or by the configuration; `wanted` has no provider
 * where it goes to nobody. */
static int choose(struct steps *steps, const char *name, const struct challenge *challenge,
                  struct account_wanted *wanted)
{
    const struct run *const run = steps->run;
    const struct road *const road = steps->road;
    const struct config_domain *domain = NULL;
    int status;

    if (name != NULL) {
        *wanted = by_name(run, road, name);
        domain = config_domain(road->config, challenge->host);
        if (domain != NULL && wanted->configured != NULL && domain->account == wanted->configured)
            wanted->domain = domain;
        return DNSHOOK_OK;
    }
    *wanted = (struct account_wanted){.provider = NULL};
    if (road->config == NULL)
        return say_none_chosen();
    status = find_domain(steps, challenge, &domain);
    if (status != DNSHOOK_OK)
        return status;
    if (domain != NULL && domain->account != NULL)
        *wanted = by_configuration(run, domain->account);
    else if (domain == NULL && road->config->initial != NULL)
        *wanted = by_configuration(run, road->config->initial);
    wanted->domain = domain;
    return DNSHOOK_OK;
}

/* Gives a challenge what the configuration says of it. */
static int equip(struct road *road, const struct account_wanted *wanted,
                 struct challenge *challenge)
{
    const struct config_domain *const domain = wanted->domain;

    challenge->quorum = road->quorum;
    if (domain != NULL) {
        challenge->alias = challenge->at_name ? NULL : domain->alias;
        challenge->ttl = domain->ttl;
        if (domain->quorum >= 0 && !road->quorum_given)
            challenge->quorum = (enum quorum)domain->quorum;
    }
    return road_account(road, wanted, &challenge->account);
}

/* Says which names go to nobody: to everybody where others of the call do not. To stop (not
 * `keep`), the others are taken away all the same. */
static int say_nobody(const struct road *road, bool keep, const struct account_wanted *wanted,
                      struct challenge *set, size_t count)
{
    size_t lost = 0;

    for (size_t i = 0; i < count; i++)
        lost += wanted[i].provider == NULL && set[i].status == DNSHOOK_OK;
    for (size_t i = 0; i < count && lost > 0; i++) {
        if (wanted[i].provider != NULL || set[i].status != DNSHOOK_OK)
            continue;
        if (lost < count) {
            set[i].status = DNSHOOK_BAD_CONFIG;
            log_error("%s: %s routes it to nobody", set[i].host, road->config->path);
        } else
            log_info("%s: %s routes it to nobody", set[i].host, road->config->path);
    }
    if (lost == 0 || (lost < count && !keep))
        return EXIT_DONE;
    return lost < count ? EXIT_FAILED : EXIT_NOBODY;
}

/* Does a step for each of the set that no step has failed for. To start (`keep`) the first failure
 * is the last step; to stop, the others go on, and it is a failure where none is left. */
static int each_of(bool keep, struct challenge *set, size_t count, struct steps *steps)
{
    size_t left = 0;
    int first = DNSHOOK_OK;

    for (size_t i = 0; i < count && (first == DNSHOOK_OK || !keep); i++) {
        if (set[i].status == DNSHOOK_OK)
            set[i].status = steps->step(steps, i, &set[i]);
        left += set[i].status == DNSHOOK_OK;
        first = first == DNSHOOK_OK ? set[i].status : first;
    }
    return keep || left == 0 ? first : DNSHOOK_OK;
}

/* The account that has put a value there, by the journal: the configuration may have been changed
 * since, or the way that chose the account. NULL: not on record, or no account any more. */
static const char *writer_of(const struct steps *steps, const struct challenge *challenge)
{
    for (size_t i = 0; i < steps->item_count; i++) {
        const struct journal_item *const item = &steps->items[i];

        if (item->at_name == challenge->at_name && strcmp(item->host, challenge->host) == 0 &&
            strcmp(item->value, challenge->value) == 0 &&
            config_account(steps->road->config, item->provider) != NULL)
            return item->provider;
    }
    return NULL;
}

static int choose_step(struct steps *steps, size_t i, struct challenge *challenge)
{
    const char *const name = steps->name != NULL ? steps->name : writer_of(steps, challenge);

    return choose(steps, name, challenge, &steps->wanted[i]);
}

/* What is on record, where it may say which account a value to take away belongs to. */
static int read_journal(struct steps *steps)
{
    struct road *const road = steps->road;
    int status = DNSHOOK_OK;

    if (steps->name != NULL || road->config == NULL)
        return DNSHOOK_OK;
    if (road->journal == NULL)
        status = journal_open(&road->journal);
    return status == DNSHOOK_OK ? journal_list(road->journal, &steps->items, &steps->item_count)
                                : status;
}

static int equip_step(struct steps *steps, size_t i, struct challenge *challenge)
{
    const int status = equip(steps->road, &steps->wanted[i], challenge);

    if (status != DNSHOOK_OK)
        challenge->account = NULL;
    return status;
}

static int give_accounts(const struct run *run, const char *name, bool keep, struct road *road,
                         struct challenge *set, size_t count)
{
    struct account_wanted *const wanted = calloc(count, sizeof *wanted);
    struct steps steps = {.run = run,
                          .road = road,
                          .name = name,
                          .keep = keep,
                          .wanted = wanted,
                          .step = choose_step};
    int status = wanted != NULL ? DNSHOOK_OK : log_no_memory();
    int nobody = EXIT_DONE;

    /* What is there is taken away as far as that can be done. */
    if (status == DNSHOOK_OK && keep && road->config != NULL)
        status = check_accounts(run, road->config);
    else if (status == DNSHOOK_OK && !keep)
        status = read_journal(&steps);
    if (status == DNSHOOK_OK)
        status = each_of(keep, set, count, &steps);
    if (status == DNSHOOK_OK)
        nobody = say_nobody(road, keep, wanted, set, count);
    steps.step = equip_step;
    if (status == DNSHOOK_OK && nobody == EXIT_DONE)
        status = each_of(keep, set, count, &steps);
    if (status == DNSHOOK_OK && nobody == EXIT_DONE)
        status = run_clock_set(run, road, wanted, set, count, keep);
    free(steps.items);
    free(wanted);
    return nobody != EXIT_DONE ? nobody : run_exit(status);
}

int run_begin(const struct run *run, const char *name, bool keep, struct road *road,
              struct challenge *set, size_t count)
{
    int status;

    memset(road, 0, sizeof *road);
    if (!run_has_provider(run, name))
        return EXIT_FAILED;
    status = run_open_road(run, keep, road);
    if (status != DNSHOOK_OK)
        return run_exit(status);
    return give_accounts(run, name != NULL ? name : run_provider_name(run), keep, road, set, count);
}

/* ---- the whole way ---- */

static int finish(struct road *road, int exit_status)
{
    deadline_outcome(exit_status);
    road_close(road);
    return exit_status;
}

int run_start(const struct run *run, struct challenge *set, size_t count, enum run_wait wait)
{
    struct road road;
    int status = run_begin(run, NULL, true, &road, set, count);

    if (status == EXIT_DONE)
        status = run_exit(challenge_start(&road, set, count, wait == RUN_WAIT));
    return finish(&road, status);
}

int run_stop(const struct run *run, struct challenge *set, size_t count)
{
    struct road road;
    int status = run_begin(run, NULL, false, &road, set, count);

    if (status == EXIT_DONE)
        status = run_exit(challenge_stop(&road, set, count));
    return finish(&road, status);
}

int run_exit(int status)
{
    if (status == DNSHOOK_OK)
        return EXIT_DONE;
    return deadline_signal() != 0 ? 128 + deadline_signal() : EXIT_FAILED;
}
