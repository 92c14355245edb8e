/* core/options.c: the words before the command. */
#include "dnshook/provider.h"
#include "options.h"
#include "sandbox.h"

#include "check.h"

#include <stdlib.h>

enum { WORDS_MAX = 8 };

/* Reads the words of a row behind a program name. */
static int read_words(const char *const *words, struct options *options, int *first)
{
    char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "dnshook"};
    int argc = 1;

    for (; argc <= WORDS_MAX && words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    return options_read(options, argc, argv, first);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void what_is_read(void **state)
{
    static const struct {
        const char *words[WORDS_MAX + 1];
        int first;
        struct options options; /* timeout 0: the initial one */
    } rows[] = {
        {{NULL}, 1, {0}},
        {{"test", "-v"}, 1, {0}},
        {{"-v", "test"}, 2, {.verbose = 1}},
        {{"-v", "-v"}, 3, {.verbose = 2}},
        {{"-v", "-v", "-v"}, 4, {.verbose = 2}},
        {{"-vv"}, 2, {.verbose = 2}},
        {{"-q"}, 2, {.verbose = -1}},
        {{"--json", "check"}, 2, {.json = true}},
        {{"--no-dns", "conform"}, 2, {.no_dns = true}},
        {{"--help"}, 2, {.help = true}},
        {{"--version"}, 2, {.version = true}},
        {{"--provider", "x", "test"}, 3, {.provider = "x"}},
        {{"--provider=x", "test"}, 2, {.provider = "x"}},
        {{"--provider", "-x"}, 3, {.provider = "-x"}},
        {{"--provider=a=b"}, 2, {.provider = "a=b"}},
        {{"--provider", "a", "--provider", "b"}, 5, {.provider = "b"}},
        {{"--protocol", "x", "add"}, 3, {.protocol = "x"}},
        {{"--provider-dir", "/x"}, 3, {.provider_dir = "/x"}},
        {{"--provider-dir=/x"}, 2, {.provider_dir = "/x"}},
        {{"--config", "c", "config"}, 3, {.config = "c"}},
        {{"--config=/c"}, 2, {.config = "/c"}},
        {{"--timeout", "1"}, 3, {.timeout = 1000, .timeout_given = true}},
        {{"--timeout=86400"}, 2, {.timeout = 86400000, .timeout_given = true}},
        {{"--timeout", "240"}, 3, {.timeout = 240000, .timeout_given = true}},
        {{"-", "-v"}, 1, {0}},
        {{"", "-v"}, 1, {0}},
        {{"challenge-dns-start", "--help", "", "-v"}, 1, {0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct options *const wanted = &rows[i].options;
        struct options got;
        int first = -1;

        assert_int_equal(read_words(rows[i].words, &got, &first), DNSHOOK_OK);
        assert_int_equal(first, rows[i].first);
        assert_true(same(got.provider, wanted->provider));
        assert_true(same(got.config, wanted->config));
        assert_true(same(got.protocol, wanted->protocol));
        assert_string_equal(got.provider_dir,
                            wanted->provider_dir != NULL ? wanted->provider_dir : PROVIDERDIR);
        assert_int_equal(got.timeout, wanted->timeout != 0 ? wanted->timeout : 240000);
        assert_int_equal(got.timeout_given, wanted->timeout_given);
        assert_int_equal(got.json, wanted->json);
        assert_int_equal(got.no_dns, wanted->no_dns);
        assert_int_equal(got.help, wanted->help);
        assert_int_equal(got.version, wanted->version);
        assert_int_equal(got.verbose, wanted->verbose);
    }
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *words[WORDS_MAX + 1];
        const char *said;
    } rows[] = {
        {{"--nonsense"}, "unknown option --nonsense; see dnshook --help"},
        {{"-x"}, "unknown option -x"},
        {{"-vvv"}, "unknown option -vvv"},
        {{"--"}, "unknown option --"},
        {{"--prov", "x"}, "unknown option --prov"},
        {{"--providers"}, "unknown option"},
        {{"--provider"}, "--provider needs a value: NAME|FILE"},
        {{"--provider", ""}, "--provider needs a value"},
        {{"--provider="}, "--provider needs a value"},
        {{"--timeout"}, "--timeout needs a value: SECONDS"},
        {{"--json=1"}, "--json takes no value"},
        {{"--help="}, "--help takes no value"},
        {{"-v=1"}, "-v takes no value"},
        {{"--provider-dir", "x"}, "--provider-dir: \"x\" is no absolute path"},
        {{"--timeout", "0"}, "--timeout: \"0\" is no number of seconds from 1 to 86400"},
        {{"--timeout", "86401"}, "no number of seconds"},
        {{"--timeout", "-1"}, "no number of seconds"},
        {{"--timeout", "+1"}, "no number of seconds"},
        {{"--timeout", " 1"}, "no number of seconds"},
        {{"--timeout", "1s"}, "no number of seconds"},
        {{"--timeout", "1e3"}, "no number of seconds"},
        {{"--timeout", "99999999999999999999"}, "no number of seconds"},
        {{"-v", "--nonsense", "test"}, "unknown option --nonsense"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct options options;
        int first = -1;
        int status;

        sandbox_capture();
        status = read_words(rows[i].words, &options, &first);
        assert_has(sandbox_release(), rows[i].said);
        assert_int_equal(status, DNSHOOK_BAD_CONFIG);
    }
}

/* Nothing at all in argv. */
static void an_empty_argv(void **state)
{
    char *argv[] = {NULL};
    struct options options;
    int first = -1;

    (void)state;
    assert_int_equal(options_read(&options, 0, argv, &first), DNSHOOK_OK);
    assert_int_equal(options.timeout, 240000);
}

static void help_names_each(void **state)
{
    static const char *const names[] = {
        "--provider ", "--provider-dir ", "--timeout ", "--json ", "--no-dns ", "-v ",
        "-q ",         "--help ",         "--version "};
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);

    (void)state;
    assert_non_null(out);
    options_help(out);
    assert_int_equal(fclose(out), 0);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_has(text, names[i]);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(an_empty_argv),
        cmocka_unit_test(help_names_each),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
