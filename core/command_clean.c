/* `dnshook clean`: takes away what interrupted runs have left behind, by the journal. */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "leftover.h"
#include "log.h"
#include "table.h"

enum { YOUNG = 3600 /* s: a client may still be at work with a value that is not older */ };

struct clean {
    const struct run *run;
    struct journal *journal;
    struct journal_item *items; /* those that were left behind are in front */
    size_t left_behind;
    size_t count;
    bool all;
};

/* A value is left behind if the call that was to add it ended before its time; if the client that
 * it was added for has ended; or, where the journal does not know that process, if it is old. */
static bool is_left_behind(const struct journal_item *item, int64_t now)
{
    const char *const owner = item->placed ? item->client : item->process;

    if (caller_is_process(owner))
        return !caller_may_live(owner);
    return item->time + YOUNG < now;
}

/* True for what this call is about: with --provider, that account alone, which a provider's file
 * names as well. */
static bool is_meant(const struct clean *clean, const struct journal_item *item)
{
    const char *name = clean->run->options.provider;
    const char *const slash = name != NULL ? strrchr(name, '/') : NULL;
    const size_t size = strlen(item->provider);

    if (name == NULL)
        return true;
    name = slash != NULL ? slash + 1 : name;
    return strncmp(name, item->provider, size) == 0 &&
           (name[size] == '\0' || (slash != NULL && strcmp(name + size, ".so") == 0));
}

/* Brings what is to be taken away to the front, then what is kept. */
static void sort_out(struct clean *clean)
{
    const int64_t now = (int64_t)time(NULL);
    size_t meant = 0;

    for (size_t i = 0; i < clean->count; i++)
        if (is_meant(clean, &clean->items[i]))
            clean->items[meant++] = clean->items[i];
    clean->count = meant;
    for (size_t i = 0; i < meant; i++)
        if (clean->all || is_left_behind(&clean->items[i], now)) {
            const struct journal_item item = clean->items[i];

            clean->items[i] = clean->items[clean->left_behind];
            clean->items[clean->left_behind++] = item;
        }
}

static const char *state_of(const struct clean *clean, size_t at)
{
    const struct journal_item *const item = &clean->items[at];
    const struct journal_entry entry = {.provider = item->provider,
                                        .host = item->host,
                                        .value = item->value,
                                        .at_name = item->at_name};
    struct journal_place place;

    if (at >= clean->left_behind)
        return "kept";
    return journal_find(clean->journal, &entry, &place) ? "failed" : "removed";
}

static bool any_failed(const struct clean *clean)
{
    for (size_t i = 0; i < clean->left_behind; i++)
        if (strcmp(state_of(clean, i), "failed") == 0)
            return true;
    return false;
}

static void date(char out[32], int64_t when)
{
    const time_t seconds = (time_t)when;
    struct tm broken;

    if (gmtime_r(&seconds, &broken) == NULL ||
        strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &broken) == 0)
        (void)snprintf(out, 32, "?");
}

static json_t *result_json(const struct clean *clean)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < clean->count; i++) {
        const struct journal_item *const item = &clean->items[i];
        char when[32];

        date(when, item->time);
        (void)json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "record", item->place.record,
                             "value", item->value, "account", item->provider, "zone",
                             item->place.zone, "written", when, "state", state_of(clean, i)));
    }
    return array;
}

static void print_lines(const struct clean *clean)
{
    for (size_t i = 0; i < clean->count; i++) {
        const struct journal_item *const item = &clean->items[i];
        char value[4 * JOURNAL_VALUE_SIZE];
        char when[32];

        date(when, item->time);
        log_sanitize(value, sizeof value, item->value);
        (void)printf("%-7s %s %s (%s, %s)\n", state_of(clean, i), item->place.record, value,
                     item->provider, when);
    }
}

static int report(const struct clean *clean)
{
    if (clean->run->options.json)
        return table_print_json(result_json(clean));
    print_lines(clean);
    if (clean->count > clean->left_behind)
        log_warning("what is kept may belong to a client that is at work; dnshook clean all takes "
                    "it away as well");
    return DNSHOOK_OK;
}

int command_clean(const struct run *run, int argc, char *const *argv)
{
    struct clean clean = {.run = run, .all = argc > 1};
    int status = EXIT_DONE;

    if (clean.all && strcmp(argv[1], "all") != 0) {
        log_error("usage: dnshook [OPTION ...] clean [all]");
        return EXIT_USAGE;
    }
    if (journal_open(&clean.journal) != DNSHOOK_OK)
        return EXIT_FAILED;
    if (clean.journal == NULL) {
        log_error("there is no journal that can be used; see FILES in dnshook(1)");
        return EXIT_FAILED;
    }
    if (journal_list(clean.journal, &clean.items, &clean.count) != DNSHOOK_OK)
        status = EXIT_FAILED;
    sort_out(&clean);
    if (clean.left_behind > 0)
        status = leftover_stop(run, clean.items, clean.left_behind);
    if ((report(&clean) != DNSHOOK_OK || any_failed(&clean)) && status == EXIT_DONE)
        status = EXIT_FAILED;
    free(clean.items);
    journal_close(clean.journal);
    return status;
}
