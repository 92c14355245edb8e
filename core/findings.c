#include "findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

static const char *log_about; /* of findings_take_log() */

const char *findings_kind_text(enum finding_kind kind)
{
    static const char *const texts[] = {
        [FINDING_OK] = "ok", [FINDING_REMARK] = "remark", [FINDING_PROBLEM] = "problem"};

    return texts[kind];
}

static bool is_there(const struct findings *findings, enum finding_kind kind, const char *about,
                     const char *text)
{
    for (const struct finding *at = findings->first; at != NULL; at = at->next)
        if (at->kind == kind && strcmp(at->about, about) == 0 && strcmp(at->text, text) == 0)
            return true;
    return false;
}

/* Takes `text` over. */
static void append(struct findings *findings, enum finding_kind kind, const char *about, char *text)
{
    struct finding *const new = calloc(1, sizeof *new);

    if (new == NULL) {
        free(text);
        findings->lost = true;
        return;
    }
    *new = (struct finding){.kind = kind, .about = about, .text = text};
    if (findings->last != NULL)
        findings->last->next = new;
    else
        findings->first = new;
    findings->last = new;
    findings->added = new;
    findings->remarks += kind == FINDING_REMARK;
    findings->problems += kind == FINDING_PROBLEM;
}

void findings_add(struct findings *findings, enum finding_kind kind, const char *about,
                  const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int size;

    va_start(args, format);
    size = vasprintf(&text, format, args);
    va_end(args);
    findings->added = NULL;
    if (size < 0)
        findings->lost = true;
    else if (is_there(findings, kind, about, text))
        free(text);
    else
        append(findings, kind, about, text);
}

void findings_remedy(struct findings *findings, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int size;

    va_start(args, format);
    size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0)
        findings->lost = true;
    else if (findings->added == NULL || findings->added->remedy != NULL)
        free(text); /* what it belongs to is there already */
    else
        findings->added->remedy = text;
}

static void take_line(void *opaque, int level, const char *text)
{
    findings_add(opaque, level == LOG_ERROR ? FINDING_PROBLEM : FINDING_REMARK, log_about, "%s",
                 text);
}

void findings_take_log(struct findings *findings, const char *about)
{
    log_about = about;
    log_divert(take_line, findings);
}

void findings_end_log(void)
{
    log_divert(NULL, NULL);
}

void findings_clear(struct findings *findings)
{
    while (findings->first != NULL) {
        struct finding *const next = findings->first->next;

        free(findings->first->text);
        free(findings->first->remedy);
        free(findings->first);
        findings->first = next;
    }
    *findings = (struct findings){0};
}
