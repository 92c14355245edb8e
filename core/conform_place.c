#include "conform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"

/* ---- places ---- */

struct place *place_new(struct conform *conform, const char *label)
{
    struct place *const place = &conform->places[conform->place_count];
    char host[2 * NAME_SIZE];

    (void)snprintf(host, sizeof host, "%s.%s.%s", label, conform->label, conform->domain);
    if (conform->place_count == PLACES_MAX || name_check_host(host, place->host) != NULL)
        return NULL;
    (void)snprintf(place->name, sizeof place->name, "_acme-challenge.%.*s", NAME_MAX_TEXT, host);
    place->count = 0;
    conform->place_count++;
    return place;
}

size_t place_value(struct place *place, const char *text)
{
    struct place_value *const value = &place->values[place->count];

    *value = (struct place_value){0};
    (void)snprintf(value->text, sizeof value->text, "%s", text);
    return place->count++;
}

/* ---- without DNS: what the provider finds ---- */

/* A change and what it has to find. */
struct probe {
    int action;
    uint32_t effect;
    const char *otherwise; /* what it means if it does not */
};

/* Makes the changes of a probe on one handle, and reads what they have found. */
static void run_probe(struct conform *conform, enum check check, struct place *place, size_t value,
                      const struct probe *probes, size_t count)
{
    struct changes changes = {.count = count};
    enum child_end end;

    for (size_t i = 0; i < count; i++)
        changes.list[i] = (struct child_change){
            .place = place, .value = &place->values[value], .action = probes[i].action};
    end = changes_run(conform, &changes);
    if (end != CHILD_DONE) {
        change_not_done(conform, check, end);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t effect = conform->outcome->results[i].effect;

        if (!change_worked(conform, check, i, &changes.list[i]))
            return;
        if (effect == DNSHOOK_EFFECT_UNKNOWN)
            conform->blind = true;
        else if (effect != probes[i].effect) {
            report_fail(&conform->report, check, "at %s, by what changes find there, \"%s\" %s",
                        place->name, place->values[value].text, probes[i].otherwise);
            return;
        }
    }
}

void place_probe(struct conform *conform, enum check check, struct place *place, size_t value)
{
    static const struct probe there[] = {
        {DNSHOOK_ADD, DNSHOOK_EFFECT_NO_CHANGE, "is not there"},
        {DNSHOOK_REMOVE, DNSHOOK_EFFECT_CHANGED, "is not there"},
        {DNSHOOK_ADD, DNSHOOK_EFFECT_CHANGED, "cannot be removed and added again"}};
    static const struct probe gone[] = {
        {DNSHOOK_REMOVE, DNSHOOK_EFFECT_NO_CHANGE, "is still there"},
        {DNSHOOK_ADD, DNSHOOK_EFFECT_CHANGED, "is still there"},
        {DNSHOOK_REMOVE, DNSHOOK_EFFECT_CHANGED, "cannot be removed once more"}};
    const bool wanted = place->values[value].wanted;
    const bool again = !report_is_broken(&conform->report, RULE_ADD_AGAIN);
    const bool gone_again = !report_is_broken(&conform->report, RULE_REMOVE_AGAIN);

    if (wanted)
        run_probe(conform, check, place, value, again ? there : there + 1, again ? 1 : 2);
    else
        run_probe(conform, check, place, value, gone_again ? gone : gone + 1, gone_again ? 3 : 2);
}

static void skip_blind(struct conform *conform, enum check check)
{
    report_skip(&conform->report, check,
                "the provider does not say truly what its changes find; it needs a run with DNS");
}

static void settle_by_word(struct conform *conform, const struct settling *list, size_t count)
{
    for (size_t i = 0; i < count && !conform_over(); i++) {
        const struct settling *const each = &list[i];

        for (size_t v = 0; v < each->place->count && !conform->blind && !conform_over(); v++)
            if (conform->report.results[each->check].verdict == VERDICT_NONE)
                place_probe(conform, each->check, each->place, v);
        if (conform->blind)
            skip_blind(conform, each->check);
        else if (!each->more && !conform_over())
            report_pass(&conform->report, each->check);
    }
}

void place_settle(struct conform *conform, const struct settling *list, size_t count)
{
    if (conform->dns)
        place_settle_dns(conform, list, count);
    else
        settle_by_word(conform, list, count);
    report_flush(&conform->report);
}

/* Nothing may be found any more where everything was removed. */
static void settle_clean_by_word(struct conform *conform, struct place *place)
{
    struct changes changes = {.count = place->count};

    for (size_t v = 0; v < place->count; v++)
        changes.list[v] = (struct child_change){
            .place = place, .value = &place->values[v], .action = DNSHOOK_REMOVE};
    if (place->count == 0 || changes_run(conform, &changes) != CHILD_DONE)
        return;
    for (size_t v = 0; v < place->count; v++)
        if (conform->outcome->results[v].effect == DNSHOOK_EFFECT_CHANGED)
            report_fail(&conform->report, CHECK_CLEAN, "\"%s\" was still there at %s",
                        place->values[v].text, place->name);
}

/* What could not be removed is there without a question. */
static void fail_placed(struct conform *conform)
{
    for (size_t i = 0; i < conform->place_count; i++)
        for (size_t v = 0; v < conform->places[i].count; v++)
            if (conform->places[i].values[v].placed)
                report_fail(&conform->report, CHECK_CLEAN, "\"%s\" is, or may be, left at %s",
                            conform->places[i].values[v].text, conform->places[i].name);
}

static void settle_clean_dns(struct conform *conform)
{
    struct settling list[PLACES_MAX];

    for (size_t i = 0; i < conform->place_count; i++) {
        struct place *const place = &conform->places[i];

        for (size_t v = 0; v < place->count; v++)
            place->values[v].wanted = false;
        list[i] = (struct settling){.check = CHECK_CLEAN, .place = place, .more = true};
    }
    place_settle_dns(conform, list, conform->place_count);
    report_pass(&conform->report, CHECK_CLEAN);
}

void place_settle_clean(struct conform *conform, bool early)
{
    const struct result *const result = &conform->report.results[CHECK_CLEAN];

    fail_placed(conform);
    if (early)
        report_skip(&conform->report, CHECK_CLEAN, "the run was cut short");
    else if (conform->dns)
        settle_clean_dns(conform);
    else if (conform->blind)
        skip_blind(conform, CHECK_CLEAN);
    for (size_t i = 0; i < conform->place_count && result->verdict == VERDICT_NONE; i++)
        settle_clean_by_word(conform, &conform->places[i]);
    report_pass(&conform->report, CHECK_CLEAN);
}
