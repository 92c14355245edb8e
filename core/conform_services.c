#include "conform_services.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "log.h"

enum { CLEANUP_TIME = 10000 /* ms that time_left() gives after an interruption */ };

bool services_is_broken(const struct observation *world, enum rule rule)
{
    return (world->seen->broken & UINT32_C(1) << rule) != 0;
}

void services_broke(struct observation *world, enum rule rule, const char *format, ...)
{
    va_list args;

    if (services_is_broken(world, rule))
        return;
    world->seen->broken |= UINT32_C(1) << rule;
    va_start(args, format);
    (void)vsnprintf(world->seen->how[rule], SHIM_TEXT_SIZE, format, args);
    va_end(args);
}

static struct shim *of(const struct dnshook_host *host)
{
    struct shim *const shim = (struct shim *)(uintptr_t)host;

    if (!shim->busy)
        services_broke(shim->world, RULE_HANDLE,
                       "%s on one handle called a service of another handle's host",
                       shim->world->seen->call[0] != '\0' ? shim->world->seen->call : "a call");
    return shim;
}

static bool holds_secret(const struct shim *shim, const char *text)
{
    for (size_t i = 0; i < shim->world->provider->param_count; i++) {
        const struct dnshook_param *const param = &shim->world->provider->params[i];
        const char *const value = (param->flags & DNSHOOK_PARAM_SECRET) != 0
                                      ? shim->real->param(shim->real, param->name)
                                      : NULL;

        if (value != NULL && strlen(value) >= 4 && strstr(text, value) != NULL)
            return true;
    }
    return false;
}

static void check_text(const struct shim *shim, const char *text)
{
    if (holds_secret(shim, text))
        services_broke(shim->world, RULE_SECRET,
                       "%s gave the host a text with the value of a secret parameter",
                       shim->world->seen->call);
}

static void shim_log(const struct dnshook_host *host, int level, const char *text)
{
    const struct shim *const shim = of(host);

    check_text(shim, text);
    shim->real->log(shim->real, level, text);
}

static int shim_fail(const struct dnshook_host *host, int status, const char *text)
{
    struct shim *const shim = of(host);

    check_text(shim, text);
    shim->said = true;
    log_sanitize(shim->world->seen->reason, sizeof shim->world->seen->reason, text);
    return (shim->real->fail)(shim->real, status, text);
}

/* The same length and the same kinds of characters. */
static void alter(char *text)
{
    for (; *text != '\0'; text++) {
        if (isdigit((unsigned char)*text))
            *text = *text == '9' ? '0' : (char)(*text + 1);
        else if (isalpha((unsigned char)*text))
            *text = *text == 'z' ? 'a' : *text == 'Z' ? 'A' : (char)(*text + 1);
    }
}

static bool is_secret(const struct shim *shim, const char *name)
{
    for (size_t i = 0; i < shim->world->provider->param_count; i++)
        if (strcmp(shim->world->provider->params[i].name, name) == 0)
            return (shim->world->provider->params[i].flags & DNSHOOK_PARAM_SECRET) != 0;
    return false;
}

static const char *shim_param(const struct dnshook_host *host, const char *name)
{
    const struct shim *const shim = of(host);
    const char *const value = shim->real->param(shim->real, name);
    const size_t size = value != NULL ? strlen(value) + 1 : 0;
    char *copy;

    if (!shim->altered || size == 0 || !is_secret(shim, name))
        return value;
    copy = shim->real->alloc(shim->real, size); /* freed with the instance */
    if (copy == NULL)
        return NULL;
    memcpy(copy, value, size);
    alter(copy);
    (void)log_add_secret(copy);
    return copy;
}

static void *shim_alloc(const struct dnshook_host *host, size_t size)
{
    const struct shim *const shim = of(host);

    return shim->real->alloc(shim->real, size);
}

static void *shim_realloc(const struct dnshook_host *host, void *memory, size_t size)
{
    const struct shim *const shim = of(host);

    return shim->real->realloc(shim->real, memory, size);
}

static void shim_free(const struct dnshook_host *host, void *memory)
{
    const struct shim *const shim = of(host);

    shim->real->free(shim->real, memory);
}

/* Counts a service that can end early. DNSHOOK_OK to make it, else what it has to report; with
 * *lose the exchange is made first. */
static int strike(struct shim *shim, bool exchange, bool *lose)
{
    *lose = false;
    if (shim->world->fault.at != 0 && shim->world->seen->fired)
        return shim->world->fault.status;
    if (shim->world->seen->services < SHIM_SERVICES_MAX)
        shim->world->seen->exchanges[shim->world->seen->services] = exchange;
    shim->world->seen->services++;
    if (shim->world->fault.at == 0 || shim->world->seen->services != shim->world->fault.at)
        return DNSHOOK_OK;
    shim->world->seen->fired = true;
    shim->world->fired_at = deadline_now();
    *lose = shim->world->fault.after && exchange;
    return shim->world->fault.status;
}

static int64_t shim_time_left(const struct dnshook_host *host)
{
    struct shim *const shim = of(host);
    const int64_t left = shim->real->time_left(shim->real);
    int64_t cleanup;
    bool lose;

    switch (strike(shim, false, &lose)) {
    case DNSHOOK_OK:
        return left;
    case DNSHOOK_INTERRUPTED:
        cleanup = shim->world->fired_at + CLEANUP_TIME - deadline_now();
        cleanup = cleanup < left ? cleanup : left;
        return cleanup > 0 ? cleanup : 0;
    default:
        return 0;
    }
}

static int shim_sleep(const struct dnshook_host *host, int64_t milliseconds)
{
    struct shim *const shim = of(host);
    bool lose;
    const int status = strike(shim, false, &lose);

    return status != DNSHOOK_OK ? status : shim->real->sleep(shim->real, milliseconds);
}

/* Of a request that fails, the URL is shown up to its query: no secret may be in that. */
static void check_url(const struct shim *shim, const char *url)
{
    const size_t size = url != NULL ? strcspn(url, "?") : 0;
    char *const shown = size > 0 ? strndup(url, size) : NULL;

    if (shown != NULL && holds_secret(shim, shown))
        services_broke(shim->world, RULE_SECRET,
                       "%s made a request with the value of a secret parameter in its URL, "
                       "before the query",
                       shim->world->seen->call);
    free(shown);
}

/* The reason that a service gives itself. */
static int failed_by(struct shim *shim, int status)
{
    shim->said = shim->said || status != DNSHOOK_OK;
    return status;
}

static int ended(struct shim *shim)
{
    return failed_by(shim, (shim->real->fail)(shim->real, shim->world->fault.status,
                                              shim->world->fault.status == DNSHOOK_DEADLINE
                                                  ? "the time is over"
                                                  : "interrupted"));
}

static int shim_http(const struct dnshook_host *host, const struct dnshook_http_request *request,
                     struct dnshook_http_response *response)
{
    struct shim *const shim = of(host);
    bool lose;
    const int status = strike(shim, true, &lose);

    check_url(shim, request->url);
    if (status != DNSHOOK_OK && !lose)
        return ended(shim);
    if (status == DNSHOOK_OK)
        return failed_by(shim, shim->real->http(shim->real, request, response));
    (void)shim->real->http(
        shim->real, request,
        &(struct dnshook_http_response){.size = sizeof(struct dnshook_http_response)});
    return ended(shim);
}

static const char *shim_http_header(const struct dnshook_host *host, const char *name)
{
    const struct shim *const shim = of(host);

    return shim->real->http_header(shim->real, name);
}

static int shim_dns_exchange(const struct dnshook_host *host,
                             const struct dnshook_dns_request *request,
                             struct dnshook_dns_response *response)
{
    struct shim *const shim = of(host);
    bool lose;
    const int status = strike(shim, true, &lose);

    if (status != DNSHOOK_OK && !lose)
        return ended(shim);
    if (status == DNSHOOK_OK)
        return failed_by(shim, shim->real->dns_exchange(shim->real, request, response));
    (void)shim->real->dns_exchange(
        shim->real, request,
        &(struct dnshook_dns_response){.size = sizeof(struct dnshook_dns_response)});
    return ended(shim);
}

void services_give(struct shim *shim, const struct dnshook_host *real)
{
    shim->real = real;
    shim->host = *real;
    shim->host.log = shim_log;
    shim->host.fail = shim_fail;
    shim->host.param = shim_param;
    shim->host.alloc = shim_alloc;
    shim->host.realloc = shim_realloc;
    shim->host.free = shim_free;
    shim->host.time_left = shim_time_left;
    shim->host.sleep = shim_sleep;
    shim->host.http = shim_http;
    shim->host.http_header = shim_http_header;
    shim->host.dns_exchange = shim_dns_exchange;
}
