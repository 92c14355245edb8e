/* Calls: what is sent, and what is tried again. */
#include "aws.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "clock.h"
#include "fake_http_host.h"
#include "fake_profiles.h"

#define NAMESPACE " xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\""
#define ERROR(code, message)                                                                       \
    "<ErrorResponse" NAMESPACE "><Error><Type>Sender</Type><Code>" code "</Code><Message>" message \
    "</Message></Error></ErrorResponse>"
#define GOOD                                                                                       \
    {                                                                                              \
        .body = "<Good/>"                                                                          \
    }
#define THROTTLED                                                                                  \
    {                                                                                              \
        .code = 400, .body = ERROR("Throttling", "Rate exceeded")                                  \
    }
#define BUSY                                                                                       \
    {                                                                                              \
        .code = 400, .body = ERROR("PriorRequestNotComplete", "still processing a prior request")  \
    }
#define BROKEN                                                                                     \
    {                                                                                              \
        .code = 500, .body = ERROR("InternalFailure", "oops")                                      \
    }
#define UNREACHABLE                                                                                \
    {                                                                                              \
        .status = DNSHOOK_UNREACHABLE                                                              \
    }
#define EXPIRED                                                                                    \
    {                                                                                              \
        .code = 403, .body = ERROR("ExpiredToken", "The security token is expired")                \
    }

#define SCRIPT(...)                                                                                \
    static const struct fake_http_answer answers[] = {__VA_ARGS__};                                \
    fake_http_host_script(fake, answers, COUNT(answers))

static struct fake_http_host *fake;
static struct aws aws;
static struct aws_response response;

static const struct aws_request get = {
    .service = AWS_ROUTE53, .method = "GET", .path = "/2013-04-01/change/C1"};
static const struct aws_request post = {.service = AWS_ROUTE53,
                                        .method = "POST",
                                        .path = "/2013-04-01/hostedzone/Z1/rrset/",
                                        .content_type = "application/xml",
                                        .body = "<a/>"};

static int begin(void **state)
{
    (void)state;
    fake_profiles_reset();
    fake = fake_http_host_new();
    aws = (struct aws){.host = fake != NULL ? &fake->host : NULL};
    return fake != NULL ? 0 : -1;
}

/* Every call gives back the memory that it took. */
static int end(void **state)
{
    const long live = fake->live;

    (void)state;
    fake_http_host_free(fake);
    return live == 0 ? 0 : -1;
}

static int call(const struct aws_request *request)
{
    return aws_call(&aws, request, &response);
}

/* The call was good in the end, after so many requests. */
static void assert_good(const struct aws_request *request, size_t requests)
{
    assert_int_equal(call(request), DNSHOOK_OK);
    assert_int_equal(response.code, 200);
    assert_string_equal(response.error, "");
    assert_string_equal(response.body, "<Good/>");
    assert_int_equal(fake->asked, requests);
}

static void assert_header(size_t number, const char *name, const char *value)
{
    const char *const sent = fake_http_host_header(fake, number, name);

    if (value == NULL) {
        assert_null(sent);
    } else {
        assert_non_null(sent);
        assert_string_equal(sent, value);
    }
}

/* ---- what is sent ---- */

#define CREDENTIAL(day, scope)                                                                     \
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" day "/" scope "/aws4_request, "

/* The three signatures are botocore's. */
static void a_query_is_signed_as_botocore_does(void **state)
{
    static const struct aws_pair query[] = {
        {"maxitems", "1"}, {"dnsname", "a*b.example.com"}, {NULL, NULL}};
    struct aws_request request = get;

    (void)state;
    SCRIPT(GOOD);
    request.path = "/2013-04-01/hostedzonesbyname";
    request.query = query;
    assert_good(&request, 1);
    assert_string_equal(fake->requests[0].method, "GET");
    assert_string_equal(fake->requests[0].url,
                        "https://route53.amazonaws.com/2013-04-01/hostedzonesbyname?maxitems=1&"
                        "dnsname=a%2Ab.example.com");
    assert_header(0, "Host", "route53.amazonaws.com");
    assert_header(0, "X-Amz-Date", "20260102T030405Z");
    assert_header(0, "X-Amz-Security-Token", NULL);
    assert_header(0, "Content-Type", NULL);
    assert_header(0, "Authorization",
                  CREDENTIAL("20260102", "us-east-1/route53") "SignedHeaders=host;x-amz-date, "
                                                              "Signature="
                                                              "22ff907e2ff0e8d4ddcba6d4c3a6d02d0114"
                                                              "46c36d095b3931adaa65849b8eea");
    assert_false(fake->requests[0].has_body);
    assert_int_equal(fake->requests[0].flags, 0);
    assert_string_equal(response.source, "the environment (AWS_ACCESS_KEY_ID)");
    assert_false(response.uncertain);
}

static void a_token_and_a_body_are_signed_as_botocore_does(void **state)
{
    (void)state;
    SCRIPT(GOOD);
    fake_credentials[0].session_token = "token/with+signs==";
    assert_good(&post, 1);
    assert_string_equal(fake->requests[0].body, "<a/>");
    assert_header(0, "Content-Type", "application/xml");
    assert_header(0, "X-Amz-Security-Token", "token/with+signs==");
    assert_header(
        0, "Authorization",
        CREDENTIAL(
            "20260102",
            "us-east-1/route53") "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
                                 "Signature="
                                 "7090d9999b209904b61053351dc7de2827a1c122f212b5fe36dbe3f2809a6f3"
                                 "a");
}

static void a_custom_endpoint_is_signed_as_botocore_does(void **state)
{
    static const struct aws_credentials mine = {.access_key_id = "AKIDEXAMPLE",
                                                .secret_access_key =
                                                    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                                .source = "mine"};
    static const struct aws_request request = {
        .service = AWS_STS,
        .method = "POST",
        .path = "/",
        .content_type = "application/x-www-form-urlencoded; charset=utf-8",
        .body = "Action=GetCallerIdentity&Version=2011-06-15",
        .region = "eu-west-1",
        .credentials = &mine};

    (void)state;
    SCRIPT(GOOD);
    fake_http_host_set(fake, "endpoint-url-sts", "https://localhost:8443/prefix/");
    fake_http_host_set(fake, "ca-bundle", "/etc/ssl/mine.pem");
    assert_good(&request, 1);
    assert_string_equal(fake->requests[0].url, "https://localhost:8443/prefix/");
    assert_string_equal(fake->requests[0].ca_bundle, "/etc/ssl/mine.pem");
    assert_header(0, "Host", "localhost:8443");
    assert_header(
        0, "Authorization",
        CREDENTIAL(
            "20260102",
            "eu-west-1/sts") "SignedHeaders=content-type;host;x-amz-"
                             "date, Signature="
                             "51f2146d3971f98285fa655fb48cf422f6751e9b2f8beb650f1d11bb4a1489c2");
    assert_int_equal(fake_credentials_asked[0], 0);
    assert_string_equal(response.source, "mine");
}

static void an_unsigned_call(void **state)
{
    static const char *const headers[] = {"x-amz-sso_bearer_token: bearer", "Accept: a:b", NULL};
    static const struct aws_request request = {.service = AWS_SSO,
                                               .method = "GET",
                                               .path = "/federation/credentials",
                                               .region = "eu-west-1",
                                               .unsigned_call = true,
                                               .headers = headers};

    (void)state;
    SCRIPT(GOOD);
    assert_good(&request, 1);
    assert_string_equal(fake->requests[0].url,
                        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials");
    assert_header(0, "Authorization", NULL);
    assert_header(0, "X-Amz-Date", NULL);
    assert_header(0, "x-amz-sso_bearer_token", "bearer");
    assert_header(0, "Accept", "a:b");
    assert_int_equal(fake_credentials_asked[0], 0);
    assert_null(response.source);
}

static void the_ca_bundle_of_the_profile(void **state)
{
    static const struct fake_property properties[] = {
        {PROFILE, "default", "ca_bundle", NULL, "/etc/profile.pem"},
        {PROFILE, NULL, NULL, NULL, NULL}};

    (void)state;
    SCRIPT(GOOD);
    assert_good(&get, 1);
    assert_string_equal(fake->requests[0].ca_bundle, "");
    fake_properties = properties;
    assert_good(&get, 2);
    assert_string_equal(fake->requests[1].ca_bundle, "/etc/profile.pem");
}

static void queries_and_forms_are_encoded(void **state)
{
    static const struct aws_pair pairs[] = {
        {"b", "x y&z=%"}, {"a", "arn:aws:iam::1:role/r+\303\244"}, {"c", ""}, {NULL, NULL}};
    char *const text = aws_query(&aws, pairs);
    char *const none = aws_query(&aws, NULL);

    (void)state;
    assert_string_equal(text, "b=x%20y%26z%3D%25&a=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr%2B%C3%A4&c=");
    assert_string_equal(none, "");
    fake->host.free(&fake->host, text);
    fake->host.free(&fake->host, none);
}

static void nothing_is_sent_without_settings_or_credentials(void **state)
{
    (void)state;
    SCRIPT(GOOD);
    fake_credentials_status[0] = DNSHOOK_DENIED;
    assert_int_equal(call(&get), DNSHOOK_DENIED);
    assert_string_equal(fake->failed, "no credentials");
    fake_http_host_set(fake, "endpoint-url", "nonsense");
    assert_int_equal(call(&get), DNSHOOK_BAD_CONFIG);
    fake_profiles_status = DNSHOOK_DENIED;
    assert_int_equal(call(&get), DNSHOOK_DENIED);
    assert_int_equal(fake->fails, 3);
    assert_int_equal(fake->asked, 0);
    assert_false(response.uncertain);
}

/* ---- answers that are final ---- */

static void refusals_are_handed_over(void **state)
{
    static const struct {
        uint32_t code;
        const char *body;
        const char *error;
        const char *message;
    } table[] = {
        {403, ERROR("AccessDenied", "User: x is not authorized"), "AccessDenied",
         "User: x is not authorized"},
        {403, ERROR("InvalidClientTokenId", "m"), "InvalidClientTokenId", "m"},
        {403, ERROR("SignatureDoesNotMatch", "m"), "SignatureDoesNotMatch", "m"},
        {404, ERROR("NoSuchHostedZone", "No hosted zone found"), "NoSuchHostedZone",
         "No hosted zone found"},
        {400, ERROR("InvalidInput", "m"), "InvalidInput", "m"},
        {400, ERROR("SomethingNew", "m"), "SomethingNew", "m"},
        {400,
         "<InvalidChangeBatch" NAMESPACE "><Messages><Message>one</Message><Message>two"
         "</Message></Messages></InvalidChangeBatch>",
         "InvalidChangeBatch", "one; two"},
        {401, "{\"__type\":\"UnauthorizedException\",\"message\":\"m\"}", "UnauthorizedException",
         "m"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct fake_http_answer answer = {.code = table[i].code, .body = table[i].body};

        fake_http_host_script(fake, &answer, 1);
        assert_int_equal(call(&post), DNSHOOK_OK);
        assert_int_equal(response.code, table[i].code);
        assert_string_equal(response.error, table[i].error);
        assert_string_equal(response.message, table[i].message);
        assert_string_equal(response.body, table[i].body);
        assert_int_equal(fake->asked, 1);
        assert_int_equal(fake->fails, 0);
        assert_false(response.uncertain);
    }
}

/* What is no error of a service is not guessed at. */
static void strange_answers_fail(void **state)
{
    static const struct {
        uint32_t code;
        const char *headers;
        const char *body;
        const char *has;
    } table[] = {
        {403, "Content-Type: text/html\n", "<!DOCTYPE html><html>Blocked</html>", "text/html"},
        {407, NULL, "", "proxy"},
        {400, NULL, "", "0 bytes"},
        {404, NULL, "Not found", "HTTP 404"},
        {403, NULL, "<ErrorResponse><Error><Code>AccessDenied</Code><Mess", "HTTP 403"},
        {400, NULL, "<!DOCTYPE e [<!ENTITY c \"x\">]><ErrorResponse/>", "HTTP 400"},
        {301, "Location: https://elsewhere/\n", "", "redirect"},
        {304, NULL, "", "redirect"},
        {199, NULL, "", "HTTP 199"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct fake_http_answer answer = {
            .code = table[i].code, .headers = table[i].headers, .body = table[i].body};

        fake_http_host_script(fake, &answer, 1);
        assert_int_equal(call(&get), DNSHOOK_BAD_ANSWER);
        assert_int_equal(fake->fails, 1);
        assert_has(fake->failed, "GET https://route53.amazonaws.com/2013-04-01/change/C1: HTTP ");
        assert_has(fake->failed, table[i].has);
        assert_int_equal(fake->asked, 1);
        assert_string_equal(response.error, "");
    }
}

static void a_huge_error_is_strange(void **state)
{
    static char body[80000] = "<ErrorResponse><Error><Code>A</Code></Error>";
    const struct fake_http_answer answer = {.code = 400, .body = body};
    const size_t used = strlen(body);

    (void)state;
    memset(body + used, ' ', sizeof body - used - 20);
    memcpy(body + sizeof body - 20, "</ErrorResponse>", 17);
    fake_http_host_script(fake, &answer, 1);
    assert_int_equal(call(&get), DNSHOOK_BAD_ANSWER);
    assert_has(fake->failed, "79996 bytes");
}

static void other_failures_of_the_host_are_final(void **state)
{
    static const struct {
        int status;
        bool uncertain;
    } table[] = {
        {DNSHOOK_BAD_ANSWER, true},  {DNSHOOK_BAD_CONFIG, false}, {DNSHOOK_DEADLINE, true},
        {DNSHOOK_INTERRUPTED, true}, {DNSHOOK_NO_MEMORY, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct fake_http_answer answer = {.status = table[i].status};

        fake_http_host_script(fake, &answer, 1);
        assert_int_equal(call(&post), table[i].status);
        assert_int_equal(fake->asked, 1);
        assert_int_equal(fake->fails, 1);
        assert_int_equal(response.uncertain, table[i].uncertain);
    }
}

static void answers_of_200_are_not_looked_into(void **state)
{
    (void)state;
    SCRIPT({.code = 201, .body = ERROR("Throttling", "no")}, {.body = "<cut"});
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_string_equal(response.error, "");
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_string_equal(response.body, "<cut");
}

/* ---- throttling ---- */

static void throttling_is_waited_out(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, THROTTLED, BUSY, {.code = 429, .body = "slow down"},
           {.code = 503, .body = ERROR("SlowDown", "m")}, GOOD);
    assert_good(&post, 6);
    assert_int_equal(fake->sleep_count, 5);
    assert_int_equal(fake->fails, 0);
    assert_false(response.uncertain);
    assert_has(fake->logged,
               "2 POST https://route53.amazonaws.com/2013-04-01/hostedzone/Z1/rrset/: "
               "HTTP 400, Throttling: Rate exceeded; trying again in ");
    assert_has(fake->logged, "PriorRequestNotComplete");
}

/* The waits with every random number alike: 1 s, doubled, at most 20 s. */
static void the_longest_waits_for_throttling(void **state)
{
    static const int64_t longest[] = {1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000};

    (void)state;
    SCRIPT(THROTTLED);
    fake_http_random = 255;
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    for (size_t i = 0; i < COUNT(longest); i++)
        assert_int_equal(fake->sleeps[i], longest[i]);
}

static void the_shortest_waits_are_not_zero(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, THROTTLED, UNREACHABLE, UNREACHABLE, GOOD);
    fake_http_random = 0;
    assert_good(&get, 5);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fake->sleeps[i], 20);
}

static void waits_are_spread(void **state)
{
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    SCRIPT(THROTTLED, GOOD);
    for (int i = 0; i < 200; i++) {
        fake_http_host_script(fake, answers, COUNT(answers));
        assert_good(&get, 2);
        assert_in_range(fake->sleeps[0], 20, 1000);
        least = fake->sleeps[0] < least ? fake->sleeps[0] : least;
        most = fake->sleeps[0] > most ? fake->sleeps[0] : most;
        fake->now = 0;
    }
    assert_in_range(least, 20, 200);
    assert_in_range(most, 800, 1000);
}

static void throttling_until_the_deadline(void **state)
{
    (void)state;
    SCRIPT(THROTTLED);
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    assert_true(fake->asked > 10);
    assert_true(fake->now <= fake->end);
    assert_true(fake->end - fake->now >= 900); /* a second, but for the last request */
    assert_true(fake->end - fake->now <= 1020);
    assert_int_equal(fake->fails, 1);
    assert_has(fake->failed, "no time is left to try again (attempt ");
    assert_has(fake->failed, "the last answer: HTTP 400, Throttling: Rate exceeded");
    assert_false(response.uncertain);
}

static void no_time_to_wait_at_all(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, GOOD);
    fake->end = 900;
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    assert_int_equal(fake->asked, 1);
    assert_int_equal(fake->sleep_count, 0);
    assert_has(fake->failed, "(attempt 1)");
}

/* The last wait is cut, so that one more attempt fits. */
static void the_last_wait_is_cut(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, GOOD);
    fake->end = 1510;
    fake_http_random = 255;
    assert_good(&get, 2);
    assert_int_equal(fake->sleeps[0], 500);
}

static void an_interrupted_wait(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, GOOD);
    fake->sleep_status = DNSHOOK_INTERRUPTED;
    assert_int_equal(call(&get), DNSHOOK_INTERRUPTED);
    assert_int_equal(fake->asked, 1);
    assert_int_equal(fake->fails, 1);
    assert_has(fake->failed, "interrupted");
}

static void a_host_without_time(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, GOOD);
    fake->sleep_status = DNSHOOK_DEADLINE;
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    assert_has(fake->failed, "Rate exceeded");
}

/* Throttling is never counted: fifty of them, and five failures between, are fine. */
static void throttling_is_not_counted(void **state)
{
    struct fake_http_answer answers[56];

    (void)state;
    for (size_t i = 0; i < 50; i++)
        answers[i] = (struct fake_http_answer)THROTTLED;
    for (size_t i = 50; i < 55; i++)
        answers[i] = (struct fake_http_answer)BROKEN;
    answers[55] = (struct fake_http_answer)GOOD;
    fake->end = 3600000;
    fake_http_host_script(fake, answers, COUNT(answers));
    assert_good(&get, 56);
}

/* ---- trouble ---- */

static void broken_connections_are_tried_again(void **state)
{
    (void)state;
    SCRIPT(UNREACHABLE, UNREACHABLE, GOOD);
    assert_good(&post, 3);
    assert_true(response.uncertain);
    assert_has(fake->logged, "no answer; trying again");
}

static void errors_of_the_service_are_tried_again(void **state)
{
    (void)state;
    SCRIPT(BROKEN, {.code = 502, .body = "<html>"}, {.code = 503, .body = ""},
           {.code = 504, .body = "x"}, {.code = 408}, GOOD);
    assert_good(&post, 6);
    assert_true(response.uncertain);
}

/* 300 ms, doubled. */
static void the_longest_waits_for_trouble(void **state)
{
    static const int64_t longest[] = {300, 600, 1200, 2400, 4800};

    (void)state;
    SCRIPT(BROKEN);
    fake_http_random = 255;
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    assert_true(fake->sleep_count > COUNT(longest));
    for (size_t i = 0; i < COUNT(longest); i++)
        assert_int_equal(fake->sleeps[i], longest[i]);
}

static void trouble_ends_with_the_time(void **state)
{
    (void)state;
    SCRIPT({.code = 503, .body = ERROR("ServiceUnavailable", "try later")});
    assert_int_equal(call(&get), DNSHOOK_DEADLINE);
    assert_true(fake->asked > 6);
    assert_int_equal(fake->fails, 1);
    assert_has(fake->failed, "no time is left to try again");
    assert_has(fake->failed, "HTTP 503, ServiceUnavailable: try later");
}

/* The host has said what was wrong with the connection: that stands. */
static void a_service_that_cannot_be_reached(void **state)
{
    (void)state;
    SCRIPT(UNREACHABLE);
    assert_int_equal(call(&post), DNSHOOK_UNREACHABLE);
    assert_true(fake->asked > 6);
    assert_string_equal(fake->failed, "the fake network failed");
    assert_true(response.uncertain);
}

static void a_broken_connection_at_the_deadline(void **state)
{
    (void)state;
    SCRIPT(UNREACHABLE);
    fake->end = 1000;
    assert_int_equal(call(&post), DNSHOOK_UNREACHABLE);
    assert_int_equal(fake->asked, 1);
    assert_string_equal(fake->failed, "the fake network failed");
}

/* The change was made, its answer got lost, and the next attempt finds it there: the caller can
 * tell. */
static void an_error_after_a_broken_connection_is_uncertain(void **state)
{
    (void)state;
    SCRIPT(UNREACHABLE, {.code = 400,
                         .body = "<InvalidChangeBatch><Messages><Message>it already exists"
                                 "</Message></Messages></InvalidChangeBatch>"});
    assert_int_equal(call(&post), DNSHOOK_OK);
    assert_string_equal(response.error, "InvalidChangeBatch");
    assert_true(response.uncertain);
    assert_int_equal(call(&post), DNSHOOK_OK);
    assert_false(response.uncertain);
}

/* For what the work can do without, nobody waits. */
static void a_call_that_is_made_once(void **state)
{
    static const struct {
        struct fake_http_answer answer;
        int status;
        const char *error;
    } table[] = {
        {GOOD, DNSHOOK_OK, ""},
        {THROTTLED, DNSHOOK_OK, "Throttling"},
        {{.code = 429}, DNSHOOK_OK, "Throttling"},
        {BROKEN, DNSHOOK_UNREACHABLE, "InternalFailure"},
        {{.code = 503}, DNSHOOK_UNREACHABLE, ""},
        {UNREACHABLE, DNSHOOK_UNREACHABLE, ""},
        {EXPIRED, DNSHOOK_OK, "ExpiredToken"},
        {{.code = 403}, DNSHOOK_BAD_ANSWER, ""},
    };
    struct aws_request request = get;

    (void)state;
    request.once = true;
    fake_credentials[0].refreshable = true;
    for (size_t i = 0; i < COUNT(table); i++) {
        fake_http_host_script(fake, &table[i].answer, 1);
        assert_int_equal(call(&request), table[i].status);
        assert_string_equal(response.error, table[i].error);
        assert_int_equal(fake->asked, 1);
        assert_int_equal(fake->sleep_count, 0);
        assert_int_equal(fake->fails, table[i].status != DNSHOOK_OK);
        assert_int_equal(fake->requests[0].timeout, 5000);
    }
    assert_int_equal(fake_credentials_asked[1], 0);
}

/* ---- the clock ---- */

#define LATE "Date: Fri, 02 Jan 2026 04:04:05 GMT\n"  /* an hour after the fake clock */
#define EARLY "Date: Fri, 02 Jan 2026 02:54:05 GMT\n" /* ten minutes before it */
#define NEAR "Date: Fri, 02 Jan 2026 03:08:05 GMT\n"  /* four minutes after it */
#define SKEWED(headers_)                                                                           \
    {                                                                                              \
        .code = 403, .headers = headers_, .body = ERROR("RequestTimeTooSkewed", "too skewed")      \
    }
#define MISMATCH(headers_, message_)                                                               \
    {                                                                                              \
        .code = 403, .headers = headers_, .body = ERROR("SignatureDoesNotMatch", message_)         \
    }

static void a_slow_clock_is_corrected_and_told(void **state)
{
    (void)state;
    SCRIPT(SKEWED(LATE), GOOD);
    assert_good(&get, 2);
    assert_header(0, "X-Amz-Date", "20260102T030405Z");
    assert_header(1, "X-Amz-Date", "20260102T040405Z");
    assert_int_equal(aws.clock_offset, 3600);
    assert_has(fake->logged, "1 this computer's clock is 3600 seconds slow by AWS's");
    assert_int_equal(fake->sleep_count, 0);
    fake->logged[0] = '\0';
    assert_good(&get, 3);
    assert_header(2, "X-Amz-Date", "20260102T040405Z");
    assert_lacks(fake->logged, "clock");
}

static void a_call_that_is_made_once_corrects_the_clock(void **state)
{
    struct aws_request request = get;

    (void)state;
    SCRIPT(SKEWED(LATE), GOOD);
    request.once = true;
    assert_good(&request, 2);
}

static void a_fast_clock_too(void **state)
{
    (void)state;
    SCRIPT(MISMATCH(EARLY, "Signature not yet current: 20260102T030405Z is still later"), GOOD);
    assert_good(&get, 2);
    assert_int_equal(aws.clock_offset, -600);
    assert_header(1, "X-Amz-Date", "20260102T025405Z");
    assert_has(fake->logged, "600 seconds fast");
}

static void an_expired_signature_is_one_of_a_slow_clock(void **state)
{
    (void)state;
    SCRIPT({.code = 403,
            .headers = NEAR,
            .body = ERROR("InvalidSignatureException", "Signature expired: x")},
           GOOD);
    assert_good(&get, 2);
    assert_int_equal(aws.clock_offset, 240);
}

/* A wrong secret looks like a wrong clock where the clocks are far apart, and only there. */
static void a_mismatch_is_the_clock_only_if_it_is_off(void **state)
{
    (void)state;
    SCRIPT(MISMATCH(NEAR, "The request signature we calculated does not match"));
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_string_equal(response.error, "SignatureDoesNotMatch");
    assert_int_equal(fake->asked, 1);
    assert_int_equal(aws.clock_offset, 0);
    static const struct fake_http_answer late[] = {MISMATCH(LATE, "does not match"), GOOD};

    fake_http_host_script(fake, late, COUNT(late));
    assert_good(&get, 2);
    assert_int_equal(aws.clock_offset, 3600);
}

static void the_clock_is_corrected_once(void **state)
{
    (void)state;
    SCRIPT(SKEWED(LATE), SKEWED(EARLY));
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_string_equal(response.error, "RequestTimeTooSkewed");
    assert_int_equal(fake->asked, 2);
    /* the next call may correct it again, but says nothing more */
    fake->logged[0] = '\0';
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_int_equal(aws.clock_offset, -600);
    assert_lacks(fake->logged, "clock");
}

static void no_date_no_correction(void **state)
{
    static const char *const headers[] = {NULL, "Date: yesterday\n", "Date: \n",
                                          "Date: Fri, 02 Jan 2026 03:04:05 GMT\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const struct fake_http_answer answer = SKEWED(headers[i]);

        fake_http_host_script(fake, &answer, 1);
        fake->now = 0;
        assert_int_equal(call(&get), DNSHOOK_OK);
        assert_string_equal(response.error, "RequestTimeTooSkewed");
        assert_int_equal(fake->asked, 1);
    }
}

static void an_unsigned_call_needs_no_clock(void **state)
{
    struct aws_request request = get;

    (void)state;
    SCRIPT(SKEWED(LATE));
    request.unsigned_call = true;
    assert_int_equal(call(&request), DNSHOOK_OK);
    assert_int_equal(fake->asked, 1);
    assert_int_equal(aws.clock_offset, 0);
}

static void dates_of_servers(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: none */
    } table[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:60 GMT", 253402300800},
        {"Tue, 29 Feb 2028 12:00:00 GMT", 1835438400},
        {"Sunday, 06-Nov-94 08:49:37 GMT", -1},
        {"Sun Nov  6 08:49:37 1994", -1},
        {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
        {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Foo 1994 08:49:37 GMT", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 24:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:37 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
        {"Sun, 06 Nov 1969 08:49:37 GMT", -1},
        {"Sun, 06 Nov -994 08:49:37 GMT", -1},
        {"Sun, +6 Nov 1994 08:49:37 GMT", -1},
        {"", -1},
        {NULL, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        int64_t seconds = -1;

        assert_int_equal(clock_read(table[i].text, &seconds), table[i].seconds >= 0);
        assert_int_equal(seconds, table[i].seconds);
    }
}

/* ---- credentials ---- */

static void expired_credentials_are_refreshed_once(void **state)
{
    (void)state;
    SCRIPT(EXPIRED, GOOD);
    fake_credentials[0].refreshable = true;
    fake_credentials[0].session_token = "first-session-token";
    assert_good(&get, 2);
    assert_int_equal(fake_credentials_asked[1], 1);
    assert_header(0, "X-Amz-Security-Token", "first-session-token");
    assert_header(1, "X-Amz-Security-Token", "second-session-token");
    assert_has(fake_http_host_header(fake, 1, "Authorization"), "Credential=ASIASECOND/");
    assert_string_equal(response.source, "the second source");
    assert_has(fake->logged, "have expired: asking for new ones");
}

static void still_expired_is_final(void **state)
{
    (void)state;
    SCRIPT(EXPIRED);
    fake_credentials[0].refreshable = true;
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_string_equal(response.error, "ExpiredToken");
    assert_int_equal(fake->asked, 2);
    assert_int_equal(fake_credentials_asked[1], 1);
}

static void what_cannot_be_refreshed_is_final(void **state)
{
    static const struct aws_credentials given = {
        .access_key_id = "A", .secret_access_key = "S", .refreshable = true, .source = "given"};
    struct aws_request request = get;

    (void)state;
    SCRIPT(EXPIRED);
    assert_int_equal(call(&get), DNSHOOK_OK);
    assert_int_equal(fake->asked, 1);
    request.credentials = &given;
    assert_int_equal(call(&request), DNSHOOK_OK);
    assert_int_equal(fake->asked, 2);
    assert_int_equal(fake_credentials_asked[1], 0);
}

static void a_refresh_that_fails(void **state)
{
    (void)state;
    SCRIPT(EXPIRED, GOOD);
    fake_credentials[0].refreshable = true;
    fake_credentials_status[1] = DNSHOOK_UNREACHABLE;
    assert_int_equal(call(&get), DNSHOOK_UNREACHABLE);
    assert_int_equal(fake->asked, 1);
    assert_string_equal(fake->failed, "no credentials");
}

/* All of it in one call. */
static void one_thing_after_another(void **state)
{
    (void)state;
    SCRIPT(THROTTLED, SKEWED(LATE), UNREACHABLE, EXPIRED, BROKEN, BUSY, GOOD);
    fake_credentials[0].refreshable = true;
    assert_good(&post, 7);
    assert_true(response.uncertain);
}

/* ---- secrets and memory ---- */

/* A service or a proxy that echoes what it was sent tells it to nobody. */
static void secrets_are_never_said(void **state)
{
    static const char *const headers[] = {"x-amz-sso_bearer_token: bearer-token-secret", NULL};
    struct aws_request request = post;

    (void)state;
    SCRIPT({.code = 403,
            .body = ERROR("SignatureDoesNotMatch",
                          "The Canonical String should have been x-amz-security-token:"
                          "session-token-secret and wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY; "
                          "bearer-token-secret session-token-secret")});
    fake_credentials[0].session_token = "session-token-secret";
    request.headers = headers;
    assert_int_equal(call(&request), DNSHOOK_OK);
    assert_lacks(response.message, "session-token-secret");
    assert_lacks(response.message, "EXAMPLEKEY");
    assert_lacks(response.message, "bearer-token-secret");
    assert_has(response.message, "x-amz-security-token:******************** and ****");
    assert_int_equal(aws_fail(&aws, &response, "x", "", ""), DNSHOOK_DENIED);
    assert_lacks(fake->failed, "-secret");
    assert_lacks(fake->logged, "EXAMPLEKEY");
    assert_lacks(fake->logged, "session-token");
    assert_lacks(fake->logged, "bearer");
}

/* Whichever allocation of the host fails: an error, and nothing is left behind. */
static void memory_runs_out(void **state)
{
    static const struct aws_pair query[] = {{"a", "b"}, {NULL, NULL}};
    struct aws_request request = get;
    long n;

    (void)state;
    SCRIPT({.code = 403, .body = ERROR("AccessDenied", "m")});
    request.query = query;
    for (n = 1;; n++) {
        fake->allocations = 0;
        fake->fail_alloc = n;
        fake->fails = 0;
        const int status = call(&request);

        assert_int_equal(fake->live, 0);
        if (fake->allocations < n)
            break;
        assert_int_equal(status, DNSHOOK_NO_MEMORY);
        assert_int_equal(fake->fails, 1);
    }
    assert_true(n > 3);
}

static void switches_and_copies(void **state)
{
    char *const copy = aws_copy(&aws, "text");
    char *const part = aws_copy_part(&aws, "text", 2);
    char *const none = aws_copy_part(&aws, NULL, 0);

    (void)state;
    assert_string_equal(copy, "text");
    assert_string_equal(part, "te");
    assert_string_equal(none, "");
    fake->host.free(&fake->host, copy);
    fake->host.free(&fake->host, part);
    fake->host.free(&fake->host, none);
    assert_false(aws_flag(&aws, "ec2-metadata-disabled"));
    fake_http_host_set(fake, "ec2-metadata-disabled", "True");
    assert_true(aws_flag(&aws, "ec2-metadata-disabled"));
    fake_http_host_set(fake, "ec2-metadata-disabled", "1");
    assert_false(aws_flag(&aws, "ec2-metadata-disabled"));
    assert_int_equal(aws_no_memory(&aws), DNSHOOK_NO_MEMORY);
    assert_int_equal(fake->fail_status, DNSHOOK_NO_MEMORY);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
    static const struct CMUnitTest tests[] = {
        TEST(a_query_is_signed_as_botocore_does),
        TEST(a_token_and_a_body_are_signed_as_botocore_does),
        TEST(a_custom_endpoint_is_signed_as_botocore_does),
        TEST(an_unsigned_call),
        TEST(the_ca_bundle_of_the_profile),
        TEST(queries_and_forms_are_encoded),
        TEST(nothing_is_sent_without_settings_or_credentials),
        TEST(refusals_are_handed_over),
        TEST(strange_answers_fail),
        TEST(a_huge_error_is_strange),
        TEST(other_failures_of_the_host_are_final),
        TEST(answers_of_200_are_not_looked_into),
        TEST(throttling_is_waited_out),
        TEST(the_longest_waits_for_throttling),
        TEST(the_shortest_waits_are_not_zero),
        TEST(waits_are_spread),
        TEST(throttling_until_the_deadline),
        TEST(no_time_to_wait_at_all),
        TEST(the_last_wait_is_cut),
        TEST(an_interrupted_wait),
        TEST(a_host_without_time),
        TEST(throttling_is_not_counted),
        TEST(broken_connections_are_tried_again),
        TEST(errors_of_the_service_are_tried_again),
        TEST(the_longest_waits_for_trouble),
        TEST(trouble_ends_with_the_time),
        TEST(a_service_that_cannot_be_reached),
        TEST(a_broken_connection_at_the_deadline),
        TEST(an_error_after_a_broken_connection_is_uncertain),
        TEST(a_call_that_is_made_once),
        TEST(a_slow_clock_is_corrected_and_told),
        TEST(a_call_that_is_made_once_corrects_the_clock),
        TEST(a_fast_clock_too),
        TEST(an_expired_signature_is_one_of_a_slow_clock),
        TEST(a_mismatch_is_the_clock_only_if_it_is_off),
        TEST(the_clock_is_corrected_once),
        TEST(no_date_no_correction),
        TEST(an_unsigned_call_needs_no_clock),
        TEST(dates_of_servers),
        TEST(expired_credentials_are_refreshed_once),
        TEST(still_expired_is_final),
        TEST(what_cannot_be_refreshed_is_final),
        TEST(a_refresh_that_fails),
        TEST(one_thing_after_another),
        TEST(secrets_are_never_said),
        TEST(memory_runs_out),
        TEST(switches_and_copies),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
