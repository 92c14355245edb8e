#include "command_config_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "process.h"

enum { NUMBER_SIZE = 24, SHOWN_SIZE = 2048 };

static const char initial_value[] = "initial value";

int rows_add(json_t *rows, const char *name, const char *value, const char *source, bool hidden)
{
    char shown[SHOWN_SIZE] = "";
    char from[ROWS_SOURCE_SIZE] = "";
    json_t *row;

    log_sanitize(shown, sizeof shown, value != NULL && !hidden ? value : "");
    log_sanitize(from, sizeof from, source);
    row = json_pack("{s:s, s:s?, s:s, s:b}", "name", name, "value",
                    value != NULL && !hidden ? shown : NULL, "source", from, "hidden", hidden);
    return json_array_append_new(rows, row) == 0 ? DNSHOOK_OK : log_no_memory();
}

int rows_add_line(json_t *rows, const char *name, const char *value, const struct config *config,
                  unsigned line)
{
    char source[ROWS_SOURCE_SIZE];

    (void)snprintf(source, sizeof source, "%s:%u", config->path, line);
    return rows_add(rows, name, value, source, false);
}

void rows_print(const json_t *rows)
{
    size_t i;
    const json_t *row;

    json_array_foreach(rows, i, row)
    {
        const char *const value = json_string_value(json_object_get(row, "value"));
        const bool hidden = json_is_true(json_object_get(row, "hidden"));

        (void)printf("    %-20s %-32s %s\n", json_string_value(json_object_get(row, "name")),
                     hidden          ? "[hidden]"
                     : value != NULL ? value
                                     : "-",
                     json_string_value(json_object_get(row, "source")));
    }
}

/* ---- parameters ---- */

/* The account's parameters, or those that the environment gives. */
static int read_params(const struct params_origin *origin, const struct provider *provider,
                       struct params **params)
{
    int status = DNSHOOK_OK;

    if (origin->account == NULL)
        return params_read(provider, NULL, params);
    status = config_check_account(origin->config, origin->account, provider->params,
                                  provider->param_count);
    return status == DNSHOOK_OK ? params_read(provider, origin, params) : status;
}

int rows_add_params(json_t *rows, const struct params_origin *origin,
                    const struct provider *provider)
{
    struct params *params = NULL;
    int status = read_params(origin, provider, &params);

    for (size_t i = 0; i < provider->param_count && status == DNSHOOK_OK; i++) {
        const struct dnshook_param *const param = &provider->params[i];
        const char *const value = params_get(params, param->name);

        if (value != NULL)
            status = rows_add(rows, param->name, value, params_source(params, param->name),
                              (param->flags & DNSHOOK_PARAM_SECRET) != 0);
    }
    params_free(params);
    return status;
}

/* ---- waiting ---- */

/* The parameter of the provider that says how long to wait, with its row. */
static const json_t *row_of_timeout(const json_t *params, const struct provider *provider)
{
    size_t i;
    const json_t *row;

    for (size_t k = 0; provider != NULL && k < provider->param_count; k++) {
        if ((provider->params[k].flags & DNSHOOK_PARAM_TIMEOUT) == 0)
            continue;
        json_array_foreach(params, i, row)
        {
            const char *const name = json_string_value(json_object_get(row, "name"));

            if (strcmp(name, provider->params[k].name) == 0)
                return row;
        }
    }
    return NULL;
}

/* --timeout, the domain, [propagation], the account, the initial value. */
static int add_deadline(json_t *rows, const struct run *run, const struct config *config,
                        const struct config_domain *domain, const json_t *account)
{
    const bool of_domain = domain != NULL && domain->deadline != 0;
    const bool of_propagation = config != NULL && config->propagation.deadline != 0;
    char text[NUMBER_SIZE];
    int64_t deadline = run->options.timeout;
    unsigned line = 0;

    if (!run->options.timeout_given && (of_domain || of_propagation)) {
        deadline = of_domain ? domain->deadline : config->propagation.deadline;
        line =
            of_domain ? domain->lines[CONFIG_DEADLINE] : config->propagation.lines[CONFIG_DEADLINE];
    }
    (void)snprintf(text, sizeof text, "%" PRId64, deadline / 1000);
    if (line != 0)
        return rows_add_line(rows, "deadline", text, config, line);
    if (!run->options.timeout_given && account != NULL)
        return rows_add(rows, "deadline", json_string_value(json_object_get(account, "value")),
                        json_string_value(json_object_get(account, "source")), false);
    return rows_add(rows, "deadline", text,
                    run->options.timeout_given ? "--timeout" : initial_value, false);
}

/* The variable, a key of the domain, the same key of [propagation], the initial value. */
struct choice {
    enum config_key key;
    const char *name;
    const char *variable;
    const char *of_domain; /* NULL: not given; as the next */
    const char *of_propagation;
    const char *initial;
    const char *initial_source;
};

static int add_choice(json_t *rows, const struct config *config, const struct config_domain *domain,
                      const struct choice *choice)
{
    const char *const value = process_variable(choice->variable);

    if (value != NULL)
        return rows_add(rows, choice->name, value, choice->variable, false);
    if (choice->of_domain != NULL)
        return rows_add_line(rows, choice->name, choice->of_domain, config,
                             domain->lines[choice->key]);
    if (choice->of_propagation != NULL)
        return rows_add_line(rows, choice->name, choice->of_propagation, config,
                             config->propagation.lines[choice->key]);
    return rows_add(rows, choice->name, choice->initial, choice->initial_source, false);
}

static const char *quorum_word(int quorum)
{
    return quorum >= 0 ? config_quorum_text(quorum) : NULL;
}

int rows_add_waiting(json_t *rows, const struct run *run, const struct config *config,
                     const struct config_domain *domain, const json_t *params,
                     const struct provider *provider)
{
    const struct choice resolvers = {.key = CONFIG_RESOLVERS,
                                     .name = "resolvers",
                                     .of_domain = domain != NULL ? domain->resolvers : NULL,
                                     .variable = "DNSHOOK_RESOLVERS",
                                     .of_propagation =
                                         config != NULL ? config->propagation.resolvers : NULL,
                                     .initial_source = "/etc/resolv.conf"};
    const struct choice quorum = {
        .key = CONFIG_QUORUM,
        .name = "quorum",
        .of_domain = domain != NULL ? quorum_word(domain->quorum) : NULL,
        .variable = "DNSHOOK_QUORUM",
        .of_propagation = config != NULL ? quorum_word(config->propagation.quorum) : NULL,
        .initial = config_quorum_text(QUORUM_REACHABLE),
        .initial_source = initial_value};
    int status = add_deadline(rows, run, config, domain, row_of_timeout(params, provider));

    if (status == DNSHOOK_OK)
        status = add_choice(rows, config, domain, &resolvers);
    return status == DNSHOOK_OK ? add_choice(rows, config, domain, &quorum) : status;
}
