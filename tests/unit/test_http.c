/* core/http.c and the HTTP module, against good and bad servers on loopback (http_server.py). */
#include "deadline.h"
#include "http.h"
#include "sandbox.h"

/* After our own: it makes a macro of fail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { A_LONG_TIME = 120000, TIMEOUT = 300 };

static pid_t server = -1;
static int server_stdin = -1;
static unsigned http_port, https_port, wronghost_port, wrongca_port;

/* What a failed request said. */
static struct {
    unsigned count;
    int status;
    char text[4096];
} said;

static struct dnshook_http_response response;
static struct http *http;

static int note_failure(void *opaque, int status, const char *text)
{
    (void)opaque;
    said.count++;
    said.status = status;
    (void)snprintf(said.text, sizeof said.text, "%s", text);
    return status;
}

static int ask(struct dnshook_http_request request)
{
    memset(&said, 0, sizeof said);
    request.size = sizeof request;
    if (request.method == NULL)
        request.method = "GET";
    response = (struct dnshook_http_response){.size = sizeof response};
    return http_exchange(&http, &request, &response, note_failure, NULL);
}

/* http: or https: on loopback, one of four texts used in turn. */
static const char *url(const char *scheme, unsigned port, const char *path)
{
    static char urls[4][256];
    static unsigned next;
    char *const text = urls[next++ % 4];

    (void)snprintf(text, sizeof urls[0], "%s://127.0.0.1:%u%s", scheme, port, path);
    return text;
}

static const char *plain(const char *path)
{
    return url("http", http_port, path);
}

static const char *ca(void)
{
    return sandbox_path("ca.pem");
}

static void assert_answer(struct dnshook_http_request request, unsigned code, const char *body)
{
    if (ask(request) != DNSHOOK_OK)
        fail_msg("%s: %s", request.url, said.text);
    assert_int_equal(said.count, 0);
    assert_int_equal(response.code, code);
    assert_string_equal(response.body, body);
    assert_int_equal(response.body_size, strlen(body));
}

static void assert_fails(struct dnshook_http_request request, int status, const char *text)
{
    assert_int_equal(ask(request), status);
    assert_int_equal(said.count, 1);
    assert_int_equal(said.status, status);
    if (strstr(said.text, text) == NULL)
        fail_msg("'%s' is not in: %s", text, said.text);
}

#define GET(...) ((struct dnshook_http_request){.url = __VA_ARGS__})

/* What the server was asked so far. */
static char *server_log(void)
{
    char *log;

    assert_int_equal(ask(GET(plain("/log"))), DNSHOOK_OK);
    log = strdup(response.body);
    assert_non_null(log);
    return log;
}

/* What the caller's environment has would change the outcome. */
static void clean_environment(void)
{
    static const char *const names[] = {
        "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy",
        "HTTPS_PROXY",    "all_proxy",     "ALL_PROXY",    "no_proxy",   "NO_PROXY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unsetenv(names[i]);
}

static int start_server(void **state)
{
    int input[2], output[2];
    char line[256] = "";
    FILE *from;

    clean_environment();
    if (sandbox_setup(state) != 0 || pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
        return -1;
    server = fork();
    if (server == 0) {
        (void)dup2(input[0], STDIN_FILENO);
        (void)dup2(output[1], STDOUT_FILENO);
        (void)execl(PYTHON3, PYTHON3, SOURCES "/tests/unit/http_server.py", sandbox_path(""),
                    (char *)NULL);
        _exit(99);
    }
    (void)close(input[0]);
    (void)close(output[1]);
    server_stdin = input[1];
    from = fdopen(output[0], "r");
    if (from == NULL || fgets(line, sizeof line, from) == NULL)
        return -1;
    (void)fclose(from);
    (void)sandbox_mkdir("empty", 0755);
    (void)sandbox_mkdir("other", 0755);
    (void)sandbox_mkdir("modules", 0755);
    (void)sandbox_install("tests/mocks/.libs/http.so", "other/_http.so");
    (void)sandbox_install("providers/.libs/_http.so", "modules/_http.so");
    if (deadline_start(A_LONG_TIME, 0) != DNSHOOK_OK)
        return -1;
    return sscanf(line, "http=%u https=%u wronghost=%u wrongca=%u", &http_port, &https_port,
                  &wronghost_port, &wrongca_port) == 4
               ? 0
               : -1;
}

static int stop_server(void **state)
{
    http_close(http);
    (void)close(server_stdin);
    if (server > 0)
        (void)waitpid(server, NULL, 0);
    return sandbox_teardown(state);
}

/* The path is kept by reference. */
static void use_modules_of(const char *name)
{
    static char directory[4096];

    (void)snprintf(directory, sizeof directory, "%s", sandbox_path(name));
    http_set_directory(directory);
}

static void without_the_module_it_is_said(void **state)
{
    (void)state;
    assert_null(http_header(NULL, "Date"));
    http_close(NULL);
    use_modules_of("empty");
    assert_fails(GET(plain("/hello")), DNSHOOK_BAD_CONFIG, "the HTTP module is missing or damaged");
    assert_non_null(strstr(said.text, "_http.so"));
}

static void a_module_of_another_version_is_refused(void **state)
{
    (void)state;
    use_modules_of("other");
    assert_fails(GET(plain("/hello")), DNSHOOK_BAD_CONFIG, "is of dnshook 0.0.0-other");
    use_modules_of("modules");
}

static void get(void **state)
{
    (void)state;
    assert_answer(GET(plain("/hello")), 200, "hello");
    assert_answer(GET(url("https", https_port, "/hello"), .ca_bundle = ca()), 200, "hello");
    assert_answer(GET(plain("/teapot")), 418, "no");
    assert_answer(GET(plain("/empty")), 200, "");
    assert_int_equal(ask(GET(plain("/nul-body"))), DNSHOOK_OK);
    assert_int_equal(response.body_size, 3);
    assert_memory_equal(response.body, "a\0b", 4);
}

static void localhost_by_name(void **state)
{
    char text[64];

    (void)state;
    (void)snprintf(text, sizeof text, "http://localhost:%u/hello", http_port);
    assert_answer(GET(text), 200, "hello");
}

static void headers_are_found_in_any_case(void **state)
{
    (void)state;
    assert_answer(GET(plain("/hello")), 200, "hello");
    const char *const one = http_header(http, "x-oNE"), *const mixed =
                                                            http_header(http, "X-Mixed-Case");

    assert_string_equal(one, "first");
    assert_string_equal(mixed, "value");
    assert_string_equal(http_header(http, "X-Empty"), "");
    assert_null(http_header(http, "X-On"));
    assert_null(http_header(http, "X-Two"));
    assert_null(http_header(http, ""));
    assert_non_null(strstr(response.headers, "X-One: first\nX-One: second\n"));
    assert_null(strchr(response.headers, '\r'));
    assert_null(strstr(response.headers, "HTTP/1.1"));
}

static void the_headers_are_those_of_the_final_answer(void **state)
{
    (void)state;
    assert_answer(GET(plain("/interim")), 200, "done");
    assert_string_equal(http_header(http, "X-Late"), "yes");
    assert_null(http_header(http, "X-Early"));
    assert_answer(GET(plain("/trailer")), 200, "abc");
    assert_null(http_header(http, "X-Trailer"));
}

/* Asks for an echo of the request and asserts what is, and is not, in it. */
static void assert_echo(struct dnshook_http_request request, const char *start, const char *end)
{
    request.url = plain("/echo?q=%20a");
    assert_int_equal(ask(request), DNSHOOK_OK);
    if (strncmp(response.body, start, strlen(start)) != 0)
        fail_msg("'%s' does not begin: %s", start, response.body);
    assert_string_equal(response.body + response.body_size - strlen(end), end);
    assert_non_null(strstr(response.body, "\r\nUser-Agent: dnshook/"));
    assert_null(strstr(response.body, "\r\nExpect:"));
    assert_null(strstr(response.body, "Accept-Encoding"));
}

static void each_method_is_sent_as_it_is(void **state)
{
    static const char *const headers[] = {"X-Auth-Key: k", "Content-Type: application/json", NULL};

    (void)state;
    assert_echo((struct dnshook_http_request){.method = "GET"}, "GET /echo?q=%20a HTTP/1.1\r\n",
                "\r\n\r\n");
    assert_null(strstr(response.body, "Content-Length"));
    assert_echo((struct dnshook_http_request){.method = "DELETE"}, "DELETE /echo", "\r\n\r\n");
    assert_echo((struct dnshook_http_request){.method = "DELETE", .body = "{}", .body_size = 2},
                "DELETE /echo", "\r\n\r\n{}");
    assert_echo((struct dnshook_http_request){.method = "PUT"}, "PUT /echo", "\r\n\r\n");
    assert_non_null(strstr(response.body, "\r\nContent-Length: 0\r\n"));
    assert_null(strstr(response.body, "Content-Type"));
    assert_echo((struct dnshook_http_request){.method = "PATCH", .body = "p", .body_size = 1},
                "PATCH /echo", "\r\n\r\np");
    assert_echo(
        (struct dnshook_http_request){
            .method = "POST", .body = "a\0b", .body_size = 3, .headers = headers},
        "POST /echo", "b");
    assert_non_null(strstr(response.body, "\r\nX-Auth-Key: k\r\n"));
    assert_non_null(strstr(response.body, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(response.body, "\r\nContent-Length: 3\r\n"));
}

/* A large body would make libcurl wait for "100 Continue". */
static void a_large_body_is_sent_at_once(void **state)
{
    char *const body = malloc(2000000);

    (void)state;
    assert_non_null(body);
    memset(body, 'x', 2000000);
    assert_answer(
        (struct dnshook_http_request){
            .method = "POST", .url = plain("/hello"), .body = body, .body_size = 2000000},
        200, "hello");
    char *const log = server_log();

    assert_non_null(strstr(log, "POST /hello HTTP/1.1"));
    assert_null(strstr(log, "that waits"));
    free(log);
    free(body);
}

static void the_path_is_not_touched(void **state)
{
    (void)state;
    assert_int_equal(ask(GET(plain("/echo"))), DNSHOOK_OK);
    assert_int_equal(ask(GET(plain("/a/../b/%2e/c%2F"))), DNSHOOK_OK);
    char *const log = server_log();

    assert_non_null(strstr(log, "GET /a/../b/%2e/c%2F HTTP/1.1"));
    free(log);
}

static void the_connection_is_kept(void **state)
{
    char first[16];

    (void)state;
    assert_int_equal(ask(GET(url("https", https_port, "/connection"), .ca_bundle = ca())),
                     DNSHOOK_OK);
    (void)snprintf(first, sizeof first, "%s", response.body);
    assert_answer(GET(url("https", https_port, "/connection"), .ca_bundle = ca()), 200, first);
}

static void sockets_are_closed_in_children(void **state)
{
    unsigned sockets = 0;

    (void)state;
    assert_answer(GET(plain("/hello")), 200, "hello");
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;

        if (getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
            address.ss_family != AF_INET)
            continue;
        sockets++;
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
    assert_true(sockets > 0);
}

static void two_instances_keep_their_own_answers(void **state)
{
    struct http *const first = http;

    (void)state;
    assert_answer(GET(plain("/hello")), 200, "hello");
    const struct dnshook_http_response kept = response;

    http = NULL;
    assert_answer(GET(plain("/teapot")), 418, "no");
    assert_string_equal(kept.body, "hello");
    assert_string_equal(http_header(first, "X-One"), "first");
    http_close(http);
    http = first;
}

static void an_older_request_struct_is_too_small(void **state)
{
    struct dnshook_http_request request = {
        .size = offsetof(struct dnshook_http_request, url), .method = "GET", .url = plain("/")};

    (void)state;
    memset(&said, 0, sizeof said);
    assert_int_equal(http_exchange(&http, &request, &response, note_failure, NULL),
                     DNSHOOK_BAD_CONFIG);
    assert_int_equal(said.count, 1);
}

static void the_body_has_a_limit(void **state)
{
    (void)state;
    assert_int_equal(ask(GET(plain("/1000"), .body_limit = 1000)), DNSHOOK_OK);
    assert_int_equal(response.body_size, 1000);
    assert_fails(GET(plain("/1001"), .body_limit = 1000), DNSHOOK_BAD_ANSWER,
                 "larger than the limit");
    assert_int_equal(ask(GET(plain("/mebi"))), DNSHOOK_OK);
    assert_int_equal(response.body_size, 1048576);
    assert_fails(GET(plain("/mebi1")), DNSHOOK_BAD_ANSWER, "larger than the limit");
    assert_fails(GET(plain("/mebi1"), .body_limit = UINT32_MAX), DNSHOOK_BAD_ANSWER,
                 "larger than the limit");
    assert_fails(GET(plain("/endless-body")), DNSHOOK_BAD_ANSWER, "larger than the limit");
}

static void the_headers_have_a_limit(void **state)
{
    (void)state;
    assert_fails(GET(plain("/many-headers")), DNSHOOK_BAD_ANSWER, "64 KiB");
    assert_fails(GET(plain("/endless-header")), DNSHOOK_BAD_ANSWER, "header");
}

static void the_request_has_a_time_limit(void **state)
{
    const int64_t start = deadline_now();

    (void)state;
    assert_fails(GET(plain("/hang"), .timeout = TIMEOUT), DNSHOOK_UNREACHABLE, "timed out");
    assert_fails(GET(plain("/drip"), .timeout = TIMEOUT), DNSHOOK_UNREACHABLE, "timed out");
    assert_in_range(deadline_now() - start, 2 * TIMEOUT - 20, 2 * TIMEOUT + 2000);
}

static void the_program_has_a_time_limit(void **state)
{
    const int64_t start = deadline_now();

    (void)state;
    assert_int_equal(deadline_start(10000 + TIMEOUT, 10000), DNSHOOK_OK);
    assert_fails(GET(plain("/hang")), DNSHOOK_DEADLINE, "no time is left");
    assert_in_range(deadline_now() - start, TIMEOUT - 20, TIMEOUT + 2000);
    assert_fails(GET(plain("/hello")), DNSHOOK_DEADLINE, "no time is left");
    assert_int_equal(deadline_start(A_LONG_TIME, 0), DNSHOOK_OK);
}

/* In a process of its own, because the signal stays caught. */
static int interrupted_child(void)
{
    const int64_t start = deadline_now();
    const pid_t parent = getpid(), killer = fork();
    int status;

    if (killer == 0) {
        (void)usleep(TIMEOUT * 1000);
        (void)kill(parent, SIGTERM);
        _exit(0);
    }
    status = ask(GET(plain("/hang")));
    (void)waitpid(killer, NULL, 0);
    if (status != DNSHOOK_INTERRUPTED || said.count != 1)
        return 1;
    if (deadline_now() - start > TIMEOUT + 2000)
        return 2;
    if (ask(GET(plain("/hello"))) != DNSHOOK_INTERRUPTED)
        return 3;
    deadline_begin_cleanup();
    return ask(GET(plain("/hello"))) == DNSHOOK_OK ? 0 : 4;
}

static void a_signal_ends_it_and_cleaning_up_still_works(void **state)
{
    pid_t child;
    int status = -1;

    (void)state;
    http_close(http);
    http = NULL;
    child = fork();
    if (child == 0)
        _exit(deadline_start(A_LONG_TIME, 0) == DNSHOOK_OK ? interrupted_child() : 5);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void certificates_are_verified(void **state)
{
    (void)state;
    assert_fails(GET(url("https", https_port, "/hello")), DNSHOOK_REJECTED, "certificate");
    assert_fails(GET(url("https", wrongca_port, "/hello"), .ca_bundle = ca()), DNSHOOK_REJECTED,
                 "certificate");
    assert_fails(GET(url("https", wronghost_port, "/hello"), .ca_bundle = ca()),
                 DNSHOOK_REJECTED, "127.0.0.1");
    assert_fails(GET(url("https", http_port, "/hello"), .ca_bundle = ca()), DNSHOOK_UNREACHABLE,
                 "SSL");
    assert_fails(GET(url("https", https_port, "/hello"), .ca_bundle = sandbox_path("no-such.pem")),
                 DNSHOOK_BAD_CONFIG, "no-such.pem");
}

/* Makes a directory of hashed names out of the CA. */
static const char *hashed_directory(void)
{
    const char *const directory = sandbox_mkdir("hashed", 0755);
    char command[1024];

    (void)snprintf(command, sizeof command, "cp '%s' '%s' && openssl rehash '%s'", ca(), directory,
                   directory);
    assert_int_equal(system(command), 0);
    return directory;
}

static void the_environment_can_name_the_ca(void **state)
{
    const struct {
        const char *variable, *value;
        bool works;
    } cases[] = {
        {"SSL_CERT_FILE", ca(), true},
        {"CURL_CA_BUNDLE", ca(), true},
        {"SSL_CERT_DIR", hashed_directory(), true},
        {"SSL_CERT_FILE", "", false},
        {"SSL_CERT_FILE", sandbox_path("otherca.pem"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http *const kept = http;

        http = NULL;
        assert_int_equal(setenv(cases[i].variable, cases[i].value, 1), 0);
        if ((ask(GET(url("https", https_port, "/hello"))) == DNSHOOK_OK) != cases[i].works)
            fail_msg("%s=%s: %s", cases[i].variable, cases[i].value, said.text);
        assert_int_equal(unsetenv(cases[i].variable), 0);
        http_close(http);
        http = kept;
    }
}

static void redirects_are_not_followed(void **state)
{
    (void)state;
    assert_answer(GET(plain("/redirect")), 302, "moved");
    assert_string_equal(http_header(http, "Location"), "/redirected");
    char *const log = server_log();

    assert_null(strstr(log, "/redirected"));
    assert_non_null(strstr(log, "/redirect"));
    free(log);
}

static void what_is_not_http_is_told_so(void **state)
{
    static const struct {
        const char *path;
        int status;
    } cases[] = {
        {"/garbage", DNSHOOK_BAD_ANSWER},    {"/smtp", DNSHOOK_BAD_ANSWER},
        {"/nul", DNSHOOK_BAD_ANSWER},        {"/status-999", DNSHOOK_BAD_ANSWER},
        {"/bad-chunk", DNSHOOK_UNREACHABLE}, {"/close", DNSHOOK_UNREACHABLE},
        {"/truncated", DNSHOOK_UNREACHABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(GET(plain(cases[i].path)), cases[i].status, cases[i].path);
}

static void nobody_there(void **state)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_storage address = {.ss_family = AF_INET};
    socklen_t size = sizeof address;
    char text[64];
    unsigned char port[2];

    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    memcpy(port, (unsigned char *)&address + 2, sizeof port);
    (void)snprintf(text, sizeof text, "https://127.0.0.1:%u/x?token=hunter2",
                   port[0] * 256U + port[1]);
    assert_fails(GET(text), DNSHOOK_UNREACHABLE, "/x: ");
    assert_null(strstr(said.text, "hunter2"));
    assert_int_equal(close(listener), 0);
}

static void urls_that_are_refused(void **state)
{
    static const struct {
        const char *url, *text;
        uint32_t flags;
    } cases[] = {
        {"http://192.0.2.1/?hunter2", "use https:", 0},
        {"http://example.invalid/?hunter2", "use https:", 0},
        {"http://localhost.example.invalid/?hunter2", "use https:", 0},
        {"http://[2001:db8::1]/?hunter2", "use https:", 0},
        {"http://169.254.169.254/?hunter2", "use https:", 0},
        {"http://[fd00:ec2::254]/?hunter2", "use https:", 0},
        {"http://192.0.2.1/?hunter2", "use https:", DNSHOOK_HTTP_LINK_LOCAL},
        {"http://10.0.0.1/?hunter2", "use https:", DNSHOOK_HTTP_LINK_LOCAL},
        {"http://[2001:db8::1]/?hunter2", "use https:", DNSHOOK_HTTP_LINK_LOCAL},
        {"http://metadata.example.invalid/?hunter2", "use https:", DNSHOOK_HTTP_LINK_LOCAL},
        {"ftp://127.0.0.1/?hunter2", "only https:", 0},
        {"file:///etc/passwd?hunter2", "no URL that can be asked", 0},
        {"gopher://127.0.0.1/?hunter2", "only https:", 0},
        {"https://user:hunter2@example.invalid/", "user name or password", 0},
        {"https://hunter2@example.invalid/", "user name or password", 0},
        {"https://example.invalid/\r\nX-Evil: hunter2", "no URL that can be asked", 0},
        {"https://example.invalid/a hunter2", "no URL that can be asked", 0},
        {"https://example.invalid/\x01hunter2", "no URL that can be asked", 0},
        {"https://example.invalid/\xc3\xa4hunter2", "no URL that can be asked", 0},
        {"example.invalid/hunter2", "no URL that can be asked", 0},
        {"", "no URL that can be asked", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_fails(GET(cases[i].url, .flags = cases[i].flags), DNSHOOK_BAD_CONFIG, cases[i].text);
        if (strstr(said.text, "hunter2") != NULL)
            fail_msg("shows the hunter2: %s", said.text);
    }
}

/* Whatever was sent would go to our server, for it is the proxy. */
static void nothing_is_sent_for_a_refused_url(void **state)
{
    char proxy[64];

    (void)state;
    (void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", http_port);
    assert_int_equal(setenv("http_proxy", proxy, 1), 0);
    assert_int_equal(setenv("https_proxy", proxy, 1), 0);
    assert_fails(GET("http://refused.invalid/"), DNSHOOK_BAD_CONFIG, "use https:");
    assert_fails(GET("https://asked.invalid/"), DNSHOOK_UNREACHABLE, "404");
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("https_proxy"), 0);
    char *const log = server_log();

    assert_null(strstr(log, "refused.invalid"));
    assert_non_null(strstr(log, "CONNECT asked.invalid:443"));
    free(log);
}

static void plain_http_goes_through_no_proxy(void **state)
{
    static const uint32_t flags[] = {0, DNSHOOK_HTTP_LINK_LOCAL};

    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
        assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
        assert_answer(GET(plain("/hello"), .flags = flags[i]), 200, "hello");
        assert_int_equal(unsetenv("http_proxy"), 0);
        assert_int_equal(unsetenv("all_proxy"), 0);
    }
}

static void headers_that_are_refused(void **state)
{
    static const char *const lines[] = {
        "X: a\r\nEvil: b", "X: a\nEvil: b", "X: a\rb", "X", ": a", "X Y: a", "X:", "X: ", "",
        "X: a\x01",        "X\n: a",        "X: a\x7f"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *const headers[] = {"X-Good: 1", lines[i], NULL};

        assert_fails(GET(plain("/injected"), .headers = headers), DNSHOOK_BAD_CONFIG,
                     "a header of the request");
    }
    char *const log = server_log();

    assert_null(strstr(log, "/injected"));
    free(log);
}

static void methods_that_are_refused(void **state)
{
    static const char *const methods[] = {"", "get", "HEAD", "GET / HTTP/1.1\r\n\r\nGET"};

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        assert_fails(GET(plain("/"), .method = methods[i]), DNSHOOK_BAD_CONFIG, "method");
}

static void after_a_failure_the_next_one_works(void **state)
{
    (void)state;
    assert_fails(GET(plain("/truncated")), DNSHOOK_UNREACHABLE, "/truncated");
    assert_answer((struct dnshook_http_request){.method = "POST", .url = plain("/hello")}, 200,
                  "hello");
    assert_answer(GET(plain("/hello")), 200, "hello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_module_it_is_said),
        cmocka_unit_test(a_module_of_another_version_is_refused),
        cmocka_unit_test(get),
        cmocka_unit_test(localhost_by_name),
        cmocka_unit_test(headers_are_found_in_any_case),
        cmocka_unit_test(the_headers_are_those_of_the_final_answer),
        cmocka_unit_test(each_method_is_sent_as_it_is),
        cmocka_unit_test(a_large_body_is_sent_at_once),
        cmocka_unit_test(the_path_is_not_touched),
        cmocka_unit_test(the_connection_is_kept),
        cmocka_unit_test(sockets_are_closed_in_children),
        cmocka_unit_test(two_instances_keep_their_own_answers),
        cmocka_unit_test(an_older_request_struct_is_too_small),
        cmocka_unit_test(the_body_has_a_limit),
        cmocka_unit_test(the_headers_have_a_limit),
        cmocka_unit_test(the_request_has_a_time_limit),
        cmocka_unit_test(the_program_has_a_time_limit),
        cmocka_unit_test(a_signal_ends_it_and_cleaning_up_still_works),
        cmocka_unit_test(certificates_are_verified),
        cmocka_unit_test(the_environment_can_name_the_ca),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(what_is_not_http_is_told_so),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(urls_that_are_refused),
        cmocka_unit_test(nothing_is_sent_for_a_refused_url),
        cmocka_unit_test(plain_http_goes_through_no_proxy),
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(methods_that_are_refused),
        cmocka_unit_test(after_a_failure_the_next_one_works),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
