/* core/params.c: where the values of parameters come from, in which order, and what is refused. */
#include "dnshook/provider.h"
#include "log.h"
#include "params.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { NAME, KEY, LEVEL, WAIT, NO_ENV, NO_FILE, COUNT_OF_PARAMS };

static const struct dnshook_param table[] = {
    [NAME] = {.size = sizeof table[0],
              .flags = DNSHOOK_PARAM_REQUIRED,
              .name = "name",
              .env = "T_NAME T_OTHER_NAME",
              .help = "The name"},
    [KEY] = {.size = sizeof table[0],
             .flags = DNSHOOK_PARAM_SECRET,
             .name = "key",
             .env = "T_KEY",
             .help = "The key"},
    [LEVEL] = {.size = sizeof table[0],
               .name = "level",
               .env = "T_LEVEL",
               .initial = "low",
               .help = "The level"},
    [WAIT] = {.size = sizeof table[0],
              .flags = DNSHOOK_PARAM_TIMEOUT,
              .name = "wait",
              .env = "T_WAIT",
              .help = "Seconds"},
    [NO_ENV] = {.size = sizeof table[0], .name = "no-env", .help = "Has no variable"},
    [NO_FILE] = {.size = sizeof table[0],
                 .flags = DNSHOOK_PARAM_NO_FILE,
                 .name = "no-file",
                 .env = "T_NO_FILE",
                 .help = "Its _FILE is something else"},
};
static const char *const variables[] = {"T_NAME",  "T_OTHER_NAME", "T_KEY",
                                        "T_LEVEL", "T_WAIT",       "T_NO_FILE"};

static char files[1024];
static struct provider provider = {.op = {.name = "fake"},
                                   .params = (struct dnshook_param *)(uintptr_t)table,
                                   .param_count = COUNT_OF_PARAMS};
static struct params *params;

/* A clean environment and no files of variables. */
static int reset(void **state)
{
    (void)state;
    params_free(params);
    params = NULL;
    provider.op.variable_files = NULL;
    log_forget_secrets();
    log_set_level(LOG_WARNING);
    for (size_t i = 0; i < COUNT(variables); i++) {
        char with_file[64];

        (void)snprintf(with_file, sizeof with_file, "%s_FILE", variables[i]);
        if (unsetenv(variables[i]) != 0 || unsetenv(with_file) != 0)
            return -1;
    }
    return 0;
}

static void set(const char *name, const char *value)
{
    assert_int_equal(setenv(name, value, 1), 0);
}

/* A file with this text and mode; its path is one of sandbox_path()'s. */
static const char *file(const char *text, mode_t mode)
{
    static unsigned number;
    char name[32];
    const char *path;

    (void)snprintf(name, sizeof name, "file-%u", number++);
    path = sandbox_write(name, text);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void reads(const char *name, const char *value)
{
    const char *got;

    if (params == NULL)
        assert_int_equal(params_read(&provider, NULL, &params), DNSHOOK_OK);
    got = params_get(params, name);
    if (value == NULL)
        assert_null(got);
    else if (got == NULL)
        fail_msg("%s has no value", name);
    else
        assert_string_equal(got, value);
}

/* Reads in vain; returns what was said. */
static const char *refused(int status)
{
    int got;
    const char *said;

    sandbox_capture();
    got = params_read(&provider, NULL, &params);
    said = sandbox_release();
    assert_int_equal(got, status);
    assert_null(params);
    return said;
}

static void from_the_environment(void **state)
{
    (void)state;
    set("T_NAME", "a name");
    set("T_KEY", "a key");
    reads("name", "a name");
    reads("key", "a key");
    reads("level", "low");
    reads("wait", NULL);
    reads("no-env", NULL);
    reads("no-such-parameter", NULL);
    assert_int_equal(params_timeout(params), 0);
}

static void the_first_name_wins(void **state)
{
    (void)state;
    set("T_OTHER_NAME", "second");
    reads("name", "second");
    (void)reset(NULL);
    set("T_OTHER_NAME", "second");
    set("T_NAME", "first");
    reads("name", "first");
}

/* An empty variable is none. */
static void an_empty_variable(void **state)
{
    (void)state;
    set("T_NAME", "");
    set("T_OTHER_NAME", "second");
    set("T_LEVEL", "");
    set("T_KEY", "");
    set("T_KEY_FILE", "");
    reads("name", "second");
    reads("level", "low");
    reads("key", NULL);
}

static void from_a_file(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } rows[] = {
        {"s3cret", "s3cret"},     {"s3cret\n", "s3cret"},
        {"s3cret\r\n", "s3cret"}, {"s3cret\nnot this\n", "s3cret"},
        {" s3cret ", " s3cret "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)reset(NULL);
        set("T_NAME", "x");
        set("T_KEY_FILE", file(rows[i].text, 0600));
        reads("key", rows[i].value);
    }
}

static void files_that_are_refused(void **state)
{
    static const struct {
        const char *variable;
        const char *text; /* NULL: no file */
        mode_t mode;
        int status;
        const char *said;
    } rows[] = {
        {"T_KEY_FILE", NULL, 0, DNSHOOK_BAD_CONFIG, "T_KEY_FILE: there is no file"},
        {"T_KEY_FILE", "", 0600, DNSHOOK_BAD_CONFIG, "the first line of"},
        {"T_KEY_FILE", "\ns3cret\n", 0600, DNSHOOK_BAD_CONFIG, "is empty"},
        {"T_KEY_FILE", "s3cret", 0644, DNSHOOK_DENIED, "chmod o="},
        {"T_KEY_FILE", "s3cret", 0602, DNSHOOK_DENIED, "chmod go-w"},
        {"T_LEVEL_FILE", "high", 0646, DNSHOOK_DENIED, "T_LEVEL_FILE: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        (void)reset(NULL);
        set("T_NAME", "x");
        set(rows[i].variable,
            rows[i].text != NULL ? file(rows[i].text, rows[i].mode) : sandbox_path("none"));
        said = refused(rows[i].status);
        assert_has(said, rows[i].said);
        assert_has(said, rows[i].variable);
        assert_lacks(said, "s3cret");
    }
}

/* What is no secret may be read by everybody. */
static void an_open_file_for_what_is_no_secret(void **state)
{
    (void)state;
    set("T_NAME", "x");
    set("T_LEVEL_FILE", file("high\n", 0644));
    reads("level", "high");
}

/* Where the flag says so, NAME_FILE is another's variable. */
static void a_parameter_without_a_file(void **state)
{
    (void)state;
    set("T_NAME", "x");
    set("T_NO_FILE_FILE", sandbox_path("none"));
    reads("no-file", NULL);
    (void)reset(NULL);
    set("T_NAME", "x");
    set("T_NO_FILE_FILE", sandbox_path("none"));
    set("T_NO_FILE", "value");
    reads("no-file", "value");
}

static void both_are_an_error(void **state)
{
    const char *said;

    (void)state;
    set("T_NAME", "x");
    set("T_KEY", "s3cret");
    set("T_KEY_FILE", file("s3cret", 0600));
    said = refused(DNSHOOK_BAD_CONFIG);
    assert_has(said, "T_KEY and T_KEY_FILE are both set: unset one of them");
    assert_lacks(said, "s3cret");
}

static void a_required_one_is_missing(void **state)
{
    const char *said;

    (void)state;
    said = refused(DNSHOOK_BAD_CONFIG);
    assert_has(said, "fake: the parameter name is not set (The name)");
    assert_has(said, "T_NAME");
    assert_has(said, "dnshook info fake");
}

static void secrets_are_hidden_from_then_on(void **state)
{
    char shown[64];

    (void)state;
    set("T_NAME", "open name");
    set("T_KEY", "s3cret key");
    reads("key", "s3cret key");
    log_sanitize(shown, sizeof shown, "open name, s3cret key.");
    assert_string_equal(shown, "open name, [hidden].");
}

static void timeouts(void **state)
{
    static const struct {
        const char *text;
        int64_t milliseconds; /* 0: refused */
    } rows[] = {
        {"1", 1000},  {"60", 60000}, {"86400", 86400000},
        {"86401", 0}, {"0", 0},      {"-1", 0},
        {"+1", 0},    {" 1", 0},     {"1s", 0},
        {"1.5", 0},   {"x", 0},      {"99999999999999999999", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)reset(NULL);
        set("T_NAME", "x");
        set("T_WAIT", rows[i].text);
        if (rows[i].milliseconds == 0) {
            assert_has(refused(DNSHOOK_BAD_CONFIG), "T_WAIT: \"");
            continue;
        }
        reads("wait", rows[i].text);
        assert_int_equal(params_timeout(params), rows[i].milliseconds);
    }
}

/* The provider's files of variables are `first` and `second`, of which one may be missing. */
static void use_files(const char *first, const char *second)
{
    const char *const one = first != NULL ? file(first, 0600) : sandbox_path("none");
    const char *const two = second != NULL ? file(second, 0600) : sandbox_path("none");

    (void)snprintf(files, sizeof files, " %s  %s ", one, two);
    provider.op.variable_files = files;
}

static void variable_files(void **state)
{
    static const struct {
        const char *first;
        const char *second;
        const char *environment; /* T_NAME */
        const char *name;
        const char *level;
    } rows[] = {
        {"T_NAME=one\n", NULL, NULL, "one", "low"},
        {NULL, "T_NAME=two\n", NULL, "two", "low"},
        {"T_NAME=one\nT_LEVEL=high\n", "T_NAME=two\n", NULL, "two", "high"},
        {"T_NAME=one\nT_LEVEL=high\n", "T_NAME=two\n", "env", "env", "high"},
        {"T_NAME=one\nT_NAME=again\n", NULL, NULL, "again", "low"},
        {"T_NAME=one\n", "T_NAME=\n", NULL, "one", "low"},
        {"T_OTHER_NAME=one\nUNKNOWN=1\n", NULL, NULL, "one", "low"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)reset(NULL);
        use_files(rows[i].first, rows[i].second);
        if (rows[i].environment != NULL)
            set("T_NAME", rows[i].environment);
        reads("name", rows[i].name);
        reads("level", rows[i].level);
    }
}

static void missing_files_are_no_error(void **state)
{
    (void)state;
    use_files(NULL, NULL);
    set("T_NAME", "x");
    reads("name", "x");
}

/* Shell is named, a secret that everybody may read is too; both are warnings. */
static void warnings_for_variable_files(void **state)
{
    const char *const path = file("T_NAME=x\nT_KEY=s3cret\nif true\nT_LEVEL=$HOME\n", 0644);
    const char *said;

    (void)state;
    provider.op.variable_files = path;
    sandbox_capture();
    assert_int_equal(params_read(&provider, NULL, &params), DNSHOOK_OK);
    said = sandbox_release();
    assert_has(said, path);
    assert_has(said, "line 3, 4 is shell");
    assert_has(said, "everybody may read it: run chmod o=");
    assert_lacks(said, "s3cret");
    reads("level", "low");
}

static void no_warning_without_need(void **state)
{
    (void)state;
    provider.op.variable_files = file("T_NAME=x\n", 0644);
    sandbox_capture();
    assert_int_equal(params_read(&provider, NULL, &params), DNSHOOK_OK);
    assert_string_equal(sandbox_release(), "");
}

static void a_variable_file_that_others_write(void **state)
{
    const char *const path = file("T_NAME=x\n", 0666);

    (void)state;
    provider.op.variable_files = path;
    assert_has(refused(DNSHOOK_DENIED), path);
}

/* The source is said to debug, the value never. */
static void debug_says_where_from(void **state)
{
    const char *said;

    (void)state;
    log_set_level(LOG_DEBUG);
    set("T_NAME", "the-name");
    set("T_KEY", "s3cret");
    sandbox_capture();
    assert_int_equal(params_read(&provider, NULL, &params), DNSHOOK_OK);
    said = sandbox_release();
    assert_has(said, "fake: parameter name from T_NAME");
    assert_has(said, "fake: parameter key from T_KEY");
    assert_lacks(said, "s3cret");
    assert_lacks(said, "the-name");
}

/* Where a value comes from. */
static void sources(void **state)
{
    (void)state;
    assert_false(params_any(&provider));
    set("T_OTHER_NAME", "n");
    assert_true(params_any(&provider));
    reads("name", "n");
    assert_string_equal(params_source(params, "name"), "T_OTHER_NAME");
    assert_string_equal(params_source(params, "level"), PARAMS_INITIAL);
    assert_null(params_source(params, "key"));
    assert_null(params_source(params, "unknown"));
}

/* Something that is wrong, or stands in a file, is something that is set. */
static void anything_that_is_set(void **state)
{
    (void)state;
    set("T_KEY", "x");
    set("T_KEY_FILE", "/nowhere");
    sandbox_capture();
    assert_true(params_any(&provider));
    assert_has(sandbox_release(), "T_KEY and T_KEY_FILE are both set");
    assert_int_equal(unsetenv("T_KEY") + unsetenv("T_KEY_FILE"), 0);
    use_files("T_WAIT=7\n", NULL);
    assert_true(params_any(&provider));
    use_files(NULL, "T_UNKNOWN=7\n");
    assert_false(params_any(&provider));
}

static void free_takes_null(void **state)
{
    (void)state;
    params_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(from_the_environment, reset),
        cmocka_unit_test_setup(the_first_name_wins, reset),
        cmocka_unit_test_setup(an_empty_variable, reset),
        cmocka_unit_test_setup(from_a_file, reset),
        cmocka_unit_test_setup(files_that_are_refused, reset),
        cmocka_unit_test_setup(an_open_file_for_what_is_no_secret, reset),
        cmocka_unit_test_setup(a_parameter_without_a_file, reset),
        cmocka_unit_test_setup(both_are_an_error, reset),
        cmocka_unit_test_setup(a_required_one_is_missing, reset),
        cmocka_unit_test_setup(secrets_are_hidden_from_then_on, reset),
        cmocka_unit_test_setup(timeouts, reset),
        cmocka_unit_test_setup(variable_files, reset),
        cmocka_unit_test_setup(missing_files_are_no_error, reset),
        cmocka_unit_test_setup(warnings_for_variable_files, reset),
        cmocka_unit_test_setup(no_warning_without_need, reset),
        cmocka_unit_test_setup(a_variable_file_that_others_write, reset),
        cmocka_unit_test_setup(debug_says_where_from, reset),
        cmocka_unit_test_setup(sources, reset),
        cmocka_unit_test_setup(anything_that_is_set, reset),
        cmocka_unit_test_setup_teardown(free_takes_null, reset, reset),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
