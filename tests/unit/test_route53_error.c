/* What services answer when they say no: shapes, cures, and what the user is told. */
#include "error.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "fake_http_host.h"
#include "fake_profiles.h"

#define NAMESPACE " xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\""
#define USUAL(code, message)                                                                       \
    "<?xml version=\"1.0\"?>\n<ErrorResponse" NAMESPACE "><Error><Type>Sender</Type><Code>" code   \
    "</Code><Message>" message "</Message></Error><RequestId>b25f48e8</RequestId></ErrorResponse>"

/* Reads a body from memory of exactly its size. */
static bool read_body(struct aws_response *response, uint32_t code, const char *body,
                      const char *type)
{
    char *const copy = strdup(body);
    bool known;

    assert_non_null(copy);
    *response = (struct aws_response){.code = code, .body = copy, .body_size = strlen(body)};
    known = error_read(response, type);
    free(copy);
    response->body = "";
    return known;
}

static void shapes(void **state)
{
    static const struct {
        const char *body;
        const char *type;
        const char *code; /* NULL: nothing is known */
        const char *message;
    } table[] = {
        {USUAL("InvalidInput", "Bad <![CDATA[<name>]]> &amp; more"), NULL, "InvalidInput",
         "Bad <name> & more"},
        {"<?xml version=\"1.0\"?>\r\n<ErrorResponse><Error><Code>Throttling</Code><Message>\n Rate "
         "exceeded </Message></Error></ErrorResponse>\n",
         NULL, "Throttling", "Rate exceeded"},
        {"<ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>", NULL, "A", ""},
        {"<InvalidChangeBatch" NAMESPACE "><Messages><Message>one</Message></Messages>"
         "<RequestId>x</RequestId></InvalidChangeBatch>",
         NULL, "InvalidChangeBatch", "one"},
        {"<InvalidChangeBatch><Messages><Message>one</Message><Message> two </Message>"
         "<Message>three</Message></Messages></InvalidChangeBatch>",
         NULL, "InvalidChangeBatch", "one; two; three"},
        {"<InvalidChangeBatch><Messages/></InvalidChangeBatch>", NULL, "InvalidChangeBatch", ""},
        {"<InvalidChangeBatch><Message>bare</Message></InvalidChangeBatch>", NULL,
         "InvalidChangeBatch", "bare"},
        {USUAL("InvalidChangeBatch", "[Tried to create resource record set but it already exists]"),
         NULL, "InvalidChangeBatch", "[Tried to create resource record set but it already exists]"},
        {"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender"
         "</Type><Code>AccessDenied</Code><Message>not "
         "authorized</Message></Error></ErrorResponse>",
         NULL, "AccessDenied", "not authorized"},
        {"{\"message\":\"Session token not found\",\"__type\":"
         "\"com.amazonaws.switchboard.portal#UnauthorizedException\"}",
         NULL, "UnauthorizedException", "Session token not found"},
        {"{\"message\":\"m\"}", "ForbiddenException:http://internal.amazon.com/coral/",
         "ForbiddenException", "m"},
        {"{\"Message\":\"m\",\"code\":\"X\"}", NULL, "X", "m"},
        {"{\"message\":7,\"__type\":\"Y\"}", NULL, "Y", ""},
        {"{\"message\":\"m\"}", NULL, NULL, ""},
        {"{\"__type\":\"a b\",\"message\":\"m\"}", NULL, NULL, ""},
        {"{\"__type\":\"A\",\"__type\":\"B\"}", NULL, NULL, ""},
        {"{\"__type\":\"A\"", NULL, NULL, ""},
        {"[\"A\"]", NULL, NULL, ""},
        {"", NULL, NULL, ""},
        {"   ", NULL, NULL, ""},
        {"Rate exceeded", NULL, NULL, ""},
        {"<html><body><h1>403 Forbidden</h1></body></html>", NULL, NULL, ""},
        {"<!DOCTYPE html><html/>", NULL, NULL, ""},
        {"<!DOCTYPE e [<!ENTITY c 'AccessDenied'>]><ErrorResponse><Error><Code>&c;</Code></Error>"
         "</ErrorResponse>",
         NULL, NULL, ""},
        {"<ErrorResponse><Error><Code>AccessDenied</Code><Message>cut of", NULL, NULL, ""},
        {"<ErrorResponse><Error><Message>no code</Message></Error></ErrorResponse>", NULL, NULL,
         ""},
        {"<ErrorResponse><Error><Code></Code></Error></ErrorResponse>", NULL, NULL, ""},
        {"<ErrorResponse><Error><Code>Access Denied</Code></Error></ErrorResponse>", NULL, NULL,
         ""},
        {"<ErrorResponse/>", NULL, NULL, ""},
        {"<Error><Code>AccessDenied</Code></Error>", NULL, NULL, ""},
    };
    struct aws_response response;

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        const bool known = read_body(&response, 400, table[i].body, table[i].type);
        const char *const code = table[i].code != NULL ? table[i].code : "";

        if (known != (table[i].code != NULL) || strcmp(response.error, code) != 0 ||
            strcmp(response.message, table[i].message) != 0)
            fail_msg("%s: '%s' '%s'", table[i].body, response.error, response.message);
    }
}

static void control_bytes_become_spaces(void **state)
{
    struct aws_response response;

    (void)state;
    assert_true(read_body(&response, 400,
                          USUAL("A", "a\nb\tc&#13;d\x7f"
                                     "e\xc2\x9b"
                                     "f\xc3\xa4"),
                          NULL));
    assert_string_equal(response.message, "a b c d e  f\xc3\xa4");
    assert_true(
        read_body(&response, 400, "{\"__type\":\"A\",\"message\":\"\\u001b[31m\\u009bx\"}", NULL));
    assert_string_equal(response.message, " [31m  x");
}

/* Long texts are cut at a whole character. */
static void long_texts_are_cut(void **state)
{
    char body[AWS_MESSAGE_SIZE * 4 + 512];
    char long_text[AWS_MESSAGE_SIZE * 2 + 1] = "";
    struct aws_response response;

    (void)state;
    for (size_t i = 0; i < AWS_MESSAGE_SIZE; i++)
        memcpy(long_text + 2 * i, "\xc3\xa4", 2);
    (void)snprintf(body, sizeof body,
                   "<ErrorResponse><Error><Code>A</Code><Message>%s</Message></Error>"
                   "</ErrorResponse>",
                   long_text);
    assert_true(read_body(&response, 400, body, NULL));
    assert_int_equal(strlen(response.message), AWS_MESSAGE_SIZE - 2);
    (void)snprintf(body, sizeof body,
                   "<ErrorResponse><Error><Code>%.*s</Code></Error></ErrorResponse>", AWS_CODE_SIZE,
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_false(read_body(&response, 400, body, NULL));
}

static void many_messages(void **state)
{
    static char body[65536];
    struct aws_response response;
    size_t used = (size_t)snprintf(body, sizeof body, "<InvalidChangeBatch><Messages>");

    (void)state;
    for (int i = 0; i < 1000; i++)
        used += (size_t)snprintf(body + used, sizeof body - used, "<Message>m%d</Message>", i);
    (void)snprintf(body + used, sizeof body - used, "</Messages></InvalidChangeBatch>");
    assert_true(read_body(&response, 400, body, NULL));
    assert_has(response.message, "m0; m1; m2; ");
    assert_int_equal(strlen(response.message), AWS_MESSAGE_SIZE - 1);
}

static void cures(void **state)
{
    static const struct {
        uint32_t code;
        const char *error;
        const char *message;
        enum error_cure cure;
    } table[] = {
        {200, "", "", ERROR_FINAL},
        {200, "Throttling", "", ERROR_FINAL},
        {400, "Throttling", "Rate exceeded", ERROR_THROTTLED},
        {400, "ThrottlingException", "", ERROR_THROTTLED},
        {400, "PriorRequestNotComplete", "", ERROR_THROTTLED},
        {429, "", "", ERROR_THROTTLED},
        {503, "SlowDown", "", ERROR_THROTTLED},
        {500, "InternalFailure", "", ERROR_TRANSIENT},
        {500, "", "", ERROR_TRANSIENT},
        {502, "", "", ERROR_TRANSIENT},
        {503, "ServiceUnavailable", "", ERROR_TRANSIENT},
        {504, "", "", ERROR_TRANSIENT},
        {408, "", "", ERROR_TRANSIENT},
        {400, "IDPCommunicationError", "", ERROR_TRANSIENT},
        {403, "RequestTimeTooSkewed", "", ERROR_CLOCK},
        {403, "SignatureDoesNotMatch", "Signature expired: 2026 is now earlier", ERROR_CLOCK},
        {403, "SignatureDoesNotMatch", "Signature not yet current: 2026", ERROR_CLOCK},
        {403, "InvalidSignatureException", "Signature expired: x", ERROR_CLOCK},
        {403, "SignatureDoesNotMatch", "The request signature we", ERROR_CLOCK_MAYBE},
        {403, "ExpiredToken", "", ERROR_EXPIRED},
        {403, "ExpiredTokenException", "", ERROR_EXPIRED},
        {403, "AccessDenied", "", ERROR_FINAL},
        {403, "", "", ERROR_FINAL},
        {404, "NoSuchHostedZone", "", ERROR_FINAL},
        {400, "InvalidChangeBatch", "", ERROR_FINAL},
        {400, "LimitsExceeded", "", ERROR_FINAL},
        {302, "", "", ERROR_FINAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct aws_response response = {.code = table[i].code, .body = ""};

        (void)snprintf(response.error, sizeof response.error, "%s", table[i].error);
        (void)snprintf(response.message, sizeof response.message, "%s", table[i].message);
        if (error_cure(&response) != table[i].cure)
            fail_msg("%u %s: %d", table[i].code, table[i].error, error_cure(&response));
    }
}

/* ---- what the user is told ---- */

static struct fake_http_host *fake;
static struct aws aws;

static int begin(void **state)
{
    (void)state;
    fake_profiles_reset();
    fake = fake_http_host_new();
    aws = (struct aws){.host = fake != NULL ? &fake->host : NULL};
    return fake != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fake_http_host_free(fake);
    return 0;
}

/* Fails with a code; the text is in fake->failed. */
static int tell(const char *error, const char *message, const char *source)
{
    struct aws_response response = {.code = 400, .body = "", .source = source};

    (void)snprintf(response.error, sizeof response.error, "%s", error);
    (void)snprintf(response.message, sizeof response.message, "%s", message);
    return aws_fail(&aws, &response, "adding a value at _acme-challenge.example.com",
                    "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1");
}

static void access_denied_names_all_that_helps(void **state)
{
    (void)state;
    assert_int_equal(tell("AccessDenied",
                          "User: arn:aws:iam::1:user/dns is not authorized to perform this",
                          "profile dns in /root/.aws/credentials"),
                     DNSHOOK_DENIED);
    assert_int_equal(fake->fails, 1);
    assert_int_equal(fake->fail_status, DNSHOOK_DENIED);
    assert_string_equal(fake->failed,
                        "adding a value at _acme-challenge.example.com: AWS says AccessDenied: "
                        "User: arn:aws:iam::1:user/dns is not authorized to perform this; allow "
                        "route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/Z1; "
                        "`dnshook info route53` prints the policy; the credentials are from"
                        " profile dns in /root/.aws/credentials");
}

static void each_code_has_its_status_and_advice(void **state)
{
    static const struct {
        const char *error;
        int status;
        const char *has;
        bool names_source;
    } table[] = {
        {"InvalidClientTokenId", DNSHOOK_DENIED, "does not know this access key id", true},
        {"UnrecognizedClientException", DNSHOOK_DENIED, "AWS_ACCESS_KEY_ID", true},
        {"SignatureDoesNotMatch", DNSHOOK_DENIED, "the secret access key is not the one", true},
        {"MissingAuthenticationToken", DNSHOOK_DENIED, "proxy", true},
        {"ExpiredToken", DNSHOOK_DENIED, "get new credentials", true},
        {"UnauthorizedException", DNSHOOK_DENIED, "aws sso login", true},
        {"RequestTimeTooSkewed", DNSHOOK_DENIED, "set the clock", false},
        {"NoSuchHostedZone", DNSHOOK_NO_ZONE, "ACME_HOSTED_ZONE", true},
        {"InvalidInput", DNSHOOK_REJECTED, "does not take", false},
        {"InvalidChangeBatch", DNSHOOK_REJECTED, "nothing was changed", false},
        {"LimitsExceeded", DNSHOOK_REJECTED, "quota", false},
        {"Throttling", DNSHOOK_AGAIN, "too many requests", false},
        {"PriorRequestNotComplete", DNSHOOK_AGAIN, "busy", false},
        {"NeverHeardOf", DNSHOOK_REJECTED, "AWS says NeverHeardOf: a text", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(tell(table[i].error, "a text", "the source"), table[i].status);
        assert_has(fake->failed, "adding a value at _acme-challenge.example.com: AWS says ");
        assert_has(fake->failed, table[i].error);
        assert_has(fake->failed, "a text");
        assert_has(fake->failed, table[i].has);
        assert_int_equal(strstr(fake->failed, "the source") != NULL, table[i].names_source);
    }
}

static void a_signature_of_another_time_is_about_the_clock(void **state)
{
    (void)state;
    assert_int_equal(tell("SignatureDoesNotMatch", "Signature expired: 2026", "x"), DNSHOOK_DENIED);
    assert_has(fake->failed, "set the clock");
    assert_lacks(fake->failed, "secret access key");
}

static void what_is_not_known_is_left_out(void **state)
{
    struct aws_response response = {.code = 403, .body = "", .error = "AccessDenied"};

    (void)state;
    assert_int_equal(aws_fail(&aws, &response, "listing zones", "route53:ListHostedZones", ""),
                     DNSHOOK_DENIED);
    assert_has(fake->failed, "; allow route53:ListHostedZones; `dnshook info route53`");
    assert_lacks(fake->failed, "credentials are from");
    assert_int_equal(aws_fail(&aws, &response, "assuming a role", "", ""), DNSHOOK_DENIED);
    assert_lacks(fake->failed, "allow");
    assert_int_equal(aws_fail(&aws, &response, "assuming a role", "sts:AssumeRole", "arn:x"),
                     DNSHOOK_DENIED);
    assert_has(fake->failed, "; allow sts:AssumeRole on arn:x");
    assert_lacks(fake->failed, "dnshook info");
}

/* AWS adds what it would have signed: nobody but us could make use of it. */
static void the_listing_of_a_wrong_signature_is_left_out(void **state)
{
    struct aws_response response;

    (void)state;
    assert_true(read_body(&response, 403,
                          USUAL("SignatureDoesNotMatch",
                                "The request signature we calculated does not match.\n\nThe "
                                "Canonical String for this request should have been\n'GET\n/"),
                          NULL));
    assert_string_equal(response.message, "The request signature we calculated does not match.");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(control_bytes_become_spaces),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(many_messages),
        cmocka_unit_test(the_listing_of_a_wrong_signature_is_left_out),
        cmocka_unit_test(cures),
        cmocka_unit_test_setup_teardown(access_denied_names_all_that_helps, begin, end),
        cmocka_unit_test_setup_teardown(each_code_has_its_status_and_advice, begin, end),
        cmocka_unit_test_setup_teardown(a_signature_of_another_time_is_about_the_clock, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_left_out, begin, end),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
