/* What a profile's credentials are made of. */
#include "credentials_fixture.h"
#include "profile.h"
#include "profile_chain.h"

static size_t add_sections(char *out, size_t used, size_t room, const char *prefix,
                           const json_t *sections)
{
    const char *name, *property;
    json_t *section, *value;

    json_object_foreach((json_t *)(uintptr_t)sections, name, section)
    {
        used += (size_t)snprintf(out + used, room - used, "[%s %s]\n", prefix, name);
        json_object_foreach(section, property, value) used += (size_t)snprintf(
            out + used, room - used, "%s = %s\n", property, json_string_value(value));
    }
    return used;
}

/* The property of the profile that is what the case says under that key. */
static void same(const char *profile, const char *property, const json_t *wanted, const char *key)
{
    const char *const value = json_string_value(json_object_get(wanted, key));
    const char *const found = profile_chain_get(&fake->aws, profile, property);

    assert_true((value == NULL) == (found == NULL));
    if (value != NULL)
        assert_string_equal(found, value);
}

static void check_role(const char *profile, const json_t *wanted)
{
    static const char *const keys[] = {"role_arn", "external_id", "role_session_name",
                                       "web_identity_token_file"};

    assert_non_null(wanted);
    for (size_t i = 0; i < COUNT(keys); i++)
        same(profile, keys[i], wanted, keys[i]);
}

static void check_sso(const char *profile, const json_t *wanted)
{
    struct profile_sso sso;
    const struct {
        const char *key;
        const char *value;
    } rows[] = {
        {"sso_session", (profile_chain_sso(&fake->aws, profile, &sso), sso.session)},
        {"sso_region", sso.region},
        {"sso_start_url", sso.start_url},
        {"sso_account_id", sso.account_id},
        {"sso_role_name", sso.role_name},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const value = json_string_value(json_object_get(wanted, rows[i].key));

        assert_true((value == NULL) == (rows[i].value == NULL));
        if (value != NULL)
            assert_string_equal(rows[i].value, value);
    }
}

static void check_base(const struct profile_chain *chain, const json_t *wanted)
{
    static const char *const names[] = {
        [CHAIN_KEYS] = "AccessKey",
        [CHAIN_WEB_IDENTITY] = "WebIdentityToken",
        [CHAIN_SSO] = "Sso",
        [CHAIN_PROCESS] = "?",
        [CHAIN_ENVIRONMENT] = "NamedSource",
        [CHAIN_CONTAINER] = "NamedSource",
        [CHAIN_IMDS] = "NamedSource",
    };
    const json_t *const base = json_object_get(wanted, names[chain->base]);

    assert_non_null(base);
    if (chain->base == CHAIN_KEYS) {
        same(chain->profile, "aws_access_key_id", base, "access_key_id");
        same(chain->profile, "aws_secret_access_key", base, "secret_access_key");
        same(chain->profile, "aws_account_id", base, "account_id");
    } else if (chain->base == CHAIN_WEB_IDENTITY) {
        check_role(chain->profile, base);
    } else if (chain->base == CHAIN_SSO) {
        check_sso(chain->profile, base);
    } else {
        assert_string_equal(profile_chain_get(&fake->aws, chain->profile, "credential_source"),
                            json_string_value(base));
    }
}

static void check_chain(const struct profile_chain *chain, const json_t *wanted)
{
    const size_t count = json_array_size(wanted);

    assert_int_equal(count, chain->role_count + 1);
    check_base(chain, json_array_get(wanted, 0));
    for (size_t i = 1; i < count; i++)
        check_role(chain->roles[chain->role_count - i],
                   json_object_get(json_array_get(wanted, i), "AssumeRole"));
}

static void run_profile_case(const json_t *test)
{
    const json_t *const input = json_object_get(test, "input");
    const json_t *const output = json_object_get(test, "output");
    const char *const error = json_string_value(json_object_get(output, "Error"));
    const char *const chosen = json_string_value(json_object_get(input, "selected_profile"));
    struct profile_chain chain;
    char text[4096] = "";
    size_t used = add_sections(text, 0, sizeof text, "profile", json_object_get(input, "profiles"));

    (void)add_sections(text, used, sizeof text, "sso-session",
                       json_object_get(input, "sso_sessions"));
    (void)write_file("config", text, 0600);
    fake_aws_set(fake, "AWS_PROFILE", chosen);
    assert_int_equal(profiles_read(&fake->aws), DNSHOOK_OK);

    const int status = profile_chain_resolve(&fake->aws, chosen, &chain);

    if (error != NULL) {
        assert_true(status == DNSHOOK_BAD_CONFIG || chain.empty);
        assert_has(chain.empty ? chain.why : fake->failed, error);
        return;
    }
    assert_int_equal(status, DNSHOOK_OK);
    check_chain(&chain, json_object_get(output, "ProfileChain"));
}

static void published_profile_cases(void **state)
{
    json_t *const root = load_vectors("assume-role-tests.json");
    json_t *test;
    size_t i;

    json_array_foreach(root, i, test)
    {
        print_message("# %s\n", json_string_value(json_object_get(test, "docs")));
        run_profile_case(test);
        again(state);
    }
    print_message("# %zu cases\n", i);
    assert_int_equal(i, 28);
    json_decref(root);
}

/* ---- profiles that make no sense ------------------------------------------------------------- */

static void profiles_that_make_no_sense(void **state)
{
    static const struct {
        const char *config;
        const char *what;
    } rows[] = {
        {"role_arn = arn:a\n", "profile must contain `source_profile` or `credential_source`"},
        {"role_arn = arn:a\nsource_profile = b\ncredential_source = Environment\n",
         "contained both source_profile and credential_source"},
        {"role_arn = arn:a\nsource_profile = b\n",
         "could not find source profile b referenced from a"},
        {"role_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn=arn:b\nsource_profile = a\n",
         "infinite loop"},
        {"role_arn = arn:a\nsource_profile = a\n", "did not contain credential information"},
        {"role_arn = arn:a\nsource_profile = a\ncredential_process = x\n",
         "did not contain credential information"},
        {"role_arn = arn:a\nsource_profile = b\nmfa_serial = arn:m\n[profile b]\n" KEYS("AKB"),
         "mfa_serial wants a code that somebody types"},
        {"role_arn = arn:a\ncredential_source = Magic\n", "credential_source must be Environment"},
        {"role_arn = arn:a\ncredential_source = Environment\n",
         "names Environment as credential_source, but AWS_ACCESS_KEY_ID and"},
        {"web_identity_token_file = /x\n", "`role_arn` was missing"},
        {"aws_access_key_id = AK\n", "profile missing aws_secret_access_key"},
        {"sso_session = s\nsso_account_id = 1\nsso_role_name = r\n", "sso-session named `s`"},
        {"role_arn = role\nsource_profile = a\n" KEYS("AKB"), "the role is no ARN"},
        {"role_arn = arn:a\nsource_profile = a\nduration_seconds = 60\n" KEYS("AKB"),
         "duration_seconds must be 900 to 43200"},
        {"role_arn = arn:a\nsource_profile = a\nduration_seconds = 1h\n" KEYS("AKB"),
         "duration_seconds must be"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512];

        (void)snprintf(text, sizeof text, "[profile a]\n%s", rows[i].config);
        (void)write_file("config", text, 0600);
        fake_aws_set(fake, "AWS_PROFILE", "a");
        assert_fails(DNSHOOK_BAD_CONFIG, rows[i].what);
        again(state);
    }
}

static void a_long_chain_has_an_end(void **state)
{
    char text[4096] = "";
    size_t used = 0;

    (void)state;
    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "[profile p%d]\nrole_arn = arn:%d\nsource_profile = p%d\n", i, i,
                                 i + 1);
    (void)write_file("config", text, 0600);
    fake_aws_set(fake, "AWS_PROFILE", "p0");
    assert_fails(DNSHOOK_BAD_CONFIG, "more than 16 profiles");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PUBLISHED(published_profile_cases, "assume-role-tests.json"),
        TEST(profiles_that_make_no_sense),
        TEST(a_long_chain_has_an_end),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
