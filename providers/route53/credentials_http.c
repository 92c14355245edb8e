/*
 * Requests to endpoints beside us.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_http.h"

bool credentials_http_is_absent(int status)
{
    return status == DNSHOOK_UNREACHABLE || status == DNSHOOK_BAD_ANSWER;
}

/* Whether another attempt may bring more. */
static bool is_worth_another(int status, const struct dnshook_http_response *response)
{
    return status == DNSHOOK_UNREACHABLE || (status == DNSHOOK_OK && response->code >= 500);
}

int credentials_http(struct aws *aws, const struct local_request *request,
                     struct dnshook_http_response *response)
{
    const char *const headers[] = {request->header, NULL};
    const struct dnshook_http_request exchange = {
        .size = sizeof exchange,
        .flags = request->flags,
        .method = request->method,
        .url = request->url,
        .headers = headers,
        .timeout = request->timeout,
        .body_limit = CREDENTIALS_BODY_MAX,
    };
    int status = DNSHOOK_UNREACHABLE;

    for (unsigned i = 0; i < request->attempts; i++) {
        if (i > 0 && request->pause > 0) {
            const int slept = aws->host->sleep(aws->host, request->pause);

            if (slept != DNSHOOK_OK)
                return dnshook_fail(aws->host, slept, "%s: no time is left to ask again",
                                    request->url);
        }
        *response = (struct dnshook_http_response){.size = sizeof *response};
        status = aws->host->http(aws->host, &exchange, response);
        if (!is_worth_another(status, response))
            break;
    }
    return status;
}
