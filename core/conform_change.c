#include "conform.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "deadline.h"
#include "log.h"

enum {
    TTL = 60,         /* s, for a new set */
    TOGETHER = 200,   /* ms for several processes to open their providers */
    LAST_TIME = 10000 /* ms for a removal at the end, where calls are known to hang */
};

/* ---- in the child ---- */

struct dnshook_change bench_change(const struct bench *bench, const struct child_change *from)
{
    return (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                   .action = (uint32_t)from->action,
                                   .name = from->place->name,
                                   .value = from->value->text,
                                   .zone = &bench->conform->public_zone,
                                   .ttl = TTL};
}

void bench_keep(struct bench *bench, size_t i, const struct dnshook_change *change)
{
    struct child_result *const result = &bench->outcome->results[i];

    result->status = change->status;
    result->effect = change->effect;
    if (change->status != DNSHOOK_OK)
        (void)snprintf(result->reason, sizeof result->reason, "%s", bench->outcome->watch.reason);
    result->made = true;
}

static void make_changes(struct bench *bench, const void *opaque)
{
    const struct changes *const changes = opaque;
    struct dnshook_change list[CHILD_CHANGES_MAX];
    struct dnshook_change *pointers[CHILD_CHANGES_MAX];
    const size_t step = changes->together ? changes->count : 1;
    struct instance *instance = NULL;

    if (bench_open(bench, &instance) != DNSHOOK_OK)
        return;
    for (size_t i = 0; i < changes->count; i++) {
        list[i] = bench_change(bench, &changes->list[i]);
        pointers[i] = &list[i];
    }
    shim_arm(&changes->fault);
    for (size_t i = 0; i < changes->count; i += step) {
        (void)instance_change(instance, pointers + i, step);
        for (size_t j = i; j < i + step; j++)
            bench_keep(bench, j, &list[j]);
    }
    instance_close(instance);
}

/* ---- in the parent ---- */

/* What may be there after these results. Where a value can be there twice, a removal that has found
 * it may have left another. */
static void keep_account(const struct conform *conform, const struct changes *changes)
{
    const struct outcome *const outcome = conform->outcome;
    const bool twice = report_is_broken(&conform->report, RULE_ADD_AGAIN);

    for (size_t i = 0; i < changes->count; i++) {
        struct place_value *const value = changes->list[i].value;
        const struct child_result *const result = &outcome->results[i];

        if (changes->list[i].action == DNSHOOK_ADD)
            value->placed = true;
        else if (result->made && result->status == DNSHOOK_OK)
            value->placed = twice && result->effect == DNSHOOK_EFFECT_CHANGED;
    }
}

enum child_end changes_run(struct conform *conform, const struct changes *changes)
{
    const enum child_end end =
        child_run(conform, make_changes, changes, changes->time > 0 ? changes->time : CALL_TIME);

    keep_account(conform, changes);
    return end;
}

/* In a child: opens, waits until all have, and makes the change. */
static void make_together(struct bench *bench, const void *opaque)
{
    struct dnshook_change change = bench_change(bench, opaque);
    struct dnshook_change *const pointers[] = {&change};
    struct instance *instance = NULL;

    if (bench_open(bench, &instance) != DNSHOOK_OK)
        return;
    (void)deadline_sleep(bench->conform->together - deadline_now());
    (void)instance_change(instance, pointers, 1);
    bench_keep(bench, 0, &change);
    instance_close(instance);
}

void changes_at_once(struct conform *conform, enum check check, const struct child_change *list,
                     size_t count)
{
    const void *opaques[CHILDREN_MAX];
    struct outcome *const outcomes = conform->outcome;
    enum child_end end;

    for (size_t i = 0; i < count; i++) {
        opaques[i] = &list[i];
        list[i].value->wanted = list[i].action == DNSHOOK_ADD;
        list[i].value->placed = true; /* another process may bring it back */
    }
    conform->together = deadline_now() + TOGETHER;
    end = children_run(conform, make_together, opaques, count, CALL_TIME);
    if (end != CHILD_DONE) {
        change_not_done(conform, check, end);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        conform->outcome = &outcomes[i];
        (void)change_worked(conform, check, 0, &list[i]);
    }
    conform->outcome = outcomes;
}

void change_not_done(struct conform *conform, enum check check, enum child_end end)
{
    if (conform_over())
        return;
    if (end == CHILD_HUNG)
        report_skip(&conform->report, check, "a call did not end: see the rule \"deadline\"");
    else
        report_skip(&conform->report, check, "a call ended the process: see the rule \"process\"");
}

static const char *action_text(int action)
{
    return action == DNSHOOK_ADD ? "add()" : "remove()";
}

bool change_worked(struct conform *conform, enum check check, size_t i,
                   const struct child_change *change)
{
    const struct outcome *const outcome = conform->outcome;
    const struct child_result *const result = &outcome->results[i];

    if (result->made && result->status == DNSHOOK_OK)
        return true;
    if (conform_over())
        return false;
    if ((outcome->watch.broken & UINT32_C(1) << RULE_STATUS) != 0)
        report_skip(&conform->report, check, "a call returned no status: see the rule \"status\"");
    else if (!outcome->opened)
        report_fail(&conform->report, check, "open() returned %s: %s",
                    report_status(outcome->status), outcome->watch.reason);
    else
        report_fail(&conform->report, check, "%s of \"%s\" at %s returned %s: %s",
                    action_text(change->action), change->value->text, change->place->name,
                    report_status(result->status), result->reason);
    return false;
}

bool change_make(struct conform *conform, enum check check, struct place *place, size_t value,
                 int action)
{
    const struct changes changes = {
        .list = {{.place = place, .value = &place->values[value], .action = action}}, .count = 1};
    enum child_end end;

    if (conform_over())
        return false;
    place->values[value].wanted = action == DNSHOOK_ADD;
    end = changes_run(conform, &changes);
    if (end != CHILD_DONE) {
        change_not_done(conform, check, end);
        return false;
    }
    return change_worked(conform, check, 0, &changes.list[0]);
}

bool change_add_new(struct conform *conform, enum check check, struct place *place, size_t value)
{
    if (!change_make(conform, check, place, value, DNSHOOK_ADD))
        return false;
    if (conform->blind || conform->outcome->results[0].effect != DNSHOOK_EFFECT_NO_CHANGE)
        return true;
    report_fail(&conform->report, check,
                "add() of \"%s\" at %s says that it was there already, and it was not",
                place->values[value].text, place->name);
    return false;
}

/* ---- another process ---- */

static bool spawn_stop(struct conform *conform, const struct place *place, const char *value)
{
    const struct options *const options = &conform->run->options;
    char timeout[24];
    const char *const words[] = {"dnshook",
                                 "--provider",
                                 conform->given,
                                 "--provider-dir",
                                 options->provider_dir,
                                 "--timeout",
                                 timeout,
                                 options->config != NULL ? "--config" : "-q",
                                 options->config != NULL ? options->config : "-q",
                                 "challenge-dns-stop",
                                 place->host,
                                 "",
                                 value,
                                 NULL};

    (void)snprintf(timeout, sizeof timeout, "%" PRId64, deadline_left() / 1000 + 1);
    return child_spawn(conform, words);
}

void change_elsewhere(struct conform *conform, enum check check, struct place *place, size_t value)
{
    struct place_value *const taken = &place->values[value];

    if (conform_over())
        return;
    if (!conform->dns) {
        (void)change_make(conform, check, place, value, DNSHOOK_REMOVE);
        return;
    }
    taken->wanted = false;
    if (spawn_stop(conform, place, taken->text))
        taken->placed = false;
    else if (!conform_over())
        report_fail(&conform->report, check, "%s", conform->child_text);
}

/* ---- the end ---- */

/* Collects what may be there, up to CHILD_CHANGES_MAX, behind *place and *value. */
static bool collect(struct conform *conform, size_t *place, size_t *value, struct changes *changes)
{
    changes->count = 0;
    for (; *place < conform->place_count; (*place)++, *value = 0)
        for (; *value < conform->places[*place].count; (*value)++) {
            struct place_value *const each = &conform->places[*place].values[*value];

            if (!each->placed)
                continue;
            if (changes->count == CHILD_CHANGES_MAX)
                return true;
            changes->list[changes->count++] = (struct child_change){
                .place = &conform->places[*place], .value = each, .action = DNSHOOK_REMOVE};
        }
    return changes->count > 0;
}

/* Removes what may be there: in one call, and what that leaves, one by one. */
static void remove_all(struct conform *conform, bool together)
{
    struct changes changes = {.together = together};
    const bool hangs = report_is_broken(&conform->report, RULE_DEADLINE);
    size_t place = 0;
    size_t value = 0;

    changes.time = hangs ? LAST_TIME : CALL_TIME;
    while (deadline_left() > 0 && collect(conform, &place, &value, &changes))
        (void)changes_run(conform, &changes);
}

/* Where a rule is broken on which the account of what is there rests, more may be left. */
static void warn_left(struct conform *conform)
{
    static const enum rule grounds[] = {RULE_REMOVE, RULE_OTHER_PROCESS, RULE_KEEP,
                                        RULE_EFFECT, RULE_VALUE,         RULE_INTERRUPTION};

    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        if (report_is_broken(&conform->report, grounds[i])) {
            log_warning("the provider breaks the rule \"%s\": look whether values are left below "
                        "%s.%s",
                        report_rule(grounds[i]), conform->label, conform->domain);
            if (!conform->dns)
                report_skip(&conform->report, CHECK_CLEAN,
                            "it rests on the rule \"%s\", which is broken",
                            report_rule(grounds[i]));
            return;
        }
}

void changes_clean(struct conform *conform)
{
    struct changes changes = {0};
    size_t place = 0;
    size_t value = 0;

    for (int i = 0; i < 3; i++)
        remove_all(conform, i == 0 && !report_is_broken(&conform->report, RULE_APPLY));
    while (collect(conform, &place, &value, &changes))
        for (size_t i = 0; i < changes.count; i++)
            log_error("%s: the value \"%s\" could not be taken away: take it away by hand",
                      changes.list[i].place->name, changes.list[i].value->text);
    warn_left(conform);
}
