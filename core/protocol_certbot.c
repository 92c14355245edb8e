/*
 * certbot's --manual-auth-hook and --manual-cleanup-hook (certbot's plugins/manual.py): no
 * arguments, all is in the environment. The words certbot-auth and certbot-cleanup are ours.
 *
 * Without a word, auth and clean-up differ in nothing but CERTBOT_AUTH_OUTPUT, which clean-up gets
 * and which certbot never unsets: the auth for a second certificate has the first one's. So auth
 * prints a line for its own value, and a clean-up has exactly that.
 *
 * certbot calls auth for all names before the CA is asked for any. So all but the last call only
 * write, and the last one waits for everything that this run of certbot has outstanding: the
 * journal has it under the name of certbot's process. Where that cannot be found out, or nothing
 * can be put on record, each call waits for its own value.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "cleanup.h"
#include "log.h"
#include "protocol_call.h"

enum { LINE_SIZE = 2048 };

static const struct protocol_event events[] = {
    {"certbot-auth", "", 0, 0, PROTOCOL_START},
    {"certbot-cleanup", "", 0, 0, PROTOCOL_STOP},
    {0},
};

/* A variable; "" if it is not set. */
static const char *variable(const char *name)
{
    const char *const text = getenv(name);

    return text != NULL ? text : "";
}

static bool called(const char *word)
{
    return word == NULL && *variable("CERTBOT_VALIDATION") != '\0';
}

/* What auth prints, and certbot hands to the clean-up. */
static void own_line(char line[LINE_SIZE])
{
    (void)snprintf(line, LINE_SIZE, "dnshook certbot-auth %s %s", variable("CERTBOT_DOMAIN"),
                   variable("CERTBOT_VALIDATION"));
}

static const struct protocol_event *wordless(void)
{
    char line[LINE_SIZE];

    own_line(line);
    return strcmp(variable("CERTBOT_AUTH_OUTPUT"), line) == 0 ? &events[1] : &events[0];
}

static int read_call(const struct protocol *protocol, struct call *call)
{
    (void)protocol;
    if (*variable("CERTBOT_DOMAIN") == '\0' || *variable("CERTBOT_VALIDATION") == '\0') {
        log_error("CERTBOT_DOMAIN and CERTBOT_VALIDATION are not set: certbot calls this, as its "
                  "--manual-auth-hook and --manual-cleanup-hook");
        return EXIT_USAGE;
    }
    if (*variable("CERTBOT_TOKEN") != '\0') {
        log_error("certbot asks for a challenge of http-01: give it --preferred-challenges dns");
        return EXIT_USAGE;
    }
    if (call->event->action == PROTOCOL_START)
        (void)caller_of_variable("CERTBOT_VALIDATION", call->client);
    return call_host(call, variable("CERTBOT_DOMAIN"), variable("CERTBOT_VALIDATION"));
}

/* True when certbot says that more calls follow. */
static bool more_follow(void)
{
    const char *const text = variable("CERTBOT_REMAINING_CHALLENGES");

    return isdigit((unsigned char)*text) && strtol(text, NULL, 10) > 0;
}

/* What this run of certbot has outstanding. DNSHOOK_OK or DNSHOOK_NO_MEMORY. */
static int list_own(struct journal *journal, const struct call *call, struct journal_item **items,
                    size_t *count)
{
    const int status = journal_list(journal, items, count);
    size_t used = 0;

    for (size_t i = 0; i < *count; i++)
        if ((*items)[i].outstanding && strcmp((*items)[i].client, call->client) == 0)
            (*items)[used++] = (*items)[i];
    *count = used;
    return status;
}

/* Adds what is outstanding to the call, as standing. */
static int add_outstanding(struct call *call, const struct journal_item *items, size_t count)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        const size_t before = call->count;

        status = call_host(call, items[i].host, items[i].value);
        if (call->count > before) {
            call->set[before].standing = true;
            call->set[before].token = items[i].token;
        }
    }
    return status;
}

/* Writes the last value, and waits for all. They are waited for once, whatever comes of it. */
static int wait_for_all(struct call *call, struct journal *journal)
{
    CLEANUP_FREE struct journal_item *items = NULL;
    size_t count = 0;
    int status;

    if (list_own(journal, call, &items, &count) != DNSHOOK_OK)
        return EXIT_FAILED;
    status = add_outstanding(call, items, count);
    if (status == EXIT_DONE)
        status = call_run(call);
    for (size_t i = 0; i < count; i++)
        journal_settle(journal, &items[i]);
    return status;
}

static int auth(struct call *call)
{
    struct journal *journal = NULL;
    int status;

    if (call->client[0] == '\0')
        return call_run(call);
    if (more_follow())
        return run_start(call->run, call->set, call->count, RUN_NO_WAIT);
    if (journal_open(&journal) != DNSHOOK_OK)
        return EXIT_FAILED;
    status = wait_for_all(call, journal);
    journal_close(journal);
    return status;
}

static int answer(struct call *call)
{
    char line[LINE_SIZE];

    if (call->event->action == PROTOCOL_STOP)
        return call_run(call);
    own_line(line);
    if (call->argc == 0 && (puts(line) == EOF || fflush(stdout) != 0)) {
        log_error("cannot write to standard output: certbot would not know the clean-up again");
        return EXIT_FAILED;
    }
    return auth(call);
}

const struct protocol protocol_certbot = {
    .name = "certbot",
    .help = "certbot-auth|certbot-cleanup, or the environment of certbot",
    .events = events,
    .not_ours = EXIT_USAGE,
    .unknown = EXIT_USAGE,
    .nobody = EXIT_FAILED,
    .called = called,
    .wordless = wordless,
    .read = read_call,
    .answer = answer,
};
