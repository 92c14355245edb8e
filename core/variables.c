#include "variables.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dnshook/provider.h"

static const char blanks[] = " \t\r";

/* Takes the name off the front of a line; NULL if there is none with "=" behind it. */
static char *take_name(char **line)
{
    char *name = *line;
    char *end;

    if (strncmp(name, "export", 6) == 0 && (name[6] == ' ' || name[6] == '\t'))
        name += 6 + strspn(name + 6, blanks);
    if (!isalpha((unsigned char)*name) && *name != '_')
        return NULL;
    for (end = name; isalnum((unsigned char)*end) || *end == '_'; end++)
        ;
    if (*end != '=')
        return NULL;
    *end = '\0';
    *line = end + 1;
    return name;
}

/* True for what may follow a value: blanks, or a comment after a blank. */
static bool is_rest(const char *rest)
{
    const size_t skip = strspn(rest, blanks);

    return rest[skip] == '\0' || (skip > 0 && rest[skip] == '#');
}

/* Takes the value off the front of what follows "="; NULL if it would need a shell. */
static char *take_value(char *text)
{
    const char quote = *text == '\'' || *text == '"' ? *text : '\0';
    char *const value = quote != '\0' ? text + 1 : text;
    const char bare_end[] = " \t\r$`\\;&|<>()*?[]{}~'\"!";
    char *const end = quote != '\0' ? strchr(value, quote) : value + strcspn(value, bare_end);
    bool ok;

    if (end == NULL)
        return NULL;
    ok = is_rest(quote != '\0' ? end + 1 : end);
    *end = '\0';
    if (!ok || (quote == '"' && strpbrk(value, "$`\\") != NULL))
        return NULL;
    return value;
}

static void note_line(char *shell, size_t size, size_t number)
{
    const size_t used = strlen(shell);

    (void)snprintf(shell + used, size - used, "%s%zu", used > 0 ? ", " : "", number);
}

int variables_read(char *text, variables_fn *each, void *opaque, char *shell, size_t size)
{
    char *next = text;

    shell[0] = '\0';
    for (size_t number = 1; next != NULL; number++) {
        char *line = next;
        char *const end = strchr(line, '\n');
        const char *name;
        const char *value;
        int status;

        next = end != NULL ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        line += strspn(line, blanks);
        if (*line == '\0' || *line == '#')
            continue;
        name = take_name(&line);
        value = name != NULL ? take_value(line) : NULL;
        if (value == NULL) {
            note_line(shell, size, number);
            continue;
        }
        status = each(opaque, name, value);
        if (status != DNSHOOK_OK)
            return status;
    }
    return DNSHOOK_OK;
}
