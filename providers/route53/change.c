/*
 * The changes: read, compare and swap (API_ChangeResourceRecordSets).
 *
 * A batch that deletes exactly what was read and creates what it is to become is carried out whole,
 * or refused because somebody else was faster; then the sets are read again. The first batch is
 * sent without reading, on the assumption that holds nearly always: that nothing stands at a name
 * where a value is added, and nothing but the value where one is removed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"
#include "work.h"

#include <string.h>
#include <sys/random.h>

enum {
    WAIT_FIRST = 250, /* ms, the most that is waited after the first conflict; doubled each time */
    WAIT_MAX = 20000,
    WAIT_LEAST = 500, /* ms that must be left for another try */
    STUCK_MAX = 4     /* refusals of one name at which nothing had changed */
};

/* ---- targets ---- */

static struct target *target_for(struct work *work, const char *written)
{
    for (size_t i = 0; i < work->target_count; i++)
        if (strcmp(work->targets[i].written, written) == 0)
            return &work->targets[i];
    return &work->targets[work->target_count++];
}

static void settle_all(struct work *work, int status)
{
    for (size_t i = 0; i < work->target_count; i++)
        if (!work->targets[i].settled)
            work_settle(&work->targets[i], status);
}

/* What makes a change impossible before anything is sent. */
static int check_item(struct work *work, struct item *item, struct labels *name)
{
    const struct dnshook_change *const change = item->change;

    if (!txt_of_value(change->value, item->bytes, &item->txt))
        return plan_fail(work->self, DNSHOOK_REJECTED,
                         "a TXT value for %s must have 1 to %d printable bytes", change->name,
                         DNSHOOK_VALUE_MAX);
    if (!labels_read(change->name, name) || !labels_within(name, &work->zone))
        return plan_fail(work->self, DNSHOOK_BAD_CONFIG,
                         "%s does not lie in zone %s (%s): set ACME_HOSTED_ZONE to the id of the "
                         "zone that holds it, or leave it out",
                         change->name, work->zone_name, work->zone_id);
    return DNSHOOK_OK;
}

/* Sorts the changes by name. */
static void add_item(struct work *work, struct dnshook_change *change)
{
    struct item *const item = &work->items[work->item_count++];
    char written[AWS_NAME_SIZE];
    struct labels name;

    *item = (struct item){.change = change};
    change->status = check_item(work, item, &name);
    if (change->status != DNSHOOK_OK)
        return;
    labels_write_service(&name, written);
    item->target = target_for(work, written);
    item->target->name = change->name;
    memcpy(item->target->written, written, sizeof written);
}

static bool has_action(const struct work *work, const struct target *target, uint32_t action)
{
    for (size_t i = 0; i < work->item_count; i++)
        if (work->items[i].target == target && work->items[i].change->action == action)
            return true;
    return false;
}

/* The set that holds the values to be removed and no other, with the TTL that we give; nothing,
 * where values are to be added. */
static int assume(struct work *work, struct target *target)
{
    const struct dnshook_host *const host = work->self->aws.host;
    const bool remove = has_action(work, target, DNSHOOK_REMOVE);
    struct rrset *set = NULL;

    for (size_t i = 0; remove && i < work->item_count; i++) {
        const struct item *const item = &work->items[i];

        if (item->target != target)
            continue;
        set = set == NULL ? rrset_append(host, &target->before) : set;
        if (set == NULL)
            return aws_no_memory(&work->self->aws);
        set->ttl = item->change->ttl;
        if (!txt_set_has(&set->values, &item->txt) && !txt_set_add(host, &set->values, &item->txt))
            return aws_no_memory(&work->self->aws);
    }
    return DNSHOOK_OK;
}

/* True when both are the same sets. */
static bool is_same(const struct standing *a, const struct standing *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++) {
        const struct rrset *const same = rrset_find(b, a->sets[i].identifier);

        if (same == NULL || same->ttl != a->sets[i].ttl ||
            !txt_set_equal(&same->values, &a->sets[i].values))
            return false;
    }
    return a->count == b->count && a->alias == b->alias;
}

/* Reads a name again, and sees whether anything has changed there. */
static int look_again(struct work *work, struct target *target)
{
    struct standing old = target->before;
    const int status = rrset_read(work->self, work->zone_id, target->name, &target->before);

    target->stuck = target->known && is_same(&old, &target->before) ? target->stuck + 1 : 0;
    target->known = status == DNSHOOK_OK;
    target->stale = false;
    rrset_free(work->self->aws.host, &old);
    if (status == DNSHOOK_OK && target->stuck > STUCK_MAX)
        return plan_fail(work->self, DNSHOOK_REJECTED,
                         "Route 53 keeps refusing to change the TXT set at %s in zone %s (%s), "
                         "although nothing changes there: %s",
                         target->name, work->zone_name, work->zone_id, work->last);
    return status;
}

static int look(struct work *work, struct target *target)
{
    if (target->stale)
        return look_again(work, target);
    if (target->known)
        return DNSHOOK_OK;
    target->known = true;
    return assume(work, target);
}

static int plan_items(struct work *work, struct target *target)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < work->item_count && status == DNSHOOK_OK; i++) {
        struct item *const item = &work->items[i];
        const struct plan plan = {.self = work->self,
                                  .name = target->name,
                                  .txt = &item->txt,
                                  .ttl = item->change->ttl,
                                  .add = item->change->action == DNSHOOK_ADD};

        if (item->target == target)
            status = plan_run(&plan, &target->after, &item->changed);
    }
    return status;
}

/* Refuses what no request can hold. */
static int check_size(struct work *work, const struct target *target)
{
    const struct batch nothing = {.ops = NULL};

    if (batch_fits(&target->batch, &nothing))
        return DNSHOOK_OK;
    return plan_fail(work->self, DNSHOOK_REJECTED,
                     "the TXT set at %s is too large to be changed: %zu values with %zu characters "
                     "in one request, and Route 53 takes %d with %d: remove what nobody needs",
                     target->name, target->batch.elements, target->batch.characters,
                     BATCH_ELEMENTS_MAX, BATCH_CHARACTERS_MAX);
}

/* Looks at a name and decides what to send. */
static int plan_target(struct work *work, struct target *target)
{
    const struct dnshook_host *const host = work->self->aws.host;
    int status = look(work, target);

    rrset_free(host, &target->after);
    batch_free(host, &target->batch);
    if (status != DNSHOOK_OK)
        return status;
    if (!rrset_copy(host, &target->before, &target->after))
        return aws_no_memory(&work->self->aws);
    status = plan_items(work, target);
    if (status != DNSHOOK_OK)
        return status;
    if (!batch_add_difference(host, &target->batch, target->written, &target->before,
                              &target->after))
        return aws_no_memory(&work->self->aws);
    return check_size(work, target);
}

/* True for a failure that would meet every other name as well. */
static bool is_general(int status)
{
    return status == DNSHOOK_NO_MEMORY || status == DNSHOOK_DEADLINE ||
           status == DNSHOOK_INTERRUPTED || status == DNSHOOK_UNREACHABLE;
}

/* Plans a name. A failure that is its own, or that there is nothing to do, settles it; one that
 * would meet every name is returned. */
static int prepare(struct work *work, struct target *target)
{
    const int status = plan_target(work, target);

    if (status != DNSHOOK_OK)
        work->self->said = true;
    if (is_general(status))
        return status;
    if (status != DNSHOOK_OK || target->batch.count == 0)
        work_settle(target, status);
    return DNSHOOK_OK;
}

/* ---- rounds ---- */

static bool is_over(const struct work *work)
{
    for (size_t i = 0; i < work->target_count; i++)
        if (!work->targets[i].settled)
            return false;
    return true;
}

/* Waits a random time, longer with each round, as many processes may be after one name. */
static int wait_round(struct work *work, unsigned round)
{
    const struct dnshook_host *const host = work->self->aws.host;
    const int64_t left = host->time_left(host);
    int64_t most = round < 8 ? (int64_t)WAIT_FIRST << round : WAIT_MAX;
    uint32_t random = 0;

    if (left < WAIT_LEAST)
        return plan_fail(work->self, DNSHOOK_CONFLICT,
                         "the TXT set kept changing under us until the time was over, %u times; "
                         "Route 53 said: %s",
                         round + 1, work->last);
    most = most > WAIT_MAX ? WAIT_MAX : most;
    most = most > left / 4 ? left / 4 : most;
    (void)!getrandom(&random, sizeof random, 0);
    const int status = host->sleep(host, most * random / UINT32_MAX);

    return status == DNSHOOK_OK ? status
                                : plan_fail(work->self, status,
                                            "stopped while the TXT set kept changing; Route 53 "
                                            "said: %s",
                                            work->last);
}

/* Looks at every name that is not settled, and sends what is to be sent. */
static int run_round(struct work *work)
{
    int status = DNSHOOK_OK;

    work->conflict = false;
    for (size_t i = 0; i < work->target_count && status == DNSHOOK_OK; i++)
        if (!work->targets[i].settled)
            status = prepare(work, &work->targets[i]);
    return status == DNSHOOK_OK ? work_send(work) : status;
}

static void run(struct work *work)
{
    int status = DNSHOOK_OK;

    for (unsigned round = 0; status == DNSHOOK_OK && !is_over(work); round++) {
        status = run_round(work);
        if (status == DNSHOOK_OK && work->conflict)
            status = wait_round(work, round);
    }
    if (status != DNSHOOK_OK)
        settle_all(work, status);
}

/* Sets the outcome of each change; returns the first failure. */
static int conclude(const struct work *work)
{
    int first = DNSHOOK_OK;

    for (size_t i = 0; i < work->item_count; i++) {
        const struct item *const item = &work->items[i];
        struct dnshook_change *const change = item->change;

        if (item->target != NULL)
            change->status = item->target->status;
        if (change->status == DNSHOOK_OK && change->effect == DNSHOOK_EFFECT_UNKNOWN)
            change->effect = item->tried ? DNSHOOK_EFFECT_CHANGED : DNSHOOK_EFFECT_NO_CHANGE;
        first = first == DNSHOOK_OK ? change->status : first;
    }
    return first;
}

static void release(struct work *work)
{
    const struct dnshook_host *const host = work->self->aws.host;

    for (size_t i = 0; i < work->target_count; i++) {
        rrset_free(host, &work->targets[i].before);
        rrset_free(host, &work->targets[i].after);
        batch_free(host, &work->targets[i].batch);
    }
    host->free(host, work->items);
    host->free(host, work->targets);
}

/* Takes the zone and the changes over. */
static int begin(struct work *work, struct dnshook_change *const *changes, size_t count)
{
    const struct dnshook_host *const host = work->self->aws.host;
    const struct dnshook_zone *const zone = changes[0]->zone;

    work->zone_name = zone->name;
    if (zone->id == NULL || !route53_id(zone->id, work->zone_id) ||
        !labels_read(zone->name, &work->zone))
        return plan_fail(work->self, DNSHOOK_BAD_CONFIG,
                         "zone %s has no id of a hosted zone (%s): set ACME_HOSTED_ZONE",
                         zone->name, zone->id != NULL ? zone->id : "none");
    work->items = host->alloc(host, count * sizeof *work->items);
    work->targets = host->alloc(host, count * sizeof *work->targets);
    if (work->items == NULL || work->targets == NULL)
        return aws_no_memory(&work->self->aws);
    for (size_t i = 0; i < count; i++)
        add_item(work, changes[i]);
    for (size_t i = 0; i < work->target_count; i++)
        work->targets[i].stale = has_action(work, &work->targets[i], DNSHOOK_ADD) &&
                                 has_action(work, &work->targets[i], DNSHOOK_REMOVE);
    return DNSHOOK_OK;
}

int route53_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    struct work work = {.self = handle};

    if (count == 0)
        return DNSHOOK_OK;
    work.self->said = false;
    int status = begin(&work, changes, count);

    if (status == DNSHOOK_OK) {
        run(&work);
        status = conclude(&work);
    } else {
        for (size_t i = 0; i < count; i++)
            changes[i]->status = status;
    }
    release(&work);
    return status;
}

/* Adding and removing are the same road: the change says which. */
int route53_change(void *handle, struct dnshook_change *change)
{
    return route53_apply(handle, &change, 1);
}
