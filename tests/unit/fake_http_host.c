/* A host for providers that speak HTTP. */
#include "fake_http_host.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

static struct fake_http_host *current; /* whose clock it is */
int fake_http_random = 256;

time_t __real_time(time_t *out);
time_t __wrap_time(time_t *out);
ssize_t __real_getrandom(void *buffer, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *buffer, size_t size, unsigned flags);

time_t __wrap_time(time_t *out)
{
    const time_t now = (time_t)(current != NULL ? FAKE_HTTP_EPOCH + current->now / 1000 : 0);

    if (out != NULL)
        *out = now;
    return now;
}

ssize_t __wrap_getrandom(void *buffer, size_t size, unsigned flags)
{
    if (fake_http_random > 255)
        return __real_getrandom(buffer, size, flags);
    memset(buffer, fake_http_random, size);
    return (ssize_t)size;
}

static struct fake_http_host *fake_of(const struct dnshook_host *host)
{
    return (struct fake_http_host *)(uintptr_t)host;
}

static void fake_log(const struct dnshook_host *host, int level, const char *text)
{
    struct fake_http_host *const fake = fake_of(host);
    const size_t used = strlen(fake->logged);

    (void)snprintf(fake->logged + used, sizeof fake->logged - used, "%d %s\n", level, text);
}

static int fake_fail(const struct dnshook_host *host, int status, const char *text)
{
    struct fake_http_host *const fake = fake_of(host);

    fake->fails++;
    fake->fail_status = status;
    (void)snprintf(fake->failed, sizeof fake->failed, "%s", text);
    return status;
}

static const char *fake_param(const struct dnshook_host *host, const char *name)
{
    const struct fake_http_host *const fake = fake_of(host);

    for (size_t i = 0; i < FAKE_HTTP_PARAMS && fake->params[i].name != NULL; i++)
        if (strcmp(fake->params[i].name, name) == 0)
            return fake->params[i].value;
    return NULL;
}

/* Memory with its size in front. */
static void *fake_alloc(const struct dnshook_host *host, size_t size)
{
    struct fake_http_host *const fake = fake_of(host);
    size_t *block;

    if (size == 0 || ++fake->allocations == fake->fail_alloc)
        return NULL;
    block = calloc(1, 2 * sizeof *block + size);
    if (block == NULL)
        return NULL;
    block[0] = size;
    fake->live++;
    return block + 2;
}

static void fake_free(const struct dnshook_host *host, void *memory)
{
    if (memory == NULL)
        return;
    fake_of(host)->live--;
    free((size_t *)memory - 2);
}

static void *fake_realloc(const struct dnshook_host *host, void *memory, size_t size)
{
    void *const fresh = fake_alloc(host, size);

    if (fresh != NULL && memory != NULL) {
        const size_t old = ((size_t *)memory - 2)[0];

        memcpy(fresh, memory, old < size ? old : size);
        fake_free(host, memory);
    }
    return fresh;
}

static int64_t fake_time_left(const struct dnshook_host *host)
{
    const struct fake_http_host *const fake = fake_of(host);

    return fake->end > fake->now ? fake->end - fake->now : 0;
}

static int fake_sleep(const struct dnshook_host *host, int64_t milliseconds)
{
    struct fake_http_host *const fake = fake_of(host);

    if (fake->sleep_count < FAKE_HTTP_REQUESTS)
        fake->sleeps[fake->sleep_count++] = milliseconds;
    if (fake->sleep_status != DNSHOOK_OK)
        return fake->sleep_status;
    if (milliseconds >= fake_time_left(host))
        return DNSHOOK_DEADLINE;
    fake->now += milliseconds;
    return DNSHOOK_OK;
}

static void record(struct fake_http_host *fake, const struct dnshook_http_request *request)
{
    struct fake_http_request *const out = &fake->requests[fake->asked % FAKE_HTTP_REQUESTS];
    size_t used = 0;

    *out = (struct fake_http_request){.timeout = request->timeout,
                                      .flags = request->flags,
                                      .at = fake->now,
                                      .has_body = request->body != NULL};
    (void)snprintf(out->method, sizeof out->method, "%s", request->method);
    (void)snprintf(out->url, sizeof out->url, "%s", request->url);
    if (request->ca_bundle != NULL)
        (void)snprintf(out->ca_bundle, sizeof out->ca_bundle, "%s", request->ca_bundle);
    if (request->body != NULL)
        (void)snprintf(out->body, sizeof out->body, "%.*s", (int)request->body_size,
                       (const char *)request->body);
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        used += (size_t)snprintf(out->headers + used, sizeof out->headers - used, "%s\n",
                                 request->headers[i]);
}

static int fake_http(const struct dnshook_host *host, const struct dnshook_http_request *request,
                     struct dnshook_http_response *response)
{
    static const struct fake_http_answer none = {.status = DNSHOOK_UNREACHABLE};
    struct fake_http_host *const fake = fake_of(host);
    const size_t last = fake->answer_count > 0 ? fake->answer_count - 1 : 0;
    const struct fake_http_answer *const answer =
        fake->answer_count == 0 ? &none : &fake->answers[fake->asked < last ? fake->asked : last];

    record(fake, request);
    fake->asked++;
    fake->now += fake->cost;
    free(fake->body);
    fake->body = strdup(answer->body != NULL ? answer->body : "");
    if (answer->status != DNSHOOK_OK)
        return fake_fail(host, answer->status, "the fake network failed");
    response->code = answer->code != 0 ? answer->code : 200;
    response->body = fake->body;
    response->body_size = strlen(fake->body);
    response->headers = answer->headers != NULL ? answer->headers : "";
    return DNSHOOK_OK;
}

/* The value of a header in lines. */
static const char *find_header(const char *lines, const char *name)
{
    static char value[8192];
    const size_t length = strlen(name);

    for (; *lines != '\0'; lines += strcspn(lines, "\n") + 1) {
        if (strncasecmp(lines, name, length) != 0 || lines[length] != ':')
            continue;
        lines += length + 1 + strspn(lines + length + 1, " ");
        (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(lines, "\n"), lines);
        return value;
    }
    return NULL;
}

static const char *fake_header(const struct dnshook_host *host, const char *name)
{
    const struct fake_http_host *const fake = fake_of(host);
    const size_t number = fake->asked < fake->answer_count ? fake->asked : fake->answer_count;
    const char *const headers = number > 0 ? fake->answers[number - 1].headers : NULL;

    return headers != NULL ? find_header(headers, name) : NULL;
}

const char *fake_http_host_header(const struct fake_http_host *fake, size_t number,
                                  const char *name)
{
    return find_header(fake->requests[number].headers, name);
}

struct fake_http_host *fake_http_host_new(void)
{
    struct fake_http_host *const fake = calloc(1, sizeof *fake);

    if (fake == NULL)
        return NULL;
    fake->end = 240000;
    fake->cost = 10;
    fake->host = (struct dnshook_host){
        .size = sizeof fake->host,
        .abi = DNSHOOK_ABI,
        .version = "0.0.0",
        .log = fake_log,
        .fail = fake_fail,
        .param = fake_param,
        .alloc = fake_alloc,
        .realloc = fake_realloc,
        .free = fake_free,
        .time_left = fake_time_left,
        .sleep = fake_sleep,
        .http = fake_http,
        .http_header = fake_header,
    };
    current = fake;
    fake_http_random = 256;
    return fake;
}

void fake_http_host_free(struct fake_http_host *fake)
{
    current = NULL;
    free(fake->body);
    free(fake);
}

void fake_http_host_set(struct fake_http_host *fake, const char *name, const char *value)
{
    size_t i = 0;

    while (i < FAKE_HTTP_PARAMS - 1 && fake->params[i].name != NULL &&
           strcmp(fake->params[i].name, name) != 0)
        i++;
    fake->params[i].name = name;
    fake->params[i].value = value;
}

void fake_http_host_script(struct fake_http_host *fake, const struct fake_http_answer *answers,
                           size_t count)
{
    fake->answers = answers;
    fake->answer_count = count;
    fake->asked = 0;
    fake->sleep_count = 0;
    fake->fails = 0;
    fake->fail_status = DNSHOOK_OK;
    fake->failed[0] = '\0';
    fake->logged[0] = '\0';
}
