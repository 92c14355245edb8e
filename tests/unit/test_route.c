/* core/route.c: from a host to the record name and its authority. One scripted server is the
 * resolver, one is every authoritative server there is. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"
#include "route.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>

enum { HOUR = 3600000 };

#define AC "_acme-challenge."
#define SOA(zone) zone ". 60 IN SOA ns." zone ". h. 1 2 3 4 5"
#define NS(zone) zone ". 60 IN NS ns.test."

static struct dns *dns;
static struct scripted *resolving;
static struct scripted *serving;
static struct route_map map;
static struct route route;

/* What the resolver knows: the zones example, other and sub.example, all at ns.test. */
static const struct scripted_row recursive[] = {
    {.name = "ns.test", .type = LDNS_RR_TYPE_A, .answer = "ns.test. A 192.0.2.1"},
    {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
    {.name = "www.example", .type = LDNS_RR_TYPE_SOA, .authority = SOA("example")},
    {.name = "other", .type = LDNS_RR_TYPE_SOA, .answer = SOA("other")},
    {.name = "x.other", .type = LDNS_RR_TYPE_SOA, .authority = SOA("other")},
    {.name = ".", .type = LDNS_RR_TYPE_SOA, .answer = ". SOA ns.test. h. 1 2 3 4 5"},
    {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example")},
    {.name = "other", .type = LDNS_RR_TYPE_NS, .answer = NS("other")},
    {.name = ".", .type = LDNS_RR_TYPE_NS, .answer = ". NS ns.test."},
    {.rcode = LDNS_RCODE_NXDOMAIN},
};

/* The rows that every authoritative server here has. */
#define COMMON                                                                                     \
    {.name = "example", .type = LDNS_RR_TYPE_NS, .flags = AA, .answer = NS("example")},            \
        {.name = "other", .type = LDNS_RR_TYPE_NS, .flags = AA, .answer = NS("other")},            \
    {                                                                                              \
        .name = "sub.example", .type = LDNS_RR_TYPE_NS, .flags = AA, .answer = NS("sub.example")   \
    }

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_WARNING);
    if (deadline_start(HOUR, 0) != DNSHOOK_OK || dns_open(&dns) != DNSHOOK_OK)
        return -1;
    resolving = scripted_start(recursive, COUNT(recursive));
    serving = scripted_start(NULL, 0);
    scripted_publish(serving, "192.0.2.1");
    map = (struct route_map){.dns = dns};
    return resolver_open(dns, resolving->address.text, &map.resolver) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    route_map_clear(&map);
    resolver_close(map.resolver);
    dns_close(dns);
    scripted_stop_all();
    return 0;
}

/* Finds the way from a host while the authoritative server answers so; returns what was said. */
static const char *find(const char *host, const struct scripted_row *rows, size_t count, int status)
{
    const char *said;
    int got;

    serving->rows = rows;
    serving->row_count = count;
    sandbox_capture();
    got = route_find(&map, host, &route);
    said = sandbox_release();
    if (got != status)
        fail_msg("status %d and not %d: %s", got, status, said);
    return said;
}

static void assert_route(const char *record, const char *zone)
{
    assert_string_equal(route.record, record);
    assert_non_null(route.authority);
    assert_string_equal(route.authority->zone, zone);
}

/* The challenge name is the authority's to know, never asked of a resolver. */
static void no_alias(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON,
        {.name = AC "www.example",
         .flags = AA,
         .rcode = LDNS_RCODE_NXDOMAIN,
         .authority = SOA("example")},
    };

    (void)state;
    assert_string_equal(find("www.example", rows, COUNT(rows), DNSHOOK_OK), "");
    assert_route(AC "www.example", "example");
    assert_string_equal(route.authority->primary, "ns.example");
    assert_false(route.through_resolver || route.intercepted);
    assert_int_equal(scripted_count(resolving, AC "www.example", 0), 0);
    assert_int_equal(scripted_count(serving, AC "www.example", LDNS_RR_TYPE_CNAME), 1);
}

/* A second host of the same zone costs no second look at its authority. */
static void an_authority_is_found_once(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON, {.flags = AA, .rcode = LDNS_RCODE_NXDOMAIN, .authority = SOA("example")}};
    const struct authority *first;

    (void)state;
    (void)find("www.example", rows, COUNT(rows), DNSHOOK_OK);
    first = route.authority;
    serving->asked_count = 0;
    (void)find("example", rows, COUNT(rows), DNSHOOK_OK);
    assert_ptr_equal(route.authority, first);
    assert_int_equal(scripted_count(serving, NULL, LDNS_RR_TYPE_NS), 0);
}

static void an_alias_into_another_zone(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON,
        {.name = AC "www.example", .flags = AA, .answer = AC "www.example. CNAME t.x.other."},
        {.name = "t.x.other", .flags = AA, .rcode = LDNS_RCODE_NXDOMAIN, .authority = SOA("other")},
    };

    (void)state;
    assert_string_equal(find("www.example", rows, COUNT(rows), DNSHOOK_OK), "");
    assert_route("t.x.other", "other");
    assert_int_equal(scripted_count(resolving, "t.x.other", 0), 0);
}

static void a_dname_above_it(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON,
        {.name = AC "www.example",
         .flags = AA,
         .answer = "www.example. DNAME x.other.\n" AC "www.example. CNAME " AC "x.other."},
        {.name = AC "x.other", .flags = AA, .authority = SOA("other")},
    };

    (void)state;
    (void)find("www.example", rows, COUNT(rows), DNSHOOK_OK);
    assert_route(AC "x.other", "other");
}

/* The challenge name is a zone of its own, by referral or at the same servers. */
static void a_zone_of_its_own(void **state)
{
#define OWN_NS                                                                                     \
    {                                                                                              \
        .name = AC "www.example", .type = LDNS_RR_TYPE_NS, .flags = AA,                            \
        .answer = NS(AC "www.example")                                                             \
    }
    static const struct scripted_row referring[] = {
        COMMON, OWN_NS, {.name = AC "www.example", .authority = NS(AC "www.example")}};
    static const struct scripted_row same[] = {
        COMMON,
        OWN_NS,
        {.name = AC "www.example", .flags = AA, .authority = SOA(AC "www.example")}};

    (void)state;
    (void)find("www.example", same, COUNT(same), DNSHOOK_OK);
    assert_route(AC "www.example", AC "www.example");
    (void)tear_down(NULL);
    assert_int_equal(set_up(NULL), 0);
    (void)find("www.example", referring, COUNT(referring), DNSHOOK_OK);
    assert_route(AC "www.example", AC "www.example");
}

static void loops(void **state)
{
    static const struct scripted_row itself[] = {
        COMMON,
        {.name = AC "www.example",
         .flags = AA,
         .answer = AC "www.example. CNAME " AC "www.example."},
    };
    static const struct scripted_row two[] = {
        COMMON,
        {.name = AC "www.example", .flags = AA, .answer = AC "www.example. CNAME a.example."},
        {.name = "a.example", .flags = AA, .answer = "a.example. CNAME " AC "WWW.example."},
    };

    (void)state;
    assert_has(find("www.example", itself, COUNT(itself), DNSHOOK_REJECTED), "form a loop");
    assert_has(find("www.example", two, COUNT(two), DNSHOOK_REJECTED), "form a loop, back to");
}

/* A chain of so many aliases, from the challenge name to c0.example. */
static size_t chain(struct scripted_row *rows, char texts[][2][128], size_t hops)
{
    static const struct scripted_row common[] = {COMMON};
    size_t count = COUNT(common);

    memcpy(rows, common, sizeof common);
    for (size_t i = 0; i < hops; i++) {
        char from[64] = AC "www.example";

        if (i > 0)
            (void)snprintf(from, sizeof from, "c%zu.example", hops - i);
        (void)snprintf(texts[i][0], sizeof texts[i][0], "%s", from);
        (void)snprintf(texts[i][1], sizeof texts[i][1], "%s. CNAME c%zu.example.", from,
                       hops - i - 1);
        rows[count++] =
            (struct scripted_row){.name = texts[i][0], .flags = AA, .answer = texts[i][1]};
    }
    rows[count++] =
        (struct scripted_row){.name = "c0.example", .flags = AA, .authority = SOA("example")};
    return count;
}

static void long_chains(void **state)
{
    static struct scripted_row rows[32];
    static char texts[20][2][128];
    size_t count = chain(rows, texts, ROUTE_MAX_HOPS);

    (void)state;
    (void)find("www.example", rows, count, DNSHOOK_OK);
    assert_route("c0.example", "example");
    count = chain(rows, texts, ROUTE_MAX_HOPS + 1);
    assert_has(find("www.example", rows, count, DNSHOOK_REJECTED), "more than 16 aliases");
}

static void an_alias_that_is_too_long(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON,
        {.name = AC "www.example", .flags = AA, .rcode = LDNS_RCODE_YXDOMAIN},
        {.name = AC "example",
         .flags = AA,
         .answer = "example. DNAME 0123456789012345678901234567890123456789012345678901234567."
                   "0123456789012345678901234567890123456789012345678901234567."
                   "0123456789012345678901234567890123456789012345678901234567."
                   "01234567890123456789012345678901234567890123456789012345678901.b."},
    };

    (void)state;
    assert_has(find("example", rows, COUNT(rows), DNSHOOK_REJECTED), "too long");
}

/* Nobody can be asked: the resolver's view has to do, with a warning. */
static void through_the_resolver(void **state)
{
    static const struct scripted_row servfail[] = {COMMON, {.rcode = LDNS_RCODE_SERVFAIL}};
    static const struct scripted_row cached[] = {COMMON, {.flags = RA}};
    const char *said;

    (void)state;
    said = find("www.example", servfail, COUNT(servfail), DNSHOOK_OK);
    assert_has(said, "warning: " AC "www.example: no nameserver of example can be asked");
    assert_has(said, "SERVFAIL");
    assert_true(route.through_resolver);
    assert_false(route.intercepted);
    assert_route(AC "www.example", "example");
    said = find("www.example", cached, COUNT(cached), DNSHOOK_OK);
    assert_has(said, "port 53 seems intercepted");
    assert_true(route.intercepted && route.through_resolver);
}

/* A resolver that fails is an error, never "no alias". */
static void a_resolver_that_fails(void **state)
{
    static const struct scripted_row broken[] = {{.rcode = LDNS_RCODE_SERVFAIL}};
    static const struct scripted_row rows[] = {COMMON, {.rcode = LDNS_RCODE_SERVFAIL}};

    (void)state;
    (void)find("www.example", rows, COUNT(rows), DNSHOOK_OK);
    resolving->rows = broken;
    resolving->row_count = COUNT(broken);
    assert_has(find("www.example", rows, COUNT(rows), DNSHOOK_UNREACHABLE), "cannot find its zone");
}

/* A name itself, with nothing in front of it. */
static void a_name_itself(void **state)
{
    static const struct scripted_row rows[] = {
        COMMON, {.flags = AA, .rcode = LDNS_RCODE_NXDOMAIN, .authority = SOA("example")}};

    (void)state;
    serving->rows = rows;
    serving->row_count = COUNT(rows);
    assert_int_equal(route_find_name(&map, "a.www.example", &route), DNSHOOK_OK);
    assert_route("a.www.example", "example");
}

static void the_deadline(void **state)
{
    static const struct scripted_row rows[] = {COMMON};

    (void)state;
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    (void)find("www.example", rows, COUNT(rows), DNSHOOK_DEADLINE);
}

#define ROUTE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTE_TEST(no_alias),
        ROUTE_TEST(an_authority_is_found_once),
        ROUTE_TEST(an_alias_into_another_zone),
        ROUTE_TEST(a_dname_above_it),
        ROUTE_TEST(a_zone_of_its_own),
        ROUTE_TEST(loops),
        ROUTE_TEST(long_chains),
        ROUTE_TEST(an_alias_that_is_too_long),
        ROUTE_TEST(through_the_resolver),
        ROUTE_TEST(a_resolver_that_fails),
        ROUTE_TEST(a_name_itself),
        ROUTE_TEST(the_deadline),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
