/*
 * rfc2136 - a provider for servers that take dynamic updates: BIND, Knot, PowerDNS and others.
 *
 * SPDX-License-Identifier: MIT
 */
#include "rfc2136.h"

int rfc2136_fail(struct rfc2136 *self, int status, const char *format, ...)
{
    char text[DNSHOOK_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (self->said)
        self->host->log(self->host, DNSHOOK_LOG_WARNING, text);
    else
        (void)self->host->fail(self->host, status, text);
    self->said = true;
    return status;
}

static int rfc2136_open(const struct dnshook_host *host, void **handle)
{
    struct rfc2136 *const self = host->alloc(host, sizeof *self);

    if (self == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for provider rfc2136");
    self->host = host;
    const int status = settings_read(host, &self->settings);

    if (status != DNSHOOK_OK) {
        host->free(host, self);
        return status;
    }
    *handle = self;
    return DNSHOOK_OK;
}

static void rfc2136_close(void *handle)
{
    struct rfc2136 *const self = handle;

    settings_wipe(self->host, &self->settings);
    self->host->free(self->host, self);
}

/* Adding and removing are the same road: the change says which. */
static int rfc2136_change(void *handle, struct dnshook_change *change)
{
    return rfc2136_apply(handle, &change, 1);
}

static const struct dnshook_provider provider = {
    .size = sizeof provider,
    .abi = DNSHOOK_ABI,
    .name = "rfc2136",
    .version = PACKAGE_VERSION,
    .description = "Dynamic DNS updates (BIND, Knot, PowerDNS, ...)",
    .params = settings_params,
    .variable_files = "/etc/default/acme-dns /etc/conf.d/acme-dns",
    .open = rfc2136_open,
    .close = rfc2136_close,
    .add = rfc2136_change,
    .remove = rfc2136_change,
    .apply = rfc2136_apply,
    .find_zone = rfc2136_find_zone,
    .nameservers = rfc2136_nameservers,
    .check = rfc2136_check,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
