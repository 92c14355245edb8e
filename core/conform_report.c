#include "conform_report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "table.h"

#define RESTS_ON(rule) (UINT32_C(1) << (rule))
#define RESTS_ON_ALONE (RESTS_ON(RULE_ADD) | RESTS_ON(RULE_REMOVE) | RESTS_ON(RULE_OTHER_PROCESS))
#define RESTS_ON_SET (RESTS_ON_ALONE | RESTS_ON(RULE_KEEP))

static const char *const rules[RULE_COUNT] = {
    [RULE_STATUS] = "status",
    [RULE_REASON] = "reason",
    [RULE_SECRET] = "secret",
    [RULE_PROCESS] = "process",
    [RULE_HANDLE] = "handle",
    [RULE_DEADLINE] = "deadline",
    [RULE_ADD] = "add",
    [RULE_REMOVE] = "remove",
    [RULE_REMOVE_AGAIN] = "remove-again",
    [RULE_EFFECT] = "effect",
    [RULE_OTHER_PROCESS] = "other-process",
    [RULE_ADD_AGAIN] = "add-again",
    [RULE_KEEP] = "keep",
    [RULE_VALUE] = "value",
    [RULE_NAME] = "name",
    [RULE_APPLY] = "apply",
    [RULE_ZONE] = "zone",
    [RULE_CREDENTIALS] = "credentials",
    [RULE_INTERRUPTION] = "interruption",
};

/* What each check is about. Where a rule that it rests on is broken, its failure says nothing. */
static const struct {
    enum rule rule;
    uint32_t rests_on;
    const char *title;
} checks[CHECK_COUNT] = {
    [CHECK_ZONE] = {RULE_ZONE, 0, "the zone that the provider names holds the name"},
    [CHECK_NO_ZONE] = {RULE_ZONE, 0, "a name in no zone is refused"},
    [CHECK_ADD] = {RULE_ADD, 0, "a value is added"},
    [CHECK_REMOVE] = {RULE_REMOVE, RESTS_ON(RULE_ADD), "it is removed, and the set with it"},
    [CHECK_REMOVE_AGAIN] = {RULE_REMOVE_AGAIN, RESTS_ON(RULE_REMOVE),
                            "removing what is gone, or was never there, is success"},
    [CHECK_EFFECT] = {RULE_EFFECT, RESTS_ON(RULE_ADD) | RESTS_ON(RULE_REMOVE),
                      "effect says what was found"},
    [CHECK_OTHER_PROCESS] = {RULE_OTHER_PROCESS, RESTS_ON(RULE_ADD) | RESTS_ON(RULE_REMOVE),
                             "another process removes the value"},
    [CHECK_ADD_AGAIN] = {RULE_ADD_AGAIN, RESTS_ON_ALONE, "adding what is there changes nothing"},
    [CHECK_SECOND] = {RULE_KEEP, RESTS_ON_ALONE, "a second value goes beside the first"},
    [CHECK_EIGHT] = {RULE_KEEP, RESTS_ON_ALONE, "eight values at one name"},
    [CHECK_OTHERS_STAY] = {RULE_KEEP, RESTS_ON_ALONE, "some are removed, the others stay"},
    [CHECK_AT_ONCE] = {RULE_KEEP, RESTS_ON_SET, "several processes change one name at a time"},
    [CHECK_LONGEST_NAME] = {RULE_NAME, RESTS_ON_ALONE, "the longest name, 253 bytes"},
    [CHECK_LONGEST_VALUE] = {RULE_VALUE, RESTS_ON_SET, "the longest value, 255 bytes"},
    [CHECK_HYPHEN] = {RULE_VALUE, RESTS_ON_SET, "a value that begins with a hyphen"},
    [CHECK_QUOTES] = {RULE_VALUE, RESTS_ON_SET, "a value with quotes and backslashes"},
    [CHECK_BLANKS] = {RULE_VALUE, RESTS_ON_SET, "a value with blanks"},
    [CHECK_CASE] = {RULE_VALUE, RESTS_ON_SET, "a value in capital and small letters"},
    [CHECK_SIGNS] = {RULE_VALUE, RESTS_ON_SET, "a value with signs that mean something elsewhere"},
    [CHECK_APPLY_ADD] = {RULE_APPLY, RESTS_ON_SET, "many values are added in one call"},
    [CHECK_APPLY_REMOVE] = {RULE_APPLY, RESTS_ON_SET, "many values are removed in one call"},
    [CHECK_CREDENTIALS] = {RULE_CREDENTIALS, 0, "wrong credentials are refused"},
    [CHECK_TIME] = {RULE_DEADLINE, 0, "a call ends when its time is over"},
    [CHECK_LATE_ADD] = {RULE_INTERRUPTION, RESTS_ON_SET | RESTS_ON(RULE_REMOVE_AGAIN),
                        "the time ends between any two steps of add()"},
    [CHECK_LATE_REMOVE] = {RULE_INTERRUPTION, RESTS_ON_SET | RESTS_ON(RULE_REMOVE_AGAIN),
                           "the time ends between any two steps of remove()"},
    [CHECK_BROKEN_ADD] = {RULE_INTERRUPTION, RESTS_ON_SET | RESTS_ON(RULE_REMOVE_AGAIN),
                          "the user interrupts between any two steps of add()"},
    [CHECK_BROKEN_REMOVE] = {RULE_INTERRUPTION, RESTS_ON_SET | RESTS_ON(RULE_REMOVE_AGAIN),
                             "the user interrupts between any two steps of remove()"},
    [CHECK_HANDLES] = {RULE_HANDLE, RESTS_ON_SET, "two handles know nothing of one another"},
    [CHECK_STATUS] = {RULE_STATUS, 0, "every call returned a status"},
    [CHECK_REASON] = {RULE_REASON, 0, "every failure was given a reason"},
    [CHECK_SECRET] = {RULE_SECRET, 0, "no message held a secret"},
    [CHECK_PROCESS] = {RULE_PROCESS, 0, "the process was left as it was"},
    [CHECK_CLEAN] = {RULE_REMOVE,
                     RESTS_ON_SET | RESTS_ON(RULE_ADD_AGAIN) | RESTS_ON(RULE_REMOVE_AGAIN) |
                         RESTS_ON(RULE_INTERRUPTION) | RESTS_ON(RULE_DEADLINE) |
                         RESTS_ON(RULE_PROCESS),
                     "everything that was written is gone"},
};

const char *report_rule(enum rule rule)
{
    return rules[rule];
}

const char *report_status(int status)
{
    static const char *const names[] = {
        "DNSHOOK_OK",          "DNSHOOK_AGAIN",      "DNSHOOK_CONFLICT",    "DNSHOOK_DENIED",
        "DNSHOOK_NO_ZONE",     "DNSHOOK_BAD_CONFIG", "DNSHOOK_BAD_ANSWER",  "DNSHOOK_UNREACHABLE",
        "DNSHOOK_REJECTED",    "DNSHOOK_DEADLINE",   "DNSHOOK_INTERRUPTED", "DNSHOOK_NO_MEMORY",
        "DNSHOOK_UNSUPPORTED",
    };

    if (status < 0 || (size_t)status >= sizeof names / sizeof *names)
        return "no status";
    return names[status];
}

bool report_is_broken(const struct report *report, enum rule rule)
{
    for (size_t i = 0; i < CHECK_COUNT; i++)
        if (checks[i].rule == rule && report->results[i].verdict == VERDICT_FAILED)
            return true;
    return false;
}

/* The first broken rule that a check rests on; RULE_COUNT for none. */
static enum rule broken_ground(const struct report *report, enum check check)
{
    for (enum rule rule = 0; rule < RULE_COUNT; rule++)
        if ((checks[check].rests_on & RESTS_ON(rule)) != 0 && report_is_broken(report, rule))
            return rule;
    return RULE_COUNT;
}

/* Keeps a note, once; one that there is no memory or no room for is lost. */
static void add_note(struct result *result, const char *text)
{
    char safe[REPORT_NOTE_SIZE];

    log_sanitize(safe, sizeof safe, text);
    for (size_t i = 0; i < result->note_count; i++)
        if (strcmp(result->notes[i], safe) == 0)
            return;
    if (result->note_count < REPORT_NOTES_MAX &&
        (result->notes[result->note_count] = strdup(safe)) != NULL)
        result->note_count++;
}

void report_pass(struct report *report, enum check check)
{
    if (report->results[check].verdict == VERDICT_NONE)
        report->results[check].verdict = VERDICT_OK;
}

void report_fail(struct report *report, enum check check, const char *format, ...)
{
    const enum rule ground = broken_ground(report, check);
    struct result *const result = &report->results[check];
    char text[REPORT_NOTE_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (result->verdict != VERDICT_FAILED && ground != RULE_COUNT) {
        report_skip(report, check, "it rests on the rule \"%s\", which is broken", rules[ground]);
        return;
    }
    if (result->verdict == VERDICT_SKIPPED)
        return;
    report->failed += result->verdict != VERDICT_FAILED;
    result->verdict = VERDICT_FAILED;
    add_note(result, text);
}

void report_skip(struct report *report, enum check check, const char *format, ...)
{
    struct result *const result = &report->results[check];
    char text[REPORT_NOTE_SIZE];
    va_list args;

    if (result->verdict != VERDICT_NONE)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    result->verdict = VERDICT_SKIPPED;
    add_note(result, text);
}

void report_skip_rest(struct report *report, const char *reason)
{
    for (enum check check = 0; check < CHECK_COUNT; check++)
        if (check != CHECK_CLEAN)
            report_skip(report, check, "%s", reason);
}

void report_begin(const struct report *report)
{
    if (!report->json)
        (void)printf("TAP version 13\n1..%d\n", CHECK_COUNT);
}

static void print_result(const struct report *report, enum check check)
{
    const struct result *const result = &report->results[check];
    const bool failed = result->verdict == VERDICT_FAILED;

    (void)printf("%s %d - %s: %s", failed ? "not ok" : "ok", (int)check + 1,
                 rules[checks[check].rule], checks[check].title);
    if (result->verdict == VERDICT_SKIPPED)
        (void)printf(" # SKIP %s", result->note_count > 0 ? result->notes[0] : "");
    (void)printf("\n");
    if (failed)
        (void)printf("# breaks the rule \"%s\" of dnshook-provider(3), RULES\n",
                     rules[checks[check].rule]);
    for (size_t i = 0; failed && i < result->note_count; i++)
        (void)printf("# %s\n", result->notes[i]);
}

void report_flush(struct report *report)
{
    while (!report->json && report->printed < CHECK_COUNT &&
           report->results[report->printed].verdict != VERDICT_NONE)
        print_result(report, (enum check)report->printed++);
    (void)fflush(stdout);
}

static json_t *notes_json(const struct result *result)
{
    json_t *const notes = json_array();

    for (size_t i = 0; i < result->note_count; i++)
        (void)json_array_append_new(notes, json_string(result->notes[i]));
    return notes;
}

static json_t *results_json(const struct report *report)
{
    static const char *const words[] = {"skipped", "ok", "failed", "skipped"};
    json_t *const results = json_array();

    for (size_t i = 0; i < CHECK_COUNT; i++)
        if (json_array_append_new(
                results, json_pack("{s:s, s:s, s:s, s:o}", "rule", rules[checks[i].rule], "check",
                                   checks[i].title, "result", words[report->results[i].verdict],
                                   "notes", notes_json(&report->results[i]))) != 0) {
            json_decref(results);
            return NULL;
        }
    return results;
}

int report_end(struct report *report, const struct provider *provider, const char *domain, bool dns)
{
    int status = report->failed > 0 ? DNSHOOK_REJECTED : DNSHOOK_OK;

    report_flush(report);
    if (report->json) {
        const int printed = table_print_json(
            json_pack("{s:s, s:s, s:s, s:b, s:b, s:o}", "provider", provider->op.name, "version",
                      provider->op.version, "domain", domain, "dns", dns, "ok", report->failed == 0,
                      "results", results_json(report)));

        status = status == DNSHOOK_OK ? printed : status;
    }
    for (size_t i = 0; i < CHECK_COUNT; i++)
        for (size_t n = 0; n < report->results[i].note_count; n++)
            free(report->results[i].notes[n]);
    return status;
}
