/* Whether a change is live, whose credentials these are, what they must allow, and the parameters.
 */
#include "fake_route53.h"

#include "check.h"

#include <jansson.h>

#include <stdlib.h>

static struct fake_route53 *service;
static struct fake_host *host;
static const struct dnshook_provider *provider;
static void *handle;

static const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.com", .id = "Z1"};

static int set_up(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    service = fake_route53_new();
    host = fake_host_new();
    handle = NULL;
    (void)fake_zone_add(service, "Z1", "example.com", 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (handle != NULL)
        provider->close(handle);
    fake_route53_free(service);
    return (int)fake_host_free(host);
}

static void open_with(const char *ids, const char *region)
{
    fake_host_set(host, "hosted-zone", ids);
    fake_host_set(host, "region", region);
    assert_int_equal(provider->open(&host->host, &handle), DNSHOOK_OK);
}

/* ---- live ------------------------------------------------------------------------------------ */

static struct dnshook_change add_value(void)
{
    struct dnshook_change change = {.size = sizeof change,
                                    .action = DNSHOOK_ADD,
                                    .name = "_acme-challenge.example.com",
                                    .value = "v",
                                    .zone = &zone,
                                    .ttl = 60};

    assert_int_equal(provider->add(handle, &change), DNSHOOK_OK);
    return change;
}

static void test_pending_then_live(void **state)
{
    (void)state;
    open_with("Z1", NULL);
    struct dnshook_change change = add_value();

    service->pending = 2;
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_AGAIN);
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_AGAIN);
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_OK);
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_OK);
    assert_int_equal(service->calls[FAKE_GET_CHANGE], 3);
    assert_int_equal(service->calls[FAKE_CHANGE], 1);
}

static void test_no_change_to_ask_about(void **state)
{
    (void)state;
    open_with("Z1", NULL);
    (void)add_value();
    struct dnshook_change change = add_value();

    assert_int_equal(change.effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_UNSUPPORTED);
    assert_int_equal(service->calls[FAKE_GET_CHANGE], 0);
    (void)snprintf(change.token, sizeof change.token, "../hostedzone/Z1?");
    assert_int_equal(provider->is_live(handle, &change), DNSHOOK_UNSUPPORTED);
}

static void test_live_failures(void **state)
{
    static const struct {
        const char *error;
        const char *body;
        int call;
        int status;
    } rows[] = {
        {"AccessDenied", NULL, DNSHOOK_OK, DNSHOOK_DENIED},
        {"NoSuchChange", NULL, DNSHOOK_OK, DNSHOOK_REJECTED},
        {NULL, "", DNSHOOK_OK, DNSHOOK_BAD_ANSWER},
        {NULL, "<GetChangeResponse/>", DNSHOOK_OK, DNSHOOK_BAD_ANSWER},
        {NULL,
         "<GetChangeResponse><ChangeInfo><Status>SOON</Status></ChangeInfo>"
         "</GetChangeResponse>",
         DNSHOOK_OK, DNSHOOK_BAD_ANSWER},
        {NULL, NULL, DNSHOOK_UNREACHABLE, DNSHOOK_UNREACHABLE},
    };

    (void)state;
    open_with("Z1", "us-gov-west-1");
    struct dnshook_change change = add_value();

    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_host_forget(host);
        service->error[FAKE_GET_CHANGE] = rows[i].error;
        service->body[FAKE_GET_CHANGE] = rows[i].body;
        service->status[FAKE_GET_CHANGE] = rows[i].call;
        assert_int_equal(provider->is_live(handle, &change), rows[i].status);
        assert_int_equal(host->fails, 1);
        if (rows[i].status == DNSHOOK_DENIED)
            assert_has(host->failed, "route53:GetChange on arn:aws-us-gov:route53:::change/*");
    }
}

/* ---- whose credentials ----------------------------------------------------------------------- */

static void test_check(void **state)
{
    (void)state;
    open_with("Z1", NULL);
    assert_int_equal(provider->check(handle, &zone), DNSHOOK_OK);
    assert_has(host->logged, "2 credentials from the tests; the caller is "
                             "arn:aws:iam::123456789012:user/dns");
    assert_int_equal(provider->check(handle, NULL), DNSHOOK_OK);
    assert_int_equal(fake_calls(service), 2);
}

static void test_check_without_sts(void **state)
{
    static const struct {
        const char *error;
        const char *body;
        int call;
        int with_zone;
        int without;
    } rows[] = {
        {"AccessDenied", NULL, DNSHOOK_OK, DNSHOOK_OK, DNSHOOK_OK},
        {"InvalidClientTokenId", NULL, DNSHOOK_OK, DNSHOOK_OK, DNSHOOK_DENIED},
        {NULL, NULL, DNSHOOK_UNREACHABLE, DNSHOOK_OK, DNSHOOK_OK},
        {NULL, NULL, DNSHOOK_BAD_ANSWER, DNSHOOK_OK, DNSHOOK_OK},
        {NULL, NULL, DNSHOOK_INTERRUPTED, DNSHOOK_INTERRUPTED, DNSHOOK_INTERRUPTED},
        {NULL, "<x/>", DNSHOOK_OK, DNSHOOK_OK, DNSHOOK_OK},
        {NULL, "", DNSHOOK_OK, DNSHOOK_OK, DNSHOOK_OK},
    };

    (void)state;
    open_with("Z1", NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_host_forget(host);
        service->error[FAKE_IDENTITY] = rows[i].error;
        service->body[FAKE_IDENTITY] = rows[i].body;
        service->status[FAKE_IDENTITY] = rows[i].call;
        assert_int_equal(provider->check(handle, &zone), rows[i].with_zone);
        if (rows[i].with_zone == DNSHOOK_OK)
            assert_has(host->logged, "credentials from the tests; STS");
        assert_int_equal(provider->check(handle, NULL), rows[i].without);
    }
}

/* ---- the policy ------------------------------------------------------------------------------ */

struct lines {
    char text[8192];
    int status;
};

static int take_line(void *opaque, const char *line)
{
    struct lines *const lines = opaque;
    const size_t used = strlen(lines->text);

    assert_null(strchr(line, '\n'));
    (void)snprintf(lines->text + used, sizeof lines->text - used, "%s\n", line);
    return lines->status;
}

/* The policy between the other lines, as JSON. */
static json_t *policy_for(const char *name)
{
    static struct lines lines;
    json_t *policy;

    lines = (struct lines){.status = DNSHOOK_OK};
    assert_int_equal(provider->guide(handle, name, take_line, &lines), DNSHOOK_OK);
    const char *const begin = strstr(lines.text, "\n{");
    const char *const end = strstr(lines.text, "\n}\n");

    assert_non_null(begin);
    assert_non_null(end);
    policy = json_loadb(begin, (size_t)(end + 2 - begin), 0, NULL);
    assert_non_null(policy);
    return policy;
}

/* One statement as compact text, to compare with. */
static void assert_statement(const json_t *policy, size_t index, const char *expected)
{
    char *const text =
        json_dumps(json_array_get(json_object_get(policy, "Statement"), index), JSON_COMPACT);

    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    free(text);
}

#define KEY "route53:ChangeResourceRecordSets"
#define CHANGE(zones, test, names)                                                                 \
    "{\"Effect\":\"Allow\",\"Action\":\"" KEY "\",\"Resource\":[" zones "],\"Condition\":"         \
    "{\"ForAllValues:" test "\":{\"" KEY "NormalizedRecordNames\":[\"" names "\"],\"" KEY          \
    "RecordTypes\":[\"TXT\"],\"" KEY "Actions\":[\"CREATE\",\"DELETE\"]}}}"

static void test_policy_of_a_zone(void **state)
{
    (void)state;
    open_with("Z1", "eu-west-1");
    json_t *const policy = policy_for("_acme-challenge.my.example.com");

    assert_string_equal(json_string_value(json_object_get(policy, "Version")), "2012-10-17");
    assert_statement(policy, 0,
                     CHANGE("\"arn:aws:route53:::hostedzone/Z1\"", "StringEquals",
                            "_acme-challenge.my.example.com"));
    assert_statement(policy, 1,
                     "{\"Effect\":\"Allow\",\"Action\":[\"route53:GetHostedZone\","
                     "\"route53:ListResourceRecordSets\"],\"Resource\":"
                     "[\"arn:aws:route53:::hostedzone/Z1\"]}");
    assert_statement(policy, 2,
                     "{\"Effect\":\"Allow\",\"Action\":\"route53:GetChange\",\"Resource\":"
                     "\"arn:aws:route53:::change/*\"}");
    assert_statement(policy, 3, NULL);
    json_decref(policy);
    assert_int_equal(fake_calls(service), 0);
}

static void test_policy_without_a_zone(void **state)
{
    json_t *policy;

    (void)state;
    policy = policy_for(NULL);
    assert_statement(
        policy, 0, CHANGE("\"arn:aws:route53:::hostedzone/*\"", "StringLike", "_acme-challenge.*"));
    assert_statement(policy, 3,
                     "{\"Effect\":\"Allow\",\"Action\":[\"route53:ListHostedZonesByName\","
                     "\"route53:ListHostedZones\"],\"Resource\":\"*\"}");
    json_decref(policy);
    open_with("Z1,Z2", "cn-north-1");
    policy = policy_for("*.a/b.example.com");
    assert_statement(policy, 0,
                     CHANGE("\"arn:aws-cn:route53:::hostedzone/Z1\","
                            "\"arn:aws-cn:route53:::hostedzone/Z2\"",
                            "StringEquals", "\\\\052.a\\\\057b.example.com"));
    json_decref(policy);
}

/* The zone of a name is found, where the credentials can. */
static void test_policy_finds_the_zone(void **state)
{
    json_t *policy;

    (void)state;
    open_with(NULL, NULL);
    policy = policy_for("_acme-challenge.my.example.com");
    assert_statement(policy, 0,
                     CHANGE("\"arn:aws:route53:::hostedzone/Z1\"", "StringEquals",
                            "_acme-challenge.my.example.com"));
    assert_int_equal(json_array_size(json_object_get(policy, "Statement")), 4);
    json_decref(policy);
    policy = policy_for("_acme-challenge.example.org");
    assert_statement(policy, 0,
                     CHANGE("\"arn:aws:route53:::hostedzone/*\"", "StringEquals",
                            "_acme-challenge.example.org"));
    json_decref(policy);
}

static void test_policy_is_not_wanted(void **state)
{
    struct lines lines = {.status = DNSHOOK_INTERRUPTED};

    (void)state;
    assert_int_equal(provider->guide(NULL, NULL, take_line, &lines), DNSHOOK_INTERRUPTED);
}

/* ---- the table ------------------------------------------------------------------------------- */

static void test_params(void **state)
{
    enum { IDENTITY = DNSHOOK_PARAM_IDENTITY | DNSHOOK_PARAM_AMBIENT };
    static const struct {
        const char *name;
        const char *env;
        uint32_t flags;
    } rows[] = {
        {"hosted-zone", "ACME_HOSTED_ZONE AWS_HOSTED_ZONE_ID", DNSHOOK_PARAM_ZONE},
        {"access-key-id", "AWS_ACCESS_KEY_ID", IDENTITY},
        {"secret-access-key", "AWS_SECRET_ACCESS_KEY", DNSHOOK_PARAM_SECRET | IDENTITY},
        {"session-token", "AWS_SESSION_TOKEN AWS_SECURITY_TOKEN", DNSHOOK_PARAM_SECRET | IDENTITY},
        {"config-file", "AWS_CONFIG_FILE", DNSHOOK_PARAM_FILE | IDENTITY},
        {"shared-credentials-file", "AWS_SHARED_CREDENTIALS_FILE", DNSHOOK_PARAM_FILE | IDENTITY},
        {"container-credentials-relative-uri", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", IDENTITY},
        {"container-credentials-full-uri", "AWS_CONTAINER_CREDENTIALS_FULL_URI", IDENTITY},
        {"container-authorization-token", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
         DNSHOOK_PARAM_SECRET | DNSHOOK_PARAM_NO_FILE | DNSHOOK_PARAM_AMBIENT},
        {"web-identity-token-file", "AWS_WEB_IDENTITY_TOKEN_FILE", DNSHOOK_PARAM_FILE | IDENTITY},
        {"ca-bundle", "AWS_CA_BUNDLE", DNSHOOK_PARAM_FILE | DNSHOOK_PARAM_AMBIENT},
    };
    size_t count = 0;

    (void)state;
    for (const struct dnshook_param *param = provider->params; param->size != 0; param++) {
        count++;
        assert_int_equal(param->size, sizeof *param);
        assert_non_null(param->help);
        /* for a configuration alone: boto3 knows no variable for these */
        if (strcmp(param->name, "role-arn") != 0 && strcmp(param->name, "external-id") != 0)
            assert_non_null(param->env);
        for (size_t i = 0; i < COUNT(rows); i++) {
            if (strcmp(rows[i].name, param->name) != 0)
                continue;
            assert_string_equal(param->env, rows[i].env);
            assert_int_equal(param->flags, rows[i].flags);
        }
    }
    assert_int_equal(count, 31);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_pending_then_live),     TEST(test_no_change_to_ask_about),
        TEST(test_live_failures),         TEST(test_check),
        TEST(test_check_without_sts),     TEST(test_policy_of_a_zone),
        TEST(test_policy_without_a_zone), TEST(test_policy_finds_the_zone),
        TEST(test_policy_is_not_wanted),  TEST(test_params),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
