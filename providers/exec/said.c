/*
 * What a program has written.
 *
 * SPDX-License-Identifier: MIT
 */
#include "said.h"

#include <stdbool.h>
#include <string.h>

enum { LAST_LINES = 3, LOG_LINES = 50, LINE_MAX_SHOWN = 1000 };

void said_clean(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\0')
            text[i] = '?';
        else if (text[i] == '\r')
            text[i] = '\n'; /* a line of progress that was written over */
}

/* Whether these bytes are nothing but blanks. */
static bool is_blank(const char *line, size_t size)
{
    return strspn(line, " \t") >= size;
}

/* Hands out the lines that are not blank: *at moves on behind the line that is returned. NULL:
 * there are no more. */
static const char *next_line(const char **at, size_t *size)
{
    while (**at != '\0') {
        const char *const line = *at;

        *size = strcspn(line, "\n");
        *at = line + *size + (line[*size] == '\n' ? 1 : 0);
        if (!is_blank(line, *size))
            return line;
    }
    return NULL;
}

/* Where the last `count` lines that are not blank begin. */
static const char *last_of(const char *text, size_t count)
{
    const char *at = text;
    size_t lines = 0;
    size_t size = 0;

    while (next_line(&at, &size) != NULL)
        lines++;
    for (at = text; lines > count; lines--)
        (void)next_line(&at, &size);
    return at;
}

uint32_t said_effect(const char *text)
{
    uint32_t effect = DNSHOOK_EFFECT_UNKNOWN;
    const char *line;
    size_t size = 0;

    while ((line = next_line(&text, &size)) != NULL)
        if (size == 7 && memcmp(line, "changed", size) == 0)
            effect = DNSHOOK_EFFECT_CHANGED;
        else if (size == 9 && memcmp(line, "unchanged", size) == 0)
            effect = DNSHOOK_EFFECT_NO_CHANGE;
    return effect;
}

void said_last(const char *text, char out[SAID_SIZE])
{
    const char *at = last_of(text, LAST_LINES);
    const char *line;
    size_t used = 0;
    size_t size = 0;

    out[0] = '\0';
    while ((line = next_line(&at, &size)) != NULL) {
        const size_t most = SAID_SIZE / LAST_LINES - sizeof " / ";
        const size_t shown = size < most ? size : most;

        used += (size_t)snprintf(out + used, SAID_SIZE - used, "%s%.*s", used > 0 ? " / " : "",
                                 (int)shown, line + size - shown);
    }
}

void said_log(const struct dnshook_host *host, int level, const char *who, const char *text)
{
    const char *at = last_of(text, LOG_LINES);
    const char *line;
    size_t size = 0;

    while ((line = next_line(&at, &size)) != NULL)
        dnshook_log(host, level, "%s: %.*s", who,
                    (int)(size < LINE_MAX_SHOWN ? size : LINE_MAX_SHOWN), line);
}
