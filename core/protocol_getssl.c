/*
 * DNS_ADD_COMMAND and DNS_DEL_COMMAND of getssl:
 *
 *     add|remove DOMAIN VALUE
 *
 * where the first word is the user's: getssl appends the other two. Old versions do not take the
 * "*." from a wildcard.
 */
#include <string.h>

#include "protocol_call.h"

#define USAGE "DOMAIN VALUE"

static const struct protocol_event events[] = {
    {"add", USAGE, 2, 2, PROTOCOL_START},
    {"remove", USAGE, 2, 2, PROTOCOL_STOP},
    {0},
};

static int read_call(const struct protocol *protocol, struct call *call)
{
    const char *const domain = call->argv[1];

    (void)protocol;
    return call_host(call, strncmp(domain, "*.", 2) == 0 ? domain + 2 : domain, call->argv[2]);
}

const struct protocol protocol_getssl = {
    .name = "getssl",
    .help = "add|remove DOMAIN VALUE (with --protocol getssl)",
    .events = events,
    .only_forced = true,
    .not_ours = EXIT_USAGE,
    .unknown = EXIT_USAGE,
    .nobody = EXIT_FAILED,
    .read = read_call,
};
