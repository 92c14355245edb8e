/*
 * What stands at a name, and what is to be sent to change it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"
#include "work.h"

enum { STUCK_MAX = 4 /* refusals of one name at which nothing had changed */ };

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
    const bool both =
        has_action(work, target, DNSHOOK_ADD) && has_action(work, target, DNSHOOK_REMOVE);

    if (target->stale || (both && !target->known))
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

/* A value that an attempt has put there whose answer, and with it the change's id, was lost: the
 * same set is written once more, so that there is a change to ask about. */
static bool write_again(struct work *work, struct target *target)
{
    const struct dnshook_host *const host = work->self->aws.host;

    for (size_t i = 0; i < work->item_count; i++) {
        struct item *const item = &work->items[i];
        const struct rrset *const set =
            item->target == target ? rrset_holding(&target->before, &item->txt) : NULL;
        const struct batch_op delete = {.create = false, .name = target->written, .set = set};
        const struct batch_op create = {.create = true, .name = target->written, .set = set};
        const struct batch nothing = {.ops = NULL};

        if (set == NULL || set->policy != NULL || !item->tried ||
            item->change->action != DNSHOOK_ADD)
            continue;
        if (!batch_add(host, &target->batch, &delete) || !batch_add(host, &target->batch, &create))
            return false;
        item->changed = batch_fits(&target->batch, &nothing);
        if (!item->changed)
            batch_free(host, &target->batch);
        return true;
    }
    return true;
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
                              &target->after) ||
        (target->batch.count == 0 && !write_again(work, target)))
        return aws_no_memory(&work->self->aws);
    return check_size(work, target);
}

/* True for a failure that would meet every other name as well. */
static bool is_general(int status)
{
    return status == DNSHOOK_NO_MEMORY || status == DNSHOOK_DEADLINE ||
           status == DNSHOOK_INTERRUPTED || status == DNSHOOK_UNREACHABLE;
}

int work_prepare(struct work *work, struct target *target)
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
