/*
 * The hook of dehydrated (its docs/examples/hook.sh and docs/hook_chain.md):
 *
 *     deploy_challenge DOMAIN TOKEN VALUE [DOMAIN TOKEN VALUE ...]
 *     clean_challenge  DOMAIN TOKEN VALUE [DOMAIN TOKEN VALUE ...]
 *
 * with more than one triple where HOOK_CHAIN is set. Every other event, also one that nobody knows,
 * has to end with 0 and nothing on standard output: what `generate_csr` prints is taken for a
 * request, and each run begins with an event that does not exist.
 */
#include <string.h>

#include "log.h"
#include "protocol_call.h"

enum { TRIPLE = 3 };

#define SELF_TEST                                                                                  \
    "this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_"  \
    "script"

static const struct protocol_event events[] = {
    {"deploy_challenge", "DOMAIN TOKEN VALUE ...", TRIPLE, -1, PROTOCOL_START},
    {"clean_challenge", "DOMAIN TOKEN VALUE ...", TRIPLE, -1, PROTOCOL_STOP},
    {"sync_cert", "", 0, -1, PROTOCOL_NOT_OURS},
    {"deploy_cert", "", 0, -1, PROTOCOL_NOT_OURS},
    {"deploy_ocsp", "", 0, -1, PROTOCOL_NOT_OURS},
    {"unchanged_cert", "", 0, -1, PROTOCOL_NOT_OURS},
    {"invalid_challenge", "", 0, -1, PROTOCOL_NOT_OURS},
    {"request_failure", "", 0, -1, PROTOCOL_NOT_OURS},
    {"generate_csr", "", 0, -1, PROTOCOL_NOT_OURS},
    {"startup_hook", "", 0, -1, PROTOCOL_NOT_OURS},
    {"exit_hook", "", 0, -1, PROTOCOL_NOT_OURS},
    {SELF_TEST, "", 0, -1, PROTOCOL_NOT_OURS},
    {0},
};

/* A challenge of http-01 comes by the same event, with a key authorization for its value. */
static bool is_for_dns(const char *value)
{
    if (strchr(value, '.') == NULL)
        return true;
    log_error("the value is a key authorization, as for http-01: set CHALLENGETYPE=dns-01");
    return false;
}

static int read_call(const struct protocol *protocol, struct call *call)
{
    (void)protocol;
    if ((call->argc - 1) % TRIPLE != 0) {
        log_error("%s takes the arguments %s: three for each name; there are %d", call->argv[0],
                  call->event->usage, call->argc - 1);
        return EXIT_USAGE;
    }
    for (int i = 1; i < call->argc; i += TRIPLE) {
        const char *const value = call->argv[i + 2];
        const int status = is_for_dns(value) ? call_host(call, call->argv[i], value) : EXIT_USAGE;

        if (status != EXIT_DONE)
            return status;
    }
    return EXIT_DONE;
}

const struct protocol protocol_dehydrated = {
    .name = "dehydrated",
    .help = "deploy_challenge|clean_challenge DOMAIN TOKEN VALUE ...",
    .events = events,
    .not_ours = EXIT_DONE,
    .unknown = EXIT_DONE,
    .nobody = EXIT_FAILED,
    .read = read_call,
};
