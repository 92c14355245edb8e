#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "config_keys.h"
#include "config_parse.h"
#include "log.h"

/* The account that line `line` names; NULL for "none". */
static int find_account(const struct config *config, unsigned line, const char *name,
                        const struct config_account **account)
{
    const char *words[CONFIG_MAX_ACCOUNTS + 1];
    char text[CONFIG_WORDS_SIZE];

    *account = config_account(config, name);
    if (*account != NULL || strcmp(name, "none") == 0)
        return DNSHOOK_OK;
    for (size_t i = 0; i < config->account_count; i++)
        words[i] = config->accounts[i].name;
    words[config->account_count] = "none";
    return config_refuse(&(struct config_place){config->path, line}, "there is no [account %s]%s",
                         name, config_known(name, words, config->account_count + 1, text));
}

static int find_accounts(struct config *config, char *const *wanted, const char *initial)
{
    int status = DNSHOOK_OK;

    if (initial != NULL)
        status = find_account(config, config->initial_line, initial, &config->initial);
    for (size_t i = 0; i < config->domain_count && status == DNSHOOK_OK; i++) {
        struct config_domain *const domain = &config->domains[i];

        domain->account = config->initial;
        if (wanted[i] != NULL)
            status =
                find_account(config, domain->lines[CONFIG_ACCOUNT], wanted[i], &domain->account);
        else if (initial == NULL)
            return config_refuse(
                &(struct config_place){config->path, domain->line},
                "[domain %s] has no account, and there is no [default]: write account = "
                "NAME below it, or account = none",
                domain->name);
    }
    return status;
}

static int compare_domains(const void *a, const void *b)
{
    const struct config_domain *const left = *(const struct config_domain *const *)a;
    const struct config_domain *const right = *(const struct config_domain *const *)b;
    const int order = strcmp(left->name, right->name);

    if (order != 0)
        return order;
    return left->line < right->line ? -1 : 1;
}

/* Sorted, because a file may hold thousands. */
static int find_twins(const struct config *config)
{
    const size_t count = config->domain_count;
    CLEANUP_FREE const struct config_domain **sorted = calloc(count + 1, sizeof *sorted);

    if (sorted == NULL)
        return log_no_memory();
    for (size_t i = 0; i < count; i++)
        sorted[i] = &config->domains[i];
    qsort(sorted, count, sizeof *sorted, compare_domains);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return config_refuse(&(struct config_place){config->path, sorted[i]->line},
                                 "[domain %s] stands in line %u already", sorted[i]->name,
                                 sorted[i - 1]->line);
    return DNSHOOK_OK;
}

int config_link(struct config *config, char *const *wanted, const char *initial)
{
    const int status = find_twins(config);

    return status == DNSHOOK_OK ? find_accounts(config, wanted, initial) : status;
}
