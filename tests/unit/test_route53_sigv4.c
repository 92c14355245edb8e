/* Signature Version 4: AWS's published cases, and what they leave out. */
#include "sigv4.h"

#include <dirent.h>
#include <jansson.h>
#include <malloc.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "vectors.h"

enum { CASES = 38, HEADERS_MAX = 24 };

static char folder[4096]; /* of the published cases; "": they are not here */

/* ---- freed memory is looked through for secrets ---- */

static const char *volatile secret; /* free() is thought not to read it */
static volatile unsigned spilled;

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    if (memory != NULL && secret != NULL &&
        memmem(memory, malloc_usable_size(memory), secret, strlen(secret)) != NULL)
        spilled++;
    __real_free(memory);
}

/* ---- allocations that fail ---- */

static volatile long fail_at; /* the n-th from now; 0: none */
static volatile long allocations;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations = allocations + 1;
    /* in order: what was never written is not looked through either */
    return allocations == fail_at ? NULL : __real_calloc(1, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations = allocations + 1;
    return allocations == fail_at ? NULL : __real_calloc(count, size);
}

/* ---- one published case ---- */

/* A case: its files, its request taken apart. The texts point into `text`. */
struct vector {
    char *text;
    json_t *context;
    struct sigv4_header headers[HEADERS_MAX];
    char date[SIGV4_DATE_SIZE];
    char hash[65];
    struct sigv4_request request;
    struct sigv4_scope scope;
};

/* A file of a case, to be freed. */
static char *load(const char *name, const char *file)
{
    char path[8192];
    char *const text = calloc(1, 65536);
    FILE *stream;

    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    stream = fopen(path, "rb");
    if (stream == NULL || text == NULL)
        fail_msg("%s cannot be read", path);
    (void)!fread(text, 1, 65535, stream);
    (void)fclose(stream);
    return text;
}

static void add(struct vector *v, const char *name, const char *value)
{
    assert_true(v->request.header_count < HEADERS_MAX);
    v->headers[v->request.header_count++] = (struct sigv4_header){name, value};
}

/* "GET /path?query HTTP/1.1", where the path may hold spaces. */
static void read_request_line(struct vector *v, char *line)
{
    char *const target = strchr(line, ' ');
    char *const version = strstr(line, " HTTP/1.1");

    assert_non_null(target);
    assert_non_null(version);
    *target = *version = '\0';
    v->request.method = line;
    v->request.path = target + 1;
    v->request.query = "";
    char *const query = strchr(target + 1, '?');

    if (query != NULL) {
        *query = '\0';
        v->request.query = query + 1;
    }
}

/* Takes request.txt apart; a folded line goes on with the value before it. */
static void read_request(struct vector *v)
{
    char *line = v->text;
    char *next = line + strcspn(line, "\n");

    *next++ = '\0';
    read_request_line(v, line);
    for (line = next; *line != '\0' && *line != '\n'; line = next) {
        do
            next = strchr(next, '\n') != NULL ? strchr(next, '\n') + 1 : next + strlen(next);
        while (*next == ' ');
        if (next[-1] == '\n')
            next[-1] = '\0';
        char *const colon = strchr(line, ':');

        assert_non_null(colon);
        *colon = '\0';
        add(v, line, colon + 1);
    }
    v->request.body = *line == '\n' ? line + 1 : "";
    v->request.body_size = strlen(v->request.body);
}

static const char *text_of(const struct vector *v, const char *name)
{
    return json_string_value(json_object_get(v->context, name));
}

/* "2015-08-30T12:36:00Z" to "20150830T123600Z" */
static void read_date(struct vector *v)
{
    const char *from = text_of(v, "timestamp");
    size_t used = 0;

    for (; *from != '\0' && used < sizeof v->date - 1; from++)
        if (*from != '-' && *from != ':')
            v->date[used++] = *from;
    v->date[used] = '\0';
}

/* The headers that the signer adds: date, token, and the body's hash if asked for. */
static void add_own(struct vector *v)
{
    const json_t *const credentials = json_object_get(v->context, "credentials");
    const char *const token = json_string_value(json_object_get(credentials, "token"));
    unsigned char digest[32];

    add(v, "X-Amz-Date", v->date);
    if (token != NULL && !json_is_true(json_object_get(v->context, "omit_session_token")))
        add(v, "X-Amz-Security-Token", token);
    if (!json_is_true(json_object_get(v->context, "sign_body")))
        return;
    assert_int_equal(
        EVP_Digest(v->request.body, v->request.body_size, digest, NULL, EVP_sha256(), NULL), 1);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(v->hash + 2 * i, 3, "%02x", digest[i]);
    add(v, "x-amz-content-sha256", v->hash);
}

static void open_vector(struct vector *v, const char *name)
{
    char *const context = load(name, "context.json");
    const json_t *credentials;

    *v = (struct vector){.text = load(name, "request.txt")};
    v->context = json_loads(context, 0, NULL);
    free(context);
    assert_non_null(v->context);
    credentials = json_object_get(v->context, "credentials");
    read_date(v);
    read_request(v);
    add_own(v);
    v->request.headers = v->headers;
    v->request.normalize = json_is_true(json_object_get(v->context, "normalize"));
    v->scope = (struct sigv4_scope){
        .access_key_id = json_string_value(json_object_get(credentials, "access_key_id")),
        .secret_access_key = json_string_value(json_object_get(credentials, "secret_access_key")),
        .region = text_of(v, "region"),
        .service = text_of(v, "service"),
        .date = v->date};
}

static void close_vector(struct vector *v)
{
    json_decref(v->context);
    free(v->text);
}

/* One of the three comparisons. */
static unsigned compare(const char *name, const char *file, const char *ours)
{
    char *const theirs = load(name, file);
    const bool same = strcmp(theirs, ours) == 0;

    if (!same)
        print_error("%s, %s:\n--- expected\n%s\n--- computed\n%s\n", name, file, theirs, ours);
    free(theirs);
    return same ? 1 : 0;
}

/* Runs one case; returns how many of its three comparisons hold. */
static unsigned run_vector(const char *name)
{
    struct vector v;
    struct sigv4_result result;
    unsigned same = 0;

    open_vector(&v, name);
    assert_true(sigv4_sign(&v.request, &v.scope, &result));
    same += compare(name, "header-canonical-request.txt", result.canonical_request);
    same += compare(name, "header-string-to-sign.txt", result.string_to_sign);
    same += compare(name, "header-signature.txt", result.signature);
    assert_has(result.authorization, result.signature);
    sigv4_result_clear(&result);
    close_vector(&v);
    return same;
}

static void published_cases(void **state)
{
    DIR *const list = opendir(folder);
    const struct dirent *entry;
    unsigned cases = 0;
    unsigned same = 0;

    (void)state;
    assert_non_null(list);
    while ((entry = readdir(list)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        cases++;
        same += run_vector(entry->d_name);
    }
    (void)closedir(list);
    assert_int_equal(cases, CASES);
    assert_int_equal(same, 3 * CASES);
}

/* The header as it is sent, from a published case. */
static void the_authorization_header(void **state)
{
    char *const sent = load("get-vanilla-with-session-token", "header-signed-request.txt");
    struct sigv4_result result;
    struct vector v;

    (void)state;
    open_vector(&v, "get-vanilla-with-session-token");
    assert_true(sigv4_sign(&v.request, &v.scope, &result));
    assert_has(sent, result.authorization);
    sigv4_result_clear(&result);
    close_vector(&v);
    free(sent);
}

static void no_published_cases(void **state)
{
    (void)state;
}

/* ---- what needs no files ---- */

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

static const struct sigv4_scope scope = {.access_key_id = "AKIDEXAMPLE",
                                         .secret_access_key = SECRET,
                                         .region = "us-east-1",
                                         .service = "service",
                                         .date = "20150830T123600Z"};
static const struct sigv4_header plain_headers[] = {{"Host", "example.amazonaws.com"},
                                                    {"X-Amz-Date", "20150830T123600Z"}};

static struct sigv4_request request_for(const char *path, const char *query)
{
    return (struct sigv4_request){.method = "GET",
                                  .path = path,
                                  .query = query,
                                  .headers = plain_headers,
                                  .header_count = COUNT(plain_headers),
                                  .body = "",
                                  .body_size = 0};
}

/* The line of the canonical request with that number, in memory that the next call changes. */
static const char *canonical_line(const struct sigv4_request *request, unsigned number)
{
    static char line[4096];
    struct sigv4_result result;
    const char *at;

    assert_true(sigv4_sign(request, &scope, &result));
    at = result.canonical_request;
    for (; number > 0; number--)
        at += strcspn(at, "\n") + 1;
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    sigv4_result_clear(&result);
    return line;
}

/* get-vanilla of the published cases, which everybody has printed. */
static void one_case_by_heart(void **state)
{
    const struct sigv4_request request = request_for("/", "");
    struct sigv4_result result;

    (void)state;
    assert_true(sigv4_sign(&request, &scope, &result));
    assert_string_equal(result.signature,
                        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    assert_string_equal(
        result.authorization,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    sigv4_result_clear(&result);
    assert_null(result.authorization);
}

static void queries(void **state)
{
    static const char *const table[][2] = {
        {"", ""},
        {"a", "a="},
        {"a=", "a="},
        {"=b", "=b"},
        {"a=b=c", "a=b%3Dc"},
        {"&&a=1&", "a=1"},
        {"type=TXT&name=_acme-challenge.example.com&maxitems=1",
         "maxitems=1&name=_acme-challenge.example.com&type=TXT"},
        {"a=2&a=1&a=10", "a=1&a=10&a=2"},
        {"a.b=1&a=1&a-b=1&a0=1", "a=1&a-b=1&a.b=1&a0=1"},
        {"a=%7e~%2d", "a=~~-"},
        {"a=%5c052.example.com", "a=%5C052.example.com"},
        {"a=*+b c", "a=%2A%2Bb%20c"},
        {"a=%&b=%z1&c=%4", "a=%25&b=%25z1&c=%254"},
        {"a=\303\244", "a=%C3%A4"},
        {"A=1&a=1&B=1", "A=1&B=1&a=1"},
        {"a=%00", "a=%00"},
        {"a=/:@?", "a=%2F%3A%40%3F"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct sigv4_request request = request_for("/", table[i][0]);

        assert_string_equal(canonical_line(&request, 2), table[i][1]);
    }
}

static void paths(void **state)
{
    static const struct {
        const char *sent;
        bool normalize;
        const char *canonical;
    } table[] = {
        {"", false, "/"},
        {"", true, "/"},
        {"/2013-04-01/hostedzone/Z1/rrset/", false, "/2013-04-01/hostedzone/Z1/rrset/"},
        {"/2013-04-01/hostedzone/Z1/rrset/", true, "/2013-04-01/hostedzone/Z1/rrset/"},
        {"/a%2Fb", false, "/a%252Fb"},
        {"/a/./b/../c", true, "/a/c"},
        {"/../../a", true, "/a"},
        {"/a//b/", true, "/a/b/"},
        {"/a//b/", false, "/a//b/"},
        {"/...", true, "/..."},
        {"/a b", true, "/a%20b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct sigv4_request request = request_for(table[i].sent, "");

        request.normalize = table[i].normalize;
        assert_string_equal(canonical_line(&request, 1), table[i].canonical);
    }
}

static void many_headers(void **state)
{
    static const struct sigv4_header headers[] = {
        {"X-Amz-Date", "20150830T123600Z"},
        {"b", "  1\t 2  "},
        {"Host", "h"},
        {"B", ""},
        {"a-b", "x"},
        {"a", "\r\n y"},
        {"b", "3"},
    };
    struct sigv4_request request = request_for("/", "");

    (void)state;
    request.headers = headers;
    request.header_count = COUNT(headers);
    assert_string_equal(canonical_line(&request, 3), "a:y");
    assert_string_equal(canonical_line(&request, 4), "a-b:x");
    assert_string_equal(canonical_line(&request, 5), "b:1 2,,3");
    assert_string_equal(canonical_line(&request, 9), "a;a-b;b;host;x-amz-date");
}

static void a_query_of_many_parameters(void **state)
{
    enum { MANY = 5000 };
    char *const query = calloc(MANY + 1, 8);
    struct sigv4_request request = request_for("/", query);
    struct sigv4_result result;
    size_t used = 0;

    (void)state;
    for (int i = MANY; i > 0; i--)
        used += (size_t)sprintf(query + used, "&a%04d=", i);
    assert_true(sigv4_sign(&request, &scope, &result));
    assert_has(result.canonical_request, "\na0001=&a0002=&a0003=");
    assert_has(result.canonical_request, "&a4999=&a5000=\n");
    sigv4_result_clear(&result);
    free(query);
}

static void dates(void **state)
{
    static const struct {
        long long seconds;
        const char *text;
    } table[] = {
        {0, "19700101T000000Z"},          {1440938160, "20150830T123600Z"},
        {4102444799, "20991231T235959Z"}, {951782400, "20000229T000000Z"},
        {INT64_MAX, "19700101T000000Z"},  {253402300800, "19700101T000000Z"},
    };
    char out[SIGV4_DATE_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        sigv4_date(table[i].seconds, out);
        assert_string_equal(out, table[i].text);
    }
}

/* Whichever allocation fails, there is no signature, and the texts are empty. */
static void memory_runs_out(void **state)
{
    static char long_path[5000] = "/";
    struct sigv4_request request = request_for(long_path, "a=b&c=d&a=a");
    struct sigv4_result result;
    bool done = false;
    long n;

    (void)state;
    memset(long_path + 1, 'x', sizeof long_path - 2);
    request.normalize = true;
    for (n = 1; !done; n++) {
        allocations = 0;
        fail_at = n;
        done = sigv4_sign(&request, &scope, &result);
        fail_at = 0;
        assert_int_equal(done, allocations < n);
        assert_int_equal(done, result.canonical_request != NULL);
        assert_int_equal(done, result.authorization != NULL);
        assert_int_equal(done, result.signature[0] != '\0');
        sigv4_result_clear(&result);
    }
    assert_true(n > 12);
}

/* Neither the secret nor a session token stays in memory that was freed. */
static void nothing_secret_is_left(void **state)
{
    static const char token[] = "AQoDYXdzEPTsecretsessiontoken";
    const struct sigv4_header headers[] = {
        {"Host", "h"}, {"X-Amz-Date", "20150830T123600Z"}, {"X-Amz-Security-Token", token}};
    struct sigv4_request request = request_for("/", "a=b");
    struct sigv4_result result;

    (void)state;
    request.headers = headers;
    request.header_count = COUNT(headers);
    for (int i = 0; i < 2; i++) {
        secret = i == 0 ? SECRET : token;
        spilled = 0;
        assert_true(sigv4_sign(&request, &scope, &result));
        sigv4_result_clear(&result);
        secret = NULL;
        assert_int_equal(spilled, 0);
    }
    secret = "something else that is freed";
    char *volatile other = strdup(secret);

    free(other);
    secret = NULL;
    assert_int_equal(spilled, 1); /* the look-out works */
}

int main(void)
{
    const bool here = vectors_find("sigv4/v4", folder, sizeof folder);
    const struct CMUnitTest tests[] = {
        {.name = here ? "published_cases" : "published_cases # SKIP no shared/vectors/sigv4",
         .test_func = here ? published_cases : no_published_cases},
        {.name = here ? "the_authorization_header"
                      : "the_authorization_header # SKIP no shared/vectors/sigv4",
         .test_func = here ? the_authorization_header : no_published_cases},
        cmocka_unit_test(one_case_by_heart),
        cmocka_unit_test(queries),
        cmocka_unit_test(paths),
        cmocka_unit_test(many_headers),
        cmocka_unit_test(a_query_of_many_parameters),
        cmocka_unit_test(dates),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(nothing_secret_is_left),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
