/*
 * exec - a provider that runs a program for each change.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exec.h"
#include "program.h"

/* The program is looked at here as well, so that nothing is begun that cannot be done. */
static int exec_open(const struct dnshook_host *host, void **handle)
{
    struct exec *const self = host->alloc(host, sizeof *self);
    int status;

    if (self == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for provider exec");
    self->host = host;
    status = settings_read(host, &self->settings);
    if (status == DNSHOOK_OK)
        status = program_check(host, self->settings.program);
    if (status != DNSHOOK_OK) {
        host->free(host, self);
        return status;
    }
    *handle = self;
    return DNSHOOK_OK;
}

static void exec_close(void *handle)
{
    struct exec *const self = handle;

    self->host->free(self->host, self);
}

/* Nothing is run: a program has no way to say whether it could, but to do it. */
static int exec_check(void *handle, const struct dnshook_zone *zone)
{
    const struct exec *const self = handle;
    const struct settings *const settings = &self->settings;
    const int status = program_check(self->host, settings->program);

    (void)zone;
    if (status == DNSHOOK_OK)
        dnshook_log(self->host, DNSHOOK_LOG_INFO, "program %s may be run%s%s", settings->program,
                    settings->names[0] != '\0' ? "; it is given " : "", settings->names);
    return status;
}

static const struct dnshook_provider provider = {
    .size = sizeof provider,
    .abi = DNSHOOK_ABI,
    .name = "exec",
    .version = PACKAGE_VERSION,
    .description = "A program of your own",
    .params = settings_params,
    .open = exec_open,
    .close = exec_close,
    .add = exec_change,
    .remove = exec_change,
    .check = exec_check,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
