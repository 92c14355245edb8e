/*
 * acme.c - the provider: what dnshook asks for, in terms of the service's API. The contract of
 * each function is in <dnshook/provider.h> and dnshook-provider(3).
 */
#include <dnshook/provider.h>

#include <string.h>

#include "service.h"

/* `dnshook info acme` prints this, and dnshook-acme(7) has it. */
static const struct dnshook_param params[] = {
    {sizeof(struct dnshook_param),
     DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_SECRET | DNSHOOK_PARAM_IDENTITY, "token", "ACME_TOKEN",
     NULL, "The token of the account"},
    {sizeof(struct dnshook_param), DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_FILE, "store",
     "ACME_STORE", NULL, "The file in which the service keeps its records"},
    {0, 0, NULL, NULL, NULL, NULL}};

static int provider_open(const struct dnshook_host *host, void **handle)
{
    struct service *const service = host->alloc(host, sizeof *service);

    if (service == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    service->host = host;
    service->token = host->param(host, "token"); /* required, so never NULL */
    service->store = host->param(host, "store");
    *handle = service;
    return DNSHOOK_OK;
}

static void provider_close(void *handle)
{
    struct service *const service = handle;

    service->host->free(service->host, service);
}

static int provider_add(void *handle, struct dnshook_change *change)
{
    struct records at;
    int status = service_list(handle, change->name, &at);

    change->effect = DNSHOOK_EFFECT_CHANGED;
    for (size_t i = 0; i < at.count; i++)
        if (strcmp(at.list[i].text, change->value) == 0)
            change->effect = DNSHOOK_EFFECT_NO_CHANGE;
    if (status == DNSHOOK_OK && change->effect == DNSHOOK_EFFECT_CHANGED)
        status = service_create(handle, change->name, at.count > 0 ? at.list[0].ttl : change->ttl,
                                change->value);
    return status;
}

static int provider_remove(void *handle, struct dnshook_change *change)
{
    struct records at;
    int status = service_list(handle, change->name, &at);

    change->effect = DNSHOOK_EFFECT_NO_CHANGE;
    for (size_t i = 0; i < at.count && status == DNSHOOK_OK; i++)
        if (strcmp(at.list[i].text, change->value) == 0) {
            change->effect = DNSHOOK_EFFECT_CHANGED;
            status = service_delete(handle, at.list[i].id);
        }
    return status;
}

static const struct dnshook_provider provider = {
    .size = sizeof provider,
    .abi = DNSHOOK_ABI,
    .name = "acme",
    .version = PACKAGE_VERSION,
    .description = "acme, whose service is a file for now",
    .params = params,
    .open = provider_open,
    .close = provider_close,
    .add = provider_add,
    .remove = provider_remove,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
