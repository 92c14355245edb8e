/* The wait of a set: what is watched, and what is said when the time is over. */
#include "challenge.h"

#include <stdlib.h>

#include "deadline.h"
#include "log.h"

/* The watch of a record name, or a new one. */
static struct watch *watch_for(struct watch_set *watches, const struct challenge *challenge)
{
    for (size_t w = 0; w < watches->count; w++)
        if (name_equal(watches->watches[w].name, challenge->record))
            return &watches->watches[w];
    return NULL;
}

struct watch_set *challenge_watch(const struct challenge *set, size_t count)
{
    struct watch_set *const watches =
        calloc(1, sizeof *watches + count * sizeof(struct watch) +
                      count * PROPAGATION_MAX_VALUES * sizeof(char *));

    if (watches == NULL) {
        (void)log_no_memory();
        return NULL;
    }
    watches->values = (const char **)(void *)&watches->watches[count];
    for (size_t i = 0; i < count; i++) {
        struct watch *const known = watch_for(watches, &set[i]);
        const size_t at = watches->count * PROPAGATION_MAX_VALUES;

        if (known != NULL && known->value_count < PROPAGATION_MAX_VALUES) {
            const size_t base = (size_t)(known - watches->watches) * PROPAGATION_MAX_VALUES;

            watches->values[base + known->value_count++] = set[i].value;
            continue;
        }
        watches->values[at] = set[i].value;
        watch_init(&watches->watches[watches->count++], set[i].record, &watches->values[at], 1,
                   set[i].authority);
        watches->watches[watches->count - 1].quorum = set[i].quorum;
    }
    return watches;
}

/* What the provider says of the whole set. */
struct vouching {
    struct challenge *set;
    size_t count;
};

/* True where the provider can be asked at all. */
static bool can_vouch(const struct challenge *challenge)
{
    return instance_provider(challenge->account->instance)->op.is_live != NULL;
}

/* DNSHOOK_OK when each provider vouches for its changes; DNSHOOK_UNSUPPORTED when some cannot, and
 * the others do. */
static int vouch(void *opaque)
{
    struct vouching *const vouching = opaque;
    bool silent = false;
    bool asked = false;

    for (size_t i = 0; i < vouching->count; i++) {
        struct challenge *const challenge = &vouching->set[i];
        int status = DNSHOOK_DENIED;

        challenge->unvouched = challenge->unvouched || !can_vouch(challenge);
        if (!challenge->unvouched)
            status = instance_is_live(challenge->account->instance, &challenge->change);
        challenge->unvouched = status == DNSHOOK_DENIED;
        silent = silent || challenge->unvouched;
        if (status == DNSHOOK_UNSUPPORTED || status == DNSHOOK_DENIED)
            continue; /* nothing was changed there, or it may not be asked */
        if (status != DNSHOOK_OK)
            return status;
        asked = true;
    }
    return asked && !silent ? DNSHOOK_OK : DNSHOOK_UNSUPPORTED;
}

static bool anyone_can_vouch(const struct challenge *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (can_vouch(&set[i]))
            return true;
    return false;
}

static void say_table(const struct watch *watch)
{
    const struct authority *const authority = watch->authority;

    for (size_t i = 0; i < authority->name_count; i++)
        if (!authority_has_address(authority, i))
            log_error("  %-28s %-24s cannot be asked", authority->names[i].name, "no address");
    for (size_t i = 0; i < watch->count; i++) {
        const struct sighting *const sighting = &watch->sightings[i];
        char names[512];

        sighting_names(sighting, names, sizeof names);
        log_error("  %-28s %-24s %s%s%s%s", names,
                  dns_server_address(sighting->address->server)->text, sight_text(sighting->sight),
                  sighting->said[0] != '\0' ? " (" : "", sighting->said,
                  sighting->said[0] != '\0' ? ")" : "");
    }
}

/* Says that the nameservers are done and the provider is not. */
static void say_not_live(const struct challenge *challenge, const struct watch *watch)
{
    log_error("%s: every nameserver serves the value, but after %lld s %s still does not say that "
              "the change is live on all of its servers (PENDING); a longer --timeout may help",
              watch->name, (long long)(deadline_now() - watch->waiting) / 1000,
              instance_provider(challenge->account->instance)->op.description);
}

static void say_late(const struct challenge *set, const struct watch_set *watches, bool want)
{
    size_t late = 0;

    for (size_t w = 0; w < watches->count; w++) {
        const struct watch *const watch = &watches->watches[w];

        if (watch->done)
            continue;
        late++;
        log_error("%s: after %lld s not every nameserver of %s %s:", watch->name,
                  (long long)(deadline_now() - watch->waiting) / 1000, watch->authority->zone,
                  want ? "serves the value" : "has given the value up");
        say_table(watch);
    }
    if (late == 0)
        say_not_live(&set[0], &watches->watches[0]);
}

int challenge_wait(struct road *road, struct challenge *set, size_t count,
                   struct watch_set *watches, bool want)
{
    struct vouching vouching = {.set = set, .count = count};
    struct propagation_options options = {.vouch_opaque = &vouching,
                                          .changed = road->changed,
                                          .changed_opaque = road->changed_opaque,
                                          .limit = INT64_MAX};
    int status;

    if (want && anyone_can_vouch(set, count))
        options.vouch = vouch;
    if (want && road->wait_limit > 0)
        options.limit = deadline_now() + road->wait_limit;
    status = propagation_wait(road->dns, watches->watches, watches->count, want, &options);
    if (status == DNSHOOK_DEADLINE)
        say_late(set, watches, want);
    return status;
}
