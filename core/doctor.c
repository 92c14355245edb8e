#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cleanup.h"
#include "deadline.h"
#include "examine.h"
#include "log.h"

enum { LIMIT = 10000 /* ms for questions to the resolvers */ };

/* ---- the configuration ---- */

/* Every account's lines against the parameters of its provider. */
static void check_accounts(struct doctor *doctor, const struct config *config)
{
    for (size_t i = 0; i < config->account_count; i++) {
        const struct config_account *const account = &config->accounts[i];
        struct provider *provider = NULL;

        if (provider_find_at(config->path, account->provider_line,
                             doctor->run->options.provider_dir, account->provider,
                             &provider) == DNSHOOK_OK)
            (void)config_check_account(config, account, provider->params, provider->param_count);
    }
}

static void say_configuration(struct doctor *doctor)
{
    const struct config *const config = doctor->road.config;

    if (config != NULL)
        findings_add(&doctor->findings, FINDING_OK, "configuration",
                     "%s can be read: %zu account%s, %zu domain%s", config->path,
                     config->account_count, config->account_count == 1 ? "" : "s",
                     config->domain_count, config->domain_count == 1 ? "" : "s");
    else
        findings_add(&doctor->findings, FINDING_OK, "configuration",
                     "there is no %s: accounts are providers with the environment", CONFIG_PATH);
}

int doctor_configuration(struct doctor *doctor)
{
    const size_t before = doctor->findings.problems;
    int status;

    findings_add(&doctor->findings, FINDING_OK, "program", "dnshook %s, provider interface %u",
                 PACKAGE_VERSION, DNSHOOK_ABI);
    findings_take_log(&doctor->findings, "configuration");
    status = run_open_road(doctor->run, false, &doctor->road);
    if (status == DNSHOOK_OK && doctor->road.config != NULL)
        check_accounts(doctor, doctor->road.config);
    doctor->misconfigured = status != DNSHOOK_OK;
    if (status == DNSHOOK_BAD_CONFIG || status == DNSHOOK_DENIED) {
        road_close(&doctor->road);
        status = road_open(&doctor->road, NULL);
    }
    doctor->open = status == DNSHOOK_OK;
    findings_end_log();
    if (doctor->findings.problems == before && !doctor->misconfigured)
        say_configuration(doctor);
    return status == DNSHOOK_BAD_CONFIG || status == DNSHOOK_DENIED ? DNSHOOK_OK : status;
}

/* ---- the providers ---- */

/* The part that carries HTTP; the loader's verdict of it. */
static void check_http(struct doctor *doctor)
{
    CLEANUP_FREE char *path = NULL;
    char why[LOADER_WHY_SIZE];
    struct module *module = NULL;

    if (asprintf(&path, "%s/_http.so", doctor->run->options.provider_dir) < 0) {
        path = NULL;
        doctor->findings.lost = true;
        return;
    }
    if (loader_open(path, &module, why) == DNSHOOK_OK)
        return;
    findings_add(&doctor->findings, FINDING_PROBLEM, "providers",
                 "the part that carries HTTP cannot be loaded: %s", why);
    findings_remedy(&doctor->findings, "install dnshook anew");
}

int doctor_providers(struct doctor *doctor)
{
    struct provider_entry *entries = NULL;
    size_t count = 0;
    int status;

    findings_take_log(&doctor->findings, "providers");
    status = provider_list(doctor->run->options.provider_dir, &entries, &count);
    findings_end_log();
    for (size_t i = 0; i < count; i++)
        if (entries[i].provider != NULL)
            findings_add(&doctor->findings, FINDING_OK, "providers", "%s %s, %s", entries[i].name,
                         entries[i].provider->op.version, entries[i].path);
        else
            findings_add(&doctor->findings, FINDING_PROBLEM, "providers", "%s: %s", entries[i].path,
                         entries[i].why);
    if (status == DNSHOOK_OK && count == 0) {
        findings_add(&doctor->findings, FINDING_PROBLEM, "providers", "there is none in %s",
                     doctor->run->options.provider_dir);
        findings_remedy(&doctor->findings, "install one, or give --provider-dir");
    }
    provider_free_list(entries, count);
    if (status == DNSHOOK_OK)
        check_http(doctor);
    return status == DNSHOOK_NO_MEMORY ? status : DNSHOOK_OK;
}

/* ---- resolvers and clock ---- */

static void judge_resolver(struct doctor *doctor, struct inquiry *inquiry,
                           struct dns_server *server, bool only_one)
{
    const struct answer *const answer =
        inquiry_find(inquiry, server, ".", LDNS_RR_TYPE_NS, DNS_RECURSION);
    const char *const text = dns_server_address(server)->text;

    if (answer != NULL && answer->packet != NULL &&
        ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NOERROR) {
        findings_add(&doctor->findings, FINDING_OK, "resolvers", "%s answers, in %lld ms", text,
                     (long long)answer->took);
        return;
    }
    findings_add(&doctor->findings, only_one ? FINDING_PROBLEM : FINDING_REMARK, "resolvers",
                 "%s does not answer: %s", text,
                 answer != NULL ? answer_text(answer) : "the time was over");
    findings_remedy(&doctor->findings,
                    "mend it, or name another one in /etc/resolv.conf or DNSHOOK_RESOLVERS");
}

static int ask_resolvers(struct doctor *doctor, const struct resolver *resolver)
{
    struct inquiry inquiry = {.dns = doctor->road.dns};
    size_t working = 0;
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++)
        status = inquiry_ask(&inquiry, resolver_server(resolver, i), ".", LDNS_RR_TYPE_NS,
                             DNS_RECURSION);
    if (status == DNSHOOK_OK)
        status = inquiry_wait(&inquiry, deadline_now() + LIMIT);
    for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++) {
        const struct answer *const answer = inquiry_find(&inquiry, resolver_server(resolver, i),
                                                         ".", LDNS_RR_TYPE_NS, DNS_RECURSION);

        working += answer != NULL && answer->packet != NULL &&
                   ldns_pkt_get_rcode(answer->packet) == LDNS_RCODE_NOERROR;
    }
    for (size_t i = 0; i < resolver_count(resolver) && status == DNSHOOK_OK; i++)
        judge_resolver(doctor, &inquiry, resolver_server(resolver, i), working == 0);
    inquiry_end(&inquiry);
    return status;
}

int doctor_resolvers(struct doctor *doctor)
{
    struct examination examination = {.findings = &doctor->findings};
    int status;

    if (!doctor->open)
        return DNSHOOK_OK;
    examination.map = &doctor->road.view->map;
    status = ask_resolvers(doctor, doctor->road.view->resolver);
    if (status == DNSHOOK_OK)
        status = examination_clock(&examination, LIMIT);
    examination_close(&examination);
    return status;
}

/* ---- who is used ---- */

void doctor_use(struct doctor *doctor, const char *name)
{
    for (size_t i = 0; i < doctor->used_count; i++)
        if (strcmp(doctor->used[i], name) == 0)
            return;
    if (doctor->used_count < DOCTOR_MAX_USED)
        (void)snprintf(doctor->used[doctor->used_count++], RUN_CALLED_SIZE, "%s", name);
}

bool doctor_knows(const struct doctor *doctor, const char *name)
{
    CLEANUP_FREE char *path = NULL;
    struct provider *provider = NULL;
    char why[LOADER_WHY_SIZE];

    if (config_account(doctor->road.config, name) != NULL)
        return true;
    if (!provider_name_ok(name))
        return false;
    if (asprintf(&path, "%s/%s.so", doctor->run->options.provider_dir, name) < 0) {
        path = NULL;
        return false;
    }
    return provider_load(path, &provider, why) == DNSHOOK_OK;
}
