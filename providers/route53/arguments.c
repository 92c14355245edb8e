/*
 * Splitting a command line.
 *
 * SPDX-License-Identifier: MIT
 */
#include "arguments.h"

#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\r\n"

/* In a text that is changed into a shorter one. */
struct scan {
    const char *from;
    char *to;
};

/* '...': nothing in it is special. */
static bool take_single(struct scan *scan)
{
    while (*++scan->from != '\'' && *scan->from != '\0')
        *scan->to++ = *scan->from;
    return *scan->from++ == '\'';
}

/* "...": a backslash quotes $ ` " \ and the end of a line, else it stands for itself. */
static bool take_double(struct scan *scan)
{
    scan->from++;
    for (; *scan->from != '"' && *scan->from != '\0'; scan->from++) {
        if (*scan->from == '\\' && scan->from[1] == '\n') {
            scan->from++;
            continue;
        }
        if (*scan->from == '\\' && scan->from[1] != '\0' && strchr("$`\"\\", scan->from[1]) != NULL)
            scan->from++;
        *scan->to++ = *scan->from;
    }
    return *scan->from++ == '"';
}

/* \: quotes the next character; with the end of a line, both vanish. */
static bool take_escape(struct scan *scan)
{
    const char next = *++scan->from;

    if (next == '\0')
        return false;
    scan->from++;
    if (next != '\n')
        *scan->to++ = next;
    return true;
}

/* One word; false: a quotation has no end. */
static bool take_word(struct scan *scan)
{
    bool good = true;

    while (good && *scan->from != '\0' && strchr(BLANKS, *scan->from) == NULL) {
        if (*scan->from == '\'')
            good = take_single(scan);
        else if (*scan->from == '"')
            good = take_double(scan);
        else if (*scan->from == '\\')
            good = take_escape(scan);
        else
            *scan->to++ = *scan->from++;
    }
    return good;
}

int arguments_split(char *line, char *words[ARGUMENTS_MAX + 1])
{
    struct scan scan = {.from = line, .to = line};
    int count = 0;

    for (;;) {
        scan.from += strspn(scan.from, BLANKS);
        words[count] = NULL;
        if (*scan.from == '\0')
            return count;
        if (count == ARGUMENTS_MAX)
            return -2;
        words[count++] = scan.to;
        if (!take_word(&scan))
            return -1;

        const bool last = *scan.from == '\0';

        if (!last)
            scan.from++;
        *scan.to++ = '\0'; /* the word is shorter than what it was read from, or ends with it */
        if (last) {
            words[count] = NULL;
            return count;
        }
    }
}
