/* The provider cloudflare: what it asks, and what it makes of the answers. */
#include <dnshook/provider.h>

#include <stdio.h>

#include "check.h"
#include "fake_http_host.h"

#define GOOD(result) "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" result "}"
#define PAGE(result, pages)                                                                        \
    "{\"success\":true,\"errors\":[],\"result\":" result                                           \
    ",\"result_info\":{\"page\":1,\"total_pages\":" pages "}}"
#define BAD(http, number, text)                                                                    \
    {                                                                                              \
        .code = (http), .body = "{\"success\":false,\"result\":null,\"errors\":[{\"code\":" number \
                                ",\"message\":\"" text "\"}]}"                                     \
    }
#define OK(text)                                                                                   \
    {                                                                                              \
        .body = (text)                                                                             \
    }
#define ZONE(id, name, status)                                                                     \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"status\":\"" status                                \
    "\",\"name_servers\":[\"ada.ns.test\",\"bob.ns.test\"]}"
#define RECORD(id, content)                                                                        \
    "{\"id\":\"" id "\",\"type\":\"TXT\",\"name\":\"_acme-challenge.a.test\",\"content\":"         \
    "\"" content "\"}"

#define SCRIPT(...)                                                                                \
    static const struct fake_http_answer answers[] = {__VA_ARGS__};                                \
    fake_http_host_script(fake, answers, COUNT(answers))

static struct fake_http_host *fake;
static const struct dnshook_provider *op;
static void *handle;
static char heard[1024]; /* what was handed over, "NAME ID\n" or "TEXT\n" */

static const struct dnshook_zone zone = {.size = sizeof zone, .name = "a.test", .id = "5a"};
static const struct dnshook_zone cut = {.size = sizeof cut, .name = "a.test"};

static int begin(void **state)
{
    (void)state;
    op = dnshook_provider_get();
    heard[0] = '\0';
    fake = fake_http_host_new();
    fake_http_host_set(fake, "base-url", "https://api.test/v4");
    fake_http_host_set(fake, "dns-api-token", "edit-token");
    return op->open(&fake->host, &handle) == DNSHOOK_OK ? 0 : -1;
}

/* Every test gives back the memory that it took. */
static int end(void **state)
{
    (void)state;
    op->close(handle);
    const long live = fake->live;

    fake_http_host_free(fake);
    return live == 0 ? 0 : -1;
}

/* Opens once more, with other parameters. */
static int reopen(void)
{
    void *other = NULL;
    const int status = op->open(&fake->host, &other);

    if (status == DNSHOOK_OK) {
        op->close(handle);
        handle = other;
    }
    return status;
}

static int hear_zone(void *opaque, const struct dnshook_zone *found)
{
    const size_t used = strlen(heard);

    (void)opaque;
    (void)snprintf(heard + used, sizeof heard - used, "%s %s\n", found->name, found->id);
    return DNSHOOK_OK;
}

static int hear_text(void *opaque, const char *text)
{
    const size_t used = strlen(heard);

    (void)opaque;
    (void)snprintf(heard + used, sizeof heard - used, "%s\n", text);
    return DNSHOOK_OK;
}

static struct dnshook_change change_of(uint32_t action, const char *value)
{
    return (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                   .action = action,
                                   .name = "_acme-challenge.a.test",
                                   .value = value,
                                   .zone = &zone,
                                   .ttl = 60};
}

static void assert_asked(size_t number, const char *method, const char *path)
{
    char url[1300];

    (void)snprintf(url, sizeof url, "https://api.test/v4%s", path);
    assert_true(number < fake->asked);
    assert_string_equal(fake->requests[number].method, method);
    assert_string_equal(fake->requests[number].url, url);
}

static int find(const char *name, const struct dnshook_zone *shown)
{
    return op->find_zone(handle, name, shown, hear_zone, NULL);
}

/* ---- credentials ---- */

static void credentials_go_into_headers(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[]", "1")));
    (void)op->zones(handle, hear_zone, NULL);
    assert_string_equal(fake_http_host_header(fake, 0, "Authorization"), "Bearer edit-token");
    assert_null(fake_http_host_header(fake, 0, "X-Auth-Key"));

    struct dnshook_change change = change_of(DNSHOOK_ADD, "v");

    fake_http_host_set(fake, "zone-api-token", "read-token");
    assert_int_equal(reopen(), DNSHOOK_OK);
    (void)op->zones(handle, hear_zone, NULL);
    (void)op->add(handle, &change);
    assert_string_equal(fake_http_host_header(fake, 1, "Authorization"), "Bearer read-token");
    assert_string_equal(fake_http_host_header(fake, 2, "Authorization"), "Bearer edit-token");

    fake_http_host_set(fake, "zone-api-token", NULL);
    fake_http_host_set(fake, "dns-api-token", NULL);
    fake_http_host_set(fake, "email", "me@a.test");
    assert_int_equal(reopen(), DNSHOOK_BAD_CONFIG);
    fake_http_host_set(fake, "api-key", "0123");
    assert_int_equal(reopen(), DNSHOOK_OK);
    (void)op->zones(handle, hear_zone, NULL);
    assert_string_equal(fake_http_host_header(fake, 3, "X-Auth-Email"), "me@a.test");
    assert_string_equal(fake_http_host_header(fake, 3, "X-Auth-Key"), "0123");
    assert_null(fake_http_host_header(fake, 3, "Authorization"));
    assert_lacks(fake->logged, "both");
    fake_http_host_set(fake, "dns-api-token", "edit-token");
    assert_int_equal(reopen(), DNSHOOK_OK);
    assert_has(fake->logged, "1 a token and a key are set");
}

static void credentials_that_are_none(void **state)
{
    static const char *const wrong[] = {"qz qz", "qz\nqz: qz", "qz\r", "\"qz\"", " qz"};

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        fake_http_host_set(fake, "dns-api-token", wrong[i]);
        assert_int_equal(reopen(), DNSHOOK_BAD_CONFIG);
        assert_has(fake->failed, "token");
        assert_lacks(fake->failed, "qz");
    }
    fake_http_host_set(fake, "dns-api-token", NULL);
    assert_int_equal(reopen(), DNSHOOK_BAD_CONFIG);
    assert_has(fake->failed, "CLOUDFLARE_DNS_API_TOKEN");
    assert_int_equal(fake->asked, 0);
}

static void memory_runs_out(void **state)
{
    (void)state;
    fake->fail_alloc = fake->allocations + 1;
    assert_int_equal(reopen(), DNSHOOK_NO_MEMORY);
    assert_has(fake->failed, "memory");
}

static void whose_they_are(void **state)
{
    (void)state;
    SCRIPT(OK(GOOD("{\"id\":\"7f\",\"status\":\"active\"}")),
           OK(GOOD("{\"id\":\"7f\",\"status\":\"disabled\"}")), BAD(401, "1000", "Invalid"),
           OK(GOOD("{\"id\":\"8f\",\"status\":\"active\"}")));
    assert_int_equal(op->check(handle, NULL), DNSHOOK_OK);
    assert_asked(0, "GET", "/user/tokens/verify");
    assert_has(fake->logged, "2 the token is 7f");
    assert_int_equal(op->check(handle, NULL), DNSHOOK_DENIED);
    assert_has(fake->failed, "disabled");
    fake_http_host_set(fake, "account-id", "acc");
    assert_int_equal(op->check(handle, NULL), DNSHOOK_OK);
    assert_asked(3, "GET", "/accounts/acc/tokens/verify");
    assert_has(fake->logged, "2 the token is 8f");
}

/* ---- zones ---- */

static void zones_on_every_page(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[" ZONE("1a", "a.test", "active") "]", "2")),
           OK(PAGE("[" ZONE("2b", "b.test", "pending") "]", "2")));
    assert_int_equal(op->zones(handle, hear_zone, NULL), DNSHOOK_OK);
    assert_string_equal(heard, "a.test 1a\nb.test 2b\n");
    assert_int_equal(fake->asked, 2);
    assert_asked(0, "GET", "/zones?per_page=50&page=1");
    assert_asked(1, "GET", "/zones?per_page=50&page=2");
}

static void a_zone_is_found(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[" ZONE("1a", "a.test", "active") "]", "1")));
    assert_int_equal(find("_acme-challenge.w.a.test", &cut), DNSHOOK_OK);
    assert_string_equal(heard, "a.test 1a\n");
    assert_int_equal(fake->asked, 1);
    assert_asked(0, "GET", "/zones?per_page=50&page=1&name=a.test");

    struct dnshook_zone found = {.size = sizeof found, .name = "a.test", .id = "1a"};

    heard[0] = '\0';
    assert_int_equal(op->nameservers(handle, &found, hear_text, NULL), DNSHOOK_OK);
    assert_string_equal(heard, "ada.ns.test\nbob.ns.test\n");
    found.id = "2b";
    assert_int_equal(op->nameservers(handle, &found, hear_text, NULL), DNSHOOK_UNSUPPORTED);
    assert_int_equal(fake->asked, 1);
}

static void a_zone_is_found_without_the_dns(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[]", "0")), BAD(403, "9109", "Unauthorized"),
           OK(PAGE("[" ZONE("1a", "a.test", "active") "]", "1")));
    fake_http_host_set(fake, "account-id", "acc");
    assert_int_equal(find("w&1.b.a.test", NULL), DNSHOOK_OK);
    assert_string_equal(heard, "a.test 1a\n");
    assert_asked(0, "GET", "/zones?per_page=50&page=1&account.id=acc&name=w%261.b.a.test");
    assert_asked(1, "GET", "/zones?per_page=50&page=1&account.id=acc&name=b.a.test");
    assert_asked(2, "GET", "/zones?per_page=50&page=1&account.id=acc&name=a.test");
}

static void there_is_no_zone(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[]", "0")));
    assert_int_equal(find("_acme-challenge.b.a.test", NULL), DNSHOOK_NO_ZONE);
    assert_has(fake->failed,
               "no zone of these credentials holds _acme-challenge.b.a.test: is it in");
    assert_has(fake->failed, "Zone:Zone:Read");
    assert_int_equal(fake->asked, 3);
}

static void a_refusal_is_told_at_the_end(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[]", "0")), BAD(403, "9109", "Unauthorized"), OK(PAGE("[]", "0")));
    assert_int_equal(find("_acme-challenge.b.a.test", NULL), DNSHOOK_DENIED);
    assert_int_equal(fake->asked, 3);
    assert_has(fake->failed, "name=b.a.test");
    assert_has(fake->failed, "9109 Unauthorized");
    assert_has(fake->failed, "Zone:Zone:Read");
}

static void zones_that_cannot_be_taken(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[" ZONE("1a", "a.test", "active") "," ZONE("2a", "a.test", "active") "]", "1")),
           OK(PAGE("[" ZONE("1a", "a.test", "moved") "]", "1")),
           OK(PAGE("[" ZONE("", "a.test", "active") "]", "1")), OK(GOOD("null")));
    assert_int_equal(find("a.test", &cut), DNSHOOK_BAD_CONFIG);
    assert_has(fake->failed, "CLOUDFLARE_ACCOUNT_ID");
    assert_int_equal(find("a.test", &cut), DNSHOOK_REJECTED);
    assert_has(fake->failed, "moved");
    assert_int_equal(find("a.test", &cut), DNSHOOK_BAD_ANSWER);
    assert_int_equal(find("a.test", &cut), DNSHOOK_BAD_ANSWER);
    assert_has(fake->failed, "no list");
    assert_string_equal(heard, "");
}

static void the_id_of_a_zone(void **state)
{
    static const char *const wrong[] = {"a.test", "../../user", "1a?x", "1A"};

    (void)state;
    SCRIPT(BAD(403, "9109", "Unauthorized"), OK(GOOD(ZONE("1a", "a.test", "active"))),
           OK(GOOD(ZONE("1a", "a.test", "pending"))));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        fake_http_host_set(fake, "zone-id", wrong[i]);
        assert_int_equal(find("b.a.test", &cut), DNSHOOK_BAD_CONFIG);
        assert_has(fake->failed, "CLOUDFLARE_ZONE_ID");
    }
    assert_int_equal(fake->asked, 0);
    fake_http_host_set(fake, "zone-id", "1a");
    for (size_t i = 0; i < 2; i++) {
        heard[0] = '\0';
        assert_int_equal(find("b.a.test", &cut), DNSHOOK_OK);
        assert_asked(i, "GET", "/zones/1a");
        assert_string_equal(heard, "a.test 1a\n");
    }
    assert_int_equal(find("b.a.test", &cut), DNSHOOK_REJECTED);
    assert_has(fake->failed, "pending");
}

/* ---- one change ---- */

static void a_value_is_added(void **state)
{
    static const struct {
        uint32_t ttl;
        const char *sent;
    } rows[] = {{0, "\"ttl\":60}"}, {120, "\"ttl\":120}"}, {100000, "\"ttl\":86400}"}};
    struct dnshook_change change = change_of(DNSHOOK_ADD, "a\"b\\c");

    (void)state;
    SCRIPT(OK(GOOD("{}")));
    for (size_t i = 0; i < COUNT(rows); i++) {
        change.ttl = rows[i].ttl;
        assert_int_equal(op->add(handle, &change), DNSHOOK_OK);
        assert_int_equal(change.effect, DNSHOOK_EFFECT_CHANGED);
        assert_asked(i, "POST", "/zones/5a/dns_records");
        assert_has(fake->requests[i].body, "{\"type\":\"TXT\",\"name\":\"_acme-challenge.a.test\","
                                           "\"content\":\"\\\"a\\\\\\\"b\\\\\\\\c\\\"\"");
        assert_has(fake->requests[i].body, rows[i].sent);
    }
}

static void a_value_is_there(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_ADD, "v");

    (void)state;
    SCRIPT(BAD(400, "81057", "The record already exists."),
           BAD(400, "81058", "An identical record already exists."), BAD(400, "81053", "An A ..."));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(op->add(handle, &change), DNSHOOK_OK);
        assert_int_equal(change.effect, DNSHOOK_EFFECT_NO_CHANGE);
    }
    assert_int_equal(op->add(handle, &change), DNSHOOK_REJECTED);
    assert_has(fake->failed, "81053 An A ...; delete the CNAME");
}

/* Only what has exactly the bytes of the value is deleted. */
static void a_value_is_removed(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_REMOVE, "v\"a\\l");

    (void)state;
    SCRIPT(
        OK(PAGE(
            "[" RECORD("01", "\\\"v\\\\\\\"a\\\\\\\\l\\\"") ","    /* "v\"a\\l" */
            RECORD("02", "v\\\"a\\\\l") ","                        /* v"a\l */
            RECORD("03", "\\\"v\\\\034\\\" \\\"a\\\\092l\\\"") "," /* "v\034" "a\092l" */
            RECORD("04", "\\\"v\\\"") "," RECORD("05", "\\\"v\\\\\\\"a\\\\\\\\l \\\"") "," RECORD(
                "06",
                "\\\"v\\\\\\\"a\\\\\\\\lm\\\"") "," RECORD("07",
                                                           "\\\"v\\\\") ",{\"id\":\"08\"},[],"
                                                                        "{\"id\":\"09\",\"name\":"
                                                                        "\"b.test\",\"content\":"
                                                                        "\"v\\\"a\\\\l\"}]",
            "2")),
        OK(PAGE("[" RECORD("0a", "v\\\"a\\\\l") "]", "2")), OK(GOOD("{}")),
        BAD(404, "81044", "Record does not exist."), BAD(404, "7003", "?"),
        BAD(400, "81044", "Record does not exist."));
    assert_int_equal(op->remove(handle, &change), DNSHOOK_OK);
    assert_int_equal(change.effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(fake->asked, 6);
    assert_asked(0, "GET", "/zones/5a/dns_records?type=TXT&page=1&name=_acme-challenge.a.test");
    assert_asked(1, "GET", "/zones/5a/dns_records?type=TXT&page=2&name=_acme-challenge.a.test");
    assert_asked(2, "DELETE", "/zones/5a/dns_records/01");
    assert_asked(3, "DELETE", "/zones/5a/dns_records/02");
    assert_asked(4, "DELETE", "/zones/5a/dns_records/03");
    assert_asked(5, "DELETE", "/zones/5a/dns_records/0a");
}

static void a_value_is_gone(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_REMOVE, "v");

    (void)state;
    SCRIPT(OK(PAGE("[]", "0")), BAD(403, "10000", "Authentication error"));
    assert_int_equal(op->remove(handle, &change), DNSHOOK_OK);
    assert_int_equal(change.effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(op->remove(handle, &change), DNSHOOK_DENIED);
    assert_has(fake->failed, "Zone:DNS:Edit");
}

static void a_zone_without_an_id(void **state)
{
    static const struct dnshook_zone bare = {.size = sizeof bare, .name = "a.test"};
    struct dnshook_change change = change_of(DNSHOOK_REMOVE, "v");

    (void)state;
    SCRIPT(BAD(404, "7003", "Could not route"));
    change.zone = &bare;
    assert_int_equal(op->remove(handle, &change), DNSHOOK_REJECTED);
    assert_has(fake->failed, "CLOUDFLARE_ZONE_ID");

    struct dnshook_change *const both[] = {&change, &change};

    assert_int_equal(op->apply(handle, both, 2), DNSHOOK_REJECTED);
    assert_has(fake->failed, "CLOUDFLARE_ZONE_ID");
}

/* What an earlier answer said counts no more, as where the certificate is not to be trusted. */
static void no_answer_is_no_success(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_ADD, "v");

    (void)state;
    SCRIPT(BAD(400, "81058", "identical"), {.status = DNSHOOK_REJECTED},
           OK(PAGE("[" RECORD("01", "v") "," RECORD("02", "v") "]", "1")),
           BAD(404, "81044", "Record does not exist."), {.status = DNSHOOK_REJECTED});
    assert_int_equal(op->add(handle, &change), DNSHOOK_OK);
    assert_int_equal(op->add(handle, &change), DNSHOOK_REJECTED);
    change.action = DNSHOOK_REMOVE;
    assert_int_equal(op->remove(handle, &change), DNSHOOK_REJECTED);
    assert_int_equal(fake->asked, 5);
}

/* ---- many changes ---- */

static void a_batch(void **state)
{
    struct dnshook_change one = change_of(DNSHOOK_ADD, "one");
    struct dnshook_change two = change_of(DNSHOOK_ADD, "two");
    struct dnshook_change *const both[] = {&one, &two};

    (void)state;
    SCRIPT(OK(GOOD("{}")), OK(PAGE("[" RECORD("01", "one") "," RECORD("02", "three") "]", "1")),
           OK(GOOD("{}")), OK(PAGE("[]", "0")), OK(PAGE("[]", "0")), OK(PAGE("[]", "0")),
           OK(PAGE("[" RECORD("03", "two") "]", "1")), OK(GOOD("{}")));
    assert_int_equal(op->apply(handle, both, 2), DNSHOOK_OK);
    assert_int_equal(fake->asked, 1);
    assert_asked(0, "POST", "/zones/5a/dns_records/batch");
    assert_has(fake->requests[0].body, "{\"deletes\":[],\"posts\":[{\"type\":\"TXT\"");
    assert_int_equal(one.effect + two.effect, 2 * DNSHOOK_EFFECT_CHANGED);
    one.action = two.action = DNSHOOK_REMOVE;
    assert_int_equal(op->apply(handle, both, 2), DNSHOOK_OK);
    assert_string_equal(fake->requests[2].body, "{\"deletes\":[{\"id\":\"01\"}],\"posts\":[]}");
    assert_int_equal(one.effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(two.effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(fake->asked, 4);
    /* what is on no page of the zone is asked for by its name: others may have moved it */
    assert_int_equal(op->apply(handle, both, 2), DNSHOOK_OK);
    assert_int_equal(fake->asked, 8);
    assert_asked(6, "GET", "/zones/5a/dns_records?type=TXT&page=1&name=_acme-challenge.a.test");
    assert_asked(7, "DELETE", "/zones/5a/dns_records/03");
    assert_int_equal(one.effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(two.effect, DNSHOOK_EFFECT_CHANGED);
}

static void a_batch_is_refused(void **state)
{
    struct dnshook_change one = change_of(DNSHOOK_ADD, "one");
    struct dnshook_change two = change_of(DNSHOOK_ADD, "two");
    struct dnshook_change three = change_of(DNSHOOK_ADD, "three");
    struct dnshook_change *const all[] = {&one, &two, &three};

    (void)state;
    SCRIPT(BAD(400, "81058", "identical"), OK(GOOD("{}")), BAD(400, "81058", "identical"),
           OK(GOOD("{}")), BAD(400, "81053", "in the way"), BAD(400, "81053", "in the way"),
           OK(GOOD("{}")), BAD(400, "81045", "full"), BAD(400, "81053", "again"),
           {.code = 503, .body = ""});
    assert_int_equal(op->apply(handle, all, 3), DNSHOOK_OK);
    assert_int_equal(fake->asked, 4);
    assert_int_equal(one.effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(two.effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(three.effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(op->apply(handle, all, 3), DNSHOOK_REJECTED);
    assert_int_equal(one.status, DNSHOOK_REJECTED);
    assert_int_equal(two.status, DNSHOOK_OK);
    assert_int_equal(three.status, DNSHOOK_REJECTED);
    assert_has(fake->failed, "81053 again");
    assert_int_equal(op->apply(handle, all, 3), DNSHOOK_AGAIN);
    assert_int_equal(fake->asked, 10);
}

static void a_batch_of_both_kinds(void **state)
{
    struct dnshook_change one = change_of(DNSHOOK_ADD, "one");
    struct dnshook_change two = change_of(DNSHOOK_REMOVE, "two");
    struct dnshook_change *const both[] = {&one, &two};

    (void)state;
    SCRIPT(OK(GOOD("{}")), OK(PAGE("[" RECORD("01", "two") "]", "1")), OK(GOOD("{}")));
    assert_int_equal(op->apply(handle, both, 2), DNSHOOK_OK);
    assert_asked(0, "POST", "/zones/5a/dns_records");
    assert_asked(2, "DELETE", "/zones/5a/dns_records/01");
    assert_int_equal(fake->asked, 3);
}

static void a_batch_has_two_hundred(void **state)
{
    enum { COUNT_OF = 401 };
    static struct dnshook_change changes[COUNT_OF];
    static struct dnshook_change *all[COUNT_OF];

    (void)state;
    SCRIPT(OK(GOOD("{}")));
    for (size_t i = 0; i < COUNT_OF; i++) {
        changes[i] = change_of(DNSHOOK_ADD, "v");
        all[i] = &changes[i];
    }
    assert_int_equal(op->apply(handle, all, COUNT_OF), DNSHOOK_OK);
    assert_int_equal(fake->asked, 3);
    assert_string_equal(fake->requests[2].url, "https://api.test/v4/zones/5a/dns_records/batch");
}

/* ---- answers ---- */

static void errors_and_what_to_do(void **state)
{
    static const struct {
        struct fake_http_answer answer;
        int status;
        const char *said;
    } rows[] = {
        {{.code = 400,
          .body = "{\"success\":false,\"errors\":[{\"code\":6003,\"message\":\"Invalid request "
                  "headers\",\"error_chain\":[{\"code\":6111,\"message\":\"Invalid format\"}]}]}"},
         DNSHOOK_REJECTED,
         "6003 Invalid request headers, 6111 Invalid format; a token belongs into"},
        {BAD(401, "1000", "Invalid API Token"), DNSHOOK_DENIED, "CLOUDFLARE_ACCOUNT_ID"},
        {BAD(403, "9103", "Unknown X-Auth-Key"), DNSHOOK_DENIED, "do not belong together"},
        {BAD(400, "9106", "Missing"), DNSHOOK_REJECTED, "a proxy"},
        {BAD(404, "7003", "Could not route"), DNSHOOK_REJECTED, "CLOUDFLARE_ZONE_ID"},
        {BAD(403, "1009", "Unauthorized"), DNSHOOK_DENIED, "Zone:DNS:Edit"},
        {BAD(400, "4711", "Something new."), DNSHOOK_REJECTED, "HTTP 400, 4711 Something new.;"},
        {{.code = 503, .body = "<html>"}, DNSHOOK_AGAIN, "HTTP 503; this is no answer of the API"},
        {{.code = 408, .body = ""}, DNSHOOK_AGAIN, "HTTP 408"},
        {{.code = 403, .body = "<html>"}, DNSHOOK_DENIED, "HTTP 403; this is no answer of the API"},
        {{.code = 200, .body = "<html>"}, DNSHOOK_BAD_ANSWER, "HTTP 200"},
        {{.code = 200, .body = "{\"success\":true"}, DNSHOOK_BAD_ANSWER, "HTTP 200"},
        {{.code = 200, .body = "[]"}, DNSHOOK_BAD_ANSWER, "HTTP 200"},
        {{.code = 200, .body = "{\"success\":\"true\",\"errors\":5}"},
         DNSHOOK_BAD_ANSWER,
         "HTTP 200"},
        {{.code = 200, .body = "{\"success\":true,\"success\":true}"}, DNSHOOK_BAD_ANSWER, "HTTP"},
        {{.code = 400, .body = "{\"success\":true}"}, DNSHOOK_BAD_ANSWER, "HTTP 400"},
        {{.code = 400, .body = "{\"errors\":[5,{\"code\":\"x\",\"error_chain\":{}}]}"},
         DNSHOOK_REJECTED,
         "HTTP 400"},
        {{.status = DNSHOOK_UNREACHABLE}, DNSHOOK_AGAIN, "the fake network failed"},
        {{.status = DNSHOOK_INTERRUPTED}, DNSHOOK_INTERRUPTED, "the fake network failed"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dnshook_change change = change_of(DNSHOOK_ADD, "v");

        fake_http_host_script(fake, &rows[i].answer, 1);
        assert_int_equal(op->add(handle, &change), rows[i].status);
        assert_has(fake->failed, rows[i].said);
        assert_int_equal(fake->asked, 1);
        assert_lacks(fake->failed, "edit-token");
    }
}

static void limits_are_waited_out(void **state)
{
    struct dnshook_change change = change_of(DNSHOOK_ADD, "v");

    (void)state;
    SCRIPT({.code = 429, .headers = "Retry-After: 7\n"},
           {.code = 429, .headers = "retry-after: Fri, 02 Jan 2026 03:04:30 GMT\n"}, {.code = 429},
           {.code = 429, .headers = "Retry-After: Fri, 02 Jan 2026 03:00:00 GMT\n"}, OK(GOOD("{}")),
           {.code = 429, .headers = "Retry-After: 300\n"});
    fake->cost = 0;
    assert_int_equal(op->add(handle, &change), DNSHOOK_OK);
    assert_int_equal(fake->sleep_count, 4);
    assert_int_equal(fake->sleeps[0], 7000);
    assert_int_equal(fake->sleeps[1], 18000); /* the clock begins at 03:04:05 */
    assert_int_equal(fake->sleeps[2], 5000);
    assert_int_equal(fake->sleeps[3], 1000);
    assert_has(fake->logged, "429");
    assert_int_equal(op->add(handle, &change), DNSHOOK_DEADLINE);
    assert_has(fake->failed, "429");
    assert_int_equal(fake->asked, 6);
}

static void the_recipe(void **state)
{
    (void)state;
    SCRIPT(OK(PAGE("[" ZONE("1a", "a.test", "active") "]", "1")));
    assert_int_equal(op->guide(NULL, NULL, hear_text, NULL), DNSHOOK_OK);
    assert_has(heard, "Zone - DNS - Edit");
    assert_has(heard, "CLOUDFLARE_ZONE_API_TOKEN");
    assert_has(heard, "Specific zone - that of the names\n");
    heard[0] = '\0';
    assert_int_equal(op->guide(handle, "b.a.test", hear_text, NULL), DNSHOOK_OK);
    assert_has(heard, "Specific zone - that of b.a.test\n");
    assert_int_equal(find("b.a.test", &cut), DNSHOOK_OK);
    heard[0] = '\0';
    assert_int_equal(op->guide(handle, "b.a.test", hear_text, NULL), DNSHOOK_OK);
    assert_has(heard, "Specific zone - a.test\n");
    assert_int_equal(fake->asked, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(credentials_go_into_headers),
        TEST(credentials_that_are_none),
        TEST(memory_runs_out),
        TEST(whose_they_are),
        TEST(zones_on_every_page),
        TEST(a_zone_is_found),
        TEST(a_zone_is_found_without_the_dns),
        TEST(there_is_no_zone),
        TEST(a_refusal_is_told_at_the_end),
        TEST(zones_that_cannot_be_taken),
        TEST(the_id_of_a_zone),
        TEST(a_value_is_added),
        TEST(a_value_is_there),
        TEST(a_value_is_removed),
        TEST(a_value_is_gone),
        TEST(a_zone_without_an_id),
        TEST(no_answer_is_no_success),
        TEST(a_batch),
        TEST(a_batch_is_refused),
        TEST(a_batch_of_both_kinds),
        TEST(a_batch_has_two_hundred),
        TEST(errors_and_what_to_do),
        TEST(limits_are_waited_out),
        TEST(the_recipe),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
