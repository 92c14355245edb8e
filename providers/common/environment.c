/*
 * The environment of a program that a provider runs.
 *
 * SPDX-License-Identifier: MIT
 */
#include "environment.h"

#include <string.h>
#include <unistd.h>

static const char blanks[] = " \t\n";

/* Ours, as a table of constants. */
static const char *const *environment(void)
{
    return (const char *const *)(uintptr_t)environ;
}

static size_t count_of(const char *const *table)
{
    size_t count = 0;

    while (table[count] != NULL)
        count++;
    return count;
}

/* Whether "NAME=value" has this name. */
static bool is_variable(const char *variable, const char *name, size_t size)
{
    return strncmp(variable, name, size) == 0 && variable[size] == '=';
}

static bool is_hidden(const char *variable, const char *const *hidden)
{
    for (; *hidden != NULL; hidden++)
        if (is_variable(variable, *hidden, strlen(*hidden)))
            return true;
    return false;
}

/* Whether the list names the variable. */
static bool is_named(const char *variable, const char *names)
{
    for (names += strspn(names, blanks); *names != '\0'; names += strspn(names, blanks)) {
        const size_t size = strcspn(names, blanks);

        if (is_variable(variable, names, size))
            return true;
        names += size;
    }
    return false;
}

/* Whether the table has a variable of the same name. */
static bool has_same(char *const *table, const char *variable)
{
    const size_t size = strcspn(variable, "=");

    for (; *table != NULL; table++)
        if (is_variable(*table, variable, size))
            return true;
    return false;
}

char **environment_without(const struct dnshook_host *host, const char *const *hidden)
{
    const size_t count = count_of(environment());
    char **const table = host->alloc(host, (count + 1) * sizeof *table);

    for (size_t i = 0, used = 0; table != NULL && i < count; i++)
        if (!is_hidden(environ[i], hidden))
            table[used++] = environ[i];
    return table;
}

char **environment_only(const struct dnshook_host *host, const char *names,
                        const char *const *fixed)
{
    const size_t count = count_of(environment());
    char **const table = host->alloc(host, (count + count_of(fixed) + 1) * sizeof *table);
    size_t used = 0;

    for (size_t i = 0; table != NULL && i < count; i++)
        if (is_named(environ[i], names))
            table[used++] = environ[i];
    for (; table != NULL && *fixed != NULL; fixed++)
        if (!has_same(table, *fixed))
            table[used++] = (char *)(uintptr_t)*fixed;
    return table;
}

bool environment_are_names(const char *names)
{
    static const char digits[] = "0123456789";
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    for (names += strspn(names, blanks); *names != '\0'; names += strspn(names, blanks)) {
        const size_t size = strspn(names, rest);

        if (size == 0 || strchr(digits, *names) != NULL ||
            (names[size] != '\0' && strchr(blanks, names[size]) == NULL))
            return false;
        names += size;
    }
    return true;
}
