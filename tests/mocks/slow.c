/*
 * A third party's provider with bad manners: DNSHOOK_SLOW says in which call it hangs (add, remove,
 * open, close, find_zone), without ever looking at the time. Its service is nothing at all: what it
 * "adds" is served by nobody.
 */
#include <string.h>
#include <unistd.h>

#include "dnshook/provider.h"

static const struct dnshook_param params[] = {
    {sizeof(struct dnshook_param), 0, "slow", "DNSHOOK_SLOW", "", "The call that hangs"},
    {sizeof(struct dnshook_param), 0, "nameserver", "DNSHOOK_SLOW_NAMESERVER", "",
     "The nameserver that its service claims to have"},
    {0, 0, NULL, NULL, NULL, NULL},
};

static void hang_in(const struct dnshook_host *host, const char *call)
{
    const char *const slow = host->param(host, "slow");

    while (slow != NULL && strcmp(slow, call) == 0)
        (void)sleep(60);
}

static int slow_open(const struct dnshook_host *host, void **handle)
{
    hang_in(host, "open");
    *handle = (void *)(uintptr_t)host;
    return DNSHOOK_OK;
}

static void slow_close(void *handle)
{
    hang_in(handle, "close");
}

static int slow_add(void *handle, struct dnshook_change *change)
{
    hang_in(handle, "add");
    change->effect = DNSHOOK_EFFECT_CHANGED;
    return DNSHOOK_OK;
}

static int slow_remove(void *handle, struct dnshook_change *change)
{
    hang_in(handle, "remove");
    change->effect = DNSHOOK_EFFECT_CHANGED;
    return DNSHOOK_OK;
}

static int slow_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                            void *opaque)
{
    const struct dnshook_host *const host = handle;
    const char *const name = host->param(host, "nameserver");

    (void)zone;
    return name != NULL ? each(opaque, name) : DNSHOOK_OK;
}

static const struct dnshook_provider provider = {
    .size = sizeof(struct dnshook_provider),
    .abi = DNSHOOK_ABI,
    .name = "slow",
    .version = "1",
    .description = "A provider that hangs",
    .params = params,
    .open = slow_open,
    .close = slow_close,
    .add = slow_add,
    .remove = slow_remove,
    .nameservers = slow_nameservers,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
