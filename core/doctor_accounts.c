/* The accounts: which parameters are set, and from where; and whether the service takes them. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "log.h"

static const char about[] = "accounts";

/* ---- who is tried ---- */

/* Without a configuration: every provider for which anything is set. */
static int use_providers(struct doctor *doctor)
{
    struct provider_entry *entries = NULL;
    struct findings unused = {0};
    size_t count = 0;
    int status;

    /* What is wrong was said of the providers, or will be when the account is tried. */
    findings_take_log(&unused, about);
    status = provider_list(doctor->run->options.provider_dir, &entries, &count);
    for (size_t i = 0; i < count; i++)
        if (entries[i].provider != NULL && params_any(entries[i].provider))
            doctor_use(doctor, entries[i].name);
    findings_end_log();
    findings_clear(&unused);
    provider_free_list(entries, count);
    return status == DNSHOOK_NO_MEMORY ? status : DNSHOOK_OK;
}

static int collect(struct doctor *doctor)
{
    const struct config *const config = doctor->road.config;
    const char *const name = run_provider_name(doctor->run);

    for (size_t i = 0; config != NULL && i < config->account_count; i++)
        doctor_use(doctor, config->accounts[i].name);
    if (name != NULL)
        doctor_use(doctor, name);
    return config == NULL ? use_providers(doctor) : DNSHOOK_OK;
}

/* ---- one account ---- */

/* Which parameters are set, and from where; the secrets' values are hidden by the log's rules. */
static void say_parameters(struct doctor *doctor, const char *name, const struct provider *provider,
                           const struct params *params)
{
    char text[DOCTOR_TEXT_SIZE] = "";
    size_t used = 0;

    for (size_t i = 0; i < provider->param_count && used < sizeof text; i++) {
        const struct dnshook_param *const param = &provider->params[i];
        const char *const source = params_source(params, param->name);
        const bool secret = (param->flags & DNSHOOK_PARAM_SECRET) != 0;

        if (source != NULL && strcmp(source, PARAMS_INITIAL) != 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s = %s from %s",
                                     used > 0 ? "; " : "", param->name,
                                     secret ? "[hidden]" : params_get(params, param->name), source);
    }
    findings_add(&doctor->findings, FINDING_OK, about, "%s: %s", name,
                 used > 0 ? text : "no parameter is set");
}

/* Reads the parameters again, to see where they come from: the account keeps them to itself. */
static void look_at_parameters(struct doctor *doctor, const struct account *account)
{
    const struct provider *const provider = instance_provider(account->instance);
    const struct params_origin origin = {.config = doctor->road.config,
                                         .account =
                                             config_account(doctor->road.config, account->name)};
    struct params *params = NULL;

    if (params_read(provider, account->configured ? &origin : NULL, &params) != DNSHOOK_OK)
        return;
    say_parameters(doctor, account->name, provider, params);
    params_free(params);
}

/* Opens an account and asks the service whether it takes the credentials. */
static int try_account(struct doctor *doctor, const char *name)
{
    struct account *account = NULL;
    const size_t before = doctor->findings.problems;
    int status = run_account(doctor->run, &doctor->road, name, &account);

    if (status == DNSHOOK_OK) {
        look_at_parameters(doctor, account);
        status = instance_check(account->instance, NULL);
    }
    if (status == DNSHOOK_OK || status == DNSHOOK_UNSUPPORTED)
        findings_add(&doctor->findings, FINDING_OK, about, "%s: %s", name,
                     status == DNSHOOK_OK ? "the service takes the credentials"
                                          : "its provider cannot check credentials");
    else if (doctor->findings.problems == before)
        findings_add(&doctor->findings, FINDING_PROBLEM, about, "%s: it does not work", name);
    return status == DNSHOOK_INTERRUPTED || status == DNSHOOK_DEADLINE ||
                   status == DNSHOOK_NO_MEMORY
               ? status
               : DNSHOOK_OK;
}

int doctor_accounts(struct doctor *doctor)
{
    int status;

    if (!doctor->open || doctor->misconfigured)
        return DNSHOOK_OK;
    status = collect(doctor);
    if (status == DNSHOOK_OK && doctor->used_count == 0) {
        findings_add(&doctor->findings, FINDING_REMARK, about,
                     "no account: nothing is set for any provider in this environment");
        findings_remedy(&doctor->findings,
                        "run this in the environment of the ACME client, name a provider with "
                        "--provider, or write %s",
                        CONFIG_PATH);
    }
    for (size_t i = 0; i < doctor->used_count && status == DNSHOOK_OK; i++) {
        findings_take_log(&doctor->findings, about);
        status = try_account(doctor, doctor->used[i]);
        findings_end_log();
    }
    return status;
}
