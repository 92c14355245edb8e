/* core/findings.c and core/report.c: what was found, kept and shown. */
#include "findings.h"
#include "log.h"
#include "report.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

/* What report_print() writes. */
static char *printed(const struct findings *findings)
{
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);

    assert_non_null(out);
    report_print(out, findings);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void kept_in_order(void **state)
{
    struct findings findings = {0};
    char *text;

    (void)state;
    findings_add(&findings, FINDING_OK, "a", "one");
    findings_add(&findings, FINDING_PROBLEM, "b", "two %d", 2);
    findings_remedy(&findings, "do %s", "this");
    findings_add(&findings, FINDING_REMARK, "c", "three\x1b[31m");
    assert_int_equal(findings.problems, 1);
    assert_int_equal(findings.remarks, 1);
    assert_false(findings.lost);
    text = printed(&findings);
    assert_string_equal(text, "ok       a: one\n"
                              "problem  b: two 2\n"
                              "         to do: do this\n"
                              "remark   c: three\\x1b[31m\n");
    free(text);
    findings_clear(&findings);
    assert_null(findings.first);
    assert_int_equal(findings.problems, 0);
}

/* The same is kept once, and its remedy does not go to another. */
static void the_same_twice(void **state)
{
    struct findings findings = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        findings_add(&findings, FINDING_PROBLEM, "a", "same");
        findings_remedy(&findings, "first");
    }
    findings_add(&findings, FINDING_REMARK, "a", "same");
    findings_add(&findings, FINDING_PROBLEM, "a", "same");
    findings_remedy(&findings, "second");
    assert_int_equal(findings.problems, 1);
    assert_int_equal(findings.remarks, 1);
    assert_string_equal(findings.first->remedy, "first");
    assert_null(findings.first->next->remedy);
    findings_clear(&findings);
}

static void as_json(void **state)
{
    struct findings findings = {0};
    json_t *array;

    (void)state;
    findings_add(&findings, FINDING_PROBLEM, "a", "text\xff");
    findings_remedy(&findings, "remedy");
    findings_add(&findings, FINDING_OK, "b", "fine");
    array = report_json(&findings);
    assert_int_equal(json_array_size(array), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(array, 0), "text")),
                        "text\\xff");
    assert_string_equal(json_string_value(json_object_get(json_array_get(array, 0), "kind")),
                        "problem");
    assert_string_equal(json_string_value(json_object_get(json_array_get(array, 0), "remedy")),
                        "remedy");
    assert_true(json_is_null(json_object_get(json_array_get(array, 1), "remedy")));
    json_decref(array);
    findings_clear(&findings);
}

/* Errors and warnings become findings, also where they would not be shown; a secret does not. */
static void from_the_log(void **state)
{
    struct findings findings = {0};

    (void)state;
    assert_true(log_add_secret("hunter2"));
    log_set_level(LOG_ERROR);
    sandbox_capture();
    findings_take_log(&findings, "there");
    log_error("bad: %s", "hunter2");
    log_warning("odd");
    log_info("nothing of note");
    findings_end_log();
    log_error("said");
    log_warning("not said");
    assert_string_equal(sandbox_release(), "dnshook: said\n");
    log_set_level(LOG_WARNING);
    log_forget_secrets();
    assert_int_equal(findings.problems, 1);
    assert_int_equal(findings.remarks, 1);
    assert_string_equal(findings.first->text, "bad: [hidden]");
    assert_string_equal(findings.first->about, "there");
    assert_string_equal(findings.last->text, "odd");
    findings_clear(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_in_order),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(as_json),
        cmocka_unit_test(from_the_log),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
