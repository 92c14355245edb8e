#include "sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "text.h"

enum { DIGEST_SIZE = 32, DAY_SIZE = 8 };

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SCOPE_END "aws4_request"

/* Between name and value while parameters are sorted: it sorts before all that may be in a name. */
#define SEPARATOR '\1'

/* ---- digests ---- */

static void write_hex(const unsigned char digest[DIGEST_SIZE], char out[SIGV4_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SIGV4_HEX_SIZE - 1] = '\0';
}

static bool hash(const void *data, size_t size, char out[SIGV4_HEX_SIZE])
{
    unsigned char digest[DIGEST_SIZE];
    unsigned length = 0;

    if (EVP_Digest(size > 0 ? data : "", size, digest, &length, EVP_sha256(), NULL) != 1)
        return false;
    write_hex(digest, out);
    return true;
}

/* key = HMAC(key, text) */
static bool authenticate(unsigned char key[DIGEST_SIZE], const char *text, size_t size)
{
    unsigned char digest[DIGEST_SIZE];
    unsigned length = 0;
    const bool done = HMAC(EVP_sha256(), key, DIGEST_SIZE, (const unsigned char *)text, size,
                           digest, &length) != NULL;

    memcpy(key, digest, DIGEST_SIZE);
    OPENSSL_cleanse(digest, sizeof digest);
    return done;
}

/* The first key of the chain: HMAC("AWS4" + secret, day). */
static bool begin_key(const struct sigv4_scope *scope, unsigned char key[DIGEST_SIZE])
{
    struct text secret = {0};
    unsigned length = 0;
    bool done = false;

    text_add(&secret, "AWS4");
    text_add(&secret, scope->secret_access_key);
    if (!secret.failed)
        done = HMAC(EVP_sha256(), secret.data, (int)secret.used, (const unsigned char *)scope->date,
                    DAY_SIZE, key, &length) != NULL;
    text_clear(&secret);
    return done;
}

/* Signs the string with the key that is derived for day, region and service. */
static bool sign(const struct sigv4_scope *scope, const char *text, char out[SIGV4_HEX_SIZE])
{
    unsigned char key[DIGEST_SIZE] = {0};
    const bool done =
        begin_key(scope, key) && authenticate(key, scope->region, strlen(scope->region)) &&
        authenticate(key, scope->service, strlen(scope->service)) &&
        authenticate(key, SCOPE_END, sizeof SCOPE_END - 1) && authenticate(key, text, strlen(text));

    write_hex(key, out);
    OPENSSL_cleanse(key, sizeof key);
    return done;
}

/* ---- path ---- */

/* Adds one more segment, or takes the last one away for "..". */
static void add_segment(struct text *path, const char *segment, size_t size)
{
    if (size == 0 || (size == 1 && segment[0] == '.'))
        return;
    if (size != 2 || memcmp(segment, "..", 2) != 0) {
        text_add(path, "/");
        text_add_part(path, segment, size);
        return;
    }
    while (path->used > 0 && path->data[--path->used] != '/')
        continue;
}

/* Takes ".", ".." and empty segments out (RFC 3986, 5.2.4). */
static void normalize(struct text *path, const char *raw)
{
    const char *segment = raw;
    size_t size = 0;

    for (; *segment != '\0'; segment += size + (segment[size] == '/')) {
        size = strcspn(segment, "/");
        add_segment(path, segment, size);
    }
    if (path->used == 0 || (segment > raw && segment[-1] == '/'))
        text_add(path, "/");
}

static void add_path(struct text *out, const struct sigv4_request *request)
{
    struct text path = {0};

    if (request->normalize)
        normalize(&path, request->path);
    else
        text_add(&path, request->path[0] != '\0' ? request->path : "/");
    if (path.failed)
        out->failed = true;
    else
        text_add_encoded(out, path.data, path.used, "/");
    text_clear(&path);
}

/* ---- query ---- */

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *const found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)((found - digits) % 16) : -1;
}

/* Adds a part of a query in its one canonical encoding, however it was encoded. */
static void add_recoded(struct text *out, const char *part, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const int high = part[i] == '%' && i + 2 < size ? hex_digit(part[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(part[i + 2]) : -1;
        const char byte = low >= 0 ? (char)(high * 16 + low) : part[i];

        text_add_encoded(out, &byte, 1, "");
        i += low >= 0 ? 2 : 0;
    }
}

/* One parameter "name=value", SEPARATOR in place of "="; NULL when memory ran out. */
static char *recode(const char *parameter, size_t size)
{
    const char *const equals = memchr(parameter, '=', size);
    const size_t name = equals != NULL ? (size_t)(equals - parameter) : size;
    struct text out = {0};

    add_recoded(&out, parameter, name);
    text_add_part(&out, &(const char){SEPARATOR}, 1);
    if (equals != NULL)
        add_recoded(&out, equals + 1, size - name - 1);
    return text_take(&out);
}

static int compare_parameters(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the sorted parameters, joined. */
static void join_parameters(struct text *out, char **parameters, size_t count)
{
    qsort(parameters, count, sizeof *parameters, compare_parameters);
    for (size_t i = 0; i < count; i++) {
        const size_t name = strcspn(parameters[i], (const char[]){SEPARATOR, '\0'});

        text_add(out, i > 0 ? "&" : "");
        text_add_part(out, parameters[i], name);
        text_add(out, "=");
        text_add(out, parameters[i] + name + 1);
    }
}

static void add_query(struct text *out, const char *query)
{
    char **const parameters = calloc(strlen(query) / 2 + 1, sizeof *parameters);
    size_t count = 0;
    size_t size = 0;

    out->failed = out->failed || parameters == NULL;
    for (; *query != '\0' && !out->failed; query += size + (query[size] == '&')) {
        size = strcspn(query, "&");
        if (size == 0)
            continue;
        parameters[count] = recode(query, size);
        out->failed = parameters[count] == NULL;
        count += !out->failed;
    }
    if (!out->failed)
        join_parameters(out, parameters, count);
    for (size_t i = 0; i < count; i++)
        text_free(parameters[i]);
    free(parameters);
}

/* ---- headers ---- */

/* By name in any case; of one name, in the order of arrival. */
static int compare_headers(const void *a, const void *b)
{
    const struct sigv4_header *const left = *(const struct sigv4_header *const *)a;
    const struct sigv4_header *const right = *(const struct sigv4_header *const *)b;
    const int order = strcasecmp(left->name, right->name);

    return order != 0 ? order : (left > right) - (left < right);
}

static const struct sigv4_header **sort_headers(const struct sigv4_request *request)
{
    const struct sigv4_header **const sorted = calloc(request->header_count + 1, sizeof *sorted);

    if (sorted == NULL)
        return NULL;
    for (size_t i = 0; i < request->header_count; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, request->header_count, sizeof *sorted, compare_headers);
    return sorted;
}

static void add_lower(struct text *out, const char *name)
{
    for (; *name != '\0'; name++) {
        const char lower = (char)(*name >= 'A' && *name <= 'Z' ? *name + ('a' - 'A') : *name);

        text_add_part(out, &lower, 1);
    }
}

/* Adds a value without blanks around it and with one space for a run of them. */
static void add_value(struct text *out, const char *value)
{
    static const char blanks[] = " \t\r\n";

    value += strspn(value, blanks);
    while (*value != '\0') {
        const size_t word = strcspn(value, blanks);

        text_add_part(out, value, word);
        value += word;
        value += strspn(value, blanks);
        text_add(out, *value != '\0' ? " " : "");
    }
}

/* True when the header continues the one before it. */
static bool repeats(const struct sigv4_header *const *sorted, size_t i)
{
    return i > 0 && strcasecmp(sorted[i - 1]->name, sorted[i]->name) == 0;
}

static void add_headers(struct text *out, const struct sigv4_header *const *sorted)
{
    for (size_t i = 0; sorted[i] != NULL; i++) {
        if (repeats(sorted, i)) {
            text_add(out, ",");
        } else {
            text_add(out, i > 0 ? "\n" : "");
            add_lower(out, sorted[i]->name);
            text_add(out, ":");
        }
        add_value(out, sorted[i]->value);
    }
    text_add(out, "\n");
}

static void add_names(struct text *out, const struct sigv4_header *const *sorted)
{
    for (size_t i = 0; sorted[i] != NULL; i++) {
        if (repeats(sorted, i))
            continue;
        text_add(out, i > 0 ? ";" : "");
        add_lower(out, sorted[i]->name);
    }
}

/* ---- the three texts ---- */

static void add_scope(struct text *out, const struct sigv4_scope *scope)
{
    text_add_part(out, scope->date, DAY_SIZE);
    text_add(out, "/");
    text_add(out, scope->region);
    text_add(out, "/");
    text_add(out, scope->service);
    text_add(out, "/" SCOPE_END);
}

static char *canonical_request(const struct sigv4_request *request,
                               const struct sigv4_header *const *headers)
{
    struct text out = {0};
    char body[SIGV4_HEX_SIZE] = "";

    text_add(&out, request->method);
    text_add(&out, "\n");
    add_path(&out, request);
    text_add(&out, "\n");
    add_query(&out, request->query);
    text_add(&out, "\n");
    add_headers(&out, headers);
    text_add(&out, "\n");
    add_names(&out, headers);
    text_add(&out, "\n");
    out.failed = out.failed || !hash(request->body, request->body_size, body);
    text_add(&out, body);
    return text_take(&out);
}

static char *string_to_sign(const struct sigv4_scope *scope, const char *canonical)
{
    struct text out = {0};
    char hashed[SIGV4_HEX_SIZE] = "";

    text_add(&out, ALGORITHM "\n");
    text_add(&out, scope->date);
    text_add(&out, "\n");
    add_scope(&out, scope);
    text_add(&out, "\n");
    out.failed = out.failed || !hash(canonical, strlen(canonical), hashed);
    text_add(&out, hashed);
    return text_take(&out);
}

static char *authorization(const struct sigv4_scope *scope,
                           const struct sigv4_header *const *headers, const char *signature)
{
    struct text out = {0};

    text_add(&out, ALGORITHM " Credential=");
    text_add(&out, scope->access_key_id);
    text_add(&out, "/");
    add_scope(&out, scope);
    text_add(&out, ", SignedHeaders=");
    add_names(&out, headers);
    text_add(&out, ", Signature=");
    text_add(&out, signature);
    return text_take(&out);
}

bool sigv4_sign(const struct sigv4_request *request, const struct sigv4_scope *scope,
                struct sigv4_result *result)
{
    const struct sigv4_header **const headers = sort_headers(request);

    *result = (struct sigv4_result){0};
    if (headers != NULL)
        result->canonical_request = canonical_request(request, headers);
    if (result->canonical_request != NULL)
        result->string_to_sign = string_to_sign(scope, result->canonical_request);
    if (result->string_to_sign != NULL && sign(scope, result->string_to_sign, result->signature))
        result->authorization = authorization(scope, headers, result->signature);
    free(headers);
    if (result->authorization != NULL)
        return true;
    sigv4_result_clear(result);
    return false;
}

void sigv4_result_clear(struct sigv4_result *result)
{
    text_free(result->canonical_request);
    text_free(result->string_to_sign);
    text_free(result->authorization);
    *result = (struct sigv4_result){0};
}

void sigv4_date(long long seconds, char out[SIGV4_DATE_SIZE])
{
    const time_t when = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(out, SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &parts) != SIGV4_DATE_SIZE - 1)
        memcpy(out, "19700101T000000Z", SIGV4_DATE_SIZE);
}
