#include "challenge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "challenge_command.h"
#include "cleanup.h"
#include "deadline.h"
#include "delegation.h"
#include "log.h"

enum { TTL = 60 /* s, for a new set */ };

const char *challenge_check_value(const char *value)
{
    const size_t size = strlen(value);

    if (size == 0)
        return "is empty";
    if (size > DNSHOOK_VALUE_MAX)
        return "is longer than 255 bytes";
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)value[i] < 0x20 || (unsigned char)value[i] > 0x7e)
            return "holds a byte that is not printable ASCII";
    return NULL;
}

/* ---- preparing ---- */

/* Fills the struct that the provider gets. */
static void fill_change(struct challenge *challenge)
{
    challenge->public_zone = instance_zone_public(&challenge->zone);
    challenge->change = (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                                .name = challenge->record,
                                                .value = challenge->value,
                                                .zone = &challenge->public_zone,
                                                .ttl = challenge->ttl > 0 ? challenge->ttl : TTL};
}

static int find_zone(struct challenge *challenge)
{
    struct instance_zone cut = {0};

    (void)snprintf(cut.name, sizeof cut.name, "%s", challenge->authority->zone);
    (void)snprintf(cut.primary, sizeof cut.primary, "%s", challenge->authority->primary);
    return instance_find_zone(challenge->account->instance, challenge->record, &cut,
                              &challenge->zone);
}

/* Says that the time was over, where it was. */
static int said_late(const struct view *view, const char *host, int status)
{
    if (status == DNSHOOK_DEADLINE)
        log_error("%s: the time was over while its zone and nameservers were looked for (resolvers "
                  "asked: %s)",
                  host, resolver_text(view->resolver));
    return status;
}

int challenge_route(struct view *view, const char *host, struct route *route)
{
    return said_late(view, host, route_find(&view->map, host, route));
}

/* The configuration's alias has to be where the challenge name leads. */
static int check_alias(const struct challenge *challenge)
{
    if (challenge->alias == NULL || name_equal(challenge->alias, challenge->record))
        return DNSHOOK_OK;
    log_error("%s: the configuration's alias is %s, but _acme-challenge.%s leads to %s: put the "
              "record \"_acme-challenge.%s. CNAME %s.\" into its zone, or correct the alias",
              challenge->host, challenge->alias, challenge->host, challenge->record,
              challenge->host, challenge->alias);
    return DNSHOOK_BAD_CONFIG;
}

/* Record name, authority and zone of one challenge. */
static int place(struct challenge *challenge)
{
    struct view *const view = challenge->account->view;
    struct route route;
    int status = said_late(view, challenge->host,
                           challenge->at_name ? route_at(&view->map, challenge->host, &route)
                                              : route_find(&view->map, challenge->host, &route));

    if (status != DNSHOOK_OK)
        return status;
    memcpy(challenge->record, route.record, sizeof challenge->record);
    challenge->authority = route.authority;
    status = check_alias(challenge);
    if (status == DNSHOOK_OK)
        status = find_zone(challenge);
    fill_change(challenge);
    return status;
}

static int prepare_one(struct road *road, struct challenge *challenge)
{
    struct account *const account = challenge->account;
    const int status = place(challenge);

    if (status != DNSHOOK_OK)
        return status;
    log_info("the value for %s goes to %s in zone %s%s%s", challenge->host, challenge->record,
             challenge->zone.name, challenge->zone.id[0] != '\0' ? ", " : "", challenge->zone.id);
    return delegation_check(road->dns, account->view->resolver, account->instance,
                            &challenge->public_zone, challenge->record, challenge->authority);
}

int challenge_prepare(struct road *road, struct challenge *set, size_t count)
{
    int status = DNSHOOK_OK;

    for (size_t i = 0; i < count && status == DNSHOOK_OK; i++)
        status = set[i].status = prepare_one(road, &set[i]);
    return status;
}

/* ---- changes ---- */

static struct journal_entry entry_of(const struct challenge *challenge)
{
    return (struct journal_entry){.provider = challenge->account->name,
                                  .host = challenge->host,
                                  .value = challenge->value,
                                  .at_name = challenge->at_name,
                                  .client = challenge->client,
                                  .record = challenge->record,
                                  .zone = challenge->zone.name,
                                  .zone_id = challenge->zone.id,
                                  .primary = challenge->zone.primary};
}

/* Opens the journal at its first use: who changes nothing needs none. */
static int open_journal(struct road *road)
{
    return road->journal != NULL ? DNSHOOK_OK : journal_open(&road->journal);
}

/* True for changes that can go to the service together. */
static bool same_zone(const struct challenge *one, const struct challenge *other)
{
    return one->account == other->account && name_equal(one->zone.name, other->zone.name) &&
           strcmp(one->zone.id, other->zone.id) == 0;
}

/* Makes the same change for each of the challenges, zone by zone. */
static int change_set(struct challenge *set, size_t count, int action)
{
    CLEANUP_FREE struct dnshook_change **changes = calloc(count, sizeof *changes);
    CLEANUP_FREE bool *taken = calloc(count, sizeof *taken);
    int first = DNSHOOK_OK;

    if (changes == NULL || taken == NULL) {
        for (size_t i = 0; i < count; i++)
            set[i].change.status = DNSHOOK_NO_MEMORY;
        return log_no_memory();
    }
    for (size_t i = 0; i < count; i++) {
        size_t group = 0;
        int status;

        for (size_t j = i; j < count; j++)
            if (!taken[j] && same_zone(&set[j], &set[i])) {
                taken[j] = true;
                set[j].change.action = (uint32_t)action;
                set[j].change.status = DNSHOOK_OK;
                set[j].change.effect = DNSHOOK_EFFECT_UNKNOWN;
                set[j].change.token[0] = '\0';
                changes[group++] = &set[j].change;
            }
        status = group > 0 ? instance_change(set[i].account->instance, changes, group) : DNSHOOK_OK;
        first = first == DNSHOOK_OK ? status : first;
    }
    return first;
}

/* True for a failure after which the service may have made the change all the same. */
static bool may_have_happened(int status)
{
    switch (status) {
    case DNSHOOK_DENIED:
    case DNSHOOK_NO_ZONE:
    case DNSHOOK_BAD_CONFIG:
    case DNSHOOK_REJECTED:
    case DNSHOOK_UNSUPPORTED:
    case DNSHOOK_CONFLICT:
        return false;
    default:
        return true;
    }
}

static void note_added(struct road *road, struct challenge *challenge)
{
    const struct journal_entry entry = entry_of(challenge);
    const bool failed = challenge->change.status != DNSHOOK_OK;

    challenge->status = challenge->change.status;
    challenge->placed =
        challenge->claimed || (failed ? may_have_happened(challenge->status)
                                      : challenge->change.effect != DNSHOOK_EFFECT_NO_CHANGE);
    challenge->unsure = challenge->status == DNSHOOK_INTERRUPTED ||
                        challenge->status == DNSHOOK_DEADLINE ||
                        challenge->status == DNSHOOK_UNREACHABLE;
    if (!challenge->placed)
        journal_end(road->journal, &entry);
    if (!failed)
        log_info("%s: the value %s", challenge->record,
                 challenge->change.effect == DNSHOOK_EFFECT_NO_CHANGE ? "was there already"
                                                                      : "has been added");
}

/* Refuses to go elsewhere with a value that the journal has at another place: its entry would be
 * overwritten, and nobody would know any more what was left there. */
static int check_moved(const struct road *road, const struct challenge *challenge)
{
    const struct journal_entry entry = entry_of(challenge);
    struct journal_place noted;
    char command[CHALLENGE_COMMAND_SIZE];

    if (!journal_find(road->journal, &entry, &noted) ||
        (name_equal(noted.record, challenge->record) &&
         name_equal(noted.zone, challenge->zone.name)))
        return DNSHOOK_OK;
    challenge_command(challenge, command, sizeof command);
    log_error("%s: by the journal an earlier run has left this value at %s, and the way leads to "
              "%s by now: first run: %s",
              challenge->host, noted.record, challenge->record, command);
    return DNSHOOK_REJECTED;
}

int challenge_add(struct road *road, struct challenge *set, size_t count)
{
    int status = open_journal(road);

    for (size_t i = 0; i < count && status == DNSHOOK_OK; i++)
        status = check_moved(road, &set[i]);
    for (size_t i = 0; i < count && status == DNSHOOK_OK; i++) {
        const struct journal_entry entry = entry_of(&set[i]);

        status = journal_begin(road->journal, &entry, &set[i].claimed);
        set[i].placed = set[i].claimed;
    }
    if (status != DNSHOOK_OK)
        return status;
    challenge_last_words(&set[0]);
    status = change_set(set, count, DNSHOOK_ADD);
    for (size_t i = 0; i < count; i++)
        note_added(road, &set[i]);
    return status;
}

int challenge_remove(struct road *road, struct challenge *set, size_t count)
{
    const int status = change_set(set, count, DNSHOOK_REMOVE);

    for (size_t i = 0; i < count; i++) {
        const struct journal_entry entry = entry_of(&set[i]);

        set[i].status = set[i].change.status;
        if (set[i].status != DNSHOOK_OK)
            continue;
        /* What broke off may be done after the removal has found nothing: it stays on record. */
        if (set[i].unsure && set[i].change.effect != DNSHOOK_EFFECT_CHANGED)
            continue;
        journal_end(road->journal, &entry);
        set[i].placed = false;
        log_info("%s: the value %s", set[i].record,
                 set[i].change.effect == DNSHOOK_EFFECT_NO_CHANGE ? "was gone already"
                                                                  : "has been taken away");
    }
    if (status == DNSHOOK_OK)
        deadline_last_words("");
    return status;
}

/* Says which of the placed values are still there, and how to take them away. */
static void say_left_behind(const struct challenge *set, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char command[CHALLENGE_COMMAND_SIZE];

        if (!set[i].placed)
            continue;
        challenge_command(&set[i], command, sizeof command);
        log_error("%s: the value %s; later run: %s", set[i].record,
                  set[i].status == DNSHOOK_OK
                      ? "is not there, but the service may still be about to add it"
                      : "could not be taken away again",
                  command);
    }
}

/* Copies the placed values over that are surely there, or the others. */
static void take_placed(struct challenge *set, size_t count, bool sure, struct challenge *placed,
                        size_t *left)
{
    for (size_t i = 0; i < count; i++)
        if (set[i].placed && (set[i].status == DNSHOOK_OK) == sure) {
            placed[*left] = set[i];
            placed[*left].change.zone = &placed[*left].public_zone;
            (*left)++;
        }
}

/* What is surely there goes first: a service that has failed may take all the time that is left,
 * and the values of another account would stay. */
int challenge_roll_back(struct road *road, struct challenge *set, size_t count)
{
    CLEANUP_FREE struct challenge *placed = calloc(count, sizeof *placed);
    size_t left = 0;
    int status;

    if (deadline_signal() != 0)
        log_warning("ended by signal %d", deadline_signal());
    deadline_begin_cleanup();
    if (placed == NULL) {
        status = log_no_memory();
        say_left_behind(set, count);
        return status;
    }
    take_placed(set, count, true, placed, &left);
    take_placed(set, count, false, placed, &left);
    status = left > 0 ? challenge_remove(road, placed, left) : DNSHOOK_OK;
    say_left_behind(placed, left);
    deadline_last_words("");
    return status;
}

/* ---- the whole way ---- */

/* Waits until the values are served. */
static int wait_for(struct road *road, struct challenge *set, size_t count)
{
    CLEANUP_FREE struct watch_set *watches = challenge_watch(set, count);

    return watches != NULL ? challenge_wait(road, set, count, watches, true) : DNSHOOK_NO_MEMORY;
}

static bool is_on_record(const struct road *road, const struct challenge *challenge)
{
    const struct journal_entry entry = entry_of(challenge);
    struct journal_place place;

    return journal_find(road->journal, &entry, &place);
}

/* How many of a set are to be added: those in front of the standing ones, which nothing changes. */
static size_t to_add(struct challenge *set, size_t count)
{
    size_t own = 0;

    while (own < count && !set[own].standing)
        own++;
    for (size_t i = own; i < count; i++) {
        const char *const token = set[i].token != NULL ? set[i].token : "";

        set[i].change.effect = *token != '\0' ? DNSHOOK_EFFECT_CHANGED : DNSHOOK_EFFECT_NO_CHANGE;
        (void)snprintf(set[i].change.token, sizeof set[i].change.token, "%s", token);
    }
    return own;
}

/* The call is done: what it placed stays until somebody takes it away. True when all of it is on
 * record as such. */
static bool note_placed(struct road *road, const struct challenge *set, size_t count, bool waited)
{
    bool all = true;

    for (size_t i = 0; i < count; i++) {
        struct journal_entry entry = entry_of(&set[i]);

        entry.outstanding = !waited;
        entry.token = set[i].change.token;
        if (set[i].placed)
            all = journal_placed(road->journal, &entry) && all;
    }
    return all;
}

int challenge_start(struct road *road, struct challenge *set, size_t count, bool wait)
{
    int status = challenge_prepare(road, set, count);
    const size_t own = to_add(set, count);

    if (status == DNSHOOK_OK)
        status = challenge_add(road, set, own);
    for (size_t i = 0; i < own && status == DNSHOOK_OK; i++)
        wait = wait || !is_on_record(road, &set[i]);
    if (status == DNSHOOK_OK && !wait)
        wait = !note_placed(road, set, own, false);
    if (status == DNSHOOK_OK && wait) {
        status = wait_for(road, set, count);
        if (status == DNSHOOK_OK)
            (void)note_placed(road, set, own, true);
    }
    if (status != DNSHOOK_OK)
        (void)challenge_roll_back(road, set, own);
    deadline_last_words("");
    return status;
}

/* Finds where a value is: the journal knows best, the road to it may lead elsewhere by now. */
static int locate(struct road *road, struct challenge *challenge)
{
    const struct journal_entry entry = entry_of(challenge);
    struct journal_place noted;

    if (!journal_find(road->journal, &entry, &noted))
        return place(challenge);
    memcpy(challenge->record, noted.record, sizeof challenge->record);
    (void)snprintf(challenge->zone.name, NAME_SIZE, "%s", noted.zone);
    (void)snprintf(challenge->zone.id, INSTANCE_ID_SIZE, "%s", noted.zone_id);
    (void)snprintf(challenge->zone.primary, NAME_SIZE, "%s", noted.primary);
    fill_change(challenge);
    return DNSHOOK_OK;
}

/* Takes one of the set to the place `to`; the one that was there comes in its place. */
static void bring(struct challenge *set, size_t from, size_t to)
{
    const struct challenge other = set[to];

    set[to] = set[from];
    set[from] = other;
    fill_change(&set[to]);
    fill_change(&set[from]);
}

int challenge_stop(struct road *road, struct challenge *set, size_t count)
{
    int first = open_journal(road);
    size_t found = 0;
    int status;

    if (first != DNSHOOK_OK)
        return first;
    for (size_t i = 0; i < count; i++) {
        if (set[i].account != NULL)
            set[i].status = locate(road, &set[i]);
        if (set[i].status == DNSHOOK_OK)
            bring(set, i, found++);
        else if (first == DNSHOOK_OK)
            first = set[i].status;
    }
    status = found > 0 ? challenge_remove(road, set, found) : DNSHOOK_OK;
    return first != DNSHOOK_OK ? first : status;
}
