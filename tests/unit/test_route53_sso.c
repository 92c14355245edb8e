/* Credentials by the login of IAM Identity Center. */
#include "credentials_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#define SSO_PROFILE                                                                                \
    "[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dns\n"          \
    "[sso-session corp]\nsso_region = eu-west-2\nsso_start_url = https://corp.awsapps.com/start\n"

/* Puts a text where the cache of `aws sso login` has it; `key` is hashed by coreutils. */
static void write_cache(const char *key, const char *text, mode_t mode)
{
    char command[512];

    (void)snprintf(
        command, sizeof command,
        "mkdir -p '%s/.aws/sso/cache' && mv '%s' \"%s/.aws/sso/cache/$(printf %%s '%s' | "
        "sha1sum | cut -d' ' -f1).json\"",
        dir, write_file("cache", text, mode), dir, key);
    assert_int_equal(system(command), 0);
}

static void a_login(void **state)
{
    static const struct exchange script[] = {
        {"GET",
         "https://portal.sso.eu-west-2.amazonaws.com/federation/"
         "credentials?role_name=Dns&account_id=123456789012",
         "x-amz-sso_bearer_token: " CANARY "Bearer", NULL, DNSHOOK_OK, 200,
         "{\"roleCredentials\":{\"accessKeyId\":\"ASIAS\",\"secretAccessKey\":\"" CANARY
         "Key\",\"sessionToken\":\"" CANARY "Token\",\"expiration\":4071006245000}}"},
    };

    (void)state;
    (void)write_file("config", SSO_PROFILE, 0600);
    write_cache("corp", "{\"accessToken\":\"" CANARY "Bearer\",\"expiresAt\":\"" LATER "\"}", 0600);
    EXPECT(script);
    assert_gives("ASIAS", true);
    assert_true(got->expires == LATER_SECONDS);
    assert_true(got->refreshable);
    assert_has(got->source, "role Dns of account 123456789012 by IAM Identity Center");
}

static void a_login_of_the_old_kind(void **state)
{
    static const struct exchange script[] = {
        {"GET", "https://portal.sso.us-east-1.amazonaws.com/federation/credentials?", NULL, NULL,
         DNSHOOK_OK, 200,
         "{\"roleCredentials\":{\"accessKeyId\":\"ASIAS\",\"secretAccessKey\":\"" CANARY
         "Key\",\"sessionToken\":\"" CANARY "Token\",\"expiration\":4071006245000}}"},
    };

    (void)state;
    (void)write_file("config",
                     "[default]\nsso_start_url = https://old.example/start\nsso_region=us-east-1\n"
                     "sso_account_id = 123456789012\nsso_role_name = Dns\n",
                     0600);
    write_cache("https://old.example/start",
                "{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"2099-01-02T03:04:05UTC\"}", 0600);
    EXPECT(script);
    assert_gives("ASIAS", true);
}

static void logins_that_fail(void **state)
{
    static const struct {
        const char *cache;
        mode_t mode;
        uint32_t code; /* 0: nothing is asked */
        const char *body;
        int status;
        const char *what;
    } rows[] = {
        {"{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}", 0600, 0, NULL,
         DNSHOOK_DENIED, "the login has expired: run aws sso login --profile default"},
        {"{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"" LATER "\"}", 0644, 0, NULL,
         DNSHOOK_DENIED, "everybody may read it"},
        {"{\"accessToken\":\"" CANARY "\\n\",\"expiresAt\":\"" LATER "\"}", 0600, 0, NULL,
         DNSHOOK_BAD_CONFIG, "has no accessToken"},
        {"{\"accessToken\":\"" CANARY "\"}", 0600, 0, NULL, DNSHOOK_BAD_CONFIG,
         "has no accessToken"},
        {CANARY, 0600, 0, NULL, DNSHOOK_BAD_CONFIG, "it is no JSON"},
        {"{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"" LATER "\"}", 0600, 401,
         "{\"message\":\"Session token not found or "
         "invalid\",\"__type\":\"UnauthorizedException\"}",
         DNSHOOK_DENIED, "the login is no longer valid: run aws sso login"},
        {"{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"" LATER "\"}", 0600, 403,
         "{\"__type\":\"ForbiddenException\",\"message\":\"No access\"}", -1, "No access"},
        {"{\"accessToken\":\"" CANARY "\",\"expiresAt\":\"" LATER "\"}", 0600, 200, "{}",
         DNSHOOK_BAD_ANSWER, "has no roleCredentials"},
    };

    (void)write_file("config", SSO_PROFILE, 0600);
    (void)unlink(path_of(".aws/sso/cache/corp"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct exchange script[] = {
            {"GET", "https://portal.sso.eu-west-2.", NULL, NULL, DNSHOOK_OK, rows[i].code,
             rows[i].body},
        };

        (void)write_file("config", SSO_PROFILE, 0600);
        write_cache("corp", rows[i].cache, rows[i].mode);
        fake_aws_expect(fake, script, rows[i].code == 0 ? 0 : 1);
        if (rows[i].status >= 0) {
            assert_fails(rows[i].status, rows[i].what);
        } else {
            assert_int_not_equal(ask(false), DNSHOOK_OK);
            assert_has(fake->failed, rows[i].what);
        }
        again(state);
    }
}

static void nobody_has_logged_in(void **state)
{
    (void)state;
    (void)write_file("config",
                     "[default]\nsso_session = other\nsso_account_id = 1\nsso_role_name = r\n"
                     "[sso-session other]\nsso_region = x\nsso_start_url = https://x\n",
                     0600);
    assert_fails(DNSHOOK_DENIED, "nobody has logged in: run aws sso login --profile default");
    again(state);
    (void)write_file("config",
                     "[default]\nsso_session = other\n"
                     "[sso-session other]\nsso_region = x\nsso_start_url = https://x\n",
                     0600);
    assert_fails(DNSHOOK_BAD_CONFIG, "sso_account_id and sso_role_name are missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_login),
        TEST(a_login_of_the_old_kind),
        TEST(logins_that_fail),
        TEST(nobody_has_logged_in),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
