/*
 * conform_report.h - the checks of `dnshook conform`, the rule of dnshook-provider(3) that each one
 * is about, and what became of them: TAP as they are decided, or JSON at the end.
 */
#ifndef CONFORM_REPORT_H
#define CONFORM_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "provider.h"

/* The rules, as the section RULES of dnshook-provider(3) names them. */
enum rule {
    RULE_STATUS,
    RULE_REASON,
    RULE_SECRET,
    RULE_PROCESS,
    RULE_HANDLE,
    RULE_DEADLINE,
    RULE_ADD,
    RULE_REMOVE,
    RULE_REMOVE_AGAIN,
    RULE_EFFECT,
    RULE_OTHER_PROCESS,
    RULE_ADD_AGAIN,
    RULE_KEEP,
    RULE_VALUE,
    RULE_NAME,
    RULE_APPLY,
    RULE_ZONE,
    RULE_CREDENTIALS,
    RULE_INTERRUPTION,
    RULE_COUNT
};

/* The checks, in the order in which they are told. */
enum check {
    CHECK_ZONE,
    CHECK_NO_ZONE,
    CHECK_ADD,
    CHECK_REMOVE,
    CHECK_REMOVE_AGAIN,
    CHECK_EFFECT,
    CHECK_OTHER_PROCESS,
    CHECK_ADD_AGAIN,
    CHECK_SECOND,
    CHECK_EIGHT,
    CHECK_OTHERS_STAY,
    CHECK_AT_ONCE,
    CHECK_LONGEST_NAME,
    CHECK_LONGEST_VALUE,
    CHECK_HYPHEN,
    CHECK_QUOTES,
    CHECK_BLANKS,
    CHECK_CASE,
    CHECK_SIGNS,
    CHECK_APPLY_ADD,
    CHECK_APPLY_REMOVE,
    CHECK_CREDENTIALS,
    CHECK_TIME,
    CHECK_LATE_ADD,
    CHECK_LATE_REMOVE,
    CHECK_BROKEN_ADD,
    CHECK_BROKEN_REMOVE,
    CHECK_HANDLES,
    CHECK_STATUS,
    CHECK_REASON,
    CHECK_SECRET,
    CHECK_PROCESS,
    CHECK_CLEAN,
    CHECK_COUNT
};

enum { REPORT_NOTES_MAX = 6, REPORT_NOTE_SIZE = 1024 };

enum verdict { VERDICT_NONE, VERDICT_OK, VERDICT_FAILED, VERDICT_SKIPPED };

struct result {
    enum verdict verdict;
    char *notes[REPORT_NOTES_MAX]; /* of a failure, or the reason of a skip */
    size_t note_count;
};

/* Zero it but for `json`; ended with report_end(). */
struct report {
    bool json; /* nothing is printed before report_end() */
    struct result results[CHECK_COUNT];
    size_t printed; /* results that have been told */
    size_t failed;
};

/* Prints the head: version and plan. */
void report_begin(const struct report *report);

/* The check passed, unless it has failed or was skipped before. */
void report_pass(struct report *report, enum check check);

/* The check failed, with a line that says how. Where it rests on a rule that is broken already, it
 * is skipped instead: each failure is told once, with the rule that it breaks. */
__attribute__((format(printf, 3, 4))) void report_fail(struct report *report, enum check check,
                                                       const char *format, ...);

/* The check could not be made; the reason. Changes nothing where it is decided already. */
__attribute__((format(printf, 3, 4))) void report_skip(struct report *report, enum check check,
                                                       const char *format, ...);

/* Skips every check that is undecided, but for CHECK_CLEAN. */
void report_skip_rest(struct report *report, const char *reason);

/* Prints what is decided, as far as nothing before it is undecided. */
void report_flush(struct report *report);

bool report_is_broken(const struct report *report, enum rule rule);

/* Tells the rest, or all as JSON, and frees the notes. DNSHOOK_OK if nothing failed;
 * DNSHOOK_REJECTED; DNSHOOK_NO_MEMORY, said. */
int report_end(struct report *report, const struct provider *provider, const char *domain,
               bool dns);

/* The name of a rule in the manual. */
const char *report_rule(enum rule rule);

/* The name of a status, as "DNSHOOK_DENIED"; of a number that is none, "no status". */
const char *report_status(int status);

#endif
