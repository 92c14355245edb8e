#include "instance_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "deadline.h"
#include "log.h"

enum {
    AGAIN_FIRST = 500, /* ms, doubled with each try */
    AGAIN_MAX = 10000,
    CONFLICT_MAX = 250,
    NOT_SET = -1 /* a change that apply() has not come to */
};

static const char *const status_texts[] = {
    [DNSHOOK_OK] = "nothing",
    [DNSHOOK_AGAIN] = "the service is busy",
    [DNSHOOK_CONFLICT] = "the record set kept changing",
    [DNSHOOK_DENIED] = "the service refuses these credentials",
    [DNSHOOK_NO_ZONE] = "there is no such zone",
    [DNSHOOK_BAD_CONFIG] = "a parameter is wrong",
    [DNSHOOK_BAD_ANSWER] = "the service's answer makes no sense",
    [DNSHOOK_UNREACHABLE] = "the service cannot be reached",
    [DNSHOOK_REJECTED] = "the service said no",
    [DNSHOOK_DEADLINE] = "the time is over",
    [DNSHOOK_INTERRUPTED] = "interrupted",
    [DNSHOOK_NO_MEMORY] = "out of memory",
    [DNSHOOK_UNSUPPORTED] = "this provider cannot do that",
};

/* ---- failures and repetition ---- */

static const char *provider_name(const struct instance *instance)
{
    return instance->provider->op.name;
}

static const char *reason_of(const struct instance *instance, int status)
{
    if (instance->reason[0] != '\0')
        return instance->reason;
    if (status < 0 || (size_t)status >= sizeof status_texts / sizeof *status_texts)
        return "it failed with a status that nobody knows";
    return status_texts[status];
}

/* Says a failure and makes sure that it is a status. */
static int said(const struct instance *instance, int status)
{
    if (status == DNSHOOK_OK)
        return status;
    log_error("%s: %s", provider_name(instance), reason_of(instance, status));
    if (instance->params != NULL)
        params_explain(instance->params, reason_of(instance, status));
    return status < 0 || status > DNSHOOK_UNSUPPORTED ? DNSHOOK_BAD_ANSWER : status;
}

/* A random share, between half and all, of `most`: many processes do the same at the same time. */
static int64_t jitter(int64_t most)
{
    uint16_t random = 0;

    (void)!getrandom(&random, sizeof random, 0);
    return most / 2 + most / 2 * random / UINT16_MAX;
}

/* True when the call should be made again: waits first, as the status asks. */
static bool once_more(struct instance *instance, int status, unsigned *tries)
{
    int64_t wait = CONFLICT_MAX;

    if (status != DNSHOOK_AGAIN && status != DNSHOOK_CONFLICT)
        return false;
    if (status == DNSHOOK_AGAIN)
        wait = *tries < 5 ? (int64_t)AGAIN_FIRST << *tries : AGAIN_MAX;
    (*tries)++;
    if (deadline_sleep(jitter(wait)) != DNSHOOK_OK)
        return false;
    log_info("%s: %s; trying again", provider_name(instance), reason_of(instance, status));
    instance->reason[0] = '\0';
    return true;
}

/* ---- life ---- */

int instance_open(const struct provider *provider, const struct params_origin *origin,
                  struct resolver *resolver, struct instance **instance)
{
    struct instance *const new = calloc(1, sizeof *new);
    int status;

    if (new == NULL)
        return log_no_memory();
    new->host = instance_services;
    new->provider = provider;
    new->resolver = resolver;
    status = params_read(provider, origin, &new->params);
    if (status == DNSHOOK_OK)
        status = said(new, provider->op.open(&new->host, &new->handle));
    if (status != DNSHOOK_OK) {
        params_free(new->params);
        arena_clear(&new->arena);
        free(new);
        return status;
    }
    *instance = new;
    return DNSHOOK_OK;
}

void instance_close(struct instance *instance)
{
    if (instance == NULL)
        return;
    instance->provider->op.close(instance->handle);
    http_close(instance->http);
    exchange_clear(&instance->exchange);
    arena_clear(&instance->arena);
    params_free(instance->params);
    free(instance);
}

const struct provider *instance_provider(const struct instance *instance)
{
    return instance->provider;
}

int64_t instance_timeout(const struct instance *instance)
{
    return params_timeout(instance->params);
}

/* ---- changes ---- */

/* After a try that failed, "there already" may well be what that try did. */
static void doubt_effect(struct dnshook_change *change, unsigned tries)
{
    if (tries > 0 && change->effect == DNSHOOK_EFFECT_NO_CHANGE)
        change->effect = DNSHOOK_EFFECT_UNKNOWN;
}

static int change_one(struct instance *instance, struct dnshook_change *change)
{
    const struct dnshook_provider *const op = &instance->provider->op;
    unsigned tries = 0;

    instance->reason[0] = '\0';
    do
        change->status = change->action == DNSHOOK_ADD ? op->add(instance->handle, change)
                                                       : op->remove(instance->handle, change);
    while (once_more(instance, change->status, &tries));
    doubt_effect(change, tries);
    change->status = said(instance, change->status);
    return change->status;
}

static int change_many(struct instance *instance, struct dnshook_change *const *changes,
                       size_t count)
{
    unsigned tries = 0;
    int status;

    instance->reason[0] = '\0';
    do {
        for (size_t i = 0; i < count; i++)
            changes[i]->status = NOT_SET;
        status = instance->provider->op.apply(instance->handle, changes, count);
    } while (once_more(instance, status, &tries));
    for (size_t i = 0; i < count; i++) {
        if (changes[i]->status == NOT_SET)
            changes[i]->status = status;
        doubt_effect(changes[i], tries);
        status = status == DNSHOOK_OK ? changes[i]->status : status;
    }
    return said(instance, status);
}

int instance_change(struct instance *instance, struct dnshook_change *const *changes, size_t count)
{
    int first = DNSHOOK_OK;

    if (count > 1 && instance->provider->op.apply != NULL)
        return change_many(instance, changes, count);
    for (size_t i = 0; i < count; i++) {
        const int status = change_one(instance, changes[i]);

        first = first == DNSHOOK_OK ? status : first;
    }
    return first;
}

/* ---- zones ---- */

struct dnshook_zone instance_zone_public(const struct instance_zone *zone)
{
    return (struct dnshook_zone){.size = sizeof(struct dnshook_zone),
                                 .name = zone->name,
                                 .id = zone->id[0] != '\0' ? zone->id : NULL,
                                 .primary = zone->primary[0] != '\0' ? zone->primary : NULL};
}

/* Where find_zone() puts its one zone. */
struct zone_slot {
    struct instance *instance;
    struct instance_zone *zone;
    size_t count;
};

static int copy_zone(void *opaque, const struct dnshook_zone *zone)
{
    struct zone_slot *const slot = opaque;
    const char *const id = zone->id != NULL ? zone->id : "";
    const char *const primary =
        DNSHOOK_HAS(zone, struct dnshook_zone, primary) && zone->primary != NULL ? zone->primary
                                                                                 : "";

    slot->count++;
    if (!DNSHOOK_HAS(zone, struct dnshook_zone, id) || zone->name == NULL ||
        !name_normalize(zone->name, slot->zone->name) || strlen(id) >= INSTANCE_ID_SIZE ||
        strlen(primary) >= NAME_SIZE)
        return instance_fail(&slot->instance->host, DNSHOOK_BAD_ANSWER,
                             "it named a zone without a name, or with one that is too long, or "
                             "with a wrong struct size");
    (void)snprintf(slot->zone->id, INSTANCE_ID_SIZE, "%s", id);
    (void)snprintf(slot->zone->primary, NAME_SIZE, "%s", primary);
    return DNSHOOK_OK;
}

int instance_find_zone(struct instance *instance, const char *name, const struct instance_zone *cut,
                       struct instance_zone *zone)
{
    const struct dnshook_zone public = instance_zone_public(cut);
    struct zone_slot slot = {.instance = instance, .zone = zone};
    unsigned tries = 0;
    int status;

    if (instance->provider->op.find_zone == NULL) {
        *zone = *cut;
        return DNSHOOK_OK;
    }
    instance->reason[0] = '\0';
    do {
        slot.count = 0;
        status = instance->provider->op.find_zone(
            instance->handle, name, cut->name[0] != '\0' ? &public : NULL, copy_zone, &slot);
    } while (once_more(instance, status, &tries));
    if (status == DNSHOOK_OK && slot.count != 1)
        status = instance_fail(&instance->host, DNSHOOK_BAD_ANSWER,
                               "it named no zone, or more than one, for a name");
    return said(instance, status);
}

int instance_nameservers(struct instance *instance, const struct dnshook_zone *zone,
                         dnshook_name_fn *each, void *opaque)
{
    unsigned tries = 0;
    int status;

    if (instance->provider->op.nameservers == NULL)
        return DNSHOOK_UNSUPPORTED;
    instance->reason[0] = '\0';
    do
        status = instance->provider->op.nameservers(instance->handle, zone, each, opaque);
    while (once_more(instance, status, &tries));
    if (status != DNSHOOK_OK)
        log_debug("%s: no list of nameservers: %s", provider_name(instance),
                  reason_of(instance, status));
    return status;
}

/* Whom instance_zones() hands the zones on to. */
struct zone_receiver {
    struct instance *instance;
    dnshook_zone_fn *each;
    void *opaque;
};

/* Hands a zone on as the host knows it: an older provider's struct is smaller. */
static int hand_on(void *opaque, const struct dnshook_zone *zone)
{
    const struct zone_receiver *const receiver = opaque;
    struct dnshook_zone ours = {0};

    if (!DNSHOOK_HAS(zone, struct dnshook_zone, id) || zone->name == NULL)
        return instance_fail(&receiver->instance->host, DNSHOOK_BAD_ANSWER,
                             "it listed a zone without a name, or with a wrong struct size");
    memcpy(&ours, zone, zone->size < sizeof ours ? zone->size : sizeof ours);
    ours.size = sizeof ours;
    return receiver->each(receiver->opaque, &ours);
}

int instance_zones(struct instance *instance, dnshook_zone_fn *each, void *opaque)
{
    struct zone_receiver receiver = {.instance = instance, .each = each, .opaque = opaque};

    instance->reason[0] = '\0';
    if (instance->provider->op.zones == NULL) {
        (void)instance_fail(&instance->host, DNSHOOK_UNSUPPORTED, "it cannot list zones");
        return said(instance, DNSHOOK_UNSUPPORTED);
    }
    return said(instance, instance->provider->op.zones(instance->handle, hand_on, &receiver));
}

/* ---- questions ---- */

int instance_is_live(struct instance *instance, const struct dnshook_change *change)
{
    int status;

    if (instance->provider->op.is_live == NULL)
        return DNSHOOK_UNSUPPORTED;
    instance->reason[0] = '\0';
    status = instance->provider->op.is_live(instance->handle, change);
    if (status == DNSHOOK_OK || status == DNSHOOK_AGAIN || status == DNSHOOK_UNSUPPORTED)
        return status;
    if (status != DNSHOOK_DENIED)
        return said(instance, status);
    log_warning("%s: whether the change is live may not be asked (%s); the nameservers decide",
                provider_name(instance), reason_of(instance, status));
    return status;
}

int instance_check(struct instance *instance, const struct dnshook_zone *zone)
{
    unsigned tries = 0;
    int status;

    if (instance->provider->op.check == NULL)
        return DNSHOOK_UNSUPPORTED;
    instance->reason[0] = '\0';
    do
        status = instance->provider->op.check(instance->handle, zone);
    while (once_more(instance, status, &tries));
    return said(instance, status);
}

int instance_guide(const struct provider *provider, struct instance *instance, const char *name,
                   dnshook_name_fn *each, void *opaque)
{
    if (provider->op.guide == NULL)
        return DNSHOOK_UNSUPPORTED;
    if (instance == NULL)
        return provider->op.guide(NULL, name, each, opaque);
    instance->reason[0] = '\0';
    return said(instance, provider->op.guide(instance->handle, name, each, opaque));
}
