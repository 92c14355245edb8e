/*
 * The hooks of acmetool (its _doc/SCHEMA.md, "Hook programs"):
 *
 *     challenge-dns-start HOST TARGETFILE VALUE [FLAG]
 *     challenge-dns-stop  HOST TARGETFILE VALUE [FLAG]
 *
 * and other events, which are answered with 42. FLAG is undocumented and missing in old versions;
 * what comes after it is for versions to come.
 */
#include <stdlib.h>

#include "protocol_call.h"

static const struct protocol_event events[] = {
    {"challenge-dns-start", "HOST TARGETFILE VALUE [FLAG]", 3, -1, PROTOCOL_START},
    {"challenge-dns-stop", "HOST TARGETFILE VALUE [FLAG]", 3, -1, PROTOCOL_STOP},
    {"challenge-http-start", "", 0, -1, PROTOCOL_NOT_OURS},
    {"challenge-http-stop", "", 0, -1, PROTOCOL_NOT_OURS},
    {"challenge-tls-sni-start", "", 0, -1, PROTOCOL_NOT_OURS},
    {"challenge-tls-sni-stop", "", 0, -1, PROTOCOL_NOT_OURS},
    {"live-updated", "", 0, -1, PROTOCOL_NOT_OURS},
    {0},
};

static bool called(const char *word)
{
    const char *const state = getenv("ACME_STATE_DIR");

    return word != NULL && state != NULL && *state != '\0';
}

static int read_call(const struct protocol *protocol, struct call *call)
{
    (void)protocol;
    return call_host(call, call->argv[1], call->argv[3]);
}

const struct protocol protocol_acmetool = {
    .name = "acmetool",
    .help = "challenge-dns-start|challenge-dns-stop HOST TARGETFILE VALUE [FLAG]",
    .events = events,
    .not_ours = EXIT_NOT_OURS,
    .unknown = EXIT_NOT_OURS,
    .nobody = EXIT_NOT_OURS,
    .called = called,
    .read = read_call,
};
