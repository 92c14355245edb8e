/*
 * credentials_http.h - requests to endpoints beside us: container and instance metadata.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_HTTP_H
#define CREDENTIALS_HTTP_H

#include "credentials.h"

struct local_request {
    const char *method;
    const char *url;
    const char *header; /* "Name: value"; NULL: none */
    uint32_t flags;     /* DNSHOOK_HTTP_* */
    uint32_t timeout;   /* milliseconds for one attempt */
    unsigned attempts;  /* at least 1; more when nobody answers, or with 5xx */
    int64_t pause;      /* milliseconds between them */
};

/* One exchange. DNSHOOK_OK with any HTTP status; else what host->http() or host->sleep() returned
 * the last time. `response` is valid as long as the host's. */
int credentials_http(struct aws *aws, const struct local_request *request,
                     struct dnshook_http_response *response);

/* Whether a status means that nobody usable is there, not that we have to end. */
bool credentials_http_is_absent(int status);

#endif
