/* Credentials from the endpoints beside us: containers and EC2 instances. */
#include "credentials_fixture.h"
#include "credentials_container.h"

/* ---- containers ------------------------------------------------------------------------------ */

static void published_container_cases(void **state)
{
    json_t *const root = load_vectors("ecs-tests.json");
    json_t *test, *value;
    const char *name;
    size_t i;

    json_array_foreach(json_object_get(root, "tests"), i, test)
    {
        const json_t *const result = json_object_get(test, "result");
        const char *const url = json_string_value(json_object_get(result, "Ok"));
        const char *const error = json_string_value(json_object_get(result, "ErrorContains"));
        struct container container;

        json_object_foreach(json_object_get(test, "env"), name, value)
            fake_aws_set(fake, name, json_string_value(value));

        const int status = container_read(&fake->host, &container);

        if (url != NULL) {
            assert_int_equal(status, DNSHOOK_OK);
            assert_string_equal(container.url, url);
        } else if (strstr(error, "No environment variables") != NULL) {
            assert_int_equal(status, DNSHOOK_OK);
            assert_null(container.variable);
        } else {
            assert_int_equal(status, DNSHOOK_BAD_CONFIG);
            assert_has(fake->failed, error);
        }
        again(state);
    }
    print_message("# %zu cases\n", i);
    assert_int_equal(i, 11);
    json_decref(root);
}

static void container_addresses(void **state)
{
    static const struct {
        const char *relative, *full;
        const char *url; /* NULL: refused */
        uint32_t flags;
    } rows[] = {
        {"/v2/credentials/x", "http://example.com/", "http://169.254.170.2/v2/credentials/x",
         DNSHOOK_HTTP_LINK_LOCAL},
        {"@example.com/", NULL, NULL, 0},
        {"/a b", NULL, NULL, 0},
        {"/a\nb", NULL, NULL, 0},
        {NULL, "http://127.0.0.1:51679/c", "http://127.0.0.1:51679/c", DNSHOOK_HTTP_LINK_LOCAL},
        {NULL, "http://127.9.9.9/c", "http://127.9.9.9/c", DNSHOOK_HTTP_LINK_LOCAL},
        {NULL, "http://LOCALHOST/c", "http://LOCALHOST/c", DNSHOOK_HTTP_LINK_LOCAL},
        {NULL, "http://[::1]:80/c", "http://[::1]:80/c", DNSHOOK_HTTP_LINK_LOCAL},
        {NULL, "https://example.com/c", "https://example.com/c", 0},
        {NULL, "http://example.com/c", NULL, 0},
        {NULL, "http://169.254.169.254/c", NULL, 0},
        {NULL, "http://169.254.170.2.example.com/c", NULL, 0},
        {NULL, "http://localhost@example.com/c", NULL, 0},
        {NULL, "http://127.0.0.1:80@example.com/c", NULL, 0},
        {NULL, "http:///c", NULL, 0},
        {NULL, "ftp://localhost/c", NULL, 0},
        {NULL, "localhost", NULL, 0},
        {NULL, "http://[::1", NULL, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct container container;

        fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", rows[i].relative);
        fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_FULL_URI", rows[i].full);

        const int status = container_read(&fake->host, &container);

        assert_int_equal(status, rows[i].url == NULL ? DNSHOOK_BAD_CONFIG : DNSHOOK_OK);
        if (rows[i].url != NULL) {
            assert_string_equal(container.url, rows[i].url);
            assert_int_equal(container.flags, rows[i].flags);
        }
        again(state);
    }
}

static void a_container(void **state)
{
    static const struct exchange script[] = {
        {"GET", "http://169.254.170.23/v1/credentials", "Authorization: " CANARY "A", NULL,
         DNSHOOK_OK, 200, JSON("ASIA1", LATER)},
        {"GET", "http://169.254.170.23/v1/credentials", "Authorization: " CANARY "B", NULL,
         DNSHOOK_OK, 200, JSON("ASIA2", LATER)},
    };

    (void)state;
    fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                 "http://169.254.170.23/v1/credentials");
    fake_aws_set(fake, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                 write_file("token", CANARY "A", 0640));
    fake_aws_set(fake, "AWS_CONTAINER_AUTHORIZATION_TOKEN", CANARY "Other");
    EXPECT(script);
    assert_gives("ASIA1", true);
    assert_true(got->refreshable);
    assert_int_equal(fake->timeout, 2000);
    assert_has(got->source, "the container's endpoint http://169.254.170.23 (AWS_CONTAINER_");
    (void)write_file("token", CANARY "B\n", 0640);
    assert_int_equal(ask(true), DNSHOOK_OK);
    assert_string_equal(got->access_key_id, "ASIA2");
}

static void a_container_that_answers_late(void **state)
{
    static const struct exchange script[] = {
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_UNREACHABLE, 0, NULL},
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 503, "busy"},
        {"GET", "http://169.254.170.2/c", "Authorization: Basic " CANARY, NULL, DNSHOOK_OK, 200,
         JSON("ASIA", LATER)},
    };

    (void)state;
    fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    fake_aws_set(fake, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic " CANARY);
    EXPECT(script);
    assert_gives("ASIA", true);
    assert_int_equal(fake->slept, 2000);
}

static void containers_that_fail(void **state)
{
    static const struct {
        int status;
        uint32_t code;
        const char *body;
        int outcome;
        const char *what;
    } rows[] = {
        {DNSHOOK_OK, 403, "{\"code\":\"X\",\"message\":\"no role\\u0007\"}", DNSHOOK_DENIED,
         "answered 403: no role?"},
        {DNSHOOK_OK, 404, "<html>", DNSHOOK_DENIED, "it answered 404"},
        {DNSHOOK_OK, 200, "<html>" CANARY, DNSHOOK_BAD_ANSWER, "makes no sense: it is no JSON"},
        {DNSHOOK_OK, 200, "[]", DNSHOOK_BAD_ANSWER, "no JSON object"},
        {DNSHOOK_OK, 200, "{\"AccessKeyId\":\"A\",\"AccessKeyId\":\"B\"}", DNSHOOK_BAD_ANSWER,
         "it is no JSON"},
        {DNSHOOK_OK, 200, "{\"AccessKeyId\":\"A\"}", DNSHOOK_BAD_ANSWER, "no SecretAccessKey"},
        {DNSHOOK_OK, 200, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":5}", DNSHOOK_BAD_ANSWER,
         "no SecretAccessKey"},
        {DNSHOOK_OK, 200, JSON("A", "soon"), DNSHOOK_BAD_ANSWER, "Expiration of the answer is no"},
        {DNSHOOK_OK, 200, JSON("A\\r\\nX", LATER), DNSHOOK_BAD_CONFIG, "the access key id holds"},
        {DNSHOOK_BAD_ANSWER, 0, NULL, DNSHOOK_BAD_ANSWER, "is no HTTP, or more than"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct exchange script[] = {
            {"GET", "http://169.254.170.2/c", NULL, NULL, rows[i].status, rows[i].code,
             rows[i].body},
        };

        fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
        EXPECT(script);
        assert_fails(rows[i].outcome, rows[i].what);
        again(state);
    }
    fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    fake_aws_set(fake, "AWS_CONTAINER_AUTHORIZATION_TOKEN", CANARY "\r\nX: y");
    assert_fails(DNSHOOK_BAD_CONFIG, "AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line feed");
}

static void expired_ones_are_asked_for_once_more(void **state)
{
    static const struct exchange script[] = {
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 200,
         JSON("ASIAOLD", "2020-01-01T00:00:00Z")},
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 200, JSON("ASIA", LATER)},
    };
    static const struct exchange hopeless[] = {
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 200,
         JSON("ASIAOLD", "2020-01-01T00:00:00Z")},
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 200,
         JSON("ASIAOLD", "2020-01-01T00:00:00Z")},
    };

    fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    EXPECT(script);
    assert_gives("ASIA", true);
    again(state);
    fake_aws_set(fake, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c");
    EXPECT(hopeless);
    assert_fails(DNSHOOK_DENIED, "have expired at 2020-01-01 00:00:00 UTC");
}

/* ---- instance metadata ---------------------------------------------------------------------- */

static void an_instance(void **state)
{
    static const struct exchange script[] = {
        {"PUT", IMDS "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600", NULL,
         DNSHOOK_OK, 200, CANARY "V2=="},
        {"GET", IMDS ROLES, "X-aws-ec2-metadata-token: " CANARY "V2==", NULL, DNSHOOK_OK, 200,
         "web-role\n"},
        {"GET", IMDS ROLES "web-role", "X-aws-ec2-metadata-token: " CANARY "V2==", NULL, DNSHOOK_OK,
         200, JSON("ASIA", LATER)},
    };

    (void)state;
    EXPECT(script);
    assert_gives("ASIA", true);
    assert_int_equal(fake->flags, DNSHOOK_HTTP_LINK_LOCAL);
    assert_true(fake->body_limit > 0 && fake->body_limit <= 65536);
    assert_string_equal(got->source, "role web-role of the EC2 instance (" IMDS ")");
}

static void where_the_metadata_is(void **state)
{
    static const struct {
        const char *endpoint, *mode, *config, *url;
    } rows[] = {
        {NULL, "ipv4", "", IMDS "/latest/api/token"},
        {NULL, "IPV6", "", "http://[fd00:ec2::254]/latest/api/token"},
        {"http://127.0.0.1:1338/", "IPv6", "", "http://127.0.0.1:1338/latest/api/token"},
        {NULL, NULL, "ec2_metadata_service_endpoint_mode = IPv6\n",
         "http://[fd00:ec2::254]/latest/api/token"},
        {NULL, NULL, "ec2_metadata_service_endpoint = http://[::1]:80\n",
         "http://[::1]:80/latest/api/token"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct exchange script[] = {
            {"PUT", rows[i].url, NULL, NULL, DNSHOOK_UNREACHABLE, 0, NULL},
            {"PUT", rows[i].url, NULL, NULL, DNSHOOK_UNREACHABLE, 0, NULL},
        };
        char text[256];

        (void)snprintf(text, sizeof text, "[default]\nregion = x\n%s", rows[i].config);
        (void)write_file("config", text, 0600);
        fake_aws_set(fake, "AWS_EC2_METADATA_SERVICE_ENDPOINT", rows[i].endpoint);
        fake_aws_set(fake, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", rows[i].mode);
        fake_aws_set(fake, "metadata-service-num-attempts", "2");
        fake_aws_set(fake, "metadata-service-timeout", "3");
        EXPECT(script);
        assert_fails(DNSHOOK_BAD_CONFIG, "gives no answer (3 s;");
        assert_int_equal(fake->timeout, 3000);
        again(state);
    }
}

static void metadata_settings_that_are_none(void **state)
{
    static const struct {
        const char *param, *value, *what;
    } rows[] = {
        {"ec2-metadata-service-endpoint-mode", "IPv5", "it must be IPv4 or IPv6"},
        {"metadata-service-timeout", "0", "metadata-service-timeout must be a whole number"},
        {"metadata-service-timeout", "1s", "metadata-service-timeout must be a whole number"},
        {"metadata-service-num-attempts", "99999999999999999999", "must be a whole number"},
        {"ec2-metadata-service-endpoint", "http://a\nb", "is no URL"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_aws_set(fake, rows[i].param, rows[i].value);
        assert_fails(DNSHOOK_BAD_CONFIG, rows[i].what);
        again(state);
    }
}

/* Version 1 is never tried: the script has no more than what is asked. */
static void instances_that_fail(void **state)
{
    static const struct {
        struct exchange script[3];
        size_t size;
        int status;
        const char *what;
    } rows[] = {
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_OK, 404, ""}}, 1, DNSHOOK_BAD_CONFIG, "answered 404"},
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_OK, 403, ""}}, 1, DNSHOOK_BAD_CONFIG, "answered 403"},
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_OK, 200, ""}}, 1, DNSHOOK_BAD_ANSWER, "is no token"},
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_OK, 200, "a\r\nb"}}, 1, DNSHOOK_BAD_ANSWER, "no token"},
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_BAD_CONFIG, 0, NULL}}, 1, DNSHOOK_BAD_CONFIG, NULL},
        {{{"PUT", IMDS, NULL, NULL, DNSHOOK_INTERRUPTED, 0, NULL}}, 1, DNSHOOK_INTERRUPTED, NULL},
        {{TOKEN, GET(404, "")}, 2, DNSHOOK_BAD_CONFIG, "the EC2 instance has no IAM role"},
        {{TOKEN, GET(200, "")}, 2, DNSHOOK_BAD_CONFIG, "the EC2 instance has no IAM role"},
        {{TOKEN, GET(401, "Unauthorized")}, 2, DNSHOOK_BAD_ANSWER, "answered 401"},
        {{TOKEN, GET(200, "../../user-data")}, 2, DNSHOOK_BAD_ANSWER, "no role that can be one"},
        {{TOKEN, GET(200, "..")}, 2, DNSHOOK_BAD_ANSWER, "no role that can be one"},
        {{TOKEN, ROLE, GET(404, "")}, 3, DNSHOOK_BAD_ANSWER, "role web that it named"},
        {{TOKEN, ROLE, GET(200, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"x\"}")},
         3,
         DNSHOOK_DENIED,
         "Code is AssumeRoleUnauthorizedAccess"},
        {{TOKEN, ROLE, GET(200, "{}")}, 3, DNSHOOK_DENIED, "Code is nothing"},
        {{TOKEN, ROLE, GET(200, "x")}, 3, DNSHOOK_BAD_ANSWER, "it is no JSON"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_aws_expect(fake, rows[i].script, rows[i].size);
        if (rows[i].what != NULL)
            assert_fails(rows[i].status, rows[i].what);
        else
            assert_int_equal(ask(false), rows[i].status); /* http() has said it */
        again(state);
    }
}

static void expired_ones_of_an_instance_are_tried(void **state)
{
    static const struct exchange script[] = {
        TOKEN, ROLE, GET(200, JSON("ASIAOLD", "2020-01-01T00:00:00Z")),
        TOKEN, ROLE, GET(200, JSON("ASIAOLD", "2020-01-01T00:00:00Z")),
    };

    (void)state;
    EXPECT(script);
    assert_gives("ASIAOLD", true);
    assert_has(fake->logged, "expired at 2020-01-01 00:00:00 UTC; they are tried all the same");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PUBLISHED(published_container_cases, "ecs-tests.json"),
        TEST(container_addresses),
        TEST(a_container),
        TEST(a_container_that_answers_late),
        TEST(containers_that_fail),
        TEST(expired_ones_are_asked_for_once_more),
        TEST(an_instance),
        TEST(where_the_metadata_is),
        TEST(metadata_settings_that_are_none),
        TEST(instances_that_fail),
        TEST(expired_ones_of_an_instance_are_tried),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
