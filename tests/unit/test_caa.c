/* core/caa.c: whom CAA records let in (RFC 8659, RFC 8657). */
#include "caa.h"

#include "check.h"

#include <stdio.h>

enum { RECORDS = 4 };

/* The records of a name, from the text after "CAA". */
static ldns_rr_list *records_of(const char *const texts[RECORDS])
{
    ldns_rr_list *const list = ldns_rr_list_new();

    for (size_t i = 0; i < RECORDS && texts[i] != NULL; i++) {
        char line[512];
        ldns_rr *rr = NULL;

        (void)snprintf(line, sizeof line, "a.test. 60 IN CAA %s", texts[i]);
        if (ldns_rr_new_frm_str(&rr, line, 60, NULL, NULL) != LDNS_STATUS_OK)
            fail_msg("ldns does not read %s", line);
        assert_true(ldns_rr_list_push_rr(list, rr));
    }
    return list;
}

static void who_may(void **state)
{
    static const struct {
        const char *records[RECORDS];
        const char *ca;
        bool wildcard;
        bool allowed;
    } rows[] = {
        {{"0 issue \"ca.test\""}, "ca.test", false, true},
        {{"0 issue \"ca.test\""}, "CA.Test", false, true},
        {{"0 ISSUE \"Ca.Test\""}, "ca.test", false, true},
        {{"0 issue \"ca.test\""}, "other.test", false, false},
        {{"0 issue \"ca.test\""}, "a.test", false, false},
        {{"0 issue \"ca.test\""}, NULL, false, true},
        {{"0 issue \"ca.test\""}, "ca.test", true, true},
        {{"0 issue \";\""}, NULL, false, false},
        {{"0 issue \"\""}, NULL, false, false},
        {{"0 issue \" \t; x=y\""}, NULL, false, false},
        {{"0 issue \"  ca.test  ; x=y\""}, "ca.test", false, true},
        {{"0 issue \";\"", "0 issue \"ca.test\""}, "ca.test", false, true},
        {{"0 issuewild \";\""}, "ca.test", false, true},
        {{"0 issuewild \";\""}, "ca.test", true, false},
        {{"0 issue \"ca.test\"", "0 issuewild \"wild.test\""}, "ca.test", false, true},
        {{"0 issue \"ca.test\"", "0 issuewild \"wild.test\""}, "ca.test", true, false},
        {{"0 issue \"ca.test\"", "0 issuewild \"wild.test\""}, "wild.test", true, true},
        {{"0 issue \"ca.test\"", "0 issuewild \"wild.test\""}, "wild.test", false, false},
        {{"0 issue \"ca.test;\""}, "ca.test", false, true},
        {{"0 issue \"ca.test; \""}, NULL, false, true},
        {{"0 issue \"ca.test;a-1=!~:;b=\""}, NULL, false, true},
        {{"0 issue \"ca.test validationmethods=dns-01\""}, NULL, false, false},
        {{"0 issue \"ca.test, other.test\""}, NULL, false, false},
        {{"0 issue \"https://ca.test\""}, NULL, false, false},
        {{"0 issue \"ca_a.test\""}, NULL, false, false},
        {{"0 issue \"-ca.test\""}, NULL, false, false},
        {{"0 issue \"ca..test\""}, NULL, false, false},
        {{"0 issue \"ca.test.\""}, NULL, false, false},
        {{"0 issue \"ca.test\\000\""}, NULL, false, false},
        {{"0 issue \"ca.test; dns-01\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; a=b c\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; a_b=c\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; a=b;\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; dns-01\"", "0 issue \"ca.test\""}, "ca.test", false, true},
        {{"0 issue \"ca.test; accounturi=x; accounturi=y\""}, "ca.test", false, false},
        {{"0 iodef \"mailto:a@a.test\""}, "ca.test", false, true},
        {{"128 issue \"ca.test\""}, "ca.test", false, true},
        {{"0 future \"x\""}, "ca.test", false, true},
        {{"128 future \"x\""}, "ca.test", false, false},
        {{"128 future \"x\"", "0 issue \"ca.test\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; validationmethods=dns-01\""}, "ca.test", false, true},
        {{"0 issue \"ca.test; validationmethods=http-01,dns-01\""}, "ca.test", false, true},
        {{"0 issue \"ca.test; validationmethods=http-01, dns-01\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; validationmethods=http-01\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; validationmethods=xdns-01\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; validationmethods=\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; a=dns-01; ValidationMethods = http-01\""}, "ca.test", false, false},
        {{"0 issue \"ca.test; validationmethods=http-01\"", "0 issue \"ca.test\""},
         "ca.test",
         false,
         true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *const records = records_of(rows[i].records);
        struct caa_verdict verdict;

        caa_judge(records, rows[i].ca, rows[i].wildcard, &verdict);
        if (verdict.allowed != rows[i].allowed)
            fail_msg("row %zu, %s: %s", i, rows[i].records[0],
                     verdict.allowed ? "allowed" : "forbidden");
        ldns_rr_list_deep_free(records);
    }
}

static void what_else_is_told(void **state)
{
    const char *const texts[RECORDS] = {"0 issue \"a.test; accounturi=https://a.test/7\"",
                                        "0 issue \"b.test; validationmethods=http-01\"",
                                        "129 future \"x\"", "0 issuewild \";\""};
    ldns_rr_list *const records = records_of(texts);
    struct caa_verdict verdict;
    char text[CAA_LIST_SIZE];

    (void)state;
    caa_judge(records, NULL, false, &verdict);
    assert_string_equal(verdict.issuers, "a.test");
    assert_string_equal(verdict.accounts, "https://a.test/7");
    assert_string_equal(verdict.critical, "future");
    assert_true(verdict.restricted && verdict.wrong_method);
    caa_text(records, text);
    assert_has(text, "0 issue \"a.test; accounturi=https://a.test/7\", 0 issue ");
    assert_has(text, "129 future \"x\"");
    ldns_rr_list_deep_free(records);
}

/* A record that names no account lets every account of that authority in. */
static void one_record_without_an_account(void **state)
{
    static const char *const either[2][RECORDS] = {
        {"0 issue \"a.test; accounturi=x\"", "0 issue \"a.test\""},
        {"0 issue \"a.test\"", "0 issue \"a.test; accounturi=x\""}};

    (void)state;
    for (size_t i = 0; i < COUNT(either); i++) {
        ldns_rr_list *const records = records_of(either[i]);
        struct caa_verdict verdict;

        caa_judge(records, "a.test", false, &verdict);
        assert_true(verdict.allowed);
        assert_string_equal(verdict.accounts, "");
        ldns_rr_list_deep_free(records);
    }
}

/* One account after the other lets them both in, as while one is replaced by the other. */
static void records_of_two_accounts(void **state)
{
    static const char *const texts[RECORDS] = {"0 issue \"a.test; accounturi=x\"",
                                               "0 issue \"a.test; accounturi=y\"",
                                               "0 issue \"other.test\""};
    ldns_rr_list *const records = records_of(texts);
    struct caa_verdict verdict;

    (void)state;
    caa_judge(records, "a.test", false, &verdict);
    assert_true(verdict.allowed);
    assert_string_equal(verdict.accounts, "x, y");
    ldns_rr_list_deep_free(records);
}

/* Bytes that are no record are passed over, and long ones are cut. */
static void records_that_are_none(void **state)
{
    static const uint8_t bytes[][4] = {{0}, {0, 0}, {0, 9, 'i'}, {0, 255, 'i', 's'}};
    static const size_t sizes[] = {1, 2, 3, 4};
    char value[300];
    const char *texts[RECORDS] = {NULL};
    char line[320];
    struct caa_verdict verdict;
    ldns_rr_list *list;
    char text[CAA_LIST_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(bytes); i++) {
        ldns_rr *const rr = ldns_rr_new();

        list = ldns_rr_list_new();
        ldns_rr_set_type(rr, (ldns_rr_type)CAA_TYPE);
        assert_true(
            ldns_rr_push_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, sizes[i], bytes[i])));
        assert_true(ldns_rr_list_push_rr(list, rr));
        caa_judge(list, NULL, false, &verdict);
        assert_true(verdict.allowed && !verdict.restricted);
        caa_text(list, text);
        assert_string_equal(text, "");
        ldns_rr_list_deep_free(list);
    }
    memset(value, 'a', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    (void)snprintf(line, sizeof line, "0 issue \"%.250s\"", value);
    for (size_t i = 0; i < RECORDS; i++)
        texts[i] = line;
    list = records_of(texts);
    caa_judge(list, NULL, false, &verdict);
    assert_true(verdict.allowed);
    caa_text(list, text);
    assert_true(strlen(text) < CAA_LIST_SIZE);
    ldns_rr_list_deep_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may),
        cmocka_unit_test(what_else_is_told),
        cmocka_unit_test(one_record_without_an_account),
        cmocka_unit_test(records_of_two_accounts),
        cmocka_unit_test(records_that_are_none),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
