/* What the host does for a provider: log, failures, parameters, memory, time, HTTP, DNS. */
#include "instance_parts.h"

#include <stdio.h>

#include "build.h"
#include "deadline.h"
#include "log.h"

static struct instance *of(const struct dnshook_host *host)
{
    return (struct instance *)(uintptr_t)host;
}

static void service_log(const struct dnshook_host *host, int level, const char *text)
{
    char line[DNSHOOK_TEXT_SIZE + 64];

    if (level < DNSHOOK_LOG_WARNING || level > DNSHOOK_LOG_DEBUG)
        level = DNSHOOK_LOG_DEBUG;
    (void)snprintf(line, sizeof line, "%s: %s", of(host)->provider->op.name, text);
    log_text(level, line);
}

int instance_fail(const struct dnshook_host *host, int status, const char *text)
{
    struct instance *const instance = of(host);

    (void)snprintf(instance->reason, sizeof instance->reason, "%s", text);
    return status;
}

static const char *service_param(const struct dnshook_host *host, const char *name)
{
    return params_get(of(host)->params, name);
}

static void *service_alloc(const struct dnshook_host *host, size_t size)
{
    return arena_alloc(&of(host)->arena, size);
}

static void *service_realloc(const struct dnshook_host *host, void *memory, size_t size)
{
    return arena_realloc(&of(host)->arena, memory, size);
}

static void service_free(const struct dnshook_host *host, void *memory)
{
    arena_free(&of(host)->arena, memory);
}

static int64_t service_time_left(const struct dnshook_host *host)
{
    (void)host;
    return deadline_left();
}

static int service_sleep(const struct dnshook_host *host, int64_t milliseconds)
{
    (void)host;
    return deadline_sleep(milliseconds);
}

static int fail_for(void *opaque, int status, const char *text)
{
    struct instance *const instance = opaque;

    return instance_fail(&instance->host, status, text);
}

static int service_http(const struct dnshook_host *host, const struct dnshook_http_request *request,
                        struct dnshook_http_response *response)
{
    struct instance *const instance = of(host);

    return http_exchange(&instance->http, request, response, fail_for, instance);
}

static const char *service_http_header(const struct dnshook_host *host, const char *name)
{
    return http_header(of(host)->http, name);
}

static int service_dns_exchange(const struct dnshook_host *host,
                                const struct dnshook_dns_request *request,
                                struct dnshook_dns_response *response)
{
    struct instance *const instance = of(host);

    return exchange_run(&instance->exchange, instance->resolver, request, response, fail_for,
                        instance);
}

const struct dnshook_host instance_services = {
    .size = sizeof(struct dnshook_host),
    .abi = DNSHOOK_ABI,
    .version = PACKAGE_VERSION,
    .log = service_log,
    .fail = instance_fail,
    .param = service_param,
    .alloc = service_alloc,
    .realloc = service_realloc,
    .free = service_free,
    .time_left = service_time_left,
    .sleep = service_sleep,
    .http = service_http,
    .http_header = service_http_header,
    .dns_exchange = service_dns_exchange,
};
