#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "http.h"
#include "log.h"

enum { RESERVE = 15000 /* ms kept for cleaning up, or a quarter of the time if that is less */ };

const char *run_provider_name(const struct run *run)
{
    const char *const variable = getenv("DNSHOOK_PROVIDER");

    if (run->options.provider != NULL)
        return run->options.provider;
    if (run->called != NULL)
        return run->called;
    return variable != NULL && *variable != '\0' ? variable : NULL;
}

/* No environment variable leads to code: only the command line may name a file. */
static bool names_a_file(const struct run *run)
{
    const char *const variable = getenv("DNSHOOK_PROVIDER");

    if (run->options.provider != NULL || run->called != NULL || variable == NULL ||
        strchr(variable, '/') == NULL)
        return false;
    log_error("DNSHOOK_PROVIDER: \"%s\" is a path: it takes the name of an installed provider; a "
              "file can be given with --provider",
              variable);
    return true;
}

bool run_has_provider(const struct run *run, const char *name)
{
    if (name == NULL && names_a_file(run))
        return false;
    if (name != NULL || run_provider_name(run) != NULL)
        return true;
    log_error("no provider is chosen: call dnshook by a provider's name (a symbolic link, as "
              "rfc2136 -> dnshook), set DNSHOOK_PROVIDER, or give --provider; dnshook providers "
              "lists them");
    return false;
}

static int64_t reserve_of(int64_t total)
{
    return total / 4 < RESERVE ? total / 4 : RESERVE;
}

int run_start_clock(const struct run *run, bool keep)
{
    const int64_t total = run->options.timeout;

    return deadline_start(total, keep ? reserve_of(total) : 0);
}

/* Gives the account the time that its parameters ask for, and what the rest of the way needs. */
static int extend_clock(const struct run *run, struct road *road)
{
    const int64_t wait = instance_timeout(road->instance);

    if (wait == 0 || run->options.timeout_given)
        return DNSHOOK_OK;
    road->wait_limit = wait;
    return deadline_start(wait + RESERVE + RESERVE, RESERVE);
}

int run_open(const struct run *run, const char *name, struct road *road)
{
    struct provider *provider = NULL;
    int status;

    memset(road, 0, sizeof *road);
    if (!run_has_provider(run, name))
        return DNSHOOK_BAD_CONFIG;
    if (name == NULL)
        name = run_provider_name(run);
    http_set_directory(run->options.provider_dir);
    status = provider_find(run->options.provider_dir, name, &provider);
    if (status == DNSHOOK_OK)
        status = road_open(road, provider);
    if (status == DNSHOOK_OK)
        status = extend_clock(run, road);
    if (status == DNSHOOK_OK)
        log_info("provider %s %s, %s", provider->op.name, provider->op.version, provider->path);
    return status;
}

int run_exit(int status)
{
    if (status == DNSHOOK_OK)
        return EXIT_DONE;
    return deadline_signal() != 0 ? 128 + deadline_signal() : EXIT_FAILED;
}
