/*
 * lego's provider "exec" (its providers/dns/exec), also of programs that are built on lego:
 *
 *     present|cleanup FQDN VALUE
 *     present|cleanup -- DOMAIN TOKEN KEYAUTH      with EXEC_MODE=RAW
 *
 * FQDN is where the value goes: lego has followed the CNAMEs.
 */
#include <string.h>

#include "log.h"
#include "protocol_call.h"

#define USAGE "FQDN VALUE, or -- DOMAIN TOKEN KEYAUTH"

enum { PLAIN = 3, RAW = 5 /* words, with the event */ };

static const struct protocol_event events[] = {
    {"present", USAGE, PLAIN - 1, RAW - 1, PROTOCOL_START},
    {"cleanup", USAGE, PLAIN - 1, RAW - 1, PROTOCOL_STOP},
    {0},
};

static int read_call(const struct protocol *protocol, struct call *call)
{
    (void)protocol;
    if (call->argc == PLAIN && strcmp(call->argv[1], "--") != 0)
        return call_record(call, call->argv[1], call->argv[2]);
    if (call->argc == RAW && strcmp(call->argv[1], "--") == 0)
        return call_key(call, call->argv[2], call->argv[4]);
    log_error("%s takes the arguments " USAGE, call->argv[0]);
    return EXIT_USAGE;
}

const struct protocol protocol_lego = {
    .name = "lego",
    .help = "present|cleanup FQDN VALUE, present|cleanup -- DOMAIN TOKEN KEYAUTH",
    .events = events,
    .not_ours = EXIT_USAGE,
    .unknown = EXIT_USAGE,
    .nobody = EXIT_FAILED,
    .read = read_call,
};
