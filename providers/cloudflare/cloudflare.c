/*
 * cloudflare - a provider for Cloudflare (API v4).
 *
 * TXT records are one for each value, so that adding and removing touch no other value, however
 * many processes do it at the same time.
 *
 * SPDX-License-Identifier: MIT
 */
#include <dnshook/provider.h>

#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

enum { HEADER_SIZE = 1152, URL_SIZE = 4096, TEXT_SIZE = 1024, PAGES_MAX = 1000 };

/* A batch of the smallest plan; seconds; what the service says where nothing is left to do. */
enum { BATCH = 200, MINUTE = 60, DAY = 86400, GONE = 81044, EXISTS = 81057, IDENTICAL = 81058 };

/* The permission that a question needs, and with it the credentials. */
enum right { EDIT, READ, RIGHTS };

/* What open() returns. */
struct cloudflare {
    const struct dnshook_host *host;
    char headers[RIGHTS][2][HEADER_SIZE]; /* with the credentials */
    json_t *zone;                         /* that was last found; NULL: none */
    json_t *answer;                       /* the last one; NULL: none, or no JSON */
    json_t *result;                       /* in it */
    json_int_t code;                      /* its first error; GONE for HTTP 404; 0: none */
};

enum { SIZE = sizeof(struct dnshook_param), KEY = DNSHOOK_PARAM_SECRET | DNSHOOK_PARAM_IDENTITY };

static const struct dnshook_param params[] = {
    {SIZE, KEY, "dns-api-token", "CLOUDFLARE_DNS_API_TOKEN CF_DNS_API_TOKEN CF_Token", NULL,
     "API token with the permission Zone:DNS:Edit, and Zone:Zone:Read where zones are found"},
    {SIZE, KEY, "zone-api-token", "CLOUDFLARE_ZONE_API_TOKEN CF_ZONE_API_TOKEN", NULL,
     "API token with the permission Zone:Zone:Read, with which zones are found instead"},
    {SIZE, DNSHOOK_PARAM_IDENTITY, "email", "CLOUDFLARE_EMAIL CF_API_EMAIL CF_Email", NULL,
     "E-mail address that belongs to the Global API Key"},
    {SIZE, KEY, "api-key", "CLOUDFLARE_API_KEY CF_API_KEY CF_Key", NULL, "Global API Key"},
    {SIZE, DNSHOOK_PARAM_ZONE, "zone-id", "CLOUDFLARE_ZONE_ID CF_ZONE_ID CF_Zone_ID", NULL,
     "Id of the zone; without it the zone is found"},
    {SIZE, 0, "account-id", "CLOUDFLARE_ACCOUNT_ID CF_Account_ID", NULL, "Id of the account"},
    {SIZE, 0, "base-url", "CLOUDFLARE_BASE_URL", "https://api.cloudflare.com/client/v4", "Its URL"},
    {.size = 0}};

/* RFC 3986, 2.3. */
static const char plain[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";

/* What to do about errors. */
static const struct {
    json_int_t codes[4];
    const char *text;
} advices[] = {
    {{6103, 6111}, "a token belongs into CLOUDFLARE_DNS_API_TOKEN, a key into CLOUDFLARE_API_KEY"},
    {{1000}, "nobody has this token; if it is an account's, set CLOUDFLARE_ACCOUNT_ID"},
    {{6102, 9103}, "CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY do not belong together"},
    {{9106, 9107, 10001}, "the credentials did not arrive: a proxy may take headers away"},
    {{1001, 7000, 7003}, "check CLOUDFLARE_ZONE_ID and CLOUDFLARE_BASE_URL"},
    {{81053, 81054}, "delete the CNAME record that stands at the name"}};

/* The same, where the service refuses and gives no reason that is known. */
static const char *const lacking[RIGHTS] = {
    "the token is wrong, disabled or expired, or lacks the permission Zone:DNS:Edit for this zone",
    "the token (CLOUDFLARE_ZONE_API_TOKEN?) is wrong, disabled, expired, or lacks Zone:Zone:Read"};

/* ---- questions to the API ---- */

/* A member of an object as text, "" if there is none. */
static const char *text_of(const json_t *object, const char *name)
{
    const char *const text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

/* Appends an error to what is said; *advice is the first that is known. */
static void read_error(const json_t *error, char text[TEXT_SIZE], const char **advice)
{
    const json_int_t code = json_integer_value(json_object_get(error, "code"));
    const size_t used = strlen(text);

    (void)snprintf(text + used, TEXT_SIZE - used, ", %lld %s", code, text_of(error, "message"));
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        for (size_t j = 0; *advice == NULL && advices[i].codes[j] != 0; j++)
            *advice = advices[i].codes[j] == code ? advices[i].text : NULL;
}

/* Says what an answer means that is no success: its errors, and those behind the first one. */
static int refuse(struct cloudflare *self, enum right right, const char *url, uint32_t http)
{
    const json_t *list = json_object_get(self->answer, "errors");
    const char *advice = json_array_size(list) > 0 ? NULL : "this is no answer of the API";
    char text[TEXT_SIZE] = "";
    const int status = http >= 500 || http == 408   ? DNSHOOK_AGAIN
                       : http == 401 || http == 403 ? DNSHOOK_DENIED
                       : advice == NULL             ? DNSHOOK_REJECTED
                                                    : DNSHOOK_BAD_ANSWER;

    self->code = json_integer_value(json_object_get(json_array_get(list, 0), "code"));
    self->code = http == 404 ? GONE : self->code;
    for (; json_is_array(list); list = json_object_get(json_array_get(list, 0), "error_chain"))
        for (size_t i = 0; i < json_array_size(list); i++)
            read_error(json_array_get(list, i), text, &advice);
    if (advice == NULL)
        advice = status == DNSHOOK_DENIED ? lacking[right] : "nothing was changed";
    return dnshook_fail(self->host, status, "%s: HTTP %u%s; %s", url, http, text, advice);
}

/* Waits as long as Retry-After says (RFC 9110, 10.2.3: seconds or a date). What is said here counts
 * if there is no time for that. */
static int wait_out(const struct dnshook_host *host)
{
    const char *const told = host->http_header(host, "Retry-After");
    const char *const after = told != NULL ? told : "5";
    struct tm date = {.tm_mday = 1};
    long long seconds = strtol(after, NULL, 10);

    if (strptime(after, "%a, %d %b %Y %H:%M:%S GMT", &date) != NULL)
        seconds = timegm(&date) - time(NULL);
    seconds = seconds < 1 ? 1 : seconds > DAY ? DAY : seconds;
    dnshook_log(host, DNSHOOK_LOG_INFO, "HTTP 429: too many requests, waiting %lld s", seconds);
    (void)dnshook_fail(host, DNSHOOK_AGAIN, "HTTP 429: too many requests, for %lld s", seconds);
    return host->sleep(host, 1000 * seconds);
}

/* Asks for a path, as often as the answer is HTTP 429; `body` is taken over, or NULL. DNSHOOK_OK
 * with `answer` and `result`; else said: DNSHOOK_REJECTED where the request is wrong, with
 * `code`, DNSHOOK_AGAIN also where the connection broke. */
static DNSHOOK_PRINTF(5, 6) int call(struct cloudflare *self, enum right right, const char *method,
                                     json_t *body, const char *path, ...)
{
    const struct dnshook_host *const host = self->host;
    const char *const headers[] = {"Content-Type: application/json", self->headers[right][0],
                                   self->headers[right][1], NULL};
    char url[URL_SIZE];
    const int used = snprintf(url, sizeof url, "%.1000s", host->param(host, "base-url"));
    char *const text = json_dumps(body, JSON_COMPACT); /* NULL for no body */
    const size_t size = text != NULL ? strlen(text) : 0;
    const struct dnshook_http_request request = {sizeof request, 0,    method, url, headers,
                                                 text,           size, NULL,   0,   0};
    struct dnshook_http_response response = {.size = sizeof response};
    int status = text == NULL && method[0] == 'P' ? DNSHOOK_NO_MEMORY : DNSHOOK_OK;
    va_list args;

    self->code = 0;
    va_start(args, path);
    (void)vsnprintf(url + used, sizeof url - (size_t)used, path, args);
    va_end(args);
    json_decref(body);
    while (status == DNSHOOK_OK && (status = host->http(host, &request, &response)) == DNSHOOK_OK &&
           response.code == 429)
        status = wait_out(host);
    free(text);
    if (status != DNSHOOK_OK)
        return status == DNSHOOK_UNREACHABLE ? DNSHOOK_AGAIN : status;
    json_decref(self->answer);
    self->answer = json_loadb(response.body, response.body_size, JSON_REJECT_DUPLICATES, NULL);
    self->result = json_object_get(self->answer, "result");
    if (response.code / 100 == 2 && json_is_true(json_object_get(self->answer, "success")))
        return status;
    return refuse(self, right, url, response.code);
}

/* Appends the items of a list, page by page: the TXT records of a zone, by its id, or with NULL the
 * zones. All of them if `name` is "", else those of that name (encoded: RFC 3986, 2.1). */
static int list(struct cloudflare *self, const char *zone, const char *name, json_t *items)
{
    const char *const account = zone == NULL ? self->host->param(self->host, "account-id") : NULL;
    char query[URL_SIZE / 2];
    int used = snprintf(query, TEXT_SIZE, "%s%.64s%s", account != NULL ? "&account.id=" : "",
                        account != NULL ? account : "", *name != '\0' ? "&name=" : "");
    json_int_t pages = 1;
    int status = DNSHOOK_OK;

    for (; *name != '\0' && used + 4 < URL_SIZE / 2; name++)
        used += snprintf(query + used, 4, strchr(plain, *name) ? "%c" : "%%%02X", *name & 255);
    for (int page = 1; page <= pages && status == DNSHOOK_OK; page++) {
        status = zone == NULL
                     ? call(self, READ, "GET", NULL, "/zones?per_page=50&page=%d%s", page, query)
                     : call(self, EDIT, "GET", NULL, "/zones/%s/dns_records?type=TXT&page=%d%s",
                            zone, page, query);
        (void)json_unpack(self->answer, "{s:{s:I}}", "result_info", "total_pages", &pages);
        if (status == DNSHOOK_OK && (page > PAGES_MAX || json_array_extend(items, self->result)))
            status = dnshook_fail(self->host, DNSHOOK_BAD_ANSWER, "this is no list: %s", query);
    }
    return status;
}

/* ---- zones ---- */

/* Hands zones on, if there was nothing wrong before. */
static int hand(int status, const json_t *items, dnshook_zone_fn *each, void *opaque)
{
    struct dnshook_zone zone = {.size = sizeof zone};

    for (size_t i = 0; status == DNSHOOK_OK && i < json_array_size(items); i++) {
        zone.name = text_of(json_array_get(items, i), "name");
        zone.id = text_of(json_array_get(items, i), "id");
        status = zone.id[0] != '\0' ? each(opaque, &zone) : DNSHOOK_BAD_ANSWER;
    }
    return status;
}

static int zones(void *handle, dnshook_zone_fn *each, void *opaque)
{
    json_auto_t *items = json_array();

    return hand(list(handle, NULL, "", items), items, each, opaque);
}

/* Finds the longest zone that holds a name. A refusal is told if no shorter one is found. */
static int find(struct cloudflare *self, const char *name, json_t *items)
{
    int told = DNSHOOK_NO_ZONE;

    for (const char *at = name; json_array_size(items) == 0 && strchr(at, '.') != NULL;
         at = strchr(at, '.') + 1) {
        const int status = list(self, NULL, at, items);

        if (status != DNSHOOK_OK && status != DNSHOOK_DENIED)
            return status;
        told = status == DNSHOOK_DENIED ? status : told;
    }
    if (json_array_size(items) == 0 && told == DNSHOOK_NO_ZONE)
        return dnshook_fail(self->host, told, "no zone of these credentials holds %s%s", name,
                            ": is it in the token's Zone Resources, with Zone:Zone:Read?");
    if (json_array_size(items) > 1)
        return dnshook_fail(self->host, DNSHOOK_BAD_CONFIG,
                            "there are several zones for %s: set CLOUDFLARE_ACCOUNT_ID", name);
    return json_array_size(items) == 0 ? told : DNSHOOK_OK;
}

/* The search begins at the zone that the DNS shows: a longer one would be seen by nobody. If
 * nothing may be asked about the zone whose id is given, it is the one that the DNS shows. */
static int find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                     dnshook_zone_fn *each, void *opaque)
{
    struct cloudflare *const self = handle;
    const char *const id = self->host->param(self->host, "zone-id");
    const char *const top = cut != NULL ? cut->name : name;
    json_auto_t *all = json_array();

    if (id != NULL && id[strspn(id, "0123456789abcdef")] != '\0')
        return self->host->fail(self->host, DNSHOOK_BAD_CONFIG, "CLOUDFLARE_ZONE_ID is not an id");
    int status = id == NULL ? find(self, top, all) : call(self, READ, "GET", NULL, "/zones/%s", id);

    if (id != NULL && status == DNSHOOK_OK)
        (void)json_array_append(all, self->result);
    if (id != NULL && status == DNSHOOK_DENIED)
        status = json_array_append_new(all, json_pack("{s:s, s:s}", "id", id, "name", top));
    json_decref(self->zone);
    self->zone = json_incref(json_array_get(all, 0));
    const char *const state = text_of(self->zone, "status");

    if (status == DNSHOOK_OK && state[0] != '\0' && strcmp(state, "active") != 0)
        return dnshook_fail(self->host, DNSHOOK_REJECTED, "zone %s: %s, not active", top, state);
    return hand(status, all, each, opaque);
}

/* Those that find_zone() has seen. */
static int nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                       void *opaque)
{
    const struct cloudflare *const self = handle;
    const json_t *names = json_object_get(self->zone, "vanity_name_servers");
    const bool seen = zone->id != NULL && strcmp(text_of(self->zone, "id"), zone->id) == 0;
    int status = seen ? DNSHOOK_OK : DNSHOOK_UNSUPPORTED;

    if (json_array_size(names) == 0)
        names = json_object_get(self->zone, "name_servers");
    for (size_t i = 0; status == DNSHOOK_OK && i < json_array_size(names); i++)
        if (json_is_string(json_array_get(names, i)))
            status = each(opaque, json_string_value(json_array_get(names, i)));
    return status;
}

/* ---- records ---- */

/* A record for the value, in quotation marks (RFC 1035, 5.1). NULL: memory ran out. */
static json_t *write_record(const struct dnshook_change *change)
{
    const uint32_t ttl = change->ttl < DAY ? change->ttl : DAY;
    char content[2 * DNSHOOK_VALUE_MAX + 3] = "\"";
    size_t used = 1;

    for (const char *at = change->value; *at != '\0' && used + 3 < sizeof content; at++) {
        if (*at == '"' || *at == '\\')
            content[used++] = '\\';
        content[used++] = *at;
    }
    content[used] = '"';
    return json_pack("{s:s, s:s, s:s, s:i}", "type", "TXT", "name", change->name, "content",
                     content, "ttl", (int)(ttl > MINUTE ? ttl : MINUTE));
}

/* True if a content, as the service shows it, has the bytes of the value: as it is, or, if it
 * begins with a quotation mark, as strings with escapes. */
static bool is_value(const char *at, const char *value)
{
    bool inside = false;

    if (*at != '"')
        return strcmp(at, value) == 0;
    for (; *at != '\0'; at++) {
        int byte = (unsigned char)*at;

        inside = inside != (byte == '"');
        if (byte == '"' || !inside)
            continue;
        if (byte == '\\' && strspn(at + 1, "0123456789") >= 3) {
            byte = (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
            at += 3;
        } else if (byte == '\\')
            byte = (unsigned char)*++at;
        if (byte == 0 || byte != (unsigned char)*value++)
            return false;
    }
    return *value == '\0';
}

/* Appends the records that hold the value, as {"id": ...}. The service's filter alone is not relied
 * on. */
static int pick(const json_t *items, struct dnshook_change *change, json_t *deletes)
{
    change->effect = DNSHOOK_EFFECT_NO_CHANGE;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *const item = json_array_get(items, i);

        if (strcasecmp(text_of(item, "name"), change->name) != 0 ||
            !is_value(text_of(item, "content"), change->value))
            continue;
        if (json_array_append_new(deletes, json_pack("{s:s}", "id", text_of(item, "id"))) != 0)
            return DNSHOOK_NO_MEMORY;
        change->effect = DNSHOOK_EFFECT_CHANGED;
    }
    return DNSHOOK_OK;
}

/* Adds and removes one record after the other. That somebody else was faster is fine. */
static int change_one(void *handle, struct dnshook_change *change)
{
    struct cloudflare *const self = handle;
    const char *const zone = change->zone->id != NULL ? change->zone->id : "none";
    json_auto_t *items = json_array();
    json_auto_t *deletes = json_array();

    if (change->action == DNSHOOK_ADD) {
        int sent = call(self, EDIT, "POST", write_record(change), "/zones/%s/dns_records", zone);
        const bool there = self->code == EXISTS || self->code == IDENTICAL;

        change->effect = there ? DNSHOOK_EFFECT_NO_CHANGE : DNSHOOK_EFFECT_CHANGED;
        return there ? DNSHOOK_OK : sent;
    }
    int status = list(self, zone, change->name, items);

    status = status == DNSHOOK_OK ? pick(items, change, deletes) : status;
    for (size_t i = 0; status == DNSHOOK_OK && i < json_array_size(deletes); i++) {
        status = call(self, EDIT, "DELETE", NULL, "/zones/%s/dns_records/%s", zone,
                      text_of(json_array_get(deletes, i), "id"));
        status = self->code == GONE ? DNSHOOK_OK : status;
    }
    return status;
}

/* Makes changes of one kind together, or none of them. What is to go is looked for among all TXT
 * records of the zone. */
static int send_batch(struct cloudflare *self, struct dnshook_change *const *changes, size_t count)
{
    const char *const zone = changes[0]->zone->id != NULL ? changes[0]->zone->id : "none";
    json_auto_t *items = json_array();
    json_auto_t *deletes = json_array();
    json_auto_t *posts = json_array();
    int status = changes[0]->action == DNSHOOK_REMOVE ? list(self, zone, "", items) : DNSHOOK_OK;

    for (size_t i = 0; i < count && status == DNSHOOK_OK; i++) {
        changes[i]->effect = DNSHOOK_EFFECT_CHANGED;
        status = changes[i]->action != changes[0]->action ? DNSHOOK_REJECTED
                 : changes[i]->action == DNSHOOK_REMOVE   ? pick(items, changes[i], deletes)
                 : json_array_append_new(posts, write_record(changes[i])) == 0 ? DNSHOOK_OK
                                                                               : DNSHOOK_NO_MEMORY;
    }
    if (status != DNSHOOK_OK || json_array_size(deletes) + json_array_size(posts) == 0)
        return status;
    return call(self, EDIT, "POST", json_pack("{s:O, s:O}", "deletes", deletes, "posts", posts),
                "/zones/%s/dns_records/batch", zone);
}

/* A batch that is refused because of one change is made one by one, and so is what is to go and
 * was on no page: between two pages others may have moved it to the one before. The first change
 * that fails is made again at the end, for what it says of itself. */
static int apply(void *handle, struct dnshook_change *const *changes, size_t count)
{
    struct dnshook_change *failed = NULL;
    int batch = DNSHOOK_OK;

    for (size_t i = 0; i < count; i++) {
        if (i % BATCH == 0)
            batch = send_batch(handle, changes + i, count - i < BATCH ? count - i : BATCH);
        const bool gone = changes[i]->effect == DNSHOOK_EFFECT_NO_CHANGE && batch == DNSHOOK_OK;

        changes[i]->status =
            batch == DNSHOOK_REJECTED || gone ? change_one(handle, changes[i]) : batch;
        if (changes[i]->status != DNSHOOK_OK && changes[i]->status != DNSHOOK_REJECTED)
            return changes[i]->status;
        failed = failed == NULL && changes[i]->status != DNSHOOK_OK ? changes[i] : failed;
    }
    return failed == NULL ? DNSHOOK_OK : (failed->status = change_one(handle, failed));
}

/* ---- credentials ---- */

/* A token wins over the key, which may do more. */
static int read_credentials(struct cloudflare *self)
{
    const struct dnshook_host *const host = self->host;
    const char *const token = host->param(host, "dns-api-token");
    const char *const zone_token = host->param(host, "zone-api-token");
    const char *const email = host->param(host, "email");
    const char *const key = host->param(host, "api-key");

    if (token == NULL && (email == NULL || key == NULL))
        return host->fail(host, DNSHOOK_BAD_CONFIG,
                          "set CLOUDFLARE_DNS_API_TOKEN or CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY");
    if (token != NULL && key != NULL)
        host->log(host, DNSHOOK_LOG_WARNING, "a token and a key are set: the token is used");
    for (size_t i = 0; i < RIGHTS; i++) {
        const char *const bearer = i == READ && zone_token != NULL ? zone_token : token;

        if (strpbrk(bearer != NULL ? bearer : key, " \t\r\n\"'") != NULL)
            return host->fail(host, DNSHOOK_BAD_CONFIG, "the token or key has a blank in it");
        (void)snprintf(self->headers[i][0], HEADER_SIZE, "%s%s",
                       bearer != NULL ? "Authorization: Bearer " : "X-Auth-Email: ",
                       bearer != NULL ? bearer : email);
        (void)snprintf(self->headers[i][1], HEADER_SIZE, "%s%s",
                       bearer != NULL ? "Accept: " : "X-Auth-Key: ", bearer != NULL ? "*/*" : key);
    }
    return DNSHOOK_OK;
}

static void close_instance(void *handle)
{
    struct cloudflare *const self = handle;

    json_decref(self->zone);
    json_decref(self->answer);
    self->host->free(self->host, self);
}

static int open_instance(const struct dnshook_host *host, void **handle)
{
    struct cloudflare *const self = *handle = host->alloc(host, sizeof *self);

    if (self == NULL)
        return host->fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    self->host = host;
    const int status = read_credentials(self);

    if (status != DNSHOOK_OK)
        close_instance(self);
    return status;
}

/* A token says what it is without any permission; an account's does so elsewhere. */
static int check(void *handle, const struct dnshook_zone *zone)
{
    struct cloudflare *const self = handle;
    const bool key = self->host->param(self->host, "dns-api-token") == NULL;
    const char *const account = self->host->param(self->host, "account-id");
    int status = call(self, EDIT, "GET", NULL, key ? "/user" : "/user/tokens/verify");

    if (status == DNSHOOK_DENIED && !key && account != NULL)
        status = call(self, EDIT, "GET", NULL, "/accounts/%s/tokens/verify", account);
    if (status != DNSHOOK_OK)
        return status;
    const char *const whose = text_of(self->result, key ? "email" : "id");

    if (!key && strcmp(text_of(self->result, "status"), "active") != 0)
        return dnshook_fail(self->host, DNSHOOK_DENIED, "token %s is disabled or expired", whose);
    dnshook_log(self->host, DNSHOOK_LOG_INFO, "the %s is %s", key ? "key's user" : "token", whose);
    return zone == NULL ? status : call(self, EDIT, "GET", NULL, "/zones/%s/dns_records", zone->id);
}

static int guide(void *handle, const char *name, dnshook_name_fn *each, void *opaque)
{
    const json_t *const found = handle != NULL ? ((const struct cloudflare *)handle)->zone : NULL;
    const char *const zone = name != NULL && found != NULL ? text_of(found, "name") : name;
    char line[300];
    const char *const lines[] = {
        "An API token (https://dash.cloudflare.com/profile/api-tokens, Create Custom Token) in",
        "CLOUDFLARE_DNS_API_TOKEN with Permissions: Zone - DNS - Edit and Zone - Zone - Read; the",
        "second not with CLOUDFLARE_ZONE_ID, or where a token in CLOUDFLARE_ZONE_API_TOKEN has it;",
        line};
    int status = DNSHOOK_OK;

    (void)snprintf(line, sizeof line, "Zone Resources: Include - Specific zone - %s%s",
                   zone == name ? "that of " : "", zone != NULL ? zone : "the names");
    for (size_t i = 0; i < sizeof lines / sizeof *lines && status == DNSHOOK_OK; i++)
        status = each(opaque, lines[i]);
    return status;
}

/* In the order of the struct; there are no variable files, and nothing says what is live. */
static const struct dnshook_provider provider = {
    sizeof provider, DNSHOOK_ABI, "cloudflare", PACKAGE_VERSION,
    "Cloudflare",    params,      NULL,         open_instance,
    close_instance,  change_one,  change_one,   apply,
    zones,           find_zone,   nameservers,  NULL,
    check,           guide};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &provider;
}
