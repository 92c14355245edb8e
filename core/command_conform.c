/* `dnshook conform`: the rules for providers, tried on an account. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "conform.h"
#include "deadline.h"
#include "log.h"

enum {
    CONFORM_TIMEOUT = 900000, /* ms in all, where the user says nothing */
    DOMAIN_MAX = 200
};

bool conform_over(void)
{
    return deadline_status() != DNSHOOK_OK;
}

static bool make_label(struct conform *conform)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    (void)snprintf(conform->label, sizeof conform->label, "conform-%08x", random);
    return true;
}

/* What children share with their parent. */
static bool make_shared(struct conform *conform)
{
    void *const memory = mmap(NULL, CHILDREN_MAX * sizeof *conform->outcome, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    conform->outcome = memory != MAP_FAILED ? memory : NULL;
    conform->output = memfd_create("dnshook", MFD_CLOEXEC);
    conform->errors = memfd_create("dnshook", MFD_CLOEXEC);
    return conform->outcome != NULL && conform->output >= 0 && conform->errors >= 0;
}

/* The provider, by its name or its file, or by that of an account of the configuration. */
static int find_provider(struct conform *conform)
{
    const struct config *const config = conform->road.config;
    const struct config_account *const account = config_account(config, conform->given);
    const struct config_domain *const domain = config_domain(config, conform->domain);
    struct provider *provider = NULL;
    const char *const directory = conform->run->options.provider_dir;
    const int status = account != NULL ? provider_find_at(config->path, account->provider_line,
                                                          directory, account->provider, &provider)
                                       : provider_find(directory, conform->given, &provider);

    conform->provider = provider;
    if (status != DNSHOOK_OK || account == NULL)
        return status;
    conform->origin = (struct params_origin){
        .config = config,
        .account = account,
        .domain = domain != NULL && domain->account == account ? domain : NULL};
    return config_check_account(config, account, provider->params, provider->param_count);
}

/* Where the domain is: what the DNS shows, or the domain itself. */
static int find_cut(struct conform *conform)
{
    char host[NAME_SIZE];
    struct route route;
    struct view *view = NULL;
    int status;

    (void)snprintf(conform->cut.name, NAME_SIZE, "%s", conform->domain);
    if (!conform->dns)
        return DNSHOOK_OK;
    (void)snprintf(host, sizeof host, "first.%s.%.*s", conform->label, NAME_MAX_TEXT,
                   conform->domain);
    status = run_view(&conform->road, host, &view);
    if (status == DNSHOOK_OK)
        status = challenge_route(view, host, &route);
    if (status != DNSHOOK_OK)
        return status;
    conform->authority = route.authority;
    (void)snprintf(conform->cut.name, NAME_SIZE, "%s", route.authority->zone);
    (void)snprintf(conform->cut.primary, NAME_SIZE, "%s", route.authority->primary);
    if (name_is_within(route.record, host))
        return DNSHOOK_OK;
    log_error("%s leads to %s: names below %s are aliases; give another domain", host, route.record,
              conform->domain);
    return DNSHOOK_BAD_CONFIG;
}

static void all_steps(struct conform *conform)
{
    static void (*const steps[])(struct conform *) = {
        conform_sets, conform_credentials, conform_time, conform_interruptions, conform_handles};
    static const enum check own[] = {CHECK_STATUS, CHECK_REASON, CHECK_SECRET, CHECK_PROCESS};

    if (!conform_zone(conform) || !conform_first(conform)) {
        if (!conform_over())
            report_skip_rest(&conform->report, "what everything else rests on does not work");
        return;
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!conform_over())
            steps[i](conform);
    for (size_t i = 0; i < sizeof own / sizeof *own && !conform_over(); i++)
        report_pass(&conform->report, own[i]);
    report_flush(&conform->report);
}

/* Takes everything away again, and tells the rest. */
static int end_all(struct conform *conform)
{
    const int over = deadline_status();
    int status;

    if (over == DNSHOOK_INTERRUPTED) {
        log_warning("ended by signal %d", deadline_signal());
        report_skip_rest(&conform->report, "interrupted");
    } else if (over == DNSHOOK_DEADLINE) {
        log_error("the time was over before everything was tried; a longer --timeout helps");
        report_skip_rest(&conform->report, "the time was over");
    }
    if (over != DNSHOOK_OK)
        deadline_begin_cleanup();
    changes_clean(conform);
    place_settle_clean(conform, over != DNSHOOK_OK);
    status = report_end(&conform->report, conform->provider, conform->domain, conform->dns);
    return status == DNSHOOK_OK ? over : status;
}

static int conform_all(struct conform *conform)
{
    int status = run_open_road(conform->run, true, &conform->road);

    if (status == DNSHOOK_OK)
        status = find_provider(conform);
    if (status == DNSHOOK_OK)
        status = find_cut(conform);
    if (status != DNSHOOK_OK)
        return status;
    log_info("every value goes to a name below %s.%s", conform->label, conform->domain);
    report_begin(&conform->report);
    all_steps(conform);
    return end_all(conform);
}

int command_conform(const struct run *run, int argc, char *const *argv)
{
    struct conform *const conform = calloc(1, sizeof *conform);
    struct run timed = *run;
    const char *why;
    int status;

    (void)argc;
    if (conform == NULL || !make_label(conform) || !make_shared(conform)) {
        free(conform);
        (void)log_no_memory();
        return EXIT_FAILED;
    }
    why = name_check_host(argv[2], conform->domain);
    if (why == NULL && strlen(conform->domain) > DOMAIN_MAX)
        why = "leaves no room for names below it";
    if (why != NULL) {
        log_error("the domain \"%s\" %s", argv[2], why);
        free(conform);
        return EXIT_USAGE;
    }
    if (!run->options.timeout_given)
        timed.options.timeout = CONFORM_TIMEOUT;
    conform->run = &timed;
    conform->given = argv[1];
    conform->dns = !run->options.no_dns;
    conform->hang = CHECK_TIME;
    conform->report.json = run->options.json;
    status = conform_all(conform);
    road_close(&conform->road);
    (void)munmap(conform->outcome, CHILDREN_MAX * sizeof *conform->outcome);
    (void)close(conform->output);
    (void)close(conform->errors);
    free(conform);
    return run_exit(status);
}
