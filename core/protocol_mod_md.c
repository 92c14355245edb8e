/*
 * Apache's mod_md, MDChallengeDns01:
 *
 *     setup    DOMAIN VALUE
 *     teardown DOMAIN            with MDChallengeDns01Version 1, the default
 *     teardown DOMAIN VALUE      with version 2
 *
 * Where no value is named, the journal knows them: all of that host that came by this protocol.
 * mod_md cuts a line of text into words, of which the CA chooses a part: so a call with more words
 * is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "leftover.h"
#include "log.h"
#include "protocol_call.h"

#define CLIENT "mod_md"

enum { WITHOUT_VALUE = 2 /* words, with the event */ };

static const struct protocol_event events[] = {
    {"setup", "DOMAIN VALUE", 2, 2, PROTOCOL_START},
    {"teardown", "DOMAIN [VALUE]", 1, 2, PROTOCOL_STOP},
    {0},
};

static int read_call(const struct protocol *protocol, struct call *call)
{
    (void)protocol;
    (void)snprintf(call->client, sizeof call->client, "%s", CLIENT);
    /* Without a value: something that can be one, so that the host is checked. */
    return call_host(call, call->argv[1], call->argc == WITHOUT_VALUE ? CLIENT : call->argv[2]);
}

/* Moves the items of this host to the front and returns how many there are. */
static size_t select_items(struct journal_item *items, size_t count, const char *host)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i].client, CLIENT) == 0 && strcmp(items[i].host, host) == 0)
            items[used++] = items[i];
    return used;
}

static int stop_all(const struct call *call)
{
    const char *const host = call->set[0].host;
    CLEANUP_FREE struct journal_item *items = NULL;
    struct journal *journal;
    size_t count = 0;

    if (journal_open(&journal) != DNSHOOK_OK)
        return EXIT_FAILED;
    if (journal == NULL) {
        log_error("%s: teardown names no value, and there is no journal that knows it: set "
                  "MDChallengeDns01Version 2",
                  host);
        return EXIT_FAILED;
    }
    const int status = journal_list(journal, &items, &count);

    journal_close(journal);
    if (status != DNSHOOK_OK)
        return EXIT_FAILED;
    count = select_items(items, count, host);
    log_info("%s: the journal has %zu of its values", host, count);
    return leftover_stop(call->run, items, count);
}

static int answer(struct call *call)
{
    return call->argc == WITHOUT_VALUE ? stop_all(call) : call_run(call);
}

const struct protocol protocol_mod_md = {
    .name = "mod_md",
    .help = "setup DOMAIN VALUE, teardown DOMAIN [VALUE]",
    .events = events,
    .not_ours = EXIT_USAGE,
    .unknown = EXIT_USAGE,
    .nobody = EXIT_FAILED,
    .read = read_call,
    .answer = answer,
};
