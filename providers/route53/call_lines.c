#include "call_lines.h"

#include <string.h>
#include <time.h>

#include "sigv4.h"
#include "text.h"

enum { SIGNED_MAX = 4 };

/* Adds "name: value"; without a value, `name` is the whole line. */
static void add_line(struct lines *lines, const char *name, const char *value)
{
    struct text line = {0};

    text_add(&line, name);
    text_add(&line, value != NULL ? ": " : "");
    text_add(&line, value != NULL ? value : "");
    lines->failed = lines->failed || lines->count == LINES_MAX;
    if (lines->failed) {
        text_clear(&line);
        return;
    }
    lines->list[lines->count] = text_take(&line);
    lines->failed = lines->list[lines->count] == NULL;
    lines->count += !lines->failed;
}

void call_lines_clear(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        text_free((char *)(uintptr_t)lines->list[i]);
    *lines = (struct lines){0};
}

/* Lists the headers that are signed; without credentials, those that would be. */
static size_t list_signed(const struct call *call, const char *date,
                          struct sigv4_header headers[SIGNED_MAX])
{
    size_t count = 0;

    headers[count++] = (struct sigv4_header){"Host", call->endpoint.host};
    if (call->credentials != NULL)
        headers[count++] = (struct sigv4_header){"X-Amz-Date", date};
    if (call->credentials != NULL && call->credentials->session_token != NULL)
        headers[count++] =
            (struct sigv4_header){"X-Amz-Security-Token", call->credentials->session_token};
    if (call->request->content_type != NULL)
        headers[count++] = (struct sigv4_header){"Content-Type", call->request->content_type};
    return count;
}

/* The path that the service sees: with the prefix of a custom endpoint. */
static const char *full_path(const struct call *call)
{
    const char *const authority = strstr(call->shown, "://");
    const char *const path = authority != NULL ? strchr(authority + 3, '/') : NULL;

    return path != NULL ? path : "/";
}

/* Adds the Authorization header. */
static void sign(const struct call *call, const char *date, const struct sigv4_header *headers,
                 size_t count, struct lines *lines)
{
    const char *const body = call->request->body != NULL ? call->request->body : "";
    const struct sigv4_request request = {.method = call->request->method,
                                          .path = full_path(call),
                                          .query = call->query,
                                          .headers = headers,
                                          .header_count = count,
                                          .body = body,
                                          .body_size = strlen(body)};
    const struct sigv4_scope scope = {.access_key_id = call->credentials->access_key_id,
                                      .secret_access_key = call->credentials->secret_access_key,
                                      .region = call->endpoint.region,
                                      .service = call->endpoint.service,
                                      .date = date};
    struct sigv4_result result;

    if (!sigv4_sign(&request, &scope, &result)) {
        lines->failed = true;
        return;
    }
    add_line(lines, "Authorization", result.authorization);
    sigv4_result_clear(&result);
}

void call_lines_make(const struct call *call, struct lines *lines)
{
    struct sigv4_header headers[SIGNED_MAX];
    const char *const *more = call->request->headers;
    char date[SIGV4_DATE_SIZE];
    size_t count;

    sigv4_date((long long)time(NULL) + call->aws->clock_offset, date);
    count = list_signed(call, date, headers);
    for (size_t i = 0; i < count; i++)
        add_line(lines, headers[i].name, headers[i].value);
    if (call->credentials != NULL)
        sign(call, date, headers, count, lines);
    for (; more != NULL && *more != NULL; more++)
        add_line(lines, *more, NULL);
}
