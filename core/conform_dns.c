#include "conform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "deadline.h"
#include "log.h"

enum {
    LOOK_FIRST = 200, /* ms between two looks, doubled up to LOOK_MAX */
    LOOK_MAX = 1600,
    WAIT_LEAST = 60000, /* ms that the authority has at least, and WAIT_TIMES what it took before */
    WAIT_TIMES = 4,
    WANTED_SIZE = 512
};

/* One place and what the authority shows there. */
struct display {
    const struct settling *settling;
    const char *values[PLACE_VALUES_MAX];
    uint64_t wanted; /* bit i: values[i] should be there */
    struct watch watch;
    bool done;
};

/* ---- what is there ---- */

/* The strings of a TXT record, put together; cut where `size` ends. */
static void text_of(const ldns_rr *rr, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *const string = ldns_rr_rdf(rr, i);
        const size_t length = ldns_rdf_size(string) > 0 ? ldns_rdf_size(string) - 1 : 0;

        for (size_t at = 0; at < length && used + 1 < size; at++)
            out[used++] = (char)ldns_rdf_data(string)[at + 1];
    }
    out[used] = '\0';
}

static bool is_known(const struct place *place, const char *text)
{
    for (size_t i = 0; i < place->count; i++)
        if (strcmp(place->values[i].text, text) == 0)
            return true;
    return false;
}

/* A value that nobody has added, in the first good answer of the authority; false: none is seen. */
static bool find_stranger(const struct conform *conform, const struct place *place, char *text,
                          size_t size)
{
    char why[RESOLVER_WHY_SIZE];
    enum authority_reply reply;
    ldns_pkt *packet = NULL;
    bool found = false;
    const ldns_rr_list *list;

    (void)authority_ask(conform->road.dns, conform->authority, place->name, LDNS_RR_TYPE_TXT,
                        &reply, &packet, why);
    list = packet != NULL ? ldns_pkt_answer(packet) : NULL;
    for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list) && !found; i++) {
        const ldns_rr *const rr = ldns_rr_list_rr(list, i);

        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_TXT)
            continue;
        text_of(rr, text, size);
        found = !is_known(place, text);
    }
    ldns_pkt_free(packet);
    return found;
}

static bool is_authoritative(const struct sighting *sighting)
{
    return sighting->sight == SIGHT_SERVING || sighting->sight == SIGHT_WITHOUT;
}

/* The first address that answers with authority and another set; NULL where there is none. */
static const struct sighting *dissenter(const struct display *display)
{
    for (size_t i = 0; i < display->watch.count; i++)
        if (is_authoritative(&display->watch.sightings[i]) &&
            display->watch.sightings[i].has != display->wanted)
            return &display->watch.sightings[i];
    return NULL;
}

static bool anybody_answers(const struct display *display)
{
    for (size_t i = 0; i < display->watch.count; i++)
        if (is_authoritative(&display->watch.sightings[i]))
            return true;
    return false;
}

/* ---- verdicts ---- */

/* What should be there, quoted; cut where it is long. */
static void wanted_text(const struct display *display, char out[WANTED_SIZE])
{
    size_t used = (size_t)snprintf(out, WANTED_SIZE, "%s", display->wanted == 0 ? "nothing" : "");

    for (size_t i = 0; i < display->watch.value_count && used < WANTED_SIZE; i++)
        if ((display->wanted >> i & 1) != 0)
            used += (size_t)snprintf(out + used, WANTED_SIZE - used, "%s\"%s\"",
                                     used > 0 ? " " : "", display->values[i]);
}

static void fail_late(struct conform *conform, const struct display *display, int64_t began)
{
    const struct sighting *const sighting = dissenter(display);
    char wanted[WANTED_SIZE];
    char names[256];

    wanted_text(display, wanted);
    if (sighting == NULL) {
        report_fail(&conform->report, display->settling->check,
                    "%s: no nameserver answers with authority", display->watch.name);
        return;
    }
    sighting_names(sighting, names, sizeof names);
    report_fail(&conform->report, display->settling->check,
                "%s: after %lld s %s at %s shows %s where there should be %s", display->watch.name,
                (long long)(deadline_now() - began) / 1000, names,
                dns_server_address(sighting->address->server)->text, sighting->said, wanted);
}

/* Looks once. What nobody has added is no matter of time: it is a failure at once. Where nothing
 * should be there, a wildcard may show. */
static void look(struct conform *conform, struct display *display)
{
    char text[DNSHOOK_VALUE_MAX + 1];
    char wanted[WANTED_SIZE];

    if (propagation_look(conform->road.dns, &display->watch) != DNSHOOK_OK)
        return;
    if (display->wanted != 0 &&
        find_stranger(conform, display->settling->place, text, sizeof text)) {
        wanted_text(display, wanted);
        report_fail(&conform->report, display->settling->check,
                    "%s holds \"%s\", which nobody has added; there should be %s",
                    display->watch.name, text, wanted);
        display->done = true;
        return;
    }
    display->done = anybody_answers(display) && dissenter(display) == NULL;
    if (display->done && !display->settling->more)
        report_pass(&conform->report, display->settling->check);
}

static void init_display(struct conform *conform, struct display *display,
                         const struct settling *settling)
{
    const struct place *const place = settling->place;

    display->settling = settling;
    for (size_t i = 0; i < place->count; i++) {
        display->values[i] = place->values[i].text;
        display->wanted |= (uint64_t)place->values[i].wanted << i;
    }
    watch_init(&display->watch, place->name, display->values, place->count, conform->authority);
    display->done =
        place->count == 0 || conform->report.results[settling->check].verdict != VERDICT_NONE;
}

/* One round over all that is not done. True when all is. */
static bool look_at_all(struct conform *conform, struct display *displays, size_t count)
{
    bool done = true;

    for (size_t i = 0; i < count && !conform_over(); i++) {
        if (!displays[i].done)
            look(conform, &displays[i]);
        done = done && displays[i].done;
    }
    return done;
}

/* How long the authority has. */
static int64_t wait_limit(const struct conform *conform)
{
    const int64_t half = deadline_left() / 2;
    const int64_t times =
        WAIT_TIMES * conform->longest > WAIT_LEAST ? WAIT_TIMES * conform->longest : WAIT_LEAST;

    return conform->longest > 0 && times < half ? times : half;
}

void place_settle_dns(struct conform *conform, const struct settling *list, size_t count)
{
    CLEANUP_FREE struct display *displays = calloc(count + 1, sizeof *displays);
    const int64_t began = deadline_now();
    const int64_t until = began + wait_limit(conform);
    int64_t wait = LOOK_FIRST;

    if (displays == NULL) {
        (void)log_no_memory();
        return;
    }
    for (size_t i = 0; i < count; i++)
        init_display(conform, &displays[i], &list[i]);
    while (!look_at_all(conform, displays, count) && deadline_now() < until && !conform_over()) {
        (void)deadline_sleep(wait);
        wait = wait < LOOK_MAX ? 2 * wait : wait;
    }
    for (size_t i = 0; i < count && !conform_over(); i++)
        if (!displays[i].done)
            fail_late(conform, &displays[i], began);
    if (deadline_now() - began > conform->longest)
        conform->longest = deadline_now() - began;
    log_info("looked at %zu names for %lld ms", count, (long long)(deadline_now() - began));
}
