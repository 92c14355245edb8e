/* core/protocol*.c: what each call of a client comes to: the challenges, and the exit status. What
 * run.c would do with them is replaced. */
#include "protocol.h"
#include "sandbox.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { WORDS_MAX = 10, TEXT_SIZE = 1024 };

static char done[TEXT_SIZE]; /* what was asked of run.c */
static int outcome;          /* what it answers */
static bool list_fails;

int __real_journal_list(struct journal *journal, struct journal_item **items, size_t *count);
int __wrap_journal_list(struct journal *journal, struct journal_item **items, size_t *count);
int __wrap_run_start(const struct run *run, struct challenge *set, size_t count,
                     enum run_wait wait);
int __wrap_run_stop(const struct run *run, struct challenge *set, size_t count);

static void note(const char *what, const struct challenge *set, size_t count)
{
    size_t used = strlen(done);

    used += (size_t)snprintf(done + used, sizeof done - used, "%s", what);
    for (size_t i = 0; i < count && used < sizeof done; i++)
        used += (size_t)snprintf(done + used, sizeof done - used, " %s%s=%s",
                                 set[i].at_name ? "@" : "", set[i].host, set[i].value);
}

int __wrap_run_start(const struct run *run, struct challenge *set, size_t count, enum run_wait wait)
{
    (void)run;
    note(wait == RUN_WAIT ? "start" : "write", set, count);
    return outcome;
}

int __wrap_run_stop(const struct run *run, struct challenge *set, size_t count)
{
    (void)run;
    note("stop", set, count);
    return outcome;
}

int __wrap_journal_list(struct journal *journal, struct journal_item **items, size_t *count)
{
    if (!list_fails)
        return __real_journal_list(journal, items, count);
    *items = NULL;
    *count = 0;
    return DNSHOOK_NO_MEMORY;
}

/* Answers a call as main() would, `name` the protocol that is forced or NULL. */
static int answer(const char *name, const char *const *words)
{
    const struct run run = {.options = {.protocol = name}};
    const struct protocol *protocol = NULL;
    char *argv[WORDS_MAX] = {NULL};
    int argc = 0;

    for (; argc < WORDS_MAX && words[argc] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc];
    done[0] = '\0';
    assert_int_equal(protocol_forced(&run, &protocol), DNSHOOK_OK);
    if (protocol == NULL && argc > 0)
        protocol = protocol_of_word(argv[0]);
    if (protocol == NULL)
        protocol = protocol_of_environment(argv[0]);
    return protocol != NULL ? protocol_answer(protocol, &run, argc, argv) : -1;
}

static int reset(void **state)
{
    (void)state;
    outcome = EXIT_DONE;
    return unsetenv("ACME_STATE_DIR") + unsetenv("CERTBOT_DOMAIN") + unsetenv("CERTBOT_TOKEN") +
           unsetenv("CERTBOT_VALIDATION") + unsetenv("CERTBOT_AUTH_OUTPUT") +
           unsetenv("DNSHOOK_PROTOCOL");
}

/* base64url(SHA-256("token.thumb")), by openssl(1) */
#define DIGEST "lCdftpJCXapaZHkBGIZbcubeKW8RmA0jSG_aZN01zbU"

static void calls(void **state)
{
    static const struct {
        const char *forced;
        const char *words[WORDS_MAX];
        int status;
        const char *done; /* "": nothing was asked of run.c */
    } rows[] = {
        {NULL, {"challenge-dns-start", "h", "", "v"}, 0, "start h=v"},
        {NULL, {"challenge-dns-start", "H.", "t", "v", "wildcard", "more"}, 0, "start h=v"},
        {NULL, {"challenge-dns-stop", "h", "t", "-v", ""}, 0, "stop h=-v"},
        {NULL, {"challenge-dns-start", "h", ""}, 2, ""},
        {NULL, {"challenge-dns-start", "h", "", ""}, 2, ""},
        {NULL, {"challenge-http-start"}, 42, ""},
        {NULL, {"live-updated"}, 42, ""},
        {"acmetool", {"new"}, 42, ""},
        {NULL, {"deploy_challenge", "h", "t", "v"}, 0, "start h=v"},
        {NULL, {"deploy_challenge", "h", "t", "v", "h", "t", "w"}, 0, "start h=v h=w"},
        {NULL, {"deploy_challenge", "h", "t", "v", "h", "u", "v"}, 0, "start h=v"},
        {NULL, {"clean_challenge", "h", "t", "v", "i", "t", "w"}, 0, "stop h=v i=w"},
        {NULL, {"deploy_challenge", "h", "t", "v", "i", "t"}, 2, ""},
        {NULL, {"deploy_challenge", "h", "t", "v", "a b", "t", "v"}, 2, ""},
        {NULL, {"deploy_challenge", "h", "t", "v.w"}, 2, ""},
        {NULL, {"generate_csr", "h"}, 0, ""},
        {"dehydrated", {"new_event"}, 0, ""},
        {"dehydrated", {"begin", "dns-01", "h", "t", "v"}, 0, ""},
        {NULL, {"present", "_acme-challenge.h.", "v"}, 0, "start @_acme-challenge.h=v"},
        {NULL, {"cleanup", "_acme-challenge.h.", "-v"}, 0, "stop @_acme-challenge.h=-v"},
        {NULL, {"present", "--", "h", "token", "token.thumb"}, 0, "start h=" DIGEST},
        {NULL, {"present", "--", "h", "token", ""}, 2, ""},
        {NULL, {"present", "--", "h"}, 2, ""},
        {NULL, {"present", "h", "v", "w"}, 2, ""},
        {NULL, {"begin", "dns-01", "h", "t", "v"}, 0, "start h=v"},
        {NULL, {"begin", "http-01", "h", "t", "v"}, 1, ""},
        {NULL, {"done", "dns-01", "h", "t", "v"}, 0, "stop h=v"},
        {NULL, {"failed", "dns-01", "h", "t", "v"}, 0, "stop h=v"},
        {NULL, {"begin", "dns-01", "h", "t"}, 2, ""},
        {"uacme", {"new"}, 2, ""},
        {NULL, {"setup", "h", "v"}, 0, "start h=v"},
        {NULL, {"teardown", "h", "v"}, 0, "stop h=v"},
        {NULL, {"setup", "h", "v", "--zone"}, 2, ""},
        {NULL, {"setup", "h"}, 2, ""},
        {"getssl", {"add", "h", "v"}, 0, "start h=v"},
        {"getssl", {"remove", "*.h", "v"}, 0, "stop h=v"},
        {"getssl", {"add", "h"}, 2, ""},
        {NULL, {"add", "h", "v"}, -1, ""}, /* a command */
        {"lego", {NULL}, 2, ""},
        {NULL, {NULL}, -1, ""},
        {NULL, {"certbot-auth"}, 2, ""},
        {"certbot", {NULL}, 2, ""},
    };

    (void)state;
    sandbox_capture();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const int status = answer(rows[i].forced, rows[i].words);

        if (status != rows[i].status || strcmp(done, rows[i].done) != 0)
            fail_msg("row %zu, %s: %d, '%s'", i, rows[i].words[0], status, done);
    }
    (void)sandbox_release();
}

/* A long chain: the texts of the first challenges move as it grows. */
static void a_long_chain(void **state)
{
    enum { NAMES = 40 };
    char hosts[NAMES][8];
    char *argv[1 + 3 * NAMES] = {(char *)(uintptr_t) "deploy_challenge"};
    char wanted[TEXT_SIZE] = "start";
    const struct run run = {0};

    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        (void)snprintf(hosts[i], sizeof hosts[i], "h%zu", i);
        argv[3 * i + 1] = hosts[i];
        argv[3 * i + 2] = argv[3 * i + 3] = (char *)(uintptr_t) "v";
        (void)snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), " h%zu=v", i);
    }
    done[0] = '\0';
    assert_int_equal(protocol_answer(protocol_of_word(argv[0]), &run, (int)(COUNT(argv)), argv), 0);
    assert_string_equal(done, wanted);
}

static void outcomes(void **state)
{
    static const char *const start[] = {"challenge-dns-start", "h", "", "v", NULL};
    static const char *const deploy[] = {"deploy_challenge", "h", "t", "v", NULL};

    (void)state;
    outcome = EXIT_FAILED;
    assert_int_equal(answer(NULL, deploy), EXIT_FAILED);
    outcome = 143;
    assert_int_equal(answer(NULL, deploy), 143);
    outcome = EXIT_NOBODY;
    sandbox_capture();
    assert_int_equal(answer(NULL, start), EXIT_NOT_OURS);
    assert_string_equal(sandbox_release(), "");
    sandbox_capture();
    assert_int_equal(answer(NULL, deploy), EXIT_FAILED);
    assert_has(sandbox_release(), "h: by the configuration");
}

static void environments(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const unknown[] = {"new", NULL};

    (void)state;
    assert_int_equal(answer(NULL, unknown), -1);
    assert_int_equal(setenv("ACME_STATE_DIR", "/x", 1), 0);
    assert_int_equal(answer(NULL, unknown), EXIT_NOT_OURS);
    assert_int_equal(answer(NULL, none), -1);
    assert_int_equal(unsetenv("ACME_STATE_DIR"), 0);
    assert_int_equal(setenv("DNSHOOK_PROTOCOL", "dehydrated", 1), 0);
    assert_int_equal(answer(NULL, unknown), EXIT_DONE);
    assert_int_equal(answer("acmetool", unknown), EXIT_NOT_OURS); /* the option counts */
    assert_int_equal(unsetenv("DNSHOOK_PROTOCOL"), 0);
    assert_int_equal(setenv("CERTBOT_DOMAIN", "h", 1), 0);
    assert_int_equal(setenv("CERTBOT_VALIDATION", "v", 1), 0);
    assert_int_equal(setenv("CERTBOT_AUTH_OUTPUT", "dnshook certbot-auth h v", 1), 0);
    assert_int_equal(answer(NULL, none), EXIT_DONE);
    assert_string_equal(done, "stop h=v");
    assert_int_equal(answer(NULL, unknown), -1);
    assert_int_equal(setenv("CERTBOT_TOKEN", "t", 1), 0);
    sandbox_capture();
    assert_int_equal(answer(NULL, none), EXIT_USAGE);
    assert_has(sandbox_release(), "--preferred-challenges dns");
}

/* A teardown without a value, of which the journal tells nothing. */
static void unknown_values(void **state)
{
    static const char *const teardown[] = {"teardown", "h", NULL};

    (void)state;
    assert_int_equal(mkdir(sandbox_path("dnshook"), 0700), 0);
    assert_int_equal(setenv("STATE_DIRECTORY", sandbox_path("dnshook"), 1), 0);
    assert_int_equal(answer(NULL, teardown), EXIT_DONE);
    list_fails = true;
    assert_int_equal(answer(NULL, teardown), EXIT_FAILED);
    list_fails = false;
    assert_string_equal(done, "");
    assert_int_equal(unsetenv("STATE_DIRECTORY"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(calls, reset),          cmocka_unit_test_setup(a_long_chain, reset),
        cmocka_unit_test_setup(outcomes, reset),       cmocka_unit_test_setup(environments, reset),
        cmocka_unit_test_setup(unknown_values, reset),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
