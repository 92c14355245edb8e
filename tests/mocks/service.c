/*
 * A provider whose service is a file, for `dnshook conform --no-dns`. Without MOCK_FAULT it keeps
 * every rule of dnshook-provider(3); with it, it breaks one, and says nothing of that.
 */
#include <ctype.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dnshook/provider.h"

enum { RECORDS_MAX = 256, NAME_ROOM = 256, TOKEN_ROOM = 64 };

static const struct dnshook_param params[] = {
    {sizeof(struct dnshook_param), DNSHOOK_PARAM_REQUIRED, "file", "MOCK_FILE", NULL,
     "The file that is the service"},
    {sizeof(struct dnshook_param), 0, "zone", "MOCK_ZONE", "example.org", "The one zone"},
    {sizeof(struct dnshook_param), DNSHOOK_PARAM_SECRET, "token", "MOCK_TOKEN", NULL,
     "The secret; \"the-good-token\" is the right one"},
    {sizeof(struct dnshook_param), 0, "fault", "MOCK_FAULT", NULL, "The rule that it breaks"},
    {0, 0, NULL, NULL, NULL, NULL},
};

struct record {
    char name[NAME_ROOM];
    char value[DNSHOOK_VALUE_MAX + 1];
};

struct service {
    const struct dnshook_host *host;
    char token[TOKEN_ROOM];
    char added[DNSHOOK_VALUE_MAX + 1]; /* what this handle has added last */
    size_t count;
    struct record records[RECORDS_MAX];
};

static struct service *latest; /* for the fault "globals" */

static bool has_fault(const struct service *service, const char *name)
{
    const char *const fault = service->host->param(service->host, "fault");

    return fault != NULL && strcmp(fault, name) == 0;
}

/* With "silent-" in front of a fault, no change says what it has found. */
static bool has_fault_of(const struct service *service, const char *name)
{
    const char *const fault = service->host->param(service->host, "fault");

    return has_fault(service, name) ||
           (fault != NULL && strncmp(fault, "silent-", 7) == 0 && strcmp(fault + 7, name) == 0);
}

/* ---- the service ---- */

static int load(struct service *service)
{
    FILE *const file = fopen(service->host->param(service->host, "file"), "r");
    char line[NAME_ROOM + DNSHOOK_VALUE_MAX + 3];

    service->count = 0;
    while (file != NULL && service->count < RECORDS_MAX && fgets(line, sizeof line, file) != NULL) {
        struct record *const record = &service->records[service->count++];
        char *const blank = strchr(line, ' ');

        if (blank == NULL)
            break;
        *blank = '\0';
        blank[1 + strcspn(blank + 1, "\n")] = '\0';
        (void)snprintf(record->name, sizeof record->name, "%.255s", line);
        (void)snprintf(record->value, sizeof record->value, "%.255s", blank + 1);
    }
    if (file != NULL)
        (void)fclose(file);
    return DNSHOOK_OK;
}

static int store(struct service *service)
{
    FILE *const file = fopen(service->host->param(service->host, "file"), "w");

    if (file == NULL)
        return dnshook_fail(service->host, DNSHOOK_UNREACHABLE, "the file cannot be written");
    for (size_t i = 0; i < service->count; i++)
        (void)fprintf(file, "%s %s\n", service->records[i].name, service->records[i].value);
    (void)fclose(file);
    return DNSHOOK_OK;
}

/* The index of a record; `count` for none. */
static size_t find(const struct service *service, const char *name, const char *value)
{
    for (size_t i = 0; i < service->count; i++)
        if (strcmp(service->records[i].name, name) == 0 &&
            strcmp(service->records[i].value, value) == 0)
            return i;
    return service->count;
}

static void append(struct service *service, const char *name, const char *value)
{
    struct record *const record = &service->records[service->count];

    if (service->count == RECORDS_MAX)
        return;
    (void)snprintf(record->name, sizeof record->name, "%s", name);
    (void)snprintf(record->value, sizeof record->value, "%s", value);
    service->count++;
}

static void drop(struct service *service, size_t i)
{
    memmove(&service->records[i], &service->records[i + 1],
            (service->count - i - 1) * sizeof *service->records);
    service->count--;
}

static void drop_name(struct service *service, const char *name)
{
    for (size_t i = service->count; i > 0; i--)
        if (strcmp(service->records[i - 1].name, name) == 0)
            drop(service, i - 1);
}

/* ---- faults ---- */

/* Decodes as of a URL what nobody has encoded. */
static void decode(char *value)
{
    char *out = value;
    unsigned byte = 0;

    for (const char *at = value; *at != '\0'; at++)
        if (sscanf(at, "%%%2x", &byte) == 1) {
            *out++ = (char)byte;
            at += 2;
        } else
            *out++ = *at;
    *out = '\0';
}

/* The value as a careless program would write it. */
static void mangle(const struct service *service, const char *value, char *out)
{
    (void)snprintf(out, DNSHOOK_VALUE_MAX + 1, "%s", value);
    if (has_fault_of(service, "truncate"))
        out[strlen(out) < 200 ? strlen(out) : 200] = '\0';
    for (char *at = out; has_fault_of(service, "lower") && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    if (has_fault_of(service, "decode"))
        decode(out);
    if (has_fault_of(service, "comment"))
        out[strcspn(out, ";")] = '\0';
    if (has_fault_of(service, "hyphen") && value[0] == '-')
        (void)snprintf(out, DNSHOOK_VALUE_MAX + 1, "%s", value + 1);
    if (has_fault_of(service, "quotes") || has_fault_of(service, "blanks")) {
        const char *const lost = has_fault_of(service, "quotes") ? "\"\\" : " ";
        size_t size = 0;

        for (; *value != '\0'; value++)
            if (strchr(lost, *value) == NULL)
                out[size++] = *value;
        out[size] = '\0';
    }
}

static void on_signal(int number)
{
    (void)number;
}

/* Does to the process what a provider may not do. */
static void change_process(const struct service *service)
{
    if (has_fault(service, "umask"))
        (void)umask(0);
    if (has_fault(service, "directory"))
        (void)!chdir("/tmp");
    if (has_fault(service, "locale"))
        (void)setlocale(LC_ALL, "C.UTF-8");
    if (has_fault(service, "signal"))
        (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = on_signal}, NULL);
    if (has_fault(service, "environment"))
        (void)setenv("MOCK_LEFT", "behind", 1);
    if (has_fault(service, "stdout"))
        (void)printf("hello\n");
    if (has_fault(service, "stderr"))
        (void)fprintf(stderr, "token=%s\n", service->token);
    if (has_fault(service, "exit"))
        exit(0);
    if (has_fault(service, "crash"))
        abort();
}

/* Waits for the service in its own way: without looking at the time, or at what the host says. */
static int wait_for_service(const struct service *service)
{
    const struct dnshook_host *const host = service->host;
    const int64_t left = host->time_left(host);
    const int64_t wait = has_fault(service, "slow") ? 100 : has_fault(service, "race") ? 30 : 1;
    int status;

    if (has_fault(service, "hang"))
        (void)sleep(1000);
    if (has_fault(service, "deadline") && left > 0 && left < 5000)
        (void)sleep(1000);
    status = host->sleep(host, wait);
    if (has_fault(service, "deaf") && status != DNSHOOK_OK)
        (void)sleep(1000);
    return status;
}

/* ---- operations ---- */

static int service_open(const struct dnshook_host *host, void **handle)
{
    struct service *const service = host->alloc(host, sizeof *service);
    const char *const token = host->param(host, "token");

    if (service == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    service->host = host;
    (void)snprintf(service->token, sizeof service->token, "%s", token != NULL ? token : "");
    if (has_fault(service, "secret"))
        dnshook_log(host, DNSHOOK_LOG_DEBUG, "token=%s", service->token);
    latest = service;
    *handle = service;
    return DNSHOOK_OK;
}

/* One change at a time, whichever process makes it. */
static int lock(const struct service *service)
{
    const int fd = open(service->host->param(service->host, "file"), O_RDWR | O_CREAT, 0600);

    if (fd >= 0 && !has_fault(service, "race"))
        (void)flock(fd, LOCK_EX);
    return fd;
}

static void service_close(void *handle)
{
    struct service *const service = handle;

    if (latest == service)
        latest = NULL;
    service->host->free(service->host, service);
}

/* The handle that a call is for; with the fault, the one that was opened last. */
static struct service *of(void *handle)
{
    struct service *const service = handle;

    return has_fault(service, "globals") && latest != NULL ? latest : service;
}

/* Asks something of a server that does not answer, with the secret in the path. */
static void ask(const struct service *service)
{
    struct dnshook_http_request request = {.size = sizeof request, .method = "GET"};
    struct dnshook_http_response response = {.size = sizeof response};
    char url[TOKEN_ROOM + 64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:9/%s/zones?page=1", service->token);
    request.url = url;
    (void)service->host->http(service->host, &request, &response);
}

/* What comes before a change: the credentials, the wait, what is there. */
static int begin(struct service *service)
{
    int status;

    change_process(service);
    if (has_fault(service, "url"))
        ask(service);
    if (strcmp(service->token, "the-good-token") != 0 && !has_fault(service, "credentials"))
        return has_fault(service, "reason")
                   ? DNSHOOK_DENIED
                   : dnshook_fail(service->host, DNSHOOK_DENIED, "the token is wrong");
    status = wait_for_service(service);
    return status != DNSHOOK_OK ? status : load(service);
}

/* Adds without writing it down; effect as it is. */
static void put(struct service *service, const char *name, const char *value,
                struct dnshook_change *change)
{
    const bool there = find(service, name, value) < service->count;

    change->effect = there ? DNSHOOK_EFFECT_NO_CHANGE : DNSHOOK_EFFECT_CHANGED;
    if (has_fault(service, "double"))
        change->effect = DNSHOOK_EFFECT_CHANGED;
    if (has_fault(service, "overwrite"))
        drop_name(service, name);
    if (!there || has_fault(service, "overwrite") || has_fault(service, "double"))
        append(service, name, value);
}

static void say_effect(const struct service *service, struct dnshook_change *change)
{
    const char *const fault = service->host->param(service->host, "fault");

    if (has_fault(service, "effect"))
        change->effect = DNSHOOK_EFFECT_CHANGED;
    if (has_fault(service, "unknown") || (fault != NULL && strncmp(fault, "silent-", 7) == 0))
        change->effect = DNSHOOK_EFFECT_UNKNOWN;
}

static int add(void *handle, struct dnshook_change *change)
{
    struct service *const service = of(handle);
    char value[DNSHOOK_VALUE_MAX + 1];
    int status = begin(service);

    if (status != DNSHOOK_OK)
        return status;
    mangle(service, change->value, value);
    if (has_fault(service, "long-name") && strlen(change->name) > 200)
        return dnshook_fail(service->host, DNSHOOK_REJECTED, "the name is too long");
    put(service, change->name, value, change);
    if (has_fault(service, "no-add"))
        return DNSHOOK_OK;
    if (has_fault(service, "twice") && change->effect == DNSHOOK_EFFECT_NO_CHANGE)
        return dnshook_fail(service->host, DNSHOOK_REJECTED, "the record is there already");
    say_effect(service, change);
    (void)snprintf(service->added, sizeof service->added, "%s", change->value);
    status = has_fault(service, "early-ok") ? DNSHOOK_OK : wait_for_service(service);
    if (status != DNSHOOK_OK && has_fault(service, "leftover")) {
        append(service, "left.behind", value);
        (void)store(service);
        return status;
    }
    if (has_fault(service, "early-ok") && service->host->time_left(service->host) <= 0)
        return DNSHOOK_OK;
    return status != DNSHOOK_OK ? status : store(service);
}

/* With the fault "leftover": a value whose addition broke off is in the way of its removal. */
static bool is_left(struct service *service, const char *value)
{
    return has_fault(service, "leftover") && find(service, "left.behind", value) < service->count;
}

static int take_away(void *handle, struct dnshook_change *change)
{
    struct service *const service = of(handle);
    char value[DNSHOOK_VALUE_MAX + 1];
    int status = begin(service);
    size_t i;

    if (status != DNSHOOK_OK)
        return status;
    mangle(service, change->value, value);
    i = find(service, change->name, value);
    change->effect = i < service->count ? DNSHOOK_EFFECT_CHANGED : DNSHOOK_EFFECT_NO_CHANGE;
    say_effect(service, change);
    if (has_fault(service, "gone") && i == service->count)
        return dnshook_fail(service->host, DNSHOOK_REJECTED, "there is no such record");
    if (has_fault(service, "no-remove"))
        return DNSHOOK_OK;
    if (has_fault(service, "forget") && strcmp(service->added, change->value) != 0) {
        change->effect = DNSHOOK_EFFECT_NO_CHANGE;
        return DNSHOOK_OK;
    }
    if (is_left(service, value)) {
        change->effect = DNSHOOK_EFFECT_NO_CHANGE;
        return DNSHOOK_OK;
    }
    if (has_fault(service, "remove-all"))
        drop_name(service, change->name);
    else if (i < service->count)
        drop(service, i);
    status = wait_for_service(service);
    return status != DNSHOOK_OK ? status : store(service);
}

static int service_add(void *handle, struct dnshook_change *change)
{
    const int fd = lock(of(handle));
    const int status = add(handle, change);

    (void)close(fd);
    return status;
}

static int service_remove(void *handle, struct dnshook_change *change)
{
    const int fd = lock(of(handle));
    const int status = take_away(handle, change);

    (void)close(fd);
    return status;
}

static int service_apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    struct service *const service = of(handle);
    int first = DNSHOOK_OK;

    if (has_fault(service, "half"))
        count /= 2;
    for (size_t i = 0; i < count; i++) {
        changes[i]->status = changes[i]->action == DNSHOOK_ADD ? service_add(handle, changes[i])
                                                               : service_remove(handle, changes[i]);
        first = first == DNSHOOK_OK ? changes[i]->status : first;
    }
    return first;
}

static bool is_within(const char *name, const char *zone)
{
    const size_t name_size = strlen(name);
    const size_t zone_size = strlen(zone);

    return name_size > zone_size && strcmp(name + name_size - zone_size, zone) == 0 &&
           name[name_size - zone_size - 1] == '.';
}

static int service_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                             dnshook_zone_fn *each, void *opaque)
{
    const struct service *const service = of(handle);
    struct dnshook_zone zone = {.size = sizeof zone,
                                .name = service->host->param(service->host, "zone")};

    (void)cut;
    if (has_fault(service, "zone"))
        zone.name = strrchr(name, '.') + 1;
    else if (!is_within(name, zone.name)) {
        if (has_fault(service, "status"))
            return 77;
        return dnshook_fail(service->host, DNSHOOK_NO_ZONE, "there is no zone for %s", name);
    }
    return each(opaque, &zone);
}

static int service_check(void *handle, const struct dnshook_zone *zone)
{
    const struct service *const service = of(handle);
    const bool right =
        strcmp(service->token, "the-good-token") == 0 || has_fault(service, "credentials");

    (void)zone;
    if (right && !has_fault(service, "check"))
        return DNSHOOK_OK;
    return has_fault(service, "reason")
               ? DNSHOOK_DENIED
               : dnshook_fail(service->host, DNSHOOK_DENIED, "the token is wrong");
}

static const struct dnshook_provider provider = {
    .size = sizeof(struct dnshook_provider),
    .abi = DNSHOOK_ABI,
    .name = "service",
    .version = "1",
    .description = "A service that is a file",
    .params = params,
    .open = service_open,
    .close = service_close,
    .add = service_add,
    .remove = service_remove,
    .apply = service_apply,
    .find_zone = service_find_zone,
    .check = service_check,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
