#include "conform.h"

#include <stdio.h>
#include <string.h>

/* ---- zones ---- */

/* Finds the zone of the name; the cut is known for the domain alone. */
static void find_zone(struct bench *bench, const void *opaque)
{
    static const struct instance_zone nothing;
    const struct conform *const conform = bench->conform;
    const char *const name = opaque;
    const bool ours = name_is_within(name, conform->domain);
    struct instance *instance = NULL;

    if (bench_open(bench, &instance) != DNSHOOK_OK)
        return;
    bench->outcome->status =
        instance_find_zone(instance, name, ours ? &conform->cut : &nothing, &bench->outcome->zone);
    instance_close(instance);
}

static void take_zone(struct conform *conform, const char *name)
{
    conform->zone = conform->outcome->zone;
    conform->public_zone = instance_zone_public(&conform->zone);
    if (!name_is_within(name, conform->zone.name))
        report_fail(&conform->report, CHECK_ZONE, "the zone for %s is %s, which does not hold it",
                    name, conform->zone.name);
    else if (conform->dns && !name_equal(conform->zone.name, conform->cut.name))
        report_fail(&conform->report, CHECK_ZONE, "the zone for %s is %s, and the DNS leads to %s",
                    name, conform->zone.name, conform->cut.name);
    else if (conform->provider->op.find_zone == NULL)
        report_skip(&conform->report, CHECK_ZONE, "the provider has no find_zone()");
    report_pass(&conform->report, CHECK_ZONE);
}

/* A name that nobody has (RFC 6761, 6.4). */
static void no_zone(struct conform *conform)
{
    char name[NAME_SIZE];
    const struct outcome *const outcome = conform->outcome;
    enum child_end end;

    if (conform->provider->op.find_zone == NULL) {
        report_skip(&conform->report, CHECK_NO_ZONE, "the provider has no find_zone()");
        return;
    }
    (void)snprintf(name, sizeof name, "_acme-challenge.%s.invalid", conform->label);
    end = child_run(conform, find_zone, name, CALL_TIME);
    if (end != CHILD_DONE)
        change_not_done(conform, CHECK_NO_ZONE, end);
    else if (outcome->status == DNSHOOK_OK)
        report_fail(&conform->report, CHECK_NO_ZONE, "find_zone() of %s named the zone %s", name,
                    outcome->zone.name);
    else if ((outcome->watch.broken & UINT32_C(1) << RULE_STATUS) != 0)
        report_skip(&conform->report, CHECK_NO_ZONE,
                    "a call returned no status: see the rule \"status\"");
    else if (outcome->status != DNSHOOK_NO_ZONE && outcome->status != DNSHOOK_BAD_CONFIG)
        report_fail(&conform->report, CHECK_NO_ZONE, "find_zone() of %s returned %s: %s", name,
                    report_status(outcome->status), outcome->watch.reason);
    report_pass(&conform->report, CHECK_NO_ZONE);
}

bool conform_zone(struct conform *conform)
{
    struct place *const first = place_new(conform, "first");
    enum child_end end;

    conform->loud = true; /* of a parameter that is missing nobody else tells */
    end = child_run(conform, find_zone, first->name, CALL_TIME);
    conform->loud = conform->run->options.verbose > 0;
    if (end != CHILD_DONE) {
        change_not_done(conform, CHECK_ZONE, end);
        return false;
    }
    if (conform->outcome->status != DNSHOOK_OK) {
        report_fail(&conform->report, CHECK_ZONE, "%s returned %s: %s",
                    conform->outcome->opened ? "find_zone()" : "open()",
                    report_status(conform->outcome->status), conform->outcome->watch.reason);
        return false;
    }
    take_zone(conform, first->name);
    no_zone(conform);
    report_flush(&conform->report);
    return true;
}

/* ---- one value ---- */

/* What add, remove, remove and remove must find, on one value and one that never was; and, where no
 * nameserver tells, what is broken if they find the opposite: an effect that is false by itself, or
 * the call before. */
static const struct {
    const char *call;
    uint32_t effect;
    enum check without_dns;
} effects[] = {
    {"add() of a new value", DNSHOOK_EFFECT_CHANGED, CHECK_EFFECT},
    {"remove() of a value that was added", DNSHOOK_EFFECT_CHANGED, CHECK_ADD},
    {"remove() of a value that was removed", DNSHOOK_EFFECT_NO_CHANGE, CHECK_REMOVE},
    {"remove() of a value that never was", DNSHOOK_EFFECT_NO_CHANGE, CHECK_EFFECT},
};

enum { EFFECTS = sizeof effects / sizeof *effects };

/* What the calls of there_and_back() have found. */
struct found {
    struct child_result results[EFFECTS];
};

static bool is_false(const struct found *found, size_t i)
{
    const struct child_result *const result = &found->results[i];

    return result->made && result->status == DNSHOOK_OK && result->effect != effects[i].effect &&
           result->effect != DNSHOOK_EFFECT_UNKNOWN;
}

static void fail_effect(struct conform *conform, enum check check, const struct found *found,
                        size_t i)
{
    report_fail(&conform->report, check, "%s says that %s", effects[i].call,
                found->results[i].effect == DNSHOOK_EFFECT_CHANGED ? "it was there"
                                                                   : "nothing was to be done");
}

/* Whether effects can be relied on. */
static void weigh_effects(struct conform *conform, const struct found *found)
{
    const bool lies = is_false(found, 0) || is_false(found, EFFECTS - 1);

    conform->blind = lies;
    for (size_t i = 0; i < EFFECTS; i++)
        if ((conform->dns && is_false(found, i)) ||
            (found->results[i].made && found->results[i].effect == DNSHOOK_EFFECT_UNKNOWN))
            conform->blind = true;
    for (size_t i = 0; i < EFFECTS && !lies && !conform->dns; i++)
        if (is_false(found, i))
            fail_effect(conform, effects[i].without_dns, found, i);
}

/* With DNS to be called when it is known whether add() and remove() work. */
static void judge_effects(struct conform *conform, const struct found *found)
{
    for (size_t i = 0; i < EFFECTS; i++)
        if (is_false(found, i))
            fail_effect(conform, CHECK_EFFECT, found, i);
    if (conform->blind)
        report_skip(&conform->report, CHECK_EFFECT, "the provider says DNSHOOK_EFFECT_UNKNOWN");
    report_pass(&conform->report, CHECK_EFFECT);
}

/* Adds and removes a value on one handle; another process may be needed for nothing of this. */
static struct place *there_and_back(struct conform *conform, struct found *found)
{
    static const enum check checks[] = {CHECK_ADD, CHECK_REMOVE, CHECK_REMOVE_AGAIN,
                                        CHECK_REMOVE_AGAIN};
    struct place *const place = place_new(conform, "back");
    struct changes changes = {.count = sizeof checks / sizeof *checks};
    enum child_end end;

    (void)place_value(place, "there and back");
    (void)place_value(place, "never there");
    for (size_t i = 0; i < changes.count; i++)
        changes.list[i] = (struct child_change){.place = place,
                                                .value = &place->values[i == 3],
                                                .action = i == 0 ? DNSHOOK_ADD : DNSHOOK_REMOVE};
    end = changes_run(conform, &changes);
    if (end != CHILD_DONE) {
        change_not_done(conform, CHECK_ADD, end);
        return place;
    }
    for (size_t i = 0; i < changes.count; i++)
        if (!change_worked(conform, checks[i], i, &changes.list[i]) && i < 2)
            return place;
    memcpy(found->results, conform->outcome->results, sizeof found->results);
    weigh_effects(conform, found);
    report_pass(&conform->report, CHECK_REMOVE_AGAIN);
    return place;
}

/* Adds a value, and adds it again. */
static struct place *add_again(struct conform *conform)
{
    struct place *const place = place_new(conform, "again");
    const size_t value = place_value(place, "added again");

    if (!change_make(conform, CHECK_ADD, place, value, DNSHOOK_ADD) ||
        !change_make(conform, CHECK_ADD_AGAIN, place, value, DNSHOOK_ADD))
        return place;
    if (!conform->blind && conform->outcome->results[0].effect == DNSHOOK_EFFECT_CHANGED)
        report_fail(&conform->report, CHECK_ADD_AGAIN,
                    "add() of a value that is there says that it has added it");
    return place;
}

bool conform_first(struct conform *conform)
{
    struct place *const first = &conform->places[0];
    const size_t value = place_value(first, "the first value");
    struct found found = {0};
    struct place *const back = there_and_back(conform, &found);
    struct place *again = NULL;

    if (conform->report.results[CHECK_ADD].verdict == VERDICT_NONE)
        again = add_again(conform);
    if (again == NULL || conform->report.results[CHECK_ADD].verdict != VERDICT_NONE ||
        !change_add_new(conform, CHECK_ADD, first, value))
        return false;
    place_settle(conform, &(struct settling){.check = CHECK_ADD, .place = first}, 1);
    if (report_is_broken(&conform->report, RULE_ADD) || conform_over())
        return false;
    place_settle(conform, &(struct settling){.check = CHECK_REMOVE, .place = back}, 1);
    if (!conform_over())
        judge_effects(conform, &found);
    change_elsewhere(conform, CHECK_OTHER_PROCESS, first, value);
    place_settle(conform,
                 (const struct settling[]){{.check = CHECK_OTHER_PROCESS, .place = first},
                                           {.check = CHECK_ADD_AGAIN, .place = again}},
                 2);
    return true;
}
