/* core/params.c: an account of the configuration, what of the environment counts for it, and the
 * zone of a domain. */
#include "config.h"
#include "dnshook/provider.h"
#include "log.h"
#include "params.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { IDENTITY, SECRET, AMBIENT, PLAIN, ZONE, COUNT_OF_PARAMS };

#define ROW(param_name, variable, param_flags)                                                     \
    {                                                                                              \
        .size = sizeof(struct dnshook_param), .name = (param_name), .env = (variable),             \
        .flags = (param_flags), .help = "Something"                                                \
    }
static struct dnshook_param table[] = {
    [IDENTITY] = ROW("user", "T_USER", DNSHOOK_PARAM_IDENTITY | DNSHOOK_PARAM_AMBIENT),
    [SECRET] = ROW("key", "T_KEY", DNSHOOK_PARAM_IDENTITY | DNSHOOK_PARAM_SECRET),
    [AMBIENT] = ROW("place", "T_PLACE", DNSHOOK_PARAM_AMBIENT),
    [PLAIN] = ROW("level", "T_LEVEL", 0),
    [ZONE] = ROW("zone-id", "T_ZONE", DNSHOOK_PARAM_ZONE),
};
static const char *const variables[] = {"T_USER",  "T_KEY",  "T_PLACE",
                                        "T_LEVEL", "T_ZONE", "T_MINE"};

static struct provider provider = {
    .op = {.name = "fake"}, .params = table, .param_count = COUNT_OF_PARAMS};
static struct config *config;
static struct params *params;

static int reset(void **state)
{
    (void)state;
    params_free(params);
    config_free(config);
    params = NULL;
    config = NULL;
    table[PLAIN].flags = 0;
    table[PLAIN].initial = NULL;
    table[ZONE].flags = DNSHOOK_PARAM_ZONE;
    log_forget_secrets();
    for (size_t i = 0; i < COUNT(variables); i++)
        if (unsetenv(variables[i]) != 0)
            return -1;
    return 0;
}

static void set(const char *name, const char *value)
{
    assert_int_equal(setenv(name, value, 1), 0);
}

/* Reads a configuration whose one account is "a", and the parameters of it. */
static int take(const char *text)
{
    static unsigned number;
    struct params_origin origin = {.config = NULL};
    char name[32];
    const char *path;

    (void)snprintf(name, sizeof name, "%u-dnshook.conf", number++);
    path = sandbox_write(name, text);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(config_read(path, true, &config), DNSHOOK_OK);
    origin.config = config;
    origin.account = config_account(config, "a");
    origin.domain = config_domain(config, "www.example.org");
    assert_non_null(origin.account);
    return params_read(&provider, &origin, &params);
}

static void has(const char *name, const char *value)
{
    const char *const got = params_get(params, name);

    if (value == NULL)
        assert_null(got);
    else if (got == NULL)
        fail_msg("%s has no value", name);
    else
        assert_string_equal(got, value);
}

static void from_the_file_alone(void **state)
{
    (void)state;
    set("T_USER", "stray");
    set("T_KEY", "stray key");
    set("T_LEVEL", "stray");
    set("T_PLACE", "stray");
    assert_int_equal(take("[account a]\nprovider = fake\nuser = u\nlevel = high\n"), DNSHOOK_OK);
    has("user", "u");
    has("level", "high");
    has("key", NULL);
    has("place", NULL);
    has("zone-id", NULL);
}

/* Without an identity of its own, what the platform sets counts, and nothing else does. */
static void the_platform(void **state)
{
    (void)state;
    set("T_USER", "of the platform");
    set("T_PLACE", "here");
    set("T_LEVEL", "stray");
    set("T_KEY", "stray key");
    assert_int_equal(take("[account a]\nprovider = fake\nzone-id = z\n"), DNSHOOK_OK);
    has("user", "of the platform");
    has("place", "here");
    has("level", NULL);
    has("key", NULL);
    has("zone-id", "z");
}

static void a_variable_by_name(void **state)
{
    (void)state;
    set("T_MINE", "mine");
    assert_int_equal(take("[account a]\nprovider = fake\nkey = env:T_MINE\n"), DNSHOOK_OK);
    has("key", "mine");
    reset(NULL);
    sandbox_capture();
    assert_int_equal(take("[account a]\nprovider = fake\nkey = env:T_MINE\n"), DNSHOOK_BAD_CONFIG);
    assert_has(sandbox_release(), "dnshook.conf:3");
}

/* Whoever writes a secret where its file belongs does not read it in a log. */
static void a_secret_for_a_file(void **state)
{
    const char *said;

    (void)state;
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    sandbox_capture();
    assert_int_equal(take("[account a]\nprovider = fake\nkey-file = c2VjcmV0\n"),
                     DNSHOOK_BAD_CONFIG);
    said = sandbox_release();
    assert_has(said, "dnshook.conf:3: this is a relative path");
    assert_null(strstr(said, "c2VjcmV0"));
    reset(NULL);
    sandbox_capture();
    assert_int_equal(take("[account a]\nprovider = fake\nlevel-file = low\n"), DNSHOOK_BAD_CONFIG);
    assert_has(sandbox_release(), "dnshook.conf:3: \"low\" is a relative path");
}

static void a_domain_has_the_zone(void **state)
{
    static const char text[] = "[account a]\nprovider = fake\nzone-id = account\n"
                               "[domain example.org]\naccount = a\nzone = domain\n";

    (void)state;
    assert_int_equal(take(text), DNSHOOK_OK);
    has("zone-id", "domain");
    reset(NULL);
    table[ZONE].flags = 0;
    sandbox_capture();
    assert_int_equal(take(text), DNSHOOK_BAD_CONFIG);
    assert_has(sandbox_release(), "dnshook.conf:6");
}

static void what_a_message_means(void **state)
{
    const char *said;

    (void)state;
    assert_int_equal(take("[account a]\nprovider = fake\nuser = u\nzone-id = z\n"), DNSHOOK_OK);
    sandbox_capture();
    params_explain(params, "set T_ZONE, or T_LEVEL; MY_T_USER and T_USERS are others");
    said = sandbox_release();
    assert_has(said, "T_ZONE is the key zone-id of the configuration (");
    assert_has(said, "dnshook.conf:4)");
    assert_has(said, "T_LEVEL is the key level of the configuration\n");
    assert_null(strstr(said, "T_USER"));
    reset(NULL);
    assert_int_equal(params_read(&provider, NULL, &params), DNSHOOK_OK);
    sandbox_capture();
    params_explain(params, "set T_ZONE");
    assert_string_equal(sandbox_release(), "");
}

static void what_is_missing(void **state)
{
    (void)state;
    table[PLAIN].flags = DNSHOOK_PARAM_REQUIRED;
    set("T_LEVEL", "stray");
    sandbox_capture();
    assert_int_equal(take("[account a]\nprovider = fake\nuser = u\n"), DNSHOOK_BAD_CONFIG);
    assert_has(sandbox_release(), "the account a has no level");
    reset(NULL);
    table[PLAIN].initial = "low";
    assert_int_equal(take("[account a]\nprovider = fake\nuser = u\n"), DNSHOOK_OK);
    has("level", "low");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, reset, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(from_the_file_alone),  TEST(the_platform),          TEST(a_variable_by_name),
        TEST(a_secret_for_a_file),  TEST(a_domain_has_the_zone), TEST(what_is_missing),
        TEST(what_a_message_means),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
