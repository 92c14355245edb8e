#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "call_lines.h"
#include "clock.h"
#include "profile.h"
#include "text.h"

enum {
    TIMEOUT = 20000,       /* ms, for one attempt */
    TIMEOUT_ONCE = 5000,   /* ms */
    THROTTLE_FIRST = 1000, /* ms; the longest wait after the first attempt, then doubled */
    TRANSIENT_FIRST = 300, /* ms; the same */
    WAIT_MIN = 20,         /* ms */
    WAIT_MAX = 20000,      /* ms */
    DOUBLINGS_MAX = 10,
    MARGIN = 1000,          /* ms kept for the attempt after the last wait */
    CLOCK_TOLERANCE = 240,  /* s; AWS takes signatures within 300 */
    ERROR_BODY_MAX = 65536, /* errors are shorter */
    SECRET_MIN = 8          /* shorter ones are not looked for in texts */
};

/* ---- an answer other than 2xx ---- */

/* Blots a secret out of a text: services and proxies may echo what they were sent. */
static void blot(char *text, size_t size, const char *secret)
{
    const size_t length = secret != NULL ? strlen(secret) : 0;
    char *at = text;

    if (length < SECRET_MIN)
        return;
    while ((at = memmem(at, size - (size_t)(at - text), secret, length)) != NULL)
        memset(at, '*', length);
}

/* The value in "Name: value"; "" where there is none. */
static const char *value_of(const char *line)
{
    const char *const value = line + strcspn(line, ":");

    return value + strspn(value, ": ");
}

/* Reads the error from a copy of the body that has no secrets. False: it is none of a service. */
static bool read_error(struct call *call)
{
    const struct dnshook_host *const host = call->aws->host;
    const char *const *more = call->request->headers;
    struct aws_response *const response = call->response;
    const char *const body = response->body;
    char *copy = NULL;
    bool known;

    if (response->body_size > ERROR_BODY_MAX)
        return false;
    copy = aws_copy_part(call->aws, body, response->body_size);
    if (copy == NULL) {
        call->status = aws_no_memory(call->aws);
        return false;
    }
    if (call->credentials != NULL) {
        blot(copy, response->body_size, call->credentials->secret_access_key);
        blot(copy, response->body_size, call->credentials->session_token);
    }
    blot(copy, response->body_size, call->request->secret);
    for (; more != NULL && *more != NULL; more++)
        blot(copy, response->body_size, value_of(*more));
    response->body = copy;
    known = error_read(response, host->http_header(host, "X-Amzn-ErrorType"));
    response->body = body;
    host->free(host, copy);
    return known;
}

/* What the last attempt came to, for a person. */
static void describe(const struct call *call, char *out, size_t size)
{
    const struct aws_response *const response = call->response;

    (void)snprintf(out, size, "HTTP %u%s%s%s%s", (unsigned)response->code,
                   response->error[0] != '\0' ? ", " : "", response->error,
                   response->message[0] != '\0' ? ": " : "", response->message);
}

/* Fails: the answer is not one of the service. */
static int fail_strange(const struct call *call)
{
    const struct aws_response *const response = call->response;
    const char *const type = call->aws->host->http_header(call->aws->host, "Content-Type");
    const char *const hint = response->code >= 300 && response->code < 400
                                 ? "a redirect; is the region or the custom endpoint right?"
                                 : "does a proxy or a custom endpoint answer in the place of AWS?";

    return dnshook_fail(call->aws->host, DNSHOOK_BAD_ANSWER,
                        "%s %s: HTTP %u, with %zu bytes (%.80s) that are no error of an AWS "
                        "service: %s",
                        call->request->method, call->shown, (unsigned)response->code,
                        response->body_size, type != NULL ? type : "of no type", hint);
}

/* ---- one attempt ---- */

/* Reads the answer that has come. */
static void judge(struct call *call)
{
    struct aws_response *const response = call->response;
    bool known;

    if (response->code >= 200 && response->code < 300)
        return;
    known = read_error(call);
    if (call->status != DNSHOOK_OK)
        return;
    call->cure = error_cure(response);
    if (response->code >= 500 && call->cure != ERROR_THROTTLED)
        response->uncertain = true;
    if (!known && call->cure == ERROR_FINAL)
        call->status = fail_strange(call);
}

static void attempt(struct call *call)
{
    const struct dnshook_host *const host = call->aws->host;
    const char *const body = call->request->body;
    struct aws_response *const response = call->response;
    struct dnshook_http_response answer = {.size = sizeof answer};
    struct lines lines = {0};
    struct dnshook_http_request request = {.size = sizeof request,
                                           .method = call->request->method,
                                           .url = call->url,
                                           .headers = lines.list,
                                           .body = body,
                                           .body_size = body != NULL ? strlen(body) : 0,
                                           .ca_bundle = call->ca_bundle,
                                           .timeout = call->request->once ? TIMEOUT_ONCE : TIMEOUT};

    *response = (struct aws_response){
        .body = "", .source = response->source, .uncertain = response->uncertain};
    call->cure = ERROR_FINAL;
    call->attempts++;
    call_lines_make(call, &lines);
    const bool failed = lines.failed;

    call->status = failed ? aws_no_memory(call->aws) : host->http(host, &request, &answer);
    call_lines_clear(&lines);
    if (call->status == DNSHOOK_UNREACHABLE)
        call->cure = ERROR_TRANSIENT;
    if (call->status != DNSHOOK_OK) {
        response->uncertain =
            response->uncertain || (!failed && call->status != DNSHOOK_BAD_CONFIG);
        return;
    }
    response->code = answer.code;
    response->body = answer.body;
    response->body_size = answer.body_size;
    judge(call);
    dnshook_log(host, DNSHOOK_LOG_DEBUG, "%s %s: HTTP %u %s", request.method, call->shown,
                (unsigned)answer.code, response->error);
}

/* ---- trying again ---- */

/* No time, or no patience, is left: fails with the last error. */
static int give_up(const struct call *call, int status, const char *why)
{
    char last[AWS_MESSAGE_SIZE + AWS_CODE_SIZE + 32];

    if (call->status != DNSHOOK_OK) /* the host has said why */
        return call->status;
    describe(call, last, sizeof last);
    return dnshook_fail(call->aws->host, status, "%s %s: %s (attempt %u); the last answer: %s%s",
                        call->request->method, call->shown, why, call->attempts, last,
                        call->cure == ERROR_THROTTLED
                            ? "; start fewer programs at a time, or raise --timeout"
                            : "");
}

/* Milliseconds before the next attempt: anything up to `first` doubled with each one, at random, as
 * many processes do the same at the same time. */
static int64_t backoff(int64_t first, unsigned tries)
{
    const int64_t most = first << (tries < DOUBLINGS_MAX ? tries : DOUBLINGS_MAX);
    const int64_t capped = most < WAIT_MAX ? most : WAIT_MAX;
    uint32_t random = 0;

    (void)!getrandom(&random, sizeof random, 0);
    return WAIT_MIN + (capped - WAIT_MIN) * (int64_t)(random >> 1) / INT32_MAX;
}

/* Waits before the next attempt. The status, said. */
static int pause_before(const struct call *call, int64_t milliseconds)
{
    const struct dnshook_host *const host = call->aws->host;
    const int64_t room = host->time_left(host) - MARGIN;
    const int64_t wait = milliseconds < room ? milliseconds : room;
    char last[AWS_MESSAGE_SIZE + AWS_CODE_SIZE + 32] = "no answer";
    int status;

    if (wait < WAIT_MIN)
        return give_up(call, DNSHOOK_DEADLINE, "no time is left to try again");
    if (call->status == DNSHOOK_OK)
        describe(call, last, sizeof last);
    dnshook_log(host, DNSHOOK_LOG_INFO, "%s %s: %s; trying again in %lld ms", call->request->method,
                call->shown, last, (long long)wait);
    status = host->sleep(host, wait);
    if (status == DNSHOOK_DEADLINE)
        return give_up(call, DNSHOOK_DEADLINE, "no time is left to try again");
    if (status != DNSHOOK_OK)
        return dnshook_fail(host, status, "%s %s: interrupted while waiting to try again",
                            call->request->method, call->shown);
    return DNSHOOK_OK;
}

static bool mend_throttling(struct call *call)
{
    call->status = pause_before(call, backoff(THROTTLE_FIRST, call->throttled++));
    return call->status == DNSHOOK_OK;
}

static bool mend_trouble(struct call *call)
{
    call->status = pause_before(call, backoff(TRANSIENT_FIRST, call->transient++));
    return call->status == DNSHOOK_OK;
}

/* Takes the time from the answer, once. False if that cannot help. */
static bool mend_clock(struct call *call)
{
    struct aws *const aws = call->aws;
    const int64_t tolerance = call->cure == ERROR_CLOCK_MAYBE ? CLOCK_TOLERANCE : 0;
    int64_t there = 0;
    int64_t offset;

    if (call->clock_mended || call->credentials == NULL ||
        !clock_read(aws->host->http_header(aws->host, "Date"), &there))
        return false;
    offset = there - (int64_t)time(NULL);
    if (offset - aws->clock_offset <= tolerance && aws->clock_offset - offset <= tolerance)
        return false;
    aws->clock_offset = offset;
    call->clock_mended = true;
    if (!aws->clock_told)
        dnshook_log(aws->host, DNSHOOK_LOG_WARNING,
                    "this computer's clock is %lld seconds %s by AWS's: requests are signed with "
                    "AWS's time for now; set the clock, as certificates need the right time too",
                    (long long)(offset < 0 ? -offset : offset), offset < 0 ? "fast" : "slow");
    aws->clock_told = true;
    return true;
}

/* Asks the source of the credentials again, once. */
static bool mend_credentials(struct call *call)
{
    if (call->refreshed || call->request->credentials != NULL || call->credentials == NULL ||
        !call->credentials->refreshable)
        return false;
    dnshook_log(call->aws->host, DNSHOOK_LOG_INFO,
                "the credentials from %s have expired: asking for new ones",
                call->credentials->source);
    call->refreshed = true;
    call->response->source = NULL;
    call->status = aws_credentials(call->aws, true, &call->credentials);
    if (call->status != DNSHOOK_OK)
        return false;
    call->response->source = call->credentials->source;
    return true;
}

/* Ends a call that waits for nothing. */
static bool take_as_it_is(struct call *call)
{
    struct aws_response *const response = call->response;

    if (call->cure == ERROR_TRANSIENT)
        call->status = give_up(call, DNSHOOK_UNREACHABLE, "the service is out of order");
    else if (response->error[0] == '\0') /* a bare 429 */
        (void)snprintf(response->error, sizeof response->error, "Throttling");
    return false;
}

/* True when another attempt is to be made. */
static bool mend(struct call *call)
{
    static bool (*const cures[])(struct call *) = {
        [ERROR_THROTTLED] = mend_throttling, [ERROR_TRANSIENT] = mend_trouble,
        [ERROR_CLOCK] = mend_clock,          [ERROR_CLOCK_MAYBE] = mend_clock,
        [ERROR_EXPIRED] = mend_credentials,
    };

    if (call->cure == ERROR_FINAL)
        return false;
    if (call->request->once && cures[call->cure] != mend_clock)
        return take_as_it_is(call);
    return cures[call->cure](call);
}

/* ---- the call ---- */

/* The URL, without and with its query. False when memory ran out. */
static bool make_url(struct call *call)
{
    const struct dnshook_host *const host = call->aws->host;
    const size_t size = strlen(call->endpoint.url) + strlen(call->request->path) + 1;

    call->query = aws_query(call->aws, call->request->query);
    call->shown = host->alloc(host, size);
    if (call->query == NULL || call->shown == NULL)
        return false;
    (void)snprintf(call->shown, size, "%s%s", call->endpoint.url, call->request->path);
    call->url = host->alloc(host, size + strlen(call->query) + 1);
    if (call->url == NULL)
        return false;
    (void)snprintf(call->url, size + strlen(call->query) + 1, "%s%s%s", call->shown,
                   call->query[0] != '\0' ? "?" : "", call->query);
    return true;
}

static int begin(struct call *call)
{
    struct aws *const aws = call->aws;
    const struct aws_request *const request = call->request;
    int status = endpoint_resolve(aws, request->service, request->region, &call->endpoint);

    call->credentials = request->unsigned_call ? NULL : request->credentials;
    if (status == DNSHOOK_OK && !request->unsigned_call && request->credentials == NULL)
        status = aws_credentials(aws, false, &call->credentials);
    if (status != DNSHOOK_OK)
        return status;
    call->ca_bundle = aws_setting(aws, "ca-bundle", "ca_bundle");
    call->response->source = call->credentials != NULL ? call->credentials->source : NULL;
    return make_url(call) ? DNSHOOK_OK : aws_no_memory(aws);
}

int aws_call(struct aws *aws, const struct aws_request *request, struct aws_response *response)
{
    struct call call = {.aws = aws, .request = request, .response = response};

    *response = (struct aws_response){.body = ""};
    call.status = begin(&call);
    if (call.status == DNSHOOK_OK) {
        do
            attempt(&call);
        while (mend(&call));
    }
    aws->host->free(aws->host, call.query);
    aws->host->free(aws->host, call.url);
    aws->host->free(aws->host, call.shown);
    return call.status;
}
