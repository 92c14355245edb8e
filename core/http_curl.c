#include "http_curl.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "build.h"
#include "http_answer.h"
#include "http_ca.h"
#include "http_url.h"

enum {
    TIMEOUT = 30000,         /* ms */
    CONNECT_TIMEOUT = 10000, /* ms */
    BODY_LIMIT = 1024 * 1024,
    TEXT_SIZE = 1536
};

struct http {
    CURLM *multi; /* keeps the connections */
    CURL *easy;
    struct http_answer answer;
};

/* One request while it is made. */
struct call {
    struct http *http;
    const struct http_program *program;
    const struct dnshook_http_request *request;
    http_fail_fn *fail;
    void *opaque;
    struct http_url url;
    struct curl_slist *headers;
    bool sends_body;
    size_t sent;        /* of the body */
    long timeout;       /* ms */
    bool until_the_end; /* ... which is all the time that the program has */
    char error[CURL_ERROR_SIZE];
};

/* Says why the request fails. */
static int fail(const struct call *call, int status, const char *why, const char *hint)
{
    char text[TEXT_SIZE];

    (void)snprintf(text, sizeof text, "%s %.800s: %s%s", call->request->method,
                   call->url.shown != NULL ? call->url.shown : "(a URL that is not shown)", why,
                   hint);
    return call->fail(call->opaque, status, text);
}

/* Checks the method; a body goes with it if there is one, or if the method asks for one. */
static bool check_method(struct call *call)
{
    static const struct {
        const char *name;
        bool sends_body;
    } methods[] = {
        {"GET", false}, {"POST", true}, {"PUT", true}, {"DELETE", false}, {"PATCH", true},
    };

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(call->request->method, methods[i].name) != 0)
            continue;
        call->sends_body = methods[i].sends_body || call->request->body != NULL;
        return true;
    }
    return false;
}

/* The length of the name of a well-formed header line "Name: value" (RFC 9110, 5.5 and 5.6.2), 0
 * for another one. */
static size_t header_name(const char *line)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t length = strspn(line, token);
    const char *value = line + length + 1;

    if (length == 0 || line[length] != ':' || value[strspn(value, " \t")] == '\0')
        return 0;
    for (; *value != '\0'; value++)
        if ((unsigned char)*value == 0x7f || ((unsigned char)*value < 0x20 && *value != '\t'))
            return 0;
    return length;
}

static bool has_header(const struct dnshook_http_request *request, const char *name)
{
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        if (header_name(request->headers[i]) == strlen(name) &&
            strncasecmp(request->headers[i], name, strlen(name)) == 0)
            return true;
    return false;
}

static bool append(struct call *call, const char *line)
{
    struct curl_slist *const longer = curl_slist_append(call->headers, line);

    if (longer != NULL)
        call->headers = longer;
    return longer != NULL;
}

/* Copies the headers, checked, and keeps libcurl from adding some of its own. */
static int make_headers(struct call *call)
{
    const struct dnshook_http_request *const request = call->request;
    bool room = append(call, "Expect:");

    if (!has_header(request, "Content-Type"))
        room = room && append(call, "Content-Type:");
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        if (header_name(request->headers[i]) == 0)
            return fail(call, DNSHOOK_BAD_CONFIG,
                        "a header of the request is not 'Name: value', or holds a control byte",
                        "");
        room = room && append(call, request->headers[i]);
    }
    return room ? DNSHOOK_OK : fail(call, DNSHOOK_NO_MEMORY, "out of memory", "");
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line != NULL; line = line->next)
        OPENSSL_cleanse(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}

/* Sets how long the request may take; false when there is no time at all. */
static bool set_timeout(struct call *call)
{
    const int64_t wanted = call->request->timeout > 0 ? call->request->timeout : TIMEOUT;
    const int64_t left = call->program->left();

    call->until_the_end = left <= wanted;
    call->timeout = (long)(call->until_the_end ? left : wanted);
    return call->timeout > 0;
}

/* libcurl's own sockets would be inherited by child processes. */
static curl_socket_t open_socket(void *opaque, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)opaque;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static CURLcode set_numbers(const struct call *call)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
#if LIBCURL_VERSION_NUM >= 0x075700
        {CURLOPT_QUICK_EXIT, 1}, /* do not wait for a resolver that hangs */
#endif
        {CURLOPT_TIMEOUT_MS, call->timeout},
        {CURLOPT_CONNECTTIMEOUT_MS,
         call->timeout < CONNECT_TIMEOUT ? call->timeout : CONNECT_TIMEOUT},
    };
    CURLcode code = CURLE_OK;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == CURLE_OK; i++)
        code = curl_easy_setopt(call->http->easy, numbers[i].option, numbers[i].value);
    return code;
}

static CURLcode set_pointers(struct call *call)
{
    const struct {
        CURLoption option;
        void *value;
    } pointers[] = {
        {CURLOPT_CURLU, call->url.parts},
        {CURLOPT_PROTOCOLS_STR, (void *)call->url.scheme},
        {CURLOPT_NOPROXY, (void *)(call->url.direct ? "*" : NULL)},
        {CURLOPT_USERAGENT, (void *)"dnshook/" PACKAGE_VERSION},
        {CURLOPT_HTTPHEADER, call->headers},
        {CURLOPT_ERRORBUFFER, call->error},
        {CURLOPT_WRITEDATA, &call->http->answer},
        {CURLOPT_HEADERDATA, &call->http->answer},
    };
    CURLcode code = CURLE_OK;

    for (size_t i = 0; i < sizeof pointers / sizeof *pointers && code == CURLE_OK; i++)
        code = curl_easy_setopt(call->http->easy, pointers[i].option, pointers[i].value);
    return code;
}

static CURLcode set_callbacks(CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_answer_add_body);

    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_answer_add_header);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    return code;
}

static size_t give_body(char *out, size_t size, size_t count, void *opaque)
{
    struct call *const call = opaque;
    const size_t left = call->request->body_size - call->sent;
    const size_t part = size * count < left ? size * count : left;

    if (part > 0)
        memcpy(out, (const char *)call->request->body + call->sent, part);
    call->sent += part;
    return part;
}

/* The method comes last: libcurl changes it with the kind of body. The body is read and not handed
 * over: what cannot be rewound, libcurl does not send a second time of its own accord when a
 * connection that it had kept breaks off, and whoever asked has to know that it broke off. */
static CURLcode set_body(struct call *call)
{
    const struct dnshook_http_request *const request = call->request;
    const bool has_body = request->body != NULL && request->body_size > 0;
    const curl_off_t size = request->body != NULL ? (curl_off_t)request->body_size : 0;
    CURL *const easy = call->http->easy;
    CURLcode code = CURLE_OK;

    if (call->sends_body)
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, size);
    if (call->sends_body && code == CURLE_OK && !has_body)
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    if (has_body && code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (has_body && code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    if (has_body && code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_READDATA, call);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static CURLcode set_options(struct call *call)
{
    CURLcode code = set_numbers(call);

    if (code == CURLE_OK)
        code = set_pointers(call);
    if (code == CURLE_OK)
        code = set_callbacks(call->http->easy);
    if (code == CURLE_OK)
        code = set_body(call);
    return code != CURLE_OK ? code : http_ca_set(call->http->easy, call->request->ca_bundle);
}

/* Drives the transfer until it is over or the program has to end. */
static CURLMcode drive(const struct call *call)
{
    CURLM *const multi = call->http->multi;
    CURLMcode code = CURLM_OK;
    int running = 1;

    while (code == CURLM_OK) {
        struct curl_waitfd wake = {.fd = call->program->wake_fd(), .events = CURL_WAIT_POLLIN};

        code = curl_multi_perform(multi, &running);
        if (code != CURLM_OK || running == 0 || call->program->status() != DNSHOOK_OK)
            break;
        code = curl_multi_poll(multi, &wake, wake.fd >= 0 ? 1 : 0, (int)call->timeout, NULL);
    }
    return code;
}

/* Makes the transfer. CURLE_OPERATION_TIMEDOUT also when it was left unfinished. */
static CURLcode transfer(struct call *call)
{
    struct http *const http = call->http;
    CURLMcode code = curl_multi_add_handle(http->multi, http->easy);
    CURLcode result = CURLE_OPERATION_TIMEDOUT;
    const CURLMsg *message;
    int more;

    if (code == CURLM_OK)
        code = drive(call);
    while ((message = curl_multi_info_read(http->multi, &more)) != NULL)
        if (message->msg == CURLMSG_DONE)
            result = message->data.result;
    (void)curl_multi_remove_handle(http->multi, http->easy);
    if (code == CURLM_OK)
        return result;
    (void)snprintf(call->error, sizeof call->error, "%s", curl_multi_strerror(code));
    return code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR;
}

/* True when libcurl gave up on a header line that is too long for it, which older versions call
 * running out of memory. */
static bool has_endless_header(const struct call *call)
{
    long sent = 0;

    return curl_easy_getinfo(call->http->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK &&
           sent > 0 && !call->http->answer.headers_done;
}

/* Takes user name and password of a proxy out of what libcurl says of its URL. */
static void hide_user(char *text)
{
    char *const at = strrchr(text, '@');
    char *const scheme = strstr(text, "://");
    char *const mark = scheme != NULL && scheme < at ? scheme + 3 : strchr(text, '\'');

    if (at == NULL)
        return;
    char *const begin = mark == NULL || mark > at ? text : mark + (*mark == '\'');

    memmove(begin, at, strlen(at) + 1);
}

/* Says why the transfer failed. */
static int explain(struct call *call, CURLcode code)
{
    static const struct {
        CURLcode code;
        int status;
        const char *hint;
    } outcomes[] = {
        {CURLE_OUT_OF_MEMORY, DNSHOOK_NO_MEMORY, ""},
        {CURLE_SSL_CACERT_BADFILE, DNSHOOK_BAD_CONFIG, ""},
        {CURLE_URL_MALFORMAT, DNSHOOK_BAD_CONFIG, ""},
        {CURLE_UNSUPPORTED_PROTOCOL, DNSHOOK_BAD_ANSWER, " (this is no HTTP server)"},
        {CURLE_WEIRD_SERVER_REPLY, DNSHOOK_BAD_ANSWER, ""},
        {CURLE_BAD_CONTENT_ENCODING, DNSHOOK_BAD_ANSWER, ""},
        {CURLE_PEER_FAILED_VERIFICATION, DNSHOOK_REJECTED,
         "; is the clock right, and the CA in the system's store or in SSL_CERT_FILE?"},
    };
    const char *const why = call->error[0] != '\0' ? call->error : curl_easy_strerror(code);
    int end = call->program->status();

    hide_user(call->error);
    if (end == DNSHOOK_OK && code == CURLE_OPERATION_TIMEDOUT && call->until_the_end)
        end = DNSHOOK_DEADLINE;
    if (call->http->answer.status != DNSHOOK_OK)
        return fail(call, call->http->answer.status, call->http->answer.complaint, "");
    if (end != DNSHOOK_OK)
        return fail(call, end, end == DNSHOOK_DEADLINE ? "no time is left" : "interrupted", "");
    if (code == CURLE_OUT_OF_MEMORY && has_endless_header(call))
        return fail(call, DNSHOOK_BAD_ANSWER, "a header has no end, or memory ran out", "");
    if (strncmp(call->error, "Unsupported proxy", 17) == 0)
        return fail(call, DNSHOOK_BAD_CONFIG, why, "; look at https_proxy and HTTPS_PROXY");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (outcomes[i].code == code)
            return fail(call, outcomes[i].status, why, outcomes[i].hint);
    return fail(call, DNSHOOK_UNREACHABLE, why, "");
}

/* Hands the answer out. */
static int deliver(const struct call *call, struct dnshook_http_response *response)
{
    const struct http_answer *const answer = &call->http->answer;
    long code = 0;

    (void)curl_easy_getinfo(call->http->easy, CURLINFO_RESPONSE_CODE, &code);
    if (code < 100 || code > 599)
        return fail(call, DNSHOOK_BAD_ANSWER, "the status of the answer is not 100 to 599", "");
    response->code = (uint32_t)code;
    response->body = answer->body.data != NULL ? answer->body.data : "";
    response->body_size = answer->body.used;
    response->headers = answer->headers.data != NULL ? answer->headers.data : "";
    return DNSHOOK_OK;
}

static void close_http(struct http *http)
{
    http_answer_reset(&http->answer, 0);
    curl_easy_cleanup(http->easy);
    (void)curl_multi_cleanup(http->multi);
    free(http);
}

/* Makes the handles at the first request. */
static bool make_http(struct http **http)
{
    static bool ready;

    ready = ready || curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (*http != NULL || !ready)
        return ready;
    *http = calloc(1, sizeof **http);
    if (*http == NULL)
        return false;
    (*http)->multi = curl_multi_init();
    (*http)->easy = curl_easy_init();
    if ((*http)->multi != NULL && (*http)->easy != NULL)
        return true;
    close_http(*http);
    *http = NULL;
    return false;
}

/* Checks the request and sends it. */
static int run(struct call *call, struct dnshook_http_response *response)
{
    char why[HTTP_URL_WHY_SIZE];
    const uint32_t limit = call->request->body_limit;
    int status = http_url_parse(call->request->url, call->request->flags, &call->url, why);
    CURLcode code;

    if (status != DNSHOOK_OK)
        return call->fail(call->opaque, status, why);
    if (!check_method(call))
        return fail(call, DNSHOOK_BAD_CONFIG, "this method is not known", "");
    status = make_headers(call);
    if (status != DNSHOOK_OK)
        return status;
    if (!set_timeout(call))
        return fail(call,
                    call->program->status() == DNSHOOK_INTERRUPTED ? DNSHOOK_INTERRUPTED
                                                                   : DNSHOOK_DEADLINE,
                    "not asked, because no time is left", "");
    http_answer_reset(&call->http->answer, limit > 0 && limit < BODY_LIMIT ? limit : BODY_LIMIT);
    code = set_options(call);
    if (code == CURLE_OK)
        code = transfer(call);
    return code == CURLE_OK ? deliver(call, response) : explain(call, code);
}

static int exchange(struct http **http, const struct http_program *program,
                    const struct dnshook_http_request *request,
                    struct dnshook_http_response *response, http_fail_fn *say, void *opaque)
{
    struct call call = {.program = program, .request = request, .fail = say, .opaque = opaque};
    int status;

    if (!make_http(http))
        return say(opaque, DNSHOOK_NO_MEMORY, "libcurl cannot be set up: out of memory");
    call.http = *http;
    status = run(&call, response);
    curl_easy_reset(call.http->easy);
    free_headers(call.headers);
    http_url_free(&call.url);
    return status;
}

static const char *header(const struct http *http, const char *name)
{
    return http_answer_header(&http->answer, name);
}

DNSHOOK_EXPORT const struct http_module dnshook_http_module = {
    .version = PACKAGE_VERSION, .exchange = exchange, .header = header, .close = close_http};
