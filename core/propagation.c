#include "propagation.h"

#include <string.h>

#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"
#include "propagation_answer.h"

enum {
    INTERVAL_MIN = 100,  /* ms between two questions to one address */
    INTERVAL_MAX = 1800, /* under the 2 s that anyone may wait in vain */
    INTERVAL_BAD = 2000, /* for lame and silent ones */
    LOSSES_MAX = 2,      /* each doubles the interval */
    VOUCH_FIRST = 2000,  /* between two questions to the provider for VOUCH_STEADY, then growing by
                            half */
    VOUCH_STEADY = 10000,
    VOUCH_MAX = 10000
};

/* Of the wait so far, what an interval may be: 31/1000. */
static const int64_t interval_share = 31;

void watch_init(struct watch *watch, const char *name, const char *const *values,
                size_t value_count, const struct authority *authority)
{
    memset(watch, 0, sizeof *watch);
    watch->name = name;
    watch->values = values;
    watch->value_count = value_count;
    watch->authority = authority;
    watch->count = authority->address_count;
    watch->began = deadline_now();
    for (size_t i = 0; i < watch->count; i++)
        watch->sightings[i] = (struct sighting){
            .address = &authority->addresses[i], .watch = watch, .served_at = -1, .gone_at = -1};
}

/* ---- answers ---- */

/* True when the address is as the watch wants it. */
static bool is_good(const struct sighting *sighting)
{
    if (sighting->watch->want)
        return sighting->sight == SIGHT_SERVING;
    return sighting->sight == SIGHT_WITHOUT && sighting->has == 0;
}

/* How long after a question the next one may follow. */
static int64_t interval(const struct sighting *sighting)
{
    const int64_t so_far = deadline_now() - sighting->watch->waiting;
    int64_t wait = so_far * interval_share / 1000;

    wait = wait < INTERVAL_MIN ? INTERVAL_MIN : wait;
    wait = wait > INTERVAL_MAX ? INTERVAL_MAX : wait;
    wait <<= sighting->losses;
    if ((sighting->sight == SIGHT_LAME || sighting->sight == SIGHT_SILENT) && wait < INTERVAL_BAD)
        wait = INTERVAL_BAD;
    return wait > INTERVAL_BAD ? INTERVAL_BAD : wait;
}

static void on_answer(void *opaque, struct dns_result *result)
{
    struct sighting *const sighting = opaque;
    const bool was_good = is_good(sighting);

    sighting->asking = false;
    sighting->losses = result->losses > 0 && !result->tcp ? LOSSES_MAX : sighting->losses / 2;
    sighting_read(sighting, result);
    if (is_good(sighting) && !was_good)
        sighting->watch->last_good = result->answered;
    sighting->next = result->asked + interval(sighting);
}

/* ---- deciding ---- */

struct tally {
    size_t good;
    size_t waiting;   /* not asked, or not yet as wanted */
    size_t bad;       /* lame or silent */
    size_t recursive; /* of the bad ones, those that answered as resolvers do */
    size_t names_good;
    size_t names_routable;
};

static struct tally count_up(const struct watch *watch)
{
    struct tally tally = {0};
    uint32_t good = 0;
    uint32_t unroutable = 0;
    uint32_t routable = 0;

    for (size_t i = 0; i < watch->count; i++) {
        const struct sighting *const sighting = &watch->sightings[i];
        const bool bad = sighting->sight == SIGHT_LAME || sighting->sight == SIGHT_SILENT;

        if (sighting->sight == SIGHT_UNROUTABLE)
            unroutable |= sighting->address->names;
        else
            routable |= sighting->address->names;
        if (is_good(sighting)) {
            tally.good++;
            good |= sighting->address->names;
        } else if (bad) {
            tally.bad++;
            tally.recursive += sighting->recursive ? 1U : 0U;
        } else if (sighting->sight != SIGHT_UNROUTABLE) {
            tally.waiting++;
        }
    }
    for (size_t i = 0; i < watch->authority->name_count; i++) {
        const uint32_t bit = UINT32_C(1) << i;

        tally.names_good += (good & bit) != 0;
        tally.names_routable += (routable & bit) != 0 || (unroutable & bit) == 0;
    }
    return tally;
}

/* True when every address that counts is as wanted, by the rules of the quorum. */
static bool watch_complete(const struct watch *watch)
{
    const struct tally tally = count_up(watch);

    if (tally.good == 0 || tally.waiting > 0)
        return false;
    if (watch->quorum == QUORUM_ALL)
        return tally.bad == 0 && tally.names_good == tally.names_routable;
    if (tally.bad > 0 && deadline_now() < watch->last_good + PROPAGATION_SETTLE)
        return false;
    return 2 * tally.names_good >= tally.names_routable;
}

/* True when no address could be asked as an authority, after each has been asked. */
static bool nobody_answers(const struct watch *watch)
{
    const struct tally tally = count_up(watch);

    return tally.good == 0 && tally.waiting == 0;
}

/* True when every address has answered as a recursive resolver would. */
static bool is_intercepted(const struct watch *watch)
{
    const struct tally tally = count_up(watch);

    return nobody_answers(watch) && tally.bad > 0 && tally.recursive == tally.bad;
}

static void warn_left_out(const struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        const struct sighting *const sighting = &watch->sightings[i];
        char names[512];

        if (sighting->sight != SIGHT_LAME && sighting->sight != SIGHT_SILENT)
            continue;
        sighting_names(sighting, names, sizeof names);
        log_warning("%s: nameserver %s at %s is %s (%s) and was left out", watch->name, names,
                    dns_server_address(sighting->address->server)->text,
                    sight_text(sighting->sight), sighting->said);
    }
}

/* ---- waiting ---- */

/* A wait under way. */
struct wait {
    struct dns *dns;
    struct watch *watches;
    size_t count;
    const struct propagation_options *options;
    int vouched;        /* the provider's last word; DNSHOOK_UNSUPPORTED: nobody to ask */
    int64_t vouch_next; /* when to ask it; 0: not yet scheduled */
    int64_t vouch_began;
    int64_t vouch_every;
    bool warned; /* that port 53 leads nowhere */
};

/* Asks the addresses whose time has come; *next is when the next one's comes. */
static int ask_due(const struct wait *wait, int64_t *next)
{
    const int64_t now = deadline_now();

    for (size_t w = 0; w < wait->count; w++)
        for (size_t i = 0; i < wait->watches[w].count; i++) {
            struct sighting *const sighting = &wait->watches[w].sightings[i];
            int status;

            if (sighting->asking || is_good(sighting) || sighting->sight == SIGHT_UNROUTABLE)
                continue;
            if (sighting->next > now) {
                *next = sighting->next < *next ? sighting->next : *next;
                continue;
            }
            status = dns_ask(sighting->address->server, wait->watches[w].name, LDNS_RR_TYPE_TXT, 0,
                             on_answer, sighting);
            if (status != DNSHOOK_OK)
                return status;
            sighting->asking = true;
            sighting->questions++;
        }
    return DNSHOOK_OK;
}

static bool all_complete(const struct wait *wait, int64_t *next)
{
    bool complete = true;

    for (size_t w = 0; w < wait->count; w++) {
        struct watch *const watch = &wait->watches[w];
        const int64_t settled = watch->last_good + PROPAGATION_SETTLE;

        watch->done = watch_complete(watch);
        complete = complete && watch->done;
        if (!watch->done && settled > deadline_now() && settled < *next)
            *next = settled;
    }
    return complete;
}

static bool all_watches(const struct wait *wait, bool (*is)(const struct watch *))
{
    for (size_t w = 0; w < wait->count; w++)
        if (!is(&wait->watches[w]))
            return false;
    return true;
}

/* Asks the provider when it is time: once the nameservers agree, or when for PROPAGATION_SETTLE
 * none could be asked; then again and again. */
static int ask_provider(struct wait *wait, bool complete, int64_t *next)
{
    const int64_t now = deadline_now();
    const bool blocked =
        all_watches(wait, nobody_answers) && now >= wait->watches[0].waiting + PROPAGATION_SETTLE;

    if (wait->options->vouch == NULL || wait->vouched != DNSHOOK_AGAIN)
        return DNSHOOK_OK;
    if (wait->vouch_next == 0 && (complete || blocked))
        wait->vouch_next = wait->vouch_began = now;
    if (wait->vouch_next == 0)
        return DNSHOOK_OK;
    if (wait->vouch_next <= now) {
        wait->vouched = wait->options->vouch(wait->options->vouch_opaque);
        wait->vouch_next = deadline_now() + wait->vouch_every;
        if (now >= wait->vouch_began + VOUCH_STEADY)
            wait->vouch_every += wait->vouch_every / 2;
        if (wait->vouch_every > VOUCH_MAX)
            wait->vouch_every = VOUCH_MAX;
    }
    *next = wait->vouch_next < *next ? wait->vouch_next : *next;
    return wait->vouched == DNSHOOK_DENIED || wait->vouched == DNSHOOK_AGAIN ||
                   wait->vouched == DNSHOOK_UNSUPPORTED
               ? DNSHOOK_OK
               : wait->vouched;
}

/* True when this machine has no route to any address. */
static bool is_unroutable(const struct watch *watch)
{
    return nobody_answers(watch) && count_up(watch).bad == 0;
}

static int say_unroutable(const struct watch *watch)
{
    log_error("%s: this machine has no route to any address of the nameservers of %s", watch->name,
              watch->authority->zone);
    return DNSHOOK_REJECTED;
}

/* Nobody answers with authority: what that means. DNSHOOK_OK to go on waiting. */
static int judge_silence(struct wait *wait, bool *over)
{
    *over = false;
    if (!all_watches(wait, nobody_answers))
        return DNSHOOK_OK;
    if (wait->vouched == DNSHOOK_OK) {
        log_warning("%s: no nameserver of %s could be asked; the provider says that the change is "
                    "live, and that has to do",
                    wait->watches[0].name, wait->watches[0].authority->zone);
        *over = true;
        return DNSHOOK_OK;
    }
    if (wait->vouched != DNSHOOK_AGAIN && all_watches(wait, is_unroutable))
        return say_unroutable(&wait->watches[0]);
    if (!all_watches(wait, is_intercepted) || wait->warned)
        return DNSHOOK_OK;
    wait->warned = true;
    if (wait->vouched == DNSHOOK_AGAIN) {
        log_warning("%s: every nameserver address answers as a resolver would: port 53 seems "
                    "intercepted",
                    wait->watches[0].name);
        return DNSHOOK_OK;
    }
    log_error("%s: every nameserver address of %s answers as a resolver would, none with "
              "authority: port 53 seems intercepted on the way; allow DNS to the nameservers from "
              "here",
              wait->watches[0].name, wait->watches[0].authority->zone);
    return DNSHOOK_REJECTED;
}

/* One round; *over when the wait has come to its end. */
static int round_of(struct wait *wait, bool *over)
{
    int64_t next = wait->options->limit;
    bool complete;
    int status = ask_due(wait, &next);

    if (status != DNSHOOK_OK)
        return status;
    complete = all_complete(wait, &next);
    status = ask_provider(wait, complete, &next);
    if (status == DNSHOOK_OK && complete && wait->vouched != DNSHOOK_AGAIN) {
        *over = true;
        return DNSHOOK_OK;
    }
    if (status == DNSHOOK_OK)
        status = judge_silence(wait, over);
    if (status != DNSHOOK_OK || *over)
        return status;
    status = dns_run(wait->dns, next);
    if (wait->options->changed != NULL)
        wait->options->changed(wait->options->changed_opaque);
    return status == DNSHOOK_OK && deadline_now() >= wait->options->limit ? DNSHOOK_DEADLINE
                                                                          : status;
}

static void forget(struct dns *dns, struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        dns_forget(dns, &watch->sightings[i]);
        watch->sightings[i].asking = false;
    }
}

int propagation_wait(struct dns *dns, struct watch *watches, size_t count, bool want,
                     const struct propagation_options *options)
{
    struct wait wait = {.dns = dns,
                        .watches = watches,
                        .count = count,
                        .options = options,
                        .vouched = options->vouch != NULL ? DNSHOOK_AGAIN : DNSHOOK_UNSUPPORTED,
                        .vouch_every = VOUCH_FIRST};
    int status = DNSHOOK_OK;
    bool over = false;

    for (size_t w = 0; w < count; w++) {
        watches[w].want = want;
        watches[w].waiting = deadline_now();
        watches[w].last_good = watches[w].waiting;
        for (size_t i = 0; i < watches[w].count; i++) {
            watches[w].sightings[i].next = 0;
            if (!want && watches[w].sightings[i].sight == SIGHT_WITHOUT)
                watches[w].sightings[i].sight = SIGHT_NONE;
        }
    }
    while (status == DNSHOOK_OK && !over)
        status = round_of(&wait, &over);
    for (size_t w = 0; w < count; w++) {
        forget(dns, &watches[w]);
        if (status == DNSHOOK_OK)
            warn_left_out(&watches[w]);
    }
    return status;
}

int propagation_look(struct dns *dns, struct watch *watch)
{
    int status = DNSHOOK_OK;
    bool pending = true;

    for (size_t i = 0; i < watch->count && status == DNSHOOK_OK; i++) {
        struct sighting *const sighting = &watch->sightings[i];

        status = dns_ask(sighting->address->server, watch->name, LDNS_RR_TYPE_TXT, 0, on_answer,
                         sighting);
        sighting->asking = status == DNSHOOK_OK;
        sighting->questions++;
    }
    while (status == DNSHOOK_OK && pending) {
        pending = false;
        for (size_t i = 0; i < watch->count; i++)
            pending = pending || watch->sightings[i].asking;
        if (pending)
            status = dns_run(dns, INT64_MAX);
    }
    forget(dns, watch);
    return status;
}
