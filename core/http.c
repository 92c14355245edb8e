#include "http.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "cleanup.h"
#include "deadline.h"
#include "http_curl.h"
#include "loader.h"

static const char *module_directory = PROVIDERDIR;
static const struct http_module *module;

void http_set_directory(const char *directory)
{
    module_directory = directory;
}

/* Loads _http.so; the failure is said with `fail`. */
static int load_module(http_fail_fn *fail, void *opaque)
{
    CLEANUP_FREE char *path = NULL;
    char text[LOADER_WHY_SIZE + 64], why[LOADER_WHY_SIZE];
    const struct http_module *found;
    struct module *file;
    int status;

    if (asprintf(&path, "%s/_http.so", module_directory) < 0) {
        path = NULL;
        return fail(opaque, DNSHOOK_NO_MEMORY, "out of memory");
    }
    status = loader_open(path, &file, why);
    if (status != DNSHOOK_OK) {
        (void)snprintf(text, sizeof text, "the HTTP module is missing or damaged: %s", why);
        return fail(opaque, status == DNSHOOK_NO_MEMORY ? status : DNSHOOK_BAD_CONFIG, text);
    }
    found = loader_symbol(file, HTTP_MODULE_SYMBOL);
    if (found == NULL || strcmp(found->version, PACKAGE_VERSION) != 0) {
        (void)snprintf(text, sizeof text,
                       "%s is of dnshook %.32s, but this is " PACKAGE_VERSION
                       ": install dnshook anew",
                       path, found != NULL ? found->version : "?");
        return fail(opaque, DNSHOOK_BAD_CONFIG, text);
    }
    module = found;
    return DNSHOOK_OK;
}

/* The request as the module knows it: what the caller's struct does not have is zero. */
static bool widen(const struct dnshook_http_request *request, struct dnshook_http_request *wide)
{
    if (!DNSHOOK_HAS(request, struct dnshook_http_request, body_limit))
        return false;
    memset(wide, 0, sizeof *wide);
    memcpy(wide, request, request->size < sizeof *wide ? request->size : sizeof *wide);
    wide->size = sizeof *wide;
    return wide->method != NULL && wide->url != NULL;
}

int http_exchange(struct http **http, const struct dnshook_http_request *request,
                  struct dnshook_http_response *response, http_fail_fn *fail, void *opaque)
{
    static const struct http_program program = {
        .left = deadline_left, .status = deadline_status, .wake_fd = deadline_fd};
    struct dnshook_http_request wide;
    struct dnshook_http_response answer = {.size = sizeof answer};
    const uint32_t room = response->size;
    int status = module != NULL ? DNSHOOK_OK : load_module(fail, opaque);

    if (status != DNSHOOK_OK)
        return status;
    if (!widen(request, &wide) || !DNSHOOK_HAS(response, struct dnshook_http_response, headers))
        return fail(opaque, DNSHOOK_BAD_CONFIG,
                    "the provider's HTTP request has no method or URL, or a wrong struct size");
    status = module->exchange(http, &program, &wide, &answer, fail, opaque);
    if (status == DNSHOOK_OK) {
        memcpy(response, &answer, room < sizeof answer ? room : sizeof answer);
        response->size = room;
    }
    return status;
}

const char *http_header(struct http *http, const char *name)
{
    return module != NULL && http != NULL ? module->header(http, name) : NULL;
}

void http_close(struct http *http)
{
    if (module != NULL && http != NULL)
        module->close(http);
}
