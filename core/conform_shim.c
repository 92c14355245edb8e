#include "conform_shim.h"

#include <stdio.h>
#include <string.h>

#include "conform_services.h"
#include "deadline.h"

static struct observation world;

static void enter(struct shim *shim, const char *call)
{
    (void)snprintf(world.seen->call, sizeof world.seen->call, "%s", call);
    world.seen->reason[0] = '\0';
    shim->said = false;
    shim->busy = true;
    process_state_read(&shim->before);
}

/* Looks at what the call has changed. */
static void look_back(struct shim *shim)
{
    struct process_state after;
    const char *what;

    process_state_read(&after);
    what = process_state_differs(&shim->before, &after);
    if (what != NULL)
        services_broke(shim->world, RULE_PROCESS, "%s changed %s", world.seen->call, what);
    shim->busy = false;
}

static bool is_status(int status)
{
    return status >= DNSHOOK_OK && status <= DNSHOOK_UNSUPPORTED;
}

/* These are said by the host, in the same words for every provider. */
static bool needs_no_reason(int status)
{
    return status == DNSHOOK_OK || status == DNSHOOK_DEADLINE || status == DNSHOOK_INTERRUPTED ||
           status == DNSHOOK_NO_MEMORY || status == DNSHOOK_UNSUPPORTED;
}

/* What the host gets to see: after an interruption it would not call again. */
static int leave(struct shim *shim, int status)
{
    look_back(shim);
    if (world.seen->fired && world.seen->lasted == 0)
        world.seen->lasted = deadline_now() - world.fired_at;
    if (!is_status(status))
        services_broke(shim->world, RULE_STATUS, "%s returned %d, which is no status",
                       world.seen->call, status);
    else if (!shim->said && !needs_no_reason(status) &&
             !services_is_broken(shim->world, RULE_HANDLE))
        services_broke(shim->world, RULE_REASON, "%s returned %s and has not called fail()",
                       world.seen->call, report_status(status));
    world.seen->call[0] = '\0';
    if (world.seen->fired && (status == DNSHOOK_AGAIN || status == DNSHOOK_CONFLICT))
        return world.fault.status;
    return status;
}

static void note_secrets(const struct shim *shim)
{
    for (size_t i = 0; i < world.provider->param_count; i++)
        if ((world.provider->params[i].flags & DNSHOOK_PARAM_SECRET) != 0 &&
            shim->real->param(shim->real, world.provider->params[i].name) != NULL)
            world.seen->secrets = true;
}

static int shim_open(const struct dnshook_host *host, void **handle)
{
    struct shim *const shim = host->alloc(host, sizeof *shim);
    int status;

    if (shim == NULL)
        return DNSHOOK_NO_MEMORY;
    services_give(shim, host);
    shim->world = &world;
    shim->altered = world.alter_secrets;
    note_secrets(shim);
    *handle = shim;
    enter(shim, "open()");
    status = world.provider->op.open(&shim->host, &shim->handle);
    return leave(shim, status);
}

static void shim_close(void *handle)
{
    struct shim *const shim = handle;

    enter(shim, "close()");
    world.provider->op.close(shim->handle);
    look_back(shim);
    world.seen->call[0] = '\0';
}

static int shim_add(void *handle, struct dnshook_change *change)
{
    struct shim *const shim = handle;

    enter(shim, "add()");
    return leave(shim, world.provider->op.add(shim->handle, change));
}

static int shim_remove(void *handle, struct dnshook_change *change)
{
    struct shim *const shim = handle;

    enter(shim, "remove()");
    return leave(shim, world.provider->op.remove(shim->handle, change));
}

static int shim_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    struct shim *const shim = handle;
    const int32_t before = count > 0 ? changes[0]->status : DNSHOOK_OK; /* the host's mark */
    int status;

    enter(shim, "apply()");
    status = world.provider->op.apply(shim->handle, changes, count);
    for (size_t i = 0; i < count; i++)
        if (changes[i]->status != before && !is_status(changes[i]->status))
            services_broke(shim->world, RULE_STATUS,
                           "apply() gave a change the status %d, which is none",
                           changes[i]->status);
    return leave(shim, status);
}

/* Where the zone goes: the host may turn it down, and says why itself. */
struct receiver {
    struct shim *shim;
    dnshook_zone_fn *each;
    void *opaque;
};

/* The host has said why itself. */
static int took(struct shim *shim, int status)
{
    shim->said = shim->said || status != DNSHOOK_OK;
    return status;
}

static int receive(void *opaque, const struct dnshook_zone *zone)
{
    const struct receiver *const receiver = opaque;

    return took(receiver->shim, receiver->each(receiver->opaque, zone));
}

static int shim_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                          dnshook_zone_fn *each, void *opaque)
{
    struct shim *const shim = handle;
    struct receiver receiver = {.shim = shim, .each = each, .opaque = opaque};

    enter(shim, "find_zone()");
    return leave(shim, world.provider->op.find_zone(shim->handle, name, cut, receive, &receiver));
}

static int shim_check(void *handle, const struct dnshook_zone *zone)
{
    struct shim *const shim = handle;

    enter(shim, "check()");
    return leave(shim, world.provider->op.check(shim->handle, zone));
}

void shim_observe(const struct provider *the_provider, struct shim_watch *watch,
                  struct provider *observed)
{
    world = (struct observation){.provider = the_provider, .seen = watch};
    *observed = *the_provider;
    observed->op.open = shim_open;
    observed->op.close = shim_close;
    observed->op.add = shim_add;
    observed->op.remove = shim_remove;
    observed->op.apply = the_provider->op.apply != NULL ? shim_apply : NULL;
    observed->op.find_zone = the_provider->op.find_zone != NULL ? shim_find_zone : NULL;
    observed->op.check = the_provider->op.check != NULL ? shim_check : NULL;
    observed->op.zones = NULL;
    observed->op.nameservers = NULL;
    observed->op.is_live = NULL;
    observed->op.guide = NULL;
}

void shim_arm(const struct shim_fault *the_fault)
{
    world.fault = *the_fault;
    world.seen->services = 0;
    world.seen->fired = false;
    world.seen->lasted = 0;
}

void shim_alter_secrets(bool alter_them)
{
    world.alter_secrets = alter_them;
}
