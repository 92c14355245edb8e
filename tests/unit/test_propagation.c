/* core/propagation.c: the wait for the authority, with scripted servers and a clock that jumps. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "propagation.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600000, SERVERS = 4, VOUCHES = 64 };

#define NAME "_acme-challenge.www.example"

static const struct scripted_row with[] = {
    {.name = NAME, .flags = AA, .answer = NAME ". TXT \"other\"\n" NAME ". TXT \"value\""}};
static const struct scripted_row both_values[] = {
    {.name = NAME, .flags = AA, .answer = NAME ". TXT \"second\"\n" NAME ". TXT \"value\""}};
static const struct scripted_row without[] = {
    {.name = NAME, .flags = AA, .rcode = LDNS_RCODE_NXDOMAIN}};
static const struct scripted_row resolver_like[] = {
    {.flags = RA, .answer = NAME ". TXT \"value\""}};
static const struct scripted_row lame[] = {{.rcode = LDNS_RCODE_SERVFAIL}};

static const char *const values[] = {"value", "second"};

static struct dns *dns;
static struct authority *authority;
static struct scripted *servers[SERVERS];
static struct watch watch;
static struct propagation_options options;

/* What the provider says, one after the other, and when it was asked. */
static int vouches[VOUCHES];
static int64_t vouched_at[VOUCHES];
static size_t vouch_count;
static int changes;

static int vouch(void *opaque)
{
    assert_ptr_equal(opaque, vouches);
    assert_true(vouch_count < VOUCHES);
    vouched_at[vouch_count] = deadline_now();
    return vouches[vouch_count++];
}

static void changed(void *opaque)
{
    assert_ptr_equal(opaque, &changes);
    changes++;
}

static int set_up(void **state)
{
    (void)state;
    options = (struct propagation_options){.limit = deadline_now() + HOUR};
    vouch_count = 0;
    changes = 0;
    authority = calloc(1, sizeof *authority);
    if (authority == NULL)
        return -1;
    (void)snprintf(authority->zone, sizeof authority->zone, "example");
    return deadline_start(HOUR, 0) == DNSHOOK_OK && dns_open(&dns) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    authority_free(authority);
    dns_close(dns);
    scripted_stop_all();
    return 0;
}

/* One more nameserver, nsN.example, that answers so. */
static struct scripted *add_server(const struct scripted_row *rows)
{
    const size_t i = authority->address_count;
    char name[32];

    (void)snprintf(name, sizeof name, "ns%zu.example", i + 1);
    assert_int_equal(authority_add_name(authority, name, FROM_PARENT), DNSHOOK_OK);
    servers[i] = scripted_start(rows, 1);
    authority->addresses[i] = (struct authority_address){
        .server = dns_server(dns, &servers[i]->address), .names = UINT32_C(1) << i};
    authority->address_count++;
    return servers[i];
}

/* The server has the value from `after` milliseconds on. */
static void becomes(struct scripted *server, const struct scripted_row *rows, int64_t after)
{
    server->later = rows;
    server->later_count = 1;
    server->later_at = deadline_now() + after;
}

static void watch_values(size_t count)
{
    watch_init(&watch, NAME, values, count, authority);
}

/* Waits; what was said is in *said, and the time it took is returned. */
static int64_t waits(bool want, int status, const char **said)
{
    const int64_t begin = deadline_now();
    int got;

    sandbox_capture();
    got = propagation_wait(dns, &watch, 1, want, &options);
    *said = sandbox_release();
    if (got != status)
        fail_msg("status %d and not %d: %s", got, status, *said);
    return deadline_now() - begin;
}

/* ---- when all is well ---- */

static void all_serve(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    (void)add_server(with);
    watch_values(1);
    options.changed = changed;
    options.changed_opaque = &changes;
    assert_true(waits(true, DNSHOOK_OK, &said) < 200);
    assert_string_equal(said, "");
    assert_true(watch.done);
    assert_true(changes > 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(watch.sightings[i].sight, SIGHT_SERVING);
        assert_int_equal(watch.sightings[i].questions, 1);
        assert_int_equal(servers[i]->asked_count, 1);
        assert_int_equal(servers[i]->asked[0].type, LDNS_RR_TYPE_TXT);
        assert_false(servers[i]->asked[0].recursion);
        assert_true(watch.sightings[i].served_at >= 0);
        assert_int_equal(watch.sightings[i].gone_at, -1);
    }
}

/* The wait after the last server begins to serve, and the number of questions (issue's figures). */
static void a_late_server(void **state)
{
    static const struct {
        int64_t after;
        int64_t slack;
        size_t questions;
    } rows[] = {{500, 110, 120},   {2000, 110, 120},    {10000, 310, 120},
                {30000, 950, 120}, {120000, 2000, 300}, {300000, 2000, 300}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;
        int64_t took;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        (void)add_server(with);
        becomes(add_server(without), with, rows[i].after);
        watch_values(1);
        took = waits(true, DNSHOOK_OK, &said);
        if (took < rows[i].after || took > rows[i].after + rows[i].slack)
            fail_msg("%lld ms, not %lld", (long long)took, (long long)rows[i].after);
        assert_in_range(servers[1]->asked_count, 2, rows[i].questions);
        assert_int_equal(servers[0]->asked_count, 1);
        assert_in_range(watch.sightings[1].served_at, rows[i].after, took + 1);
        assert_string_equal(said, "");
    }
}

static void two_values(void **state)
{
    const char *said;

    (void)state;
    becomes(add_server(with), both_values, 1000);
    watch_values(2);
    assert_in_range(waits(true, DNSHOOK_OK, &said), 1000, 1200);
    assert_int_equal(watch.sightings[0].has, 3);
}

/* The strings of one record belong together; those of two do not. */
static void values_in_pieces(void **state)
{
    static const struct {
        const char *answer;
        bool serves;
    } rows[] = {
        {NAME ". TXT \"va\" \"lue\"", true},
        {NAME ". TXT \"\" \"value\" \"\"", true},
        {NAME ". TXT \"va\"\n" NAME ". TXT \"lue\"", false},
        {NAME ". TXT \"value \"", false},
        {NAME ". TXT \"valu\"", false},
        {NAME ". TXT \"VALUE\"", false},
        {NAME ". TXT \"\"", false},
        {"_ACME-challenge.www.EXAMPLE. TXT \"value\"", true},
        {"www.example. TXT \"value\"", false},
        {NAME ". CNAME x.example.\nx.example. TXT \"value\"", false},
        {NAME ". A 192.0.2.1", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scripted_row row = {.name = NAME, .flags = AA, .answer = rows[i].answer};

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        (void)add_server(&row);
        watch_values(1);
        assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
        if ((watch.sightings[0].sight == SIGHT_SERVING) != rows[i].serves)
            fail_msg("%s: %s", rows[i].answer, sight_text(watch.sightings[0].sight));
    }
}

static void what_was_said(void **state)
{
    static const struct {
        struct scripted_row row;
        enum sight sight;
        const char *said;
    } rows[] = {
        {{.flags = AA, .answer = NAME ". TXT \"value\""}, SIGHT_SERVING, "\"value\""},
        {{.flags = AA, .answer = NAME ". TXT \"val\" \"ue\""}, SIGHT_SERVING, "\"value\""},
        {{.flags = AA, .answer = NAME ". TXT \"x\""}, SIGHT_WITHOUT, "\"x\""},
        {{.flags = AA, .answer = NAME ". TXT x\n" NAME ". TXT y"}, SIGHT_WITHOUT, "\"x\" \"y\""},
        {{.flags = AA, .rcode = LDNS_RCODE_NXDOMAIN}, SIGHT_WITHOUT, "NXDOMAIN"},
        {{.flags = AA}, SIGHT_WITHOUT, "no TXT record"},
        {{.flags = AA, .answer = NAME ". CNAME x."}, SIGHT_WITHOUT, "an alias, no TXT record"},
        {{.answer = NAME ". TXT \"value\""}, SIGHT_LAME, "NOERROR, not authoritative"},
        {{.rcode = LDNS_RCODE_REFUSED}, SIGHT_LAME, "REFUSED, not authoritative"},
        {{.flags = AA, .rcode = LDNS_RCODE_SERVFAIL}, SIGHT_LAME, "SERVFAIL"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        (void)add_server(&rows[i].row);
        watch_values(1);
        assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
        assert_int_equal(watch.sightings[0].sight, rows[i].sight);
        assert_string_equal(watch.sightings[0].said, rows[i].said);
    }
}

/* Long texts are cut where the room ends. */
static void many_values_were_said(void **state)
{
    static char answer[4096];
    const struct scripted_row row = {.flags = AA, .answer = answer};
    size_t used = 0;

    (void)state;
    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(answer + used, sizeof answer - used,
                                 NAME ". TXT \"%02d-a-text-of-%*d\"\n", i, i + 10, i);
    (void)add_server(&row);
    watch_values(1);
    assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
    assert_int_equal(watch.sightings[0].sight, SIGHT_WITHOUT);
    assert_int_equal(strlen(watch.sightings[0].said), PROPAGATION_SAID_SIZE - 1);
}

/* Without a value to look for, an address that answers is answering. */
static void looking_for_nothing(void **state)
{
    (void)state;
    (void)add_server(with);
    (void)add_server(without);
    watch_values(0);
    assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(watch.sightings[i].sight, SIGHT_ANSWERING);
        assert_int_equal(watch.sightings[i].served_at, -1);
    }
    assert_has(watch.sightings[0].said, "\"other\" \"value\"");
}

/* ---- lame and silent servers ---- */

/* Waited for 15 s past the last that agreed, then left out with a warning. */
static void a_bad_server_of_two(void **state)
{
    static const struct {
        const struct scripted_row *rows;
        unsigned faults;
        const char *said;
    } rows[] = {
        {lame, 0, "is lame (SERVFAIL, not authoritative) and was left out"},
        {resolver_like, 0, "is lame (NOERROR, not authoritative) and was left out"},
        {with, SILENT_UDP | SILENT_TCP, "is silent (no answer over UDP or TCP) and was left out"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        becomes(add_server(without), with, 3000);
        add_server(rows[i].rows)->faults = rows[i].faults;
        watch_values(1);
        assert_in_range(waits(true, DNSHOOK_OK, &said), 3000 + PROPAGATION_SETTLE,
                        3000 + PROPAGATION_SETTLE + 6000);
        assert_has(said, "warning: " NAME ": nameserver ns2.example at 127.0.0.1:");
        assert_has(said, rows[i].said);
        assert_true(servers[1]->asked_count <= 30);
    }
}

/* A server that comes to its senses in time is counted. */
static void a_lame_server_that_recovers(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    becomes(add_server(lame), with, 5000);
    watch_values(1);
    assert_in_range(waits(true, DNSHOOK_OK, &said), 5000, 7100);
    assert_string_equal(said, "");
}

/* One of three is less than half. */
static void less_than_half(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    (void)add_server(lame);
    (void)add_server(lame);
    watch_values(1);
    options.limit = deadline_now() + 60000;
    assert_in_range(waits(true, DNSHOOK_DEADLINE, &said), 60000, 61000);
    assert_false(watch.done);
}

/* Of names, not of addresses: two names of which each has one address that serves. */
static void half_of_the_names(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    (void)add_server(lame);
    (void)add_server(lame);
    authority->addresses[0].names = 3; /* ns1 and ns2 */
    watch_values(1);
    (void)waits(true, DNSHOOK_OK, &said);
    assert_has(said, "ns2.example");
    assert_has(said, "ns3.example");
}

static void quorum_all(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    becomes(add_server(lame), with, 40000);
    watch_values(1);
    watch.quorum = QUORUM_ALL;
    assert_in_range(waits(true, DNSHOOK_OK, &said), 40000, 42100);
    assert_string_equal(said, "");
}

/* An address without a route is passed over at once. */
static void unroutable(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    scripted_no_route("127.");
    (void)add_server(with);
    scripted_no_route("");
    authority->addresses[1].names = 1; /* the same name, another family */
    free(authority->names[--authority->name_count].name);
    watch_values(1);
    watch.quorum = QUORUM_ALL;
    assert_true(waits(true, DNSHOOK_OK, &said) < 300);
    assert_string_equal(said, "");
    assert_int_equal(watch.sightings[1].sight, SIGHT_UNROUTABLE);
    assert_int_equal(servers[1]->asked_count, 0);
}

/* Without a route to any of them there is nothing to wait for. */
static void all_unroutable(void **state)
{
    const char *said;

    (void)state;
    scripted_no_route("127.");
    (void)add_server(with);
    (void)add_server(with);
    watch_values(1);
    assert_true(waits(true, DNSHOOK_REJECTED, &said) < 300);
    assert_has(said, NAME ": this machine has no route to any address");
}

/* A server without the value is waited for, whatever the others are. */
static void one_without_the_value(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    (void)add_server(with);
    (void)add_server(without);
    watch_values(1);
    options.limit = deadline_now() + 100000;
    assert_in_range(waits(true, DNSHOOK_DEADLINE, &said), 100000, 101000);
    assert_string_equal(said, "");
}

/* Losses over UDP lengthen the interval and lead to TCP; they are no silence. */
static void losses(void **state)
{
    const char *said;
    size_t over_tcp = 0;

    (void)state;
    becomes(add_server(without), with, 20000);
    servers[0]->faults = SILENT_UDP;
    watch_values(1);
    assert_in_range(waits(true, DNSHOOK_OK, &said), 20000, 22000);
    assert_string_equal(said, "");
    for (size_t i = 0; i < servers[0]->asked_count; i++)
        over_tcp += servers[0]->asked[i].tcp;
    assert_int_equal(servers[0]->asked_count - over_tcp, 2);
}

/* ---- the provider's word ---- */

static void use_vouch(void)
{
    options.vouch = vouch;
    options.vouch_opaque = vouches;
}

/* Asked when the servers agree, and not before; its "not yet" keeps waiting: every 2 s for 10 s,
 * then ever longer. */
static void vouch_schedule(void **state)
{
    static const int64_t gaps[] = {2000, 2000, 2000, 2000,  2000, 2000,
                                   3000, 4500, 6750, 10000, 10000};
    const char *said;
    int64_t begin = deadline_now();

    (void)state;
    for (size_t i = 0; i < COUNT(gaps); i++)
        vouches[i] = DNSHOOK_AGAIN;
    vouches[COUNT(gaps)] = DNSHOOK_OK;
    becomes(add_server(without), with, 1000);
    watch_values(1);
    use_vouch();
    (void)waits(true, DNSHOOK_OK, &said);
    assert_int_equal(vouch_count, COUNT(gaps) + 1);
    assert_in_range(vouched_at[0] - begin, 1000, 1200);
    for (size_t i = 0; i < COUNT(gaps); i++)
        assert_in_range(vouched_at[i + 1] - vouched_at[i], gaps[i], gaps[i] + 100);
}

static void words_of_the_provider(void **state)
{
    static const struct {
        int vouch;
        int status;
    } rows[] = {
        {DNSHOOK_OK, DNSHOOK_OK},
        {DNSHOOK_DENIED, DNSHOOK_OK},
        {DNSHOOK_UNSUPPORTED, DNSHOOK_OK},
        {DNSHOOK_UNREACHABLE, DNSHOOK_UNREACHABLE},
        {DNSHOOK_REJECTED, DNSHOOK_REJECTED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        (void)add_server(with);
        watch_values(1);
        use_vouch();
        vouches[0] = rows[i].vouch;
        assert_true(waits(true, rows[i].status, &said) < 300);
        assert_int_equal(vouch_count, 1);
        assert_string_equal(said, "");
    }
}

/* DNS decides where the provider may not be asked: the wait goes on for the servers. */
static void denied_and_a_late_server(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    becomes(add_server(without), with, 4000);
    watch_values(1);
    use_vouch();
    vouches[0] = DNSHOOK_DENIED;
    assert_in_range(waits(true, DNSHOOK_OK, &said), 4000, 4300);
    assert_int_equal(vouch_count, 1);
}

/* Where no server can be asked, the provider's word has to do, with a warning. */
static void nobody_answers(void **state)
{
    static const struct {
        const struct scripted_row *rows;
        unsigned faults;
    } rows[] = {{with, SILENT_UDP | SILENT_TCP}, {lame, 0}, {resolver_like, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        add_server(rows[i].rows)->faults = rows[i].faults;
        watch_values(1);
        use_vouch();
        vouches[0] = DNSHOOK_AGAIN;
        vouches[1] = DNSHOOK_OK;
        (void)waits(true, DNSHOOK_OK, &said);
        assert_has(said, "warning: " NAME ": no nameserver of example could be asked");
        assert_has(said, "that has to do");
        assert_int_equal(vouch_count, 2);
    }
}

/* Port 53 leads to a resolver: said at once where nobody vouches. */
static void intercepted(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(resolver_like);
    (void)add_server(resolver_like);
    watch_values(1);
    assert_true(waits(true, DNSHOOK_REJECTED, &said) < 3000);
    assert_has(said, "port 53 seems intercepted");
    assert_has(said, "allow DNS to the nameservers");
}

/* One answer with authority, and it is not. */
static void not_intercepted(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(resolver_like);
    becomes(add_server(without), with, 3000);
    watch_values(1);
    (void)waits(true, DNSHOOK_OK, &said);
    assert_lacks(said, "intercepted");
}

/* ---- giving the value up ---- */

static void until_it_is_gone(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(with);
    (void)add_server(with);
    watch_values(1);
    (void)waits(true, DNSHOOK_OK, &said);
    becomes(servers[0], without, 0);
    becomes(servers[1], without, 5000);
    assert_in_range(waits(false, DNSHOOK_OK, &said), 5000, 5300);
    for (size_t i = 0; i < 2; i++)
        assert_true(watch.sightings[i].gone_at >= watch.sightings[i].served_at);
    assert_in_range(watch.sightings[1].gone_at, 5000, 5400);
}

/* An address that was without the value before is asked again. */
static void gone_is_asked_for(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(without);
    watch_values(1);
    assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
    (void)waits(false, DNSHOOK_OK, &said);
    assert_int_equal(servers[0]->asked_count, 2);
}

/* One of two values left is not gone. */
static void half_gone(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(both_values);
    watch_values(2);
    (void)waits(true, DNSHOOK_OK, &said);
    becomes(servers[0], with, 0);
    options.limit = deadline_now() + 10000;
    (void)waits(false, DNSHOOK_DEADLINE, &said);
}

/* ---- the end of time ---- */

static void the_runs_deadline(void **state)
{
    const char *said;

    (void)state;
    (void)add_server(without);
    watch_values(1);
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    (void)waits(true, DNSHOOK_DEADLINE, &said);
}

/* Two names in one wait: it ends when both are there. */
static void two_watches(void **state)
{
    static const struct scripted_row rows[] = {
        {.name = NAME, .flags = AA, .answer = NAME ". TXT \"value\""},
        {.name = "b.example", .flags = AA}};
    static const struct scripted_row later[] = {
        {.name = NAME, .flags = AA, .answer = NAME ". TXT \"value\""},
        {.name = "b.example", .flags = AA, .answer = "b.example. TXT \"value\""}};
    static struct watch watches[2];
    const int64_t begin = deadline_now();

    (void)state;
    (void)add_server(rows);
    servers[0]->row_count = 2;
    becomes(servers[0], later, 2000);
    servers[0]->later_count = 2;
    watch_init(&watches[0], NAME, values, 1, authority);
    watch_init(&watches[1], "b.example", values, 1, authority);
    assert_int_equal(propagation_wait(dns, watches, 2, true, &options), DNSHOOK_OK);
    assert_in_range(deadline_now() - begin, 2000, 2200);
    assert_int_equal(scripted_count(servers[0], NAME, 0), 1);
}

static void looking_once(void **state)
{
    (void)state;
    (void)add_server(with);
    (void)add_server(without);
    add_server(with)->faults = SILENT_UDP | SILENT_TCP;
    watch_values(1);
    assert_int_equal(propagation_look(dns, &watch), DNSHOOK_OK);
    assert_int_equal(watch.sightings[0].sight, SIGHT_SERVING);
    assert_int_equal(watch.sightings[1].sight, SIGHT_WITHOUT);
    assert_int_equal(watch.sightings[2].sight, SIGHT_SILENT);
    assert_int_equal(servers[1]->asked_count, 1);
}

#define PROPAGATION_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROPAGATION_TEST(all_serve),
        PROPAGATION_TEST(a_late_server),
        PROPAGATION_TEST(two_values),
        PROPAGATION_TEST(values_in_pieces),
        PROPAGATION_TEST(what_was_said),
        PROPAGATION_TEST(many_values_were_said),
        PROPAGATION_TEST(looking_for_nothing),
        PROPAGATION_TEST(a_bad_server_of_two),
        PROPAGATION_TEST(a_lame_server_that_recovers),
        PROPAGATION_TEST(less_than_half),
        PROPAGATION_TEST(half_of_the_names),
        PROPAGATION_TEST(quorum_all),
        PROPAGATION_TEST(unroutable),
        PROPAGATION_TEST(all_unroutable),
        PROPAGATION_TEST(one_without_the_value),
        PROPAGATION_TEST(losses),
        PROPAGATION_TEST(vouch_schedule),
        PROPAGATION_TEST(words_of_the_provider),
        PROPAGATION_TEST(denied_and_a_late_server),
        PROPAGATION_TEST(nobody_answers),
        PROPAGATION_TEST(intercepted),
        PROPAGATION_TEST(not_intercepted),
        PROPAGATION_TEST(until_it_is_gone),
        PROPAGATION_TEST(gone_is_asked_for),
        PROPAGATION_TEST(half_gone),
        PROPAGATION_TEST(the_runs_deadline),
        PROPAGATION_TEST(two_watches),
        PROPAGATION_TEST(looking_once),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
