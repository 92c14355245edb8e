/*
 * service.c - a DNS service in a file. A line "=TOKEN" lets a token in, "+TTL NAME TEXT" makes a
 * record, whose id is the place of the line in the file, and "-ID" deletes it. The file only grows,
 * by a line in one go, so any number of processes may write to it at a time.
 */
#include "service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct service *service)
{
    return dnshook_fail(service->host, DNSHOOK_UNREACHABLE, "%s: %s", service->store,
                        strerror(errno));
}

/* Takes a line "+TTL NAME TEXT", if it is of that name. */
static void take(struct records *found, const char *name, long id, const char *line)
{
    struct record *const record = &found->list[found->count];
    const size_t length = strlen(name);
    char *rest;

    record->id = id;
    record->ttl = (uint32_t)strtoul(line + 1, &rest, 10);
    if (*rest != ' ' || strncmp(rest + 1, name, length) != 0 || rest[1 + length] != ' ')
        return;
    (void)snprintf(record->text, sizeof record->text, "%s", rest + length + 2);
    found->count++;
}

static void drop(struct records *found, long id)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->list[i].id == id)
            found->list[i] = found->list[--found->count];
}

int service_list(const struct service *service, const char *name, struct records *found)
{
    FILE *const file = fopen(service->store, "re");
    char line[1024];
    int known = 0;

    found->count = 0;
    if (file == NULL)
        return fail(service);
    for (long id = 0; fgets(line, sizeof line, file) != NULL; id = ftell(file)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '=' && strcmp(line + 1, service->token) == 0)
            known = 1;
        else if (line[0] == '-')
            drop(found, strtol(line + 1, NULL, 10));
        else if (line[0] == '+' && found->count < sizeof found->list / sizeof *found->list)
            take(found, name, id, line);
    }
    (void)fclose(file);
    return known ? DNSHOOK_OK
                 : dnshook_fail(service->host, DNSHOOK_DENIED, "the service refuses the token");
}

int service_create(const struct service *service, const char *name, uint32_t ttl, const char *text)
{
    FILE *const file = fopen(service->store, "ae");

    if (file != NULL)
        (void)fprintf(file, "+%lu %s %s\n", (unsigned long)ttl, name, text);
    return file != NULL && fclose(file) == 0 ? DNSHOOK_OK : fail(service);
}

int service_delete(const struct service *service, long id)
{
    FILE *const file = fopen(service->store, "ae");

    if (file != NULL)
        (void)fprintf(file, "-%ld\n", id);
    return file != NULL && fclose(file) == 0 ? DNSHOOK_OK : fail(service);
}
