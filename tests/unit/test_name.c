/* core/name.c: host names at the door, and names of DNS as text. */
#include "name.h"

#include "check.h"

#define L10 "0123456789"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "012"

static void hosts_that_are_taken(void **state)
{
    static const struct {
        const char *host;
        const char *out;
    } rows[] = {
        {"example.org", "example.org"},
        {"localhost", "localhost"},
        {"WWW.Example.ORG", "www.example.org"},
        {"example.org.", "example.org"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"a-b.1.2x", "a-b.1.2x"},
        {"x", "x"},
        {L63 ".org", L63 ".org"},
        /* 237 bytes: 253 with _acme-challenge. in front */
        {L63 "." L63 "." L63 "." L10 L10 L10 L10 "0123x",
         L63 "." L63 "." L63 "." L10 L10 L10 L10 "0123x"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[NAME_SIZE] = "";
        const char *const why = name_check_host(rows[i].host, out);

        if (why != NULL)
            fail_msg("%s %s", rows[i].host, why);
        assert_string_equal(out, rows[i].out);
    }
}

/* What add and remove take: a host name with underscores, without room for a label in front. */
static void record_names(void **state)
{
    static const struct {
        const char *record;
        const char *out; /* NULL: refused */
    } rows[] = {
        {"_acme-challenge.example.org", "_acme-challenge.example.org"},
        {"_ACME-challenge.Example.org.", "_acme-challenge.example.org"},
        {"a_b.c", "a_b.c"},
        {L63 "." L63 "." L63 "." L60 "x", L63 "." L63 "." L63 "." L60 "x"}, /* 253 bytes */
        {L63 "." L63 "." L63 "." L60 "xy", NULL},
        {"", NULL},
        {".", NULL},
        {"*.example.org", NULL},
        {"_a..b", NULL},
        {"_a b", NULL},
        {"_a.-b", NULL},
        {"192.0.2.1", NULL},
        {L63 "4.org", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[NAME_SIZE] = "";
        const char *const why = name_check_record(rows[i].record, out);

        if ((why == NULL) != (rows[i].out != NULL))
            fail_msg("%s: %s", rows[i].record, why != NULL ? why : "is taken");
        if (why == NULL)
            assert_string_equal(out, rows[i].out);
    }
}

static void hosts_that_are_refused(void **state)
{
    static const struct {
        const char *host;
        const char *why;
    } rows[] = {
        {"", "is empty"},
        {"192.0.2.1", "is an address"},
        {"a.1", "ends like one"},
        {".", "empty label"},
        {"..", "empty label"},
        {".a", "empty label"},
        {"a..b", "empty label"},
        {"a..", "empty label"},
        {"*.example.org", "is a wildcard"},
        {"*", "letters, digits and hyphens only"},
        {"a.*.b", "letters, digits and hyphens only"},
        {"a_b.org", "letters, digits and hyphens only"},
        {"a/b", "letters, digits and hyphens only"},
        {"a\\.b", "letters, digits and hyphens only"},
        {"-a.org", "hyphen"},
        {"a-.org", "hyphen"},
        {"-", "hyphen"},
        {"a b", "a space or a control byte"},
        {"a\n.b", "a space or a control byte"},
        {"a\x1b[1m", "a space or a control byte"},
        {"a\x7f.b", "not ASCII"},
        {"b\xc3\xbc"
         "cher.example",
         "A-labels"},
        {L63 "0.org", "more than 63 bytes"},
        {L63 "." L63 "." L63 "." L10 L10 L10 L10 "0123x5", "too long"},
        {L63 "." L63 "." L63 "." L63 "." L63 "." L63, "too long"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[NAME_SIZE] = "";
        const char *const why = name_check_host(rows[i].host, out);

        if (why == NULL)
            fail_msg("'%s' was taken", rows[i].host);
        assert_has(why, rows[i].why);
    }
}

/* A final dot is not counted. */
static void the_length_is_without_the_final_dot(void **state)
{
    char out[NAME_SIZE];

    (void)state;
    assert_null(name_check_host(L63 "." L63 "." L63 "." L10 L10 L10 L10 "0123x.", out));
}

static void parents(void **state)
{
    static const struct {
        const char *name;
        const char *parent;
    } rows[] = {
        {"a.b.c", "b.c"}, {"c", "."},       {".", NULL},  {"", NULL},
        {"a\\.b.c", "c"}, {"a\\\\.b", "b"}, {"a\\", "."}, {"\\046.b", "b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const parent = name_parent(rows[i].name);

        if (rows[i].parent == NULL)
            assert_null(parent);
        else
            assert_string_equal(parent, rows[i].parent);
    }
}

static void within_and_below(void **state)
{
    static const struct {
        const char *name;
        const char *zone;
        bool within;
        bool below;
    } rows[] = {
        {"a.example", "example", true, true},
        {"example", "example", true, false},
        {"EXAMPLE", "example", true, false},
        {"a.EXAMPLE", "eXample", true, true},
        {"anexample", "example", false, false},
        {"example", "a.example", false, false},
        {"a\\.example", "example", false, false},
        {"x.a\\.example", "example", false, false},
        {"example", ".", true, true},
        {".", ".", true, false},
        {".", "example", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(name_is_within(rows[i].name, rows[i].zone), rows[i].within);
        assert_int_equal(name_is_below(rows[i].name, rows[i].zone), rows[i].below);
    }
}

static void normal_form(void **state)
{
    static const struct {
        const char *text;
        const char *out; /* NULL: does not fit */
    } rows[] = {
        {"A.Example.", "a.example"},
        {"a.example", "a.example"},
        {".", "."},
        {"", NULL},
        {"a\\.", "a\\."},
        {"a\\\\.", "a\\\\"},
    };
    char out[NAME_SIZE];
    char text[NAME_SIZE + 1];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(name_normalize(rows[i].text, out), rows[i].out != NULL);
        if (rows[i].out != NULL)
            assert_string_equal(out, rows[i].out);
    }
    memset(text, 'a', sizeof text);
    text[NAME_SIZE] = '\0';
    assert_false(name_normalize(text, out));
    text[NAME_SIZE - 1] = '\0';
    assert_true(name_normalize(text, out));
    assert_string_equal(out, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_that_are_taken),
        cmocka_unit_test(hosts_that_are_refused),
        cmocka_unit_test(record_names),
        cmocka_unit_test(the_length_is_without_the_final_dot),
        cmocka_unit_test(parents),
        cmocka_unit_test(within_and_below),
        cmocka_unit_test(normal_form),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
