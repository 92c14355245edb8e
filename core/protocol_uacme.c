/*
 * The hook of uacme (uacme(1), --hook):
 *
 *     begin|done|failed TYPE IDENT TOKEN AUTH
 *
 * `begin` is called for each type of challenge that the CA offers, until one is accepted with 0; a
 * type that was declined is heard of no more.
 */
#include <string.h>

#include "protocol_call.h"

#define USAGE "TYPE IDENT TOKEN AUTH"

static const struct protocol_event events[] = {
    {"begin", USAGE, 4, 4, PROTOCOL_START},
    {"done", USAGE, 4, 4, PROTOCOL_STOP},
    {"failed", USAGE, 4, 4, PROTOCOL_STOP},
    {0},
};

static int read_call(const struct protocol *protocol, struct call *call)
{
    if (strcmp(call->argv[1], "dns-01") != 0)
        return protocol->not_ours;
    return call_host(call, call->argv[2], call->argv[4]);
}

const struct protocol protocol_uacme = {
    .name = "uacme",
    .help = "begin|done|failed TYPE IDENT TOKEN AUTH",
    .events = events,
    .not_ours = EXIT_FAILED,
    .unknown = EXIT_USAGE,
    .nobody = EXIT_FAILED,
    .read = read_call,
};
