/*
 * http_curl.h - the line between the program and its HTTP module, _http.so.
 *
 * The module exports one symbol, dnshook_http_module, and needs none of the program: what it uses
 * of it is in struct http_program. Program and module are always built together.
 */
#ifndef HTTP_CURL_H
#define HTTP_CURL_H

#include <stdint.h>

#include "http.h"

#define HTTP_MODULE_SYMBOL "dnshook_http_module"

/* The program's clock; each member as in deadline.h. Valid until the process ends. */
struct http_program {
    int64_t (*left)(void);
    int (*status)(void);
    int (*wake_fd)(void);
};

/* What the module is. */
struct http_module {
    const char *version; /* of the dnshook that it was built with; nothing else is used before */

    /* http_exchange(), http_header() and http_close() of http.h. `request` and `response` are
     * complete structs of the program's version. */
    int (*exchange)(struct http **http, const struct http_program *program,
                    const struct dnshook_http_request *request,
                    struct dnshook_http_response *response, http_fail_fn *fail, void *opaque);
    const char *(*header)(const struct http *http, const char *name);
    void (*close)(struct http *http);
};

extern const struct http_module dnshook_http_module;

#endif
