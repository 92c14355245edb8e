/* core/conform_report.c and core/conform_state.c: one failure is told once, with its rule; what a
 * provider may not change is seen. */
#include "conform_report.h"
#include "conform_state.h"

#include "check.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- the report ---- */

static const struct provider provider = {.op = {.name = "p", .version = "1"}};

/* Reads standard output while a function runs; the caller frees the text. */
static char *printed(void (*function)(struct report *), struct report *report)
{
    FILE *const file = tmpfile();
    const int saved = dup(STDOUT_FILENO);
    char *const text = calloc(1, 65536);

    assert_non_null(file);
    assert_non_null(text);
    (void)fflush(stdout);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    function(report);
    (void)fflush(stdout);
    assert_true(dup2(saved, STDOUT_FILENO) >= 0);
    (void)close(saved);
    rewind(file);
    (void)!fread(text, 1, 65535, file);
    (void)fclose(file);
    return text;
}

static int ended;

static void do_end(struct report *report)
{
    ended = report_end(report, &provider, "example.org", false);
}

/* Ends a report that is JSON; what it comes to, if its text holds `part`. */
static int end(struct report *report, const char *part)
{
    char *const text = printed(do_end, report);

    assert_has(text, part);
    free(text);
    return ended;
}

static void one_of_each(struct report *report)
{
    report_begin(report);
    report_pass(report, CHECK_ZONE);
    report_skip(report, CHECK_NO_ZONE, "no %s", "reason");
    report_fail(report, CHECK_ADD, "it\nbroke");
    report_fail(report, CHECK_ADD, "it\nbroke");
    report_pass(report, CHECK_REMOVE_AGAIN);
    report_flush(report);
}

static void tells_in_order(void **state)
{
    struct report report = {0};
    char *const text = printed(one_of_each, &report);

    (void)state;
    assert_string_equal(text, "TAP version 13\n1..33\n"
                              "ok 1 - zone: the zone that the provider names holds the name\n"
                              "ok 2 - zone: a name in no zone is refused # SKIP no reason\n"
                              "not ok 3 - add: a value is added\n"
                              "# breaks the rule \"add\" of dnshook-provider(3), RULES\n"
                              "# it\\x0abroke\n");
    free(text);
    report.json = true; /* the rest in silence */
    report_skip_rest(&report, "the end");
    assert_int_equal(report.results[CHECK_CLEAN].verdict, VERDICT_NONE);
    assert_int_equal(end(&report, "\"ok\": false"), DNSHOOK_REJECTED);
}

static void rests_on_what_is_broken(void **state)
{
    struct report report = {.json = true};

    (void)state;
    report_fail(&report, CHECK_SECOND, "lost");
    report_fail(&report, CHECK_HYPHEN, "lost as well");
    report_fail(&report, CHECK_EIGHT, "lost");
    report_fail(&report, CHECK_TIME, "late");
    assert_int_equal(report.results[CHECK_SECOND].verdict, VERDICT_FAILED);
    assert_int_equal(report.results[CHECK_HYPHEN].verdict, VERDICT_SKIPPED);
    assert_string_equal(report.results[CHECK_HYPHEN].notes[0],
                        "it rests on the rule \"keep\", which is broken");
    assert_int_equal(report.results[CHECK_EIGHT].verdict, VERDICT_FAILED);
    assert_int_equal(report.results[CHECK_TIME].verdict, VERDICT_FAILED);
    assert_int_equal(report.failed, 3);
    assert_true(report_is_broken(&report, RULE_KEEP));
    assert_false(report_is_broken(&report, RULE_VALUE));
    report_pass(&report, CHECK_SECOND);
    report_skip(&report, CHECK_SECOND, "no");
    assert_int_equal(report.results[CHECK_SECOND].verdict, VERDICT_FAILED);
    assert_int_equal(end(&report, "\"provider\": \"p\""), DNSHOOK_REJECTED);
}

static void keeps_few_notes(void **state)
{
    struct report report = {.json = true};

    (void)state;
    for (int i = 0; i < 100; i++)
        report_fail(&report, CHECK_ADD, "note %d", i);
    assert_int_equal(report.results[CHECK_ADD].note_count, REPORT_NOTES_MAX);
    assert_int_equal(report.failed, 1);
    assert_int_equal(end(&report, "\"provider\": \"p\""), DNSHOOK_REJECTED);
}

static void names_of_statuses(void **state)
{
    (void)state;
    assert_string_equal(report_status(DNSHOOK_DENIED), "DNSHOOK_DENIED");
    assert_string_equal(report_status(DNSHOOK_UNSUPPORTED), "DNSHOOK_UNSUPPORTED");
    assert_string_equal(report_status(13), "no status");
    assert_string_equal(report_status(-1), "no status");
    for (enum rule rule = 0; rule < RULE_COUNT; rule++)
        assert_non_null(report_rule(rule));
}

/* ---- the process ---- */

static void change_umask(void)
{
    (void)umask(umask(0) ^ 022);
}

static void change_directory(void)
{
    assert_int_equal(chdir(access("/proc/self/fd", X_OK) == 0 ? "/proc" : "/"), 0);
}

static void change_locale(void)
{
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
}

static void change_handler(void)
{
    assert_int_equal(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = SIG_IGN}, NULL), 0);
}

static void change_mask(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGUSR2);
    assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

static void change_environment(void)
{
    assert_int_equal(setenv("CONFORM_TEST", "left", 1), 0);
}

static void change_input(void)
{
    assert_int_equal(close(STDIN_FILENO), 0);
}

static void stop_alarm(void)
{
    assert_int_equal(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL), 0);
}

static void put_off_alarm(void)
{
    assert_int_equal(setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_sec = 700}}, NULL),
                     0);
}

static void sees_each_change(void **state)
{
    static const struct {
        void (*change)(void);
        const char *what;
    } rows[] = {{change_umask, "the umask"},
                {change_directory, "the working directory"},
                {change_locale, "the locale"},
                {change_handler, "a signal handler or the signal mask"},
                {change_mask, "a signal handler or the signal mask"},
                {change_environment, "the environment"},
                {change_input, "a standard stream"},
                {put_off_alarm, "the alarm timer"},
                {stop_alarm, "the alarm timer"}};
    struct process_state before, after;

    (void)state;
    assert_int_equal(setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_sec = 600}}, NULL),
                     0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        process_state_read(&before);
        process_state_read(&after);
        assert_null(process_state_differs(&before, &after));
        rows[i].change();
        process_state_read(&after);
        assert_non_null(process_state_differs(&before, &after));
        assert_string_equal(process_state_differs(&before, &after), rows[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_in_order),   cmocka_unit_test(rests_on_what_is_broken),
        cmocka_unit_test(keeps_few_notes),  cmocka_unit_test(names_of_statuses),
        cmocka_unit_test(sees_each_change),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
