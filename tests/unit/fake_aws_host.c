/*
 * A host for the credentials of the provider route53 under test.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fake_aws_host.h"

#include "vectors.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* In front of every allocation. */
struct block {
    struct block *next;
    struct block **link; /* what points here */
    size_t size;
    size_t unused;
};

static struct fake_aws_host *fake_of(const struct dnshook_host *host)
{
    return (struct fake_aws_host *)(uintptr_t)host;
}

static void watch(struct fake_aws_host *fake, const char *text)
{
    if (strstr(text, CANARY) != NULL) {
        fake->leaks++;
        fprintf(stderr, "a secret was said: %s\n", text);
    }
}

static void fake_log(const struct dnshook_host *host, int level, const char *text)
{
    struct fake_aws_host *const fake = fake_of(host);
    const size_t used = strlen(fake->logged);

    watch(fake, text);
    (void)snprintf(fake->logged + used, sizeof fake->logged - used, "%d %s\n", level, text);
}

static int fake_fail(const struct dnshook_host *host, int status, const char *text)
{
    struct fake_aws_host *const fake = fake_of(host);

    watch(fake, text);
    fake->fails++;
    fake->fail_status = status;
    (void)snprintf(fake->failed, sizeof fake->failed, "%s", text);
    return status;
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* Environment variables whose parameter is not their name without AWS_. */
static const struct {
    const char *variable;
    const char *param;
} renamed[] = {
    {"AWS_SHARED_CREDENTIALS_FILE", "shared-credentials-file"},
    {"AWS_SECURITY_TOKEN", "session-token"},
    {"AWS_DEFAULT_PROFILE", "profile"},
    {"AWS_ROLE_ARN", "web-identity-role-arn"},
};

/* The parameter of a variable, in `out`; the rest stays as it is. */
static const char *param_of(const char *name, char out[64])
{
    if (strncmp(name, "AWS_", 4) != 0)
        return name;
    for (size_t i = 0; i < COUNT(renamed); i++)
        if (strcmp(name, renamed[i].variable) == 0)
            return renamed[i].param;
    (void)snprintf(out, 64, "%s", name + 4);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)(*at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    return out;
}

static const char *fake_param(const struct dnshook_host *host, const char *name)
{
    const struct fake_aws_host *const fake = fake_of(host);
    char other[64];

    for (size_t i = 0; i < FAKE_AWS_PARAMS; i++)
        if (fake->params[i].value != NULL &&
            strcmp(param_of(fake->params[i].name, other), name) == 0)
            return fake->params[i].value;
    return NULL;
}

void fake_aws_set(struct fake_aws_host *fake, const char *name, const char *value)
{
    size_t i = 0;

    while (i < FAKE_AWS_PARAMS - 1 && fake->params[i].name != NULL &&
           strcmp(fake->params[i].name, name) != 0)
        i++;
    fake->params[i] = (struct fake_aws_param){name, value};
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void *fake_alloc(const struct dnshook_host *host, size_t size)
{
    struct fake_aws_host *const fake = fake_of(host);
    struct block *block;

    if (size == 0 || ++fake->allocations == fake->fail_alloc)
        return NULL;
    block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->next = fake->blocks;
    block->link = &fake->blocks;
    if (block->next != NULL)
        block->next->link = &block->next;
    fake->blocks = block;
    fake->live++;
    return block + 1;
}

static void fake_release(const struct dnshook_host *host, void *memory)
{
    struct block *const block = memory == NULL ? NULL : (struct block *)memory - 1;

    if (block == NULL)
        return;
    *block->link = block->next;
    if (block->next != NULL)
        block->next->link = block->link;
    fake_of(host)->live--;
    free(block);
}

static void *fake_realloc(const struct dnshook_host *host, void *memory, size_t size)
{
    void *const fresh = fake_alloc(host, size);

    if (fresh != NULL && memory != NULL) {
        const size_t old = ((struct block *)memory - 1)->size;

        memcpy(fresh, memory, old < size ? old : size);
        fake_release(host, memory);
    }
    return fresh;
}

/* ---- time and HTTP --------------------------------------------------------------------------- */

static int64_t fake_time_left(const struct dnshook_host *host)
{
    return fake_of(host)->time_left;
}

static int fake_sleep(const struct dnshook_host *host, int64_t milliseconds)
{
    struct fake_aws_host *const fake = fake_of(host);

    fake->slept += milliseconds;
    return milliseconds >= fake->time_left ? DNSHOOK_DEADLINE : DNSHOOK_OK;
}

static bool has_header(const struct dnshook_http_request *request, const char *part)
{
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        if (strstr(request->headers[i], part) != NULL)
            return true;
    return false;
}

static bool has_form(const struct dnshook_http_request *request, const char *part)
{
    return request->body != NULL && memmem(request->body, request->body_size, part, strlen(part));
}

static bool is_expected(const struct exchange *expected, const struct dnshook_http_request *request)
{
    return (expected->method == NULL || strcmp(expected->method, request->method) == 0) &&
           strncmp(expected->url, request->url, strlen(expected->url)) == 0 &&
           (expected->header == NULL || has_header(request, expected->header)) &&
           (expected->form == NULL || has_form(request, expected->form));
}

/* Takes what is next in the script. */
static int fake_http(const struct dnshook_host *host, const struct dnshook_http_request *request,
                     struct dnshook_http_response *response)
{
    struct fake_aws_host *const fake = fake_of(host);
    const struct exchange *const next =
        fake->script_used < fake->script_size ? &fake->script[fake->script_used] : NULL;

    fake->flags = request->flags;
    fake->timeout = request->timeout;
    fake->body_limit = request->body_limit;
    if (next == NULL || !is_expected(next, request)) {
        (void)snprintf(fake->surprise, sizeof fake->surprise, "%s %s instead of %s",
                       request->method, request->url, next == NULL ? "nothing" : next->url);
        return DNSHOOK_UNREACHABLE;
    }
    fake->script_used++;
    if (next->status != DNSHOOK_OK)
        return next->status;
    response->code = next->code;
    response->body = next->body == NULL ? "" : next->body;
    response->body_size = strlen(response->body);
    response->headers = "";
    return DNSHOOK_OK;
}

static const char *fake_http_header(const struct dnshook_host *host, const char *name)
{
    (void)host;
    (void)name;
    return NULL;
}

void fake_aws_expect(struct fake_aws_host *fake, const struct exchange *script, size_t size)
{
    fake->script = script;
    fake->script_size = size;
    fake->script_used = 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

struct fake_aws_host *fake_aws_new(void)
{
    struct fake_aws_host *const fake = calloc(1, sizeof *fake);

    if (fake == NULL)
        abort();
    fake->time_left = 60000;
    fake->host = (struct dnshook_host){
        .size = sizeof fake->host,
        .abi = DNSHOOK_ABI,
        .version = "0.0.0",
        .log = fake_log,
        .fail = fake_fail,
        .param = fake_param,
        .alloc = fake_alloc,
        .realloc = fake_realloc,
        .free = fake_release,
        .time_left = fake_time_left,
        .sleep = fake_sleep,
        .http = fake_http,
        .http_header = fake_http_header,
    };
    fake->aws.host = &fake->host;
    return fake;
}

bool fake_aws_free(struct fake_aws_host *fake)
{
    const bool good =
        fake->leaks == 0 && fake->surprise[0] == '\0' && fake->script_used == fake->script_size;

    if (fake->surprise[0] != '\0')
        fprintf(stderr, "asked for %s\n", fake->surprise);
    else if (fake->script_used != fake->script_size)
        fprintf(stderr, "asked %zu times, not %zu\n", fake->script_used, fake->script_size);
    while (fake->blocks != NULL)
        fake_release(&fake->host, fake->blocks + 1);
    free(fake);
    return good;
}

const char *fake_aws_vectors(const char *name)
{
    static char path[4096];
    char file[256];

    (void)snprintf(file, sizeof file, "aws-profiles/%s", name);
    return vectors_find(file, path, sizeof path) ? path : NULL;
}
