/* Where the credentials for AWS come from: the order, keys, roles. */
#include "credentials_fixture.h"

/* ---- keys ------------------------------------------------------------------------------------ */

static void keys_of_the_environment(void **state)
{
    (void)state;
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKID");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    assert_gives("AKID", false);
    assert_string_equal(got->source, "the environment (AWS_ACCESS_KEY_ID)");
    assert_false(got->refreshable);
    again(state);
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKID");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    fake_aws_set(fake, "AWS_SECURITY_TOKEN", CANARY "Token");
    assert_gives("AKID", true);
}

static void half_a_key(void **state)
{
    (void)state;
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKID");
    assert_fails(DNSHOOK_BAD_CONFIG, "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY");
    again(state);
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    assert_fails(DNSHOOK_BAD_CONFIG, "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID");
}

static void keys_that_are_none(void **state)
{
    static const struct {
        const char *id, *secret, *token, *what;
    } rows[] = {
        {"AK ID", CANARY, NULL, "the access key id holds a blank"},
        {"\"AKID\"", CANARY, NULL, "without quotation marks"},
        {"AKID", CANARY "\n", NULL, "the secret access key holds"},
        {"AKID", CANARY, CANARY "\r\nX: y", "the session token holds"},
        {"AKID\xc3\xa9", CANARY, NULL, "not printable"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        fake_aws_set(fake, "AWS_ACCESS_KEY_ID", rows[i].id);
        fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", rows[i].secret);
        fake_aws_set(fake, "AWS_SESSION_TOKEN", rows[i].token);
        assert_fails(DNSHOOK_BAD_CONFIG, rows[i].what);
        again(state);
    }
}

static void keys_of_a_profile(void **state)
{
    (void)state;
    (void)write_file("config", "[profile dns]\n" KEYS("AKDNS") "[default]\n" KEYS("AKDEF"), 0600);
    assert_gives("AKDEF", false);
    assert_has(got->source, "profile default in ");
    assert_has(got->source, "/config");
    again(state);
    (void)write_file("config", "[profile dns]\n" KEYS("AKDNS") "aws_session_token=" CANARY "Token",
                     0600);
    fake_aws_set(fake, "AWS_PROFILE", "dns");
    assert_gives("AKDNS", true);
    assert_false(got->refreshable);
}

static void the_environment_beats_the_profile(void **state)
{
    (void)state;
    (void)write_file("config", "[profile dns]\n" KEYS("AKDNS"), 0600);
    fake_aws_set(fake, "AWS_PROFILE", "dns");
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKENV");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    assert_gives("AKENV", false);
    assert_has(fake->logged, "profile dns is not asked");
}

static void a_chosen_profile_must_be_there(void **state)
{
    (void)state;
    (void)write_file("config", "[default]\n" KEYS("AKDEF"), 0600);
    fake_aws_set(fake, "AWS_PROFILE", "dns");
    assert_fails(DNSHOOK_BAD_CONFIG, "AWS_PROFILE is dns, but there is no profile dns in ");
}

/* ---- nothing --------------------------------------------------------------------------------- */

static void nothing_is_configured(void **state)
{
    static const struct exchange script[] = {
        {"PUT", IMDS "/latest/api/token", "token-ttl-seconds: 21600", NULL, DNSHOOK_UNREACHABLE, 0,
         NULL},
    };
    static const char *const parts[] = {
        "environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
        "profile: No profiles were defined in /tmp/dnshook-credentials-",
        "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
        "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and",
        "EC2 instance: " IMDS " gives no answer (1 s;",
    };

    (void)state;
    EXPECT(script);
    assert_fails(DNSHOOK_BAD_CONFIG, "no AWS credentials: set AWS_ACCESS_KEY_ID and");
    for (size_t i = 0; i < COUNT(parts); i++)
        assert_has(fake->failed, parts[i]);
    assert_int_equal(fake->timeout, 1000);
    assert_int_equal(fake->flags, DNSHOOK_HTTP_LINK_LOCAL);
    assert_int_equal(fake->slept, 0);
}

static void a_profile_without_credentials_is_passed_over(void **state)
{
    (void)state;
    (void)write_file("config", "[profile dns]\nregion = eu-west-1\n", 0600);
    fake_aws_set(fake, "AWS_PROFILE", "dns");
    fake_aws_set(fake, "AWS_EC2_METADATA_DISABLED", "TRUE");
    assert_fails(DNSHOOK_BAD_CONFIG, "profile: profile `dns` did not contain credential");
    assert_has(fake->failed, "switched off by AWS_EC2_METADATA_DISABLED");
}

/* ---- roles ----------------------------------------------------------------------------------- */

static void a_role(void **state)
{
    static const struct exchange script[] = {
        {"POST", "https://sts.", "Credential=AKB/",
         "Action=AssumeRole&Version=2011-06-15&RoleArn="
         "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdns&RoleSessionName=me&ExternalId=x%26y&"
         "DurationSeconds=900",
         DNSHOOK_OK, 200, STS("AssumeRole", "ASIA")},
    };

    (void)state;
    (void)write_file("config",
                     "[profile a]\nrole_arn = arn:aws:iam::1:role/dns\nsource_profile = b\n"
                     "external_id = x&y\nrole_session_name = me\nduration_seconds = 900\n"
                     "[profile b]\n" KEYS("AKB"),
                     0600);
    fake_aws_set(fake, "AWS_PROFILE", "a");
    EXPECT(script);
    assert_gives("ASIA", true);
    assert_true(got->refreshable);
    assert_true(got->expires == LATER_SECONDS);
    assert_has(got->source, "role arn:aws:iam::1:role/dns of profile a in ");
}

static void a_chain_of_roles(void **state)
{
    static const struct exchange script[] = {
        {"POST", "https://sts.", "Credential=AKC/", "RoleArn=arn%3Ab&RoleSessionName=dnshook-",
         DNSHOOK_OK, 200, STS("AssumeRole", "ASIAB")},
        {"POST", "https://sts.", "Credential=ASIAB/", "RoleArn=arn%3Aa&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAA")},
        {"POST", "https://sts.", "Credential=AKC/", "RoleArn=arn%3Ab&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAB")},
        {"POST", "https://sts.", "Credential=ASIAB/", "RoleArn=arn%3Aa&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAN")},
    };
    long live;

    (void)state;
    (void)write_file("config",
                     "[default]\nrole_arn = arn:a\nsource_profile = b\n"
                     "[profile b]\nrole_arn = arn:b\nsource_profile = c\n[profile c]\n" KEYS("AKC"),
                     0600);
    EXPECT(script);
    assert_gives("ASIAA", true);
    live = fake->live;
    assert_int_equal(ask(true), DNSHOOK_OK);
    assert_string_equal(got->access_key_id, "ASIAN");
    assert_int_equal(fake->live, live); /* the old ones are gone */
    assert_gives("ASIAN", true);        /* asks nobody */
}

static void sts_says_no(void **state)
{
    static const struct {
        uint32_t code;
        const char *body;
        int status;
        const char *what;
    } rows[] = {
        {403,
         "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User b is not "
         "authorized</Message></Error></ErrorResponse>",
         DNSHOOK_DENIED, "not authorized"},
        {200, "<AssumeRoleResponse/>", DNSHOOK_BAD_ANSWER, "has no credentials"},
        {200,
         "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>"
         "<SecretAccessKey>" CANARY "</SecretAccessKey><SessionToken>" CANARY "</SessionToken>"
         "<Expiration>soon</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
         DNSHOOK_BAD_ANSWER, "has no credentials"},
        {200, "<!DOCTYPE x><AssumeRoleResponse/>", DNSHOOK_BAD_ANSWER, ""},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct exchange script[] = {
            {"POST", "https://sts.", NULL, NULL, DNSHOOK_OK, rows[i].code, rows[i].body},
        };

        (void)write_file(
            "config",
            "[default]\nrole_arn = arn:aws:iam::1:role/dns\nsource_profile = default\n" KEYS("AKB"),
            0600);
        EXPECT(script);
        assert_fails(rows[i].status, rows[i].what);
        if (rows[i].code == 403) {
            assert_has(fake->failed, "sts:AssumeRole");
            assert_has(fake->failed, "arn:aws:iam::1:role/dns");
        }
        again(state);
    }
}

static void web_identity(void **state)
{
    static const struct exchange script[] = {
        {"POST", "https://sts.", NULL,
         "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName=s&"
         "WebIdentityToken=" CANARY "Jwt1",
         DNSHOOK_OK, 200, STS("AssumeRoleWithWebIdentity", "ASIA1")},
        {"POST", "https://sts.", NULL, "WebIdentityToken=" CANARY "Jwt2", DNSHOOK_OK, 200,
         STS("AssumeRoleWithWebIdentity", "ASIA2")},
    };

    (void)state;
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", write_file("token", CANARY "Jwt1\n", 0644));
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    fake_aws_set(fake, "AWS_ROLE_SESSION_NAME", "s");
    EXPECT(script);
    assert_gives("ASIA1", true);
    (void)write_file("token", CANARY "Jwt2", 0644);
    assert_int_equal(ask(true), DNSHOOK_OK);
    assert_string_equal(got->access_key_id, "ASIA2");
}

static void web_identity_that_cannot_work(void **state)
{
    (void)state;
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token");
    assert_fails(DNSHOOK_BAD_CONFIG, "set without AWS_ROLE_ARN");
    again(state);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token");
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    assert_fails(DNSHOOK_BAD_CONFIG,
                 "AWS_WEB_IDENTITY_TOKEN_FILE: there is no file /nowhere/token");
    again(state);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", write_file("token", "a\r\nb", 0600));
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    assert_fails(DNSHOOK_BAD_CONFIG, "holds more than one line");
    again(state);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", write_file("token", CANARY, 0602));
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    assert_fails(DNSHOOK_DENIED, "may be written by others");
}

static void a_profile_beats_web_identity(void **state)
{
    (void)state;
    (void)write_file("config", "[default]\n" KEYS("AKDEF"), 0600);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token");
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    assert_gives("AKDEF", false);
}

static void web_identity_of_a_profile(void **state)
{
    static const struct exchange script[] = {
        {"POST", "https://sts.", NULL, "Action=AssumeRoleWithWebIdentity", DNSHOOK_OK, 200,
         STS("AssumeRoleWithWebIdentity", "ASIAW")},
        {"POST", "https://sts.", "Credential=ASIAW/", "Action=AssumeRole&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAR")},
    };
    char text[512];

    (void)state;
    (void)snprintf(text, sizeof text,
                   "[default]\nrole_arn=arn:a\nsource_profile=w\n[profile w]\nrole_arn=arn:w\n"
                   "web_identity_token_file = %s\n",
                   write_file("token", CANARY "Jwt", 0600));
    (void)write_file("config", text, 0600);
    EXPECT(script);
    assert_gives("ASIAR", true);
}

/* ---- the role of an account ------------------------------------------------------------------ */

static void a_role_of_the_account(void **state)
{
    static const struct exchange with_keys[] = {
        {"POST", "https://sts.", "Credential=AKENV/",
         "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Ar&RoleSessionName=s&ExternalId=x%2F1",
         DNSHOOK_OK, 200, STS("AssumeRole", "ASIAR")},
    };
    static const struct exchange with_profile[] = {
        {"POST", "https://sts.", "Credential=AKDNS/", "Action=AssumeRole&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAP")},
        {"POST", "https://sts.", "Credential=ASIAP/", "RoleArn=arn%3Aouter&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAO")},
    };

    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKENV");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    fake_aws_set(fake, "AWS_ROLE_SESSION_NAME", "s");
    fake_aws_set(fake, "role-arn", "arn:r");
    fake_aws_set(fake, "external-id", "x/1");
    EXPECT(with_keys);
    assert_gives("ASIAR", true);
    assert_has(got->source, "role arn:r of the parameter role-arn, with the environment");
    again(state);
    (void)write_file(
        "config",
        "[profile dns]\nrole_arn = arn:inner\nsource_profile = b\n[profile b]\n" KEYS("AKDNS"),
        0600);
    fake_aws_set(fake, "AWS_PROFILE", "dns");
    fake_aws_set(fake, "role-arn", "arn:outer");
    EXPECT(with_profile);
    assert_gives("ASIAO", true);
}

/* As the SDKs have it: AWS_ROLE_ARN is for web identity alone. */
static void a_role_of_the_environment_is_not_assumed(void **state)
{
    (void)state;
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKENV");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:r");
    assert_gives("AKENV", false);
}

/* role-arn is the token's role, unless that has its own: then it is assumed from there. */
static void a_role_and_web_identity(void **state)
{
    static const struct exchange alone[] = {
        {"POST", "https://sts.", NULL, "Action=AssumeRoleWithWebIdentity&", DNSHOOK_OK, 200,
         STS("AssumeRoleWithWebIdentity", "ASIAW")},
    };
    static const struct exchange both[] = {
        {"POST", "https://sts.", NULL, "RoleArn=arn%3Aweb&", DNSHOOK_OK, 200,
         STS("AssumeRoleWithWebIdentity", "ASIAW")},
        {"POST", "https://sts.", "Credential=ASIAW/", "Action=AssumeRole&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAR")},
    };
    const char *const token = write_file("token", CANARY "Jwt", 0600);
    char path[512];

    (void)snprintf(path, sizeof path, "%s", token);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", path);
    fake_aws_set(fake, "role-arn", "arn:r");
    EXPECT(alone);
    assert_gives("ASIAW", true);
    again(state);
    (void)write_file("token", CANARY "Jwt", 0600);
    fake_aws_set(fake, "AWS_WEB_IDENTITY_TOKEN_FILE", path);
    fake_aws_set(fake, "AWS_ROLE_ARN", "arn:web");
    fake_aws_set(fake, "role-arn", "arn:r");
    EXPECT(both);
    assert_gives("ASIAR", true);
}

static void a_role_that_cannot_be_assumed(void **state)
{
    static const struct exchange script[] = {
        {"POST", "https://sts.", NULL, NULL, DNSHOOK_OK, 403,
         "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:u "
         "is "
         "not authorized</Message></Error></ErrorResponse>"},
    };

    fake_aws_set(fake, "external-id", "x");
    assert_fails(DNSHOOK_BAD_CONFIG, "external-id is set without role-arn");
    again(state);
    fake_aws_set(fake, "role-arn", "arn:r");
    fake_aws_set(fake, "AWS_EC2_METADATA_DISABLED", "true");
    assert_fails(DNSHOOK_BAD_CONFIG, "no AWS credentials");
    again(state);
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKENV");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    fake_aws_set(fake, "role-arn", "dns");
    assert_fails(DNSHOOK_BAD_CONFIG, "the role is no ARN");
    again(state);
    fake_aws_set(fake, "AWS_ACCESS_KEY_ID", "AKENV");
    fake_aws_set(fake, "AWS_SECRET_ACCESS_KEY", CANARY "Key");
    fake_aws_set(fake, "role-arn", "arn:r");
    EXPECT(script);
    assert_fails(DNSHOOK_DENIED, "sts:AssumeRole");
}

static void credential_source_of_the_instance(void **state)
{
    static const struct exchange script[] = {
        {"PUT", IMDS "/latest/api/token", NULL, NULL, DNSHOOK_OK, 200, CANARY "V2"},
        {"GET", IMDS ROLES, NULL, NULL, DNSHOOK_OK, 200, "web"},
        {"GET", IMDS ROLES "web", NULL, NULL, DNSHOOK_OK, 200, JSON("ASIAI", LATER)},
        {"POST", "https://sts.", "Credential=ASIAI/", "Action=AssumeRole&", DNSHOOK_OK, 200,
         STS("AssumeRole", "ASIAR")},
    };

    (void)state;
    (void)write_file("config",
                     "[default]\nrole_arn=arn:a\ncredential_source = Ec2InstanceMetadata\n", 0600);
    EXPECT(script);
    assert_gives("ASIAR", true);
}

/* ---- times and memory ------------------------------------------------------------------------ */

static void times(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: none */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2099-01-02T03:04:05Z", LATER_SECONDS},
        {"2026-02-28T23:59:59.123456Z", 1772323199},
        {"2026-03-01t01:59:59+02:00", 1772323199},
        {"2026-02-28T20:29:59-0330", 1772323199},
        {"2026-02-28 23:59:59UTC", 1772323199},
        {"2026-02-28T23:59:59", -1},
        {"2026-02-28T23:59:59Zx", -1},
        {"2026-02-28T23:59:59+1", -1},
        {"2026-13-28T23:59:59Z", -1},
        {"2026-02-28T24:59:59Z", -1},
        {"2026-02-28", -1},
        {"2026-02-28T", -1},
        {"soon", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *const exact = strdup(rows[i].text);
        int64_t seconds = -1;

        assert_true(credentials_time(exact, &seconds) == (rows[i].seconds >= 0));
        if (rows[i].seconds >= 0)
            assert_true(seconds == rows[i].seconds);
        free(exact);
    }
}

/* Each allocation of a road fails once: an error, and nothing is left but what is cached. */
static void out_of_memory(void **state)
{
    static const struct exchange container[] = {
        {"GET", "http://169.254.170.2/c", NULL, NULL, DNSHOOK_OK, 200, JSON("ASIA", LATER)},
    };
    static const struct exchange role[] = {
        {"POST", "https://sts.", NULL, NULL, DNSHOOK_OK, 200, STS("AssumeRole", "ASIA")},
    };
    static const struct exchange instance[] = {TOKEN, ROLE, GET(200, JSON("ASIA", LATER))};
    static const struct {
        const char *config;
        const char *variable;
        const struct exchange *script;
        size_t size;
    } roads[] = {
        {"[default]\nregion = x\n", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", container, 1},
        {"[default]\nrole_arn = arn:a\nsource_profile = default\n" KEYS("AKB"), NULL, role, 1},
        {"[default]\nregion = x\n", NULL, instance, 3},
    };

    for (size_t i = 0; i < COUNT(roads); i++) {
        bool done = false;

        for (long n = 1; n < 200 && !done; n++) {
            (void)write_file("config", roads[i].config, 0600);
            if (roads[i].variable != NULL)
                fake_aws_set(fake, roads[i].variable, "/c");
            fake_aws_expect(fake, roads[i].script, roads[i].size);
            fake->fail_alloc = n;

            const int status = ask(false);

            done = fake->allocations < n;
            if (done != (status == DNSHOOK_OK))
                fail_msg("road %zu, allocation %ld: status %d, %s", i, n, status, fake->failed);
            assert_int_equal(fake->fails, done ? 0 : 1);
            fake->script_size = fake->script_used;
            fake->surprise[0] = '\0';
            again(state);
        }
        assert_true(done);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_of_the_environment),
        TEST(half_a_key),
        TEST(keys_that_are_none),
        TEST(keys_of_a_profile),
        TEST(the_environment_beats_the_profile),
        TEST(a_chosen_profile_must_be_there),
        TEST(nothing_is_configured),
        TEST(a_profile_without_credentials_is_passed_over),
        TEST(a_role),
        TEST(a_chain_of_roles),
        TEST(sts_says_no),
        TEST(web_identity),
        TEST(web_identity_that_cannot_work),
        TEST(a_profile_beats_web_identity),
        TEST(web_identity_of_a_profile),
        TEST(a_role_of_the_account),
        TEST(a_role_of_the_environment_is_not_assumed),
        TEST(a_role_and_web_identity),
        TEST(a_role_that_cannot_be_assumed),
        TEST(credential_source_of_the_instance),
        TEST(times),
        TEST(out_of_memory),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
