/*
 * A change: the program is run, and what it says is judged.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exec.h"
#include "child.h"
#include "environment.h"
#include "program.h"
#include "said.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

enum {
    OUTPUT_MAX = 65536,
    GRACE = 2000 /* ms between SIGTERM and SIGKILL */
};

/* What the program has besides the variables that are passed on. */
static const char *const fixed_environment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C", "LC_ALL=C",
    NULL};

/* Exit statuses that mean something, by their names in <sysexits.h>. After REJECTED, NO_ZONE,
 * DENIED and BAD_CONFIG the host takes it that nothing was changed. */
static const struct {
    int exit;
    int status;
    const char *meaning;
} meanings[] = {
    {65, DNSHOOK_REJECTED, "refused"},          /* EX_DATAERR */
    {68, DNSHOOK_NO_ZONE, "no such zone"},      /* EX_NOHOST */
    {69, DNSHOOK_UNREACHABLE, "not reachable"}, /* EX_UNAVAILABLE */
    {75, DNSHOOK_AGAIN, "try again"},           /* EX_TEMPFAIL */
    {77, DNSHOOK_DENIED, "permission denied"},  /* EX_NOPERM */
    {78, DNSHOOK_BAD_CONFIG, "not configured"}, /* EX_CONFIG */
};

/* A run: the change, what it is called in messages, and how it ended. */
struct run {
    const struct exec *self;
    const struct dnshook_change *change;
    const char *action;
    struct child_result result;
};

/* dnshook_fail() with what was run in front, and what the program said behind. */
static int fail_run(const struct run *run, int status, const char *what)
{
    char said[SAID_SIZE];

    said_last(run->result.complaints.text, said);
    if (said[0] == '\0')
        said_last(run->result.output.text, said);
    return dnshook_fail(run->self->host, status, "%s %s %s: %s%s%s", run->self->settings.program,
                        run->action, run->change->name, what, said[0] != '\0' ? ": " : "", said);
}

/* For a program that was ended, or not begun: its own time, ours, or a signal. */
static int fail_time(const struct run *run)
{
    const struct dnshook_host *const host = run->self->host;
    const int why = host->time_left(host) > 0 ? DNSHOOK_UNREACHABLE : host->sleep(host, 1);

    return fail_run(run, why == DNSHOOK_OK ? DNSHOOK_DEADLINE : why,
                    !run->result.timed_out ? "was not run, because the time is over"
                    : why == DNSHOOK_UNREACHABLE
                        ? "did not end in the time that DNSHOOK_EXEC_RUN_TIMEOUT gives it, and was "
                          "ended"
                        : "did not end in time, and was ended");
}

static int fail_exit(const struct run *run, int code)
{
    char what[64];

    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].exit == code) {
            (void)snprintf(what, sizeof what, "exit status %d, %s", code, meanings[i].meaning);
            return fail_run(run, meanings[i].status, what);
        }
    (void)snprintf(what, sizeof what, "exit status %d", code);
    return fail_run(run, DNSHOOK_BAD_ANSWER, what);
}

/* The status that a run comes to. */
static int judge(const struct run *run)
{
    const int status = run->result.wait_status;
    char what[64];

    if (run->result.timed_out)
        return fail_time(run);
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0 ? DNSHOOK_OK : fail_exit(run, WEXITSTATUS(status));
    (void)snprintf(what, sizeof what, "ended by signal %d", WTERMSIG(status));
    return fail_run(run, DNSHOOK_BAD_ANSWER, what);
}

/* Says why the program could not be started. Nothing was changed. */
static int fail_start(const struct run *run, int error)
{
    if (error == ENOMEM || error == EAGAIN)
        return fail_run(run, error == EAGAIN ? DNSHOOK_AGAIN : DNSHOOK_NO_MEMORY,
                        "cannot be run: out of memory or processes");
    if (error == ECHILD)
        return fail_run(run, DNSHOOK_BAD_ANSWER,
                        "was run, and how it ended is not known, because the signal SIGCHLD is "
                        "ignored");
    return dnshook_fail(run->self->host, DNSHOOK_BAD_CONFIG, "program %s cannot be run: %s%s",
                        run->self->settings.program, strerror(error),
                        error == ENOEXEC  ? " (a script begins with #! and its interpreter)"
                        : error == ENOENT ? " (is the interpreter in its first line there?)"
                                          : "");
}

/* Runs the program, with memory for all that it needs. */
static int run_program(struct run *run, char *const environment[])
{
    const struct dnshook_change *const change = run->change;
    const char *const words[] = {
        run->self->settings.program, run->action, change->name, change->value,
        change->zone->name,          NULL};
    const struct child_request request = {.words = (char *const *)(uintptr_t)words,
                                          .environment = environment,
                                          .directory = "/",
                                          .timeout = run->self->settings.timeout,
                                          .grace = GRACE,
                                          .alone = true};
    const int error = child_run(run->self->host, &request, &run->result);

    said_clean(run->result.output.text, run->result.output.size);
    said_clean(run->result.complaints.text, run->result.complaints.size);
    if (error != 0)
        return fail_start(run, error);
    said_log(run->self->host, DNSHOOK_LOG_INFO, run->action, run->result.complaints.text);
    said_log(run->self->host, DNSHOOK_LOG_DEBUG, run->action, run->result.output.text);
    return judge(run);
}

/* A stream that keeps the end of what is written; text NULL: out of memory. */
static struct child_stream make_stream(const struct dnshook_host *host)
{
    return (struct child_stream){
        .text = host->alloc(host, OUTPUT_MAX + 1), .max = OUTPUT_MAX, .excess = CHILD_DROP_OLD};
}

int exec_change(void *handle, struct dnshook_change *change)
{
    struct exec *const self = handle;
    const struct dnshook_host *const host = self->host;
    struct run run = {
        .self = self,
        .change = change,
        .action = change->action == DNSHOOK_ADD ? "add" : "remove",
        .result = {.output = make_stream(host), .complaints = make_stream(host)},
    };
    char **const environment = environment_only(host, self->settings.names, fixed_environment);
    int status = program_check(host, self->settings.program);

    if (environment == NULL || run.result.output.text == NULL || run.result.complaints.text == NULL)
        status =
            dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory for %s", self->settings.program);
    if (status == DNSHOOK_OK)
        status = host->time_left(host) > 0 ? run_program(&run, environment) : fail_time(&run);
    if (status == DNSHOOK_OK)
        change->effect = said_effect(run.result.output.text);
    host->free(host, environment);
    host->free(host, run.result.output.text);
    host->free(host, run.result.complaints.text);
    return status;
}
