#include "conform.h"

#include <stdio.h>
#include <string.h>

#include "deadline.h"
#include "log.h"

enum {
    SHORT_TIME = 2000,         /* ms of the call whose time is short */
    WRONG_TIME = 30000,        /* ms for wrong credentials */
    FAULT_TIME = 15000,        /* ms of a call that is interrupted */
    LASTS_INTERRUPTED = 12000, /* ms that it may last after that: the time for cleaning up */
    LASTS_LATE = 2000
};

/* ---- wrong credentials ---- */

/* Opens with altered secrets, proves the credentials, and adds a value if nothing has refused: a
 * check() may be content where the service cannot be asked whose they are. */
static void use_wrong(struct bench *bench, const void *opaque)
{
    struct outcome *const outcome = bench->outcome;
    struct dnshook_change change = bench_change(bench, opaque);
    struct dnshook_change *const changes[] = {&change};
    struct instance *instance = NULL;

    shim_alter_secrets(true);
    (void)snprintf(outcome->call, sizeof outcome->call, "open()");
    if (bench_open(bench, &instance) != DNSHOOK_OK || !outcome->watch.secrets)
        return;
    (void)snprintf(outcome->call, sizeof outcome->call, "check()");
    outcome->status = instance_check(instance, NULL);
    if (outcome->status == DNSHOOK_UNSUPPORTED || outcome->status == DNSHOOK_OK) {
        (void)snprintf(outcome->call, sizeof outcome->call, "add()");
        outcome->status = instance_change(instance, changes, 1);
    }
    instance_close(instance);
}

/* Proves the credentials as they are: a check() that refuses everything would else be taken for one
 * that knows right from wrong. */
static void use_right(struct bench *bench, const void *opaque)
{
    struct instance *instance = NULL;

    (void)opaque;
    if (bench_open(bench, &instance) != DNSHOOK_OK)
        return;
    bench->outcome->status = instance_check(instance, &bench->conform->public_zone);
    instance_close(instance);
}

static void right_credentials(struct conform *conform)
{
    const struct outcome *const outcome = conform->outcome;
    const enum child_end end = child_run(conform, use_right, NULL, CALL_TIME);

    if (end != CHILD_DONE)
        change_not_done(conform, CHECK_CREDENTIALS, end);
    else if ((outcome->watch.broken & UINT32_C(1) << RULE_STATUS) == 0 &&
             outcome->status != DNSHOOK_OK && outcome->status != DNSHOOK_UNSUPPORTED &&
             !conform_over())
        report_fail(&conform->report, CHECK_CREDENTIALS,
                    "%s with the credentials that everything else works with returned %s: %s",
                    outcome->opened ? "check()" : "open()", report_status(outcome->status),
                    outcome->watch.reason);
}

void conform_credentials(struct conform *conform)
{
    struct place *const place = place_new(conform, "denied");
    const size_t value = place_value(place, "with wrong credentials");
    const struct child_change change = {
        .place = place, .value = &place->values[value], .action = DNSHOOK_ADD};
    const struct outcome *const outcome = conform->outcome;
    enum child_end end;

    if (conform_over())
        return;
    if (conform->provider->op.check != NULL)
        right_credentials(conform);
    place->values[value].placed = true;
    end = child_run(conform, use_wrong, &change, WRONG_TIME);
    if (!outcome->watch.secrets) {
        place->values[value].placed = false;
        report_skip(&conform->report, CHECK_CREDENTIALS,
                    "no parameter that is a secret is set, so none can be altered");
    } else if (end != CHILD_DONE)
        change_not_done(conform, CHECK_CREDENTIALS, end);
    else if ((outcome->watch.broken & UINT32_C(1) << RULE_STATUS) != 0)
        report_skip(&conform->report, CHECK_CREDENTIALS,
                    "a call returned no status: see the rule \"status\"");
    else if (outcome->status == DNSHOOK_OK)
        report_fail(&conform->report, CHECK_CREDENTIALS,
                    "%s accepts credentials of which every secret was altered", outcome->call);
    else if (outcome->status != DNSHOOK_DENIED && outcome->status != DNSHOOK_BAD_CONFIG)
        report_fail(&conform->report, CHECK_CREDENTIALS,
                    "%s with altered secrets returned %s, not DNSHOOK_DENIED or "
                    "DNSHOOK_BAD_CONFIG: %s",
                    outcome->call, report_status(outcome->status), outcome->watch.reason);
    place_settle(conform, &(struct settling){.check = CHECK_CREDENTIALS, .place = place}, 1);
}

/* ---- time ---- */

void conform_time(struct conform *conform)
{
    struct place *const place = place_new(conform, "short");
    const size_t value = place_value(place, "with little time");
    const struct changes changes = {
        .list = {{.place = place, .value = &place->values[value], .action = DNSHOOK_ADD}},
        .count = 1,
        .time = SHORT_TIME};

    if (conform_over())
        return;
    if (changes_run(conform, &changes) != CHILD_DIED)
        report_pass(&conform->report, CHECK_TIME);
    else
        change_not_done(conform, CHECK_TIME, CHILD_DIED);
    report_flush(&conform->report);
}

/* ---- interruptions ---- */

/* One way to end a call, and the place that is left to it. */
struct fault_row {
    enum check check;
    int action;
    int status;
    int64_t lasts;
    const char *label;
};

static const struct fault_row fault_rows[] = {
    {CHECK_LATE_ADD, DNSHOOK_ADD, DNSHOOK_DEADLINE, LASTS_LATE, "late-add"},
    {CHECK_LATE_REMOVE, DNSHOOK_REMOVE, DNSHOOK_DEADLINE, LASTS_LATE, "late-remove"},
    {CHECK_BROKEN_ADD, DNSHOOK_ADD, DNSHOOK_INTERRUPTED, LASTS_INTERRUPTED, "broken-add"},
    {CHECK_BROKEN_REMOVE, DNSHOOK_REMOVE, DNSHOOK_INTERRUPTED, LASTS_INTERRUPTED, "broken-remove"},
};

enum { FAULT_ROWS = sizeof fault_rows / sizeof *fault_rows, STAYS = 0, COMES_AND_GOES = 1 };

static bool undecided(const struct conform *conform, enum check check)
{
    return conform->report.results[check].verdict == VERDICT_NONE && !conform_over();
}

/* What came of one fault, before any other child overwrites the outcome. */
struct blow {
    bool fired;
    bool exchange; /* the service that was struck sends something */
    bool done;     /* the call returned DNSHOOK_OK all the same */
};

/* Makes the change with the fault, and judges what the call did then. */
static struct blow strike_once(struct conform *conform, const struct fault_row *row,
                               struct place *place, const struct shim_fault *fault)
{
    const struct changes changes = {
        .list = {{.place = place, .value = &place->values[COMES_AND_GOES], .action = row->action}},
        .count = 1,
        .fault = *fault,
        .time = FAULT_TIME};
    const struct outcome *const outcome = conform->outcome;
    enum child_end end;

    conform->hang = row->check;
    end = changes_run(conform, &changes);
    conform->hang = CHECK_TIME;
    if (end == CHILD_DIED)
        change_not_done(conform, row->check, end);
    if (end != CHILD_DONE)
        return (struct blow){0};
    if (outcome->watch.lasted > row->lasts)
        report_fail(&conform->report, row->check,
                    "service call %u of %s returned %s, and the call went on for %lld ms",
                    fault->at, row->action == DNSHOOK_ADD ? "add()" : "remove()",
                    report_status(row->status), (long long)outcome->watch.lasted);
    return (struct blow){.fired = outcome->watch.fired,
                         .exchange = outcome->watch.exchanges[fault->at - 1],
                         .done =
                             outcome->results[0].made && outcome->results[0].status == DNSHOOK_OK};
}

/* After a fault: an OK must be true, and a removal must find what is there, or nothing. */
static void mend(struct conform *conform, const struct fault_row *row, struct place *place,
                 bool done)
{
    struct place_value *const value = &place->values[COMES_AND_GOES];

    value->wanted = row->action == DNSHOOK_ADD;
    if (done && !conform->blind)
        place_probe(conform, row->check, place, COMES_AND_GOES);
    if (!undecided(conform, row->check))
        return;
    (void)change_make(conform, row->check, place, COMES_AND_GOES, DNSHOOK_REMOVE);
    if (!conform->dns && !conform->blind && undecided(conform, row->check))
        place_probe(conform, row->check, place, COMES_AND_GOES);
}

/* One fault, from a set without the value (add) or with it (remove) back to one without it. True if
 * there may be another one; *exchange says whether something was to be sent where it struck. */
static bool try_fault(struct conform *conform, const struct fault_row *row, struct place *place,
                      const struct shim_fault *fault, bool *exchange)
{
    struct blow blow;

    *exchange = false;
    if (row->action == DNSHOOK_REMOVE &&
        !change_make(conform, row->check, place, COMES_AND_GOES, DNSHOOK_ADD))
        return false;
    blow = strike_once(conform, row, place, fault);
    *exchange = blow.exchange;
    if (undecided(conform, row->check))
        mend(conform, row, place, blow.done);
    return blow.fired && undecided(conform, row->check);
}

/* Each service that the call uses, one after the other. `until` bounds it in time. */
static void try_faults(struct conform *conform, const struct fault_row *row, struct place *place,
                       int64_t until)
{
    bool fired = true;
    bool exchange = false;
    unsigned at = 1;
    unsigned lost = 0;

    for (; at <= SHIM_SERVICES_MAX && fired && deadline_now() < until; at++) {
        struct shim_fault fault = {.at = at, .status = row->status};

        fired = try_fault(conform, row, place, &fault, &exchange);
        if (!fired || !exchange)
            continue;
        fault.after = true;
        lost++;
        fired = try_fault(conform, row, place, &fault, &exchange);
    }
    log_info("%s: service calls 1 to %u were ended, and the answers of %u of them lost",
             place->name, at - 1, lost);
}

void conform_interruptions(struct conform *conform)
{
    struct settling list[FAULT_ROWS];
    size_t count = 0;
    const int64_t share = deadline_left() / (2 * FAULT_ROWS);

    for (size_t i = 0; i < FAULT_ROWS && !conform_over(); i++) {
        const struct fault_row *const row = &fault_rows[i];
        struct place *const place = place_new(conform, row->label);

        (void)place_value(place, "another's");
        (void)place_value(place, "broken off");
        if (change_add_new(conform, row->check, place, STAYS))
            try_faults(conform, row, place, deadline_now() + share);
        list[count++] = (struct settling){.check = row->check, .place = place};
    }
    place_settle(conform, list, count);
}

/* ---- handles ---- */

/* Adds by the first of two handles, before and after the second one is closed. The second has
 * other secrets, if the provider takes them. */
static void use_two(struct bench *bench, const void *opaque)
{
    const struct changes *const changes = opaque;
    struct instance *first = NULL;
    struct instance *second = NULL;

    if (bench_open(bench, &first) != DNSHOOK_OK)
        return;
    shim_alter_secrets(true);
    if (bench_open_more(bench, &second) != DNSHOOK_OK) {
        shim_alter_secrets(false);
        (void)bench_open_more(bench, &second);
    }
    for (size_t i = 0; i < changes->count; i++) {
        struct dnshook_change change = bench_change(bench, &changes->list[i]);
        struct dnshook_change *const pointers[] = {&change};

        (void)instance_change(first, pointers, 1);
        bench_keep(bench, i, &change);
        instance_close(second);
        second = NULL;
    }
    instance_close(first);
}

void conform_handles(struct conform *conform)
{
    struct place *const place = place_new(conform, "handles");
    struct changes changes = {.count = 2};
    enum child_end end;

    if (conform_over())
        return;
    for (size_t i = 0; i < changes.count; i++) {
        const size_t value = place_value(place, i == 0 ? "beside another" : "after another");

        place->values[value].wanted = place->values[value].placed = true;
        changes.list[i] = (struct child_change){
            .place = place, .value = &place->values[value], .action = DNSHOOK_ADD};
    }
    end = child_run(conform, use_two, &changes, CALL_TIME);
    if (end != CHILD_DONE)
        change_not_done(conform, CHECK_HANDLES, end);
    for (size_t i = 0; end == CHILD_DONE && i < changes.count; i++)
        (void)change_worked(conform, CHECK_HANDLES, i, &changes.list[i]);
    place_settle(conform, &(struct settling){.check = CHECK_HANDLES, .place = place}, 1);
}
