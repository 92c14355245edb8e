/*
 * findings.h - what an examination has found: each thing that is fine, each remark and each
 * problem, with what mends it.
 */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

enum finding_kind {
    FINDING_OK,
    FINDING_REMARK, /* worth knowing; nothing fails because of it */
    FINDING_PROBLEM /* a challenge would fail, or may */
};

struct finding {
    struct finding *next;
    enum finding_kind kind;
    const char *about; /* what was looked at, in a word; never freed */
    char *text;
    char *remedy; /* what to do, in a sentence; NULL: nothing, or the text says it */
};

/* All zero at first. */
struct findings {
    struct finding *first;
    struct finding *last;
    struct finding *added; /* by the last findings_add(); NULL: it was there */
    size_t remarks;
    size_t problems;
    bool lost; /* memory ran out: one is missing */
};

/* Adds one, at the end, unless the same is there. Allocation failures are kept in `lost`. */
__attribute__((format(printf, 4, 5))) void findings_add(struct findings *findings,
                                                        enum finding_kind kind, const char *about,
                                                        const char *format, ...);

/* The remedy of what the last findings_add() was for. */
__attribute__((format(printf, 2, 3))) void findings_remedy(struct findings *findings,
                                                           const char *format, ...);

/* Takes errors and warnings of the log from here on: problems and remarks about `about`, which is
 * never freed. Until findings_end_log(). */
void findings_take_log(struct findings *findings, const char *about);
void findings_end_log(void);

/* "ok", "remark", "problem". */
const char *findings_kind_text(enum finding_kind kind);

void findings_clear(struct findings *findings);

#endif
