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
    WAIT_LEAST = 500 /* ms that must be left for another try */
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
            status = work_prepare(work, &work->targets[i]);
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
    if (zone->id == NULL || !route53_id(zone->id, "hostedzone", work->zone_id) ||
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
