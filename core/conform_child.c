#include "conform.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "log.h"

enum {
    CHILD_GRACE = 2000, /* ms past its time after which a child is ended */
    ALARM_SLACK = 3000, /* ... and after which it would end itself */
    POLL_EVERY = 10     /* ms between looks at a child */
};

/* ---- in the child ---- */

/* Standard output and standard error go where they are looked for. The host's messages go to
 * nobody, what matters of them is in the report; where the user wants them, standard error is
 * theirs. */
static void redirect(const struct conform *conform)
{
    (void)dup2(conform->output, STDOUT_FILENO);
    if (conform->loud)
        return;
    log_set_level(LOG_ERROR - 1);
    (void)dup2(conform->errors, STDERR_FILENO);
}

/* The resolvers of the domain. */
static int open_view(const struct conform *conform, struct road *road, struct view **view)
{
    const struct config_domain *const domain = conform->origin.domain;

    return road_view(road, domain != NULL ? domain->resolvers : NULL, view);
}

static _Noreturn void be_child(struct conform *conform, child_body *body, const void *opaque,
                               int64_t time, bool cleaning)
{
    struct bench bench = {.conform = conform, .outcome = conform->outcome};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    redirect(conform);
    if (deadline_start(time + ALARM_SLACK, ALARM_SLACK) != DNSHOOK_OK ||
        road_open(&bench.road, conform->road.config) != DNSHOOK_OK ||
        open_view(conform, &bench.road, &bench.view) != DNSHOOK_OK)
        _exit(EXIT_FAILED);
    if (cleaning)
        deadline_begin_cleanup();
    shim_observe(conform->provider, &bench.outcome->watch, &bench.observed);
    body(&bench, opaque);
    (void)fflush(stdout);
    bench.outcome->ended = true;
    _exit(EXIT_DONE);
}

int bench_open_more(struct bench *bench, struct instance **instance)
{
    const struct params_origin *const origin = &bench->conform->origin;

    return instance_open(&bench->observed, origin->account != NULL ? origin : NULL,
                         bench->view->resolver, instance);
}

int bench_open(struct bench *bench, struct instance **instance)
{
    bench->outcome->status = bench_open_more(bench, instance);
    bench->outcome->opened = bench->outcome->status == DNSHOOK_OK;
    return bench->outcome->status;
}

/* ---- in the parent ---- */

/* Waits for a child until `until`; hands a signal on. True with its status when it has ended. */
static bool await(pid_t child, int64_t until, int *status)
{
    bool told = false;

    for (;;) {
        struct pollfd wake = {.fd = deadline_fd(), .events = POLLIN};
        const pid_t ended = waitpid(child, status, WNOHANG);

        if (ended == child || (ended < 0 && errno != EINTR))
            return ended == child;
        if (deadline_now() >= until)
            return false;
        if (deadline_interrupted() && !told) {
            (void)kill(-child, deadline_signal());
            told = true;
        }
        if (told)
            wake.fd = -1;
        (void)poll(&wake, 1, POLL_EVERY);
    }
}

/* Ends a child and all that it started. */
static void end_child(pid_t child)
{
    (void)kill(-child, SIGKILL);
    (void)kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void say_how(struct conform *conform, const char *call, int status, bool ended)
{
    char *const text = conform->child_text;

    if (!ended)
        (void)snprintf(text, SHIM_TEXT_SIZE, "%s had not returned %d s after its time was over",
                       call, CHILD_GRACE / 1000);
    else if (WIFSIGNALED(status))
        (void)snprintf(text, SHIM_TEXT_SIZE, "the process was ended by signal %d (%s) in %s",
                       WTERMSIG(status), strsignal(WTERMSIG(status)), call);
    else
        (void)snprintf(text, SHIM_TEXT_SIZE, "the process was ended with exit status %d in %s",
                       WEXITSTATUS(status), call);
}

/* Puts what the child broke by itself into the report. */
static void report_watch(struct conform *conform)
{
    static const struct {
        enum rule rule;
        enum check check;
    } own[] = {{RULE_STATUS, CHECK_STATUS},
               {RULE_REASON, CHECK_REASON},
               {RULE_SECRET, CHECK_SECRET},
               {RULE_PROCESS, CHECK_PROCESS},
               {RULE_HANDLE, CHECK_HANDLES}};
    const struct shim_watch *const watch = &conform->outcome->watch;

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if ((watch->broken & UINT32_C(1) << own[i].rule) != 0 &&
            !report_is_broken(&conform->report, own[i].rule))
            report_fail(&conform->report, own[i].check, "%s", watch->how[own[i].rule]);
}

/* Standard output is the results' alone, and standard error the host's. */
static void check_stream(struct conform *conform, int fd, const char *name)
{
    struct stat stat = {0};

    if (fstat(fd, &stat) != 0 || stat.st_size == 0)
        return;
    if (!report_is_broken(&conform->report, RULE_PROCESS) && !conform_over())
        report_fail(&conform->report, CHECK_PROCESS, "a call wrote %lld bytes to %s",
                    (long long)stat.st_size, name);
    (void)!ftruncate(fd, 0);
    (void)lseek(fd, 0, SEEK_SET);
}

static enum child_end judge(struct conform *conform, int status, bool ended)
{
    const struct outcome *const outcome = conform->outcome;
    const char *const call = outcome->watch.call[0] != '\0' ? outcome->watch.call : "the host";
    enum child_end end = CHILD_DONE;

    conform->child_text[0] = '\0';
    if (!ended || !outcome->ended) {
        say_how(conform, call, status, ended);
        end = ended ? CHILD_DIED : CHILD_HUNG;
    }
    report_watch(conform);
    check_stream(conform, conform->output, "standard output");
    check_stream(conform, conform->errors, "standard error");
    if (end == CHILD_HUNG && !conform_over())
        report_fail(&conform->report, conform->hang, "%s", conform->child_text);
    else if (end == CHILD_DIED && !conform_over())
        report_fail(&conform->report, CHECK_PROCESS, "%s", conform->child_text);
    return end;
}

/* Begins a child; -1, said, if there is none. */
static pid_t begin_child(struct conform *conform, child_body *body, const void *opaque,
                         int64_t limit)
{
    const bool cleaning = deadline_fd() < 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0)
        be_child(conform, body, opaque, limit, cleaning);
    if (child > 0)
        (void)setpgid(child, child);
    else
        log_error("cannot make a process: %s", strerror(errno));
    return child;
}

/* Waits for a child of begin_child(). */
static enum child_end finish_child(struct conform *conform, pid_t child, int64_t until)
{
    int status = 0;
    bool ended;

    if (child < 0) {
        (void)snprintf(conform->child_text, SHIM_TEXT_SIZE, "no process could be made");
        return CHILD_DIED;
    }
    ended = await(child, until, &status);
    if (!ended)
        end_child(child);
    return judge(conform, status, ended);
}

enum child_end child_run(struct conform *conform, child_body *body, const void *opaque,
                         int64_t time)
{
    return children_run(conform, body, &opaque, 1, time);
}

enum child_end children_run(struct conform *conform, child_body *body, const void *const *opaques,
                            size_t count, int64_t time)
{
    struct outcome *const outcomes = conform->outcome;
    const int64_t left = deadline_left();
    const int64_t limit = time < left ? time : left;
    const int64_t until = deadline_now() + limit + CHILD_GRACE;
    enum child_end worst = CHILD_DONE;
    pid_t children[CHILDREN_MAX];

    memset(outcomes, 0, count * sizeof *outcomes);
    if (limit <= 0)
        return CHILD_DIED; /* conform_over() */
    for (size_t i = 0; i < count; i++) {
        conform->outcome = &outcomes[i];
        children[i] = begin_child(conform, body, opaques[i], limit);
    }
    for (size_t i = 0; i < count; i++) {
        enum child_end end;

        conform->outcome = &outcomes[i];
        end = finish_child(conform, children[i], until);
        worst = end != CHILD_DONE ? end : worst;
    }
    conform->outcome = outcomes;
    return worst;
}

bool child_spawn(struct conform *conform, const char *const *words)
{
    posix_spawnattr_t attributes;
    int status = 0;
    bool ended;
    pid_t child;
    int failure;

    if (posix_spawnattr_init(&attributes) != 0)
        return log_no_memory() == DNSHOOK_OK;
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    failure = posix_spawn(&child, "/proc/self/exe", NULL, &attributes,
                          (char *const *)(uintptr_t)words, environ);
    (void)posix_spawnattr_destroy(&attributes);
    if (failure != 0) {
        (void)snprintf(conform->child_text, SHIM_TEXT_SIZE, "cannot start /proc/self/exe: %s",
                       strerror(failure));
        return false;
    }
    ended = await(child, deadline_now() + deadline_left() + CHILD_GRACE, &status);
    if (!ended)
        end_child(child);
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    say_how(conform, "dnshook challenge-dns-stop", status, ended);
    return false;
}
