/* core/provider.c and core/provider_check.c: right providers, and the shelf of wrong ones. */
#include "provider.h"
#include "sandbox.h"

/* After our own: it makes a macro of fail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char why[LOADER_WHY_SIZE];

/* Copies a mock to `directory`, under its own name. */
static const char *install(const char *directory, const char *mock)
{
    char from[128], to[128];

    (void)snprintf(from, sizeof from, "tests/mocks/.libs/%s.so", mock);
    (void)snprintf(to, sizeof to, "%s/%s.so", directory, mock);
    return sandbox_install(from, to);
}

static struct provider *load(const char *mock)
{
    struct provider *provider = NULL;

    if (provider_load(install(".", mock), &provider, why) != DNSHOOK_OK)
        fail_msg("%s: %s", mock, why);
    return provider;
}

static void names(void **state)
{
    static const char *const good[] = {"a", "route53", "0-x_y", "a2345678901234567890123456789012"};
    static const char *const bad[] = {"",
                                      "-a",
                                      "_http",
                                      "Route53",
                                      "a.b",
                                      "a/b",
                                      "a b",
                                      "\xc3\xa4",
                                      "..",
                                      "a\n",
                                      "a23456789012345678901234567890123"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(provider_name_ok(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(provider_name_ok(bad[i]));
}

static void a_right_one_loads(void **state)
{
    const struct provider *const provider = load("good");

    (void)state;
    assert_string_equal(provider->op.name, "good");
    assert_string_equal(provider->op.version, "1.2.3");
    assert_non_null(provider->op.open);
    assert_null(provider->op.check);
    assert_int_equal(provider->param_count, 2);
    assert_string_equal(provider->params[0].name, "token");
    assert_int_equal(provider->params[0].flags, DNSHOOK_PARAM_SECRET);
    assert_string_equal(provider->params[1].initial, "z1");
    assert_string_equal(provider->path, sandbox_path("./good.so"));
}

static void a_newer_one_loads(void **state)
{
    const struct provider *const provider = load("newer");

    (void)state;
    assert_true(provider->op.size > sizeof provider->op);
    assert_int_equal(provider->param_count, 2);
    assert_string_equal(provider->params[0].name, "one");
    assert_string_equal(provider->params[1].name, "two");
    assert_string_equal(provider->params[1].help, "h");
}

/* The mock has rubbish where its struct, by its size, ends. */
static void an_older_one_loads_without_what_it_lacks(void **state)
{
    const struct provider *const provider = load("older");

    (void)state;
    assert_non_null(provider->op.remove);
    assert_null(provider->op.apply);
    assert_null(provider->op.check);
    assert_int_equal(provider->param_count, 0);
}

static void as_many_parameters_as_may_be(void **state)
{
    const struct provider *const provider = load("many");

    (void)state;
    assert_int_equal(provider->param_count, 128);
    assert_string_equal(provider->params[127].name, "hf");
}

static void each_defect_has_its_message(void **state)
{
    static const struct {
        const char *mock, *text;
    } shelf[] = {
        {"undefined", "undefined symbol: no_such_function_anywhere"},
        {"no-entry", "not a provider: it exports no function dnshook_provider_get()"},
        {"null", "dnshook_provider_get() returned NULL"},
        {"abi", "built for ABI 7; this dnshook speaks 1: install the provider's version"},
        {"abi-0", "built for ABI 0; this dnshook speaks 1: install the provider's version"},
        {"short", "too few for the required members"},
        {"cut", "not a whole number of them"},
        {"zero", "has 0 bytes, which cannot be"},
        {"absurd", "has 65544 bytes, which cannot be"},
        {"no-name", "the required member 'name' is NULL"},
        {"no-version", "the required member 'version' is NULL"},
        {"no-description", "the required member 'description' is NULL"},
        {"no-params", "the required member 'params' is NULL"},
        {"no-open", "the required member 'open' is NULL"},
        {"no-close", "the required member 'close' is NULL"},
        {"no-add", "the required member 'add' is NULL"},
        {"no-remove", "the required member 'remove' is NULL"},
        {"bad-name", "its name 'Bad Name' is none"},
        {"param-bad-name", "the name of parameter 1 is none"},
        {"param-null-name", "the name of parameter 1 is none"},
        {"param-twice", "the parameter 'one' is there twice"},
        {"param-no-help", "the parameter 'one' has no help"},
        {"param-small", "say that they have 8 bytes each, which cannot be"},
        {"param-huge", "say that they have 65544 bytes each, which cannot be"},
        {"param-two-sizes", "parameter 2 has another size than the first"},
        {"param-no-end", "more than 128 parameters"},
    };

    (void)state;
    (void)sandbox_mkdir("shelf", 0755);
    for (size_t i = 0; i < sizeof shelf / sizeof *shelf; i++) {
        const char *const path = install("shelf", shelf[i].mock);
        struct provider *provider = NULL;

        assert_int_equal(provider_load(path, &provider, why), DNSHOOK_BAD_CONFIG);
        if (strstr(why, shelf[i].text) == NULL || strstr(why, path) == NULL)
            fail_msg("%s: '%s' is not in: %s", shelf[i].mock, shelf[i].text, why);
    }
}

static void the_file_has_the_name_of_the_provider(void **state)
{
    struct provider *provider = NULL;

    (void)state;
    assert_int_equal(
        provider_load(sandbox_install("tests/mocks/.libs/good.so", "better.so"), &provider, why),
        DNSHOOK_BAD_CONFIG);
    assert_non_null(strstr(why, "is called 'good': name the file good.so"));
}

/* The module is known by then, but under its right name. */
static void a_second_name_of_one_file_is_no_way_round(void **state)
{
    struct provider *provider = NULL, *again = NULL;

    (void)state;
    (void)sandbox_mkdir("links", 0755);
    assert_int_equal(provider_load(install("links", "good"), &provider, why), DNSHOOK_OK);
    assert_int_equal(link(sandbox_path("links/good.so"), sandbox_path("links/evil.so")), 0);
    assert_int_equal(provider_load(sandbox_path("links/evil.so"), &again, why), DNSHOOK_BAD_CONFIG);
    assert_int_equal(provider_load(sandbox_path("links/good.so"), &again, why), DNSHOOK_OK);
    assert_ptr_equal(provider, again);
}

static void a_file_name_that_no_provider_has(void **state)
{
    struct provider *provider = NULL;

    (void)state;
    assert_int_equal(
        provider_load(sandbox_install("tests/mocks/.libs/good.so", "Good.so"), &provider, why),
        DNSHOOK_BAD_CONFIG);
    assert_non_null(strstr(why, "is called NAME.so"));
}

static void a_refusal_of_the_loader_comes_through(void **state)
{
    struct provider *provider = NULL;

    (void)state;
    (void)sandbox_mkdir("modes", 0755);
    assert_int_equal(chmod(install("modes", "good"), 0666), 0);
    assert_int_equal(provider_load(sandbox_path("modes/good.so"), &provider, why), DNSHOOK_DENIED);
    assert_non_null(strstr(why, "may be written by everybody"));
}

/* A broken provider takes nobody down. */
static void the_list_has_all_sorted_and_says_which_are_broken(void **state)
{
    static const char *const expected[] = {"abi", "good", "newer", "null", "text"};
    struct provider_entry *entries = NULL;
    size_t count = 0;

    (void)state;
    (void)sandbox_mkdir("list", 0755);
    (void)install("list", "null");
    (void)install("list", "newer");
    (void)install("list", "abi");
    (void)install("list", "good");
    (void)sandbox_write("list/text.so", "text");
    (void)sandbox_write("list/_http.so", "not a provider's name");
    (void)sandbox_write("list/README", "not a provider's name");
    assert_int_equal(provider_list(sandbox_path("list"), &entries, &count), DNSHOOK_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        const bool good = i == 1 || i == 2;

        assert_string_equal(entries[i].name, expected[i]);
        assert_int_equal(entries[i].provider != NULL, good);
        assert_int_equal(entries[i].why[0] == '\0', good);
        assert_non_null(strstr(entries[i].path, entries[i].name));
    }
    assert_non_null(strstr(entries[0].why, "ABI 7"));
    provider_free_list(entries, count);
}

static void an_empty_directory_is_an_empty_list(void **state)
{
    struct provider_entry *entries = NULL;
    size_t count = 9;

    (void)state;
    assert_int_equal(provider_list(sandbox_mkdir("nothing", 0755), &entries, &count), DNSHOOK_OK);
    assert_int_equal(count, 0);
    provider_free_list(entries, count);
}

static void a_directory_that_cannot_be_read_is_an_error(void **state)
{
    struct provider_entry *entries = NULL;
    size_t count = 0;
    int status;

    (void)state;
    sandbox_capture();
    status = provider_list(sandbox_path("no-such-directory"), &entries, &count);
    assert_non_null(strstr(sandbox_release(), "no-such-directory: No such file"));
    assert_int_equal(status, DNSHOOK_BAD_CONFIG);
}

/* What provider_find() says when it fails. */
static const char *find_fails(const char *directory, const char *name)
{
    struct provider *provider = NULL;
    const char *said;
    int status;

    sandbox_capture();
    status = provider_find(directory, name, &provider);
    said = sandbox_release();
    assert_int_equal(status, DNSHOOK_BAD_CONFIG);
    return said;
}

static void find_by_name_and_by_path(void **state)
{
    struct provider *by_name = NULL, *by_path = NULL, *by_relative = NULL;

    (void)state;
    (void)sandbox_mkdir("find", 0755);
    (void)install("find", "good");
    assert_int_equal(provider_find(sandbox_path("find"), "good", &by_name), DNSHOOK_OK);
    assert_int_equal(provider_find("/nowhere", sandbox_path("find/good.so"), &by_path), DNSHOOK_OK);
    assert_int_equal(chdir(sandbox_path("find")), 0);
    assert_int_equal(provider_find("/nowhere", "./good.so", &by_relative), DNSHOOK_OK);
    assert_int_equal(chdir("/"), 0);
    assert_ptr_equal(by_name, by_path);
    assert_ptr_equal(by_name, by_relative);
    assert_string_equal(by_name->op.name, "good");
}

static void a_missing_one_is_told_with_the_nearest(void **state)
{
    const char *said;

    (void)state;
    (void)sandbox_mkdir("near", 0755);
    (void)sandbox_write("near/cloudflare.so", "never loaded");
    (void)sandbox_write("near/rfc2136.so", "never loaded");
    (void)sandbox_write("near/route53.so", "never loaded");
    said = find_fails(sandbox_path("near"), "roote53");
    assert_non_null(strstr(said, "did you mean route53?"));
    assert_non_null(strstr(said, "installed: route53, cloudflare, rfc2136"));
    assert_non_null(strstr(find_fails(sandbox_path("near"), "Route53"), "did you mean route53?"));
    said = find_fails(sandbox_path("near"), "azure");
    assert_null(strstr(said, "did you mean"));
    assert_non_null(strstr(said, "rfc2136"));
}

static void a_missing_one_among_none(void **state)
{
    (void)state;
    assert_non_null(strstr(find_fails(sandbox_mkdir("bare", 0755), "route53"), "installed: none"));
}

/* A name is no path: nothing outside the directory is looked at. */
static void a_name_that_none_can_have(void **state)
{
    (void)state;
    assert_non_null(strstr(find_fails(sandbox_mkdir("names", 0755), ".."), "no provider '..'"));
}

static void a_broken_one_is_told_why(void **state)
{
    (void)state;
    (void)sandbox_mkdir("broken", 0755);
    (void)install("broken", "abi");
    assert_non_null(strstr(find_fails(sandbox_path("broken"), "abi"), "built for ABI 7"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(a_right_one_loads),
        cmocka_unit_test(a_newer_one_loads),
        cmocka_unit_test(an_older_one_loads_without_what_it_lacks),
        cmocka_unit_test(as_many_parameters_as_may_be),
        cmocka_unit_test(each_defect_has_its_message),
        cmocka_unit_test(the_file_has_the_name_of_the_provider),
        cmocka_unit_test(a_second_name_of_one_file_is_no_way_round),
        cmocka_unit_test(a_file_name_that_no_provider_has),
        cmocka_unit_test(a_refusal_of_the_loader_comes_through),
        cmocka_unit_test(the_list_has_all_sorted_and_says_which_are_broken),
        cmocka_unit_test(an_empty_directory_is_an_empty_list),
        cmocka_unit_test(a_directory_that_cannot_be_read_is_an_error),
        cmocka_unit_test(find_by_name_and_by_path),
        cmocka_unit_test(a_missing_one_is_told_with_the_nearest),
        cmocka_unit_test(a_missing_one_among_none),
        cmocka_unit_test(a_name_that_none_can_have),
        cmocka_unit_test(a_broken_one_is_told_why),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
