/* core/zone.c: which zone holds a name, and where an alias leads. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "sandbox.h"
#include "scripted.h"
#include "zone.h"

#include "check.h"

#include <stdio.h>

enum { HOUR = 3600000 };

#define L50 "01234567890123456789012345678901234567890123456789"
#define L200 L50 "." L50 "." L50 "." L50
#define SOA(zone) zone ". 60 IN SOA ns." zone ". h. 1 2 3 4 5"

static struct dns *dns;
static struct resolver *resolver;

/* ---- aliases ---- */

static void aliases(void **state)
{
    static const struct {
        struct scripted_row row;
        int found;
        const char *target;
    } rows[] = {
        {{.name = "a.example", .answer = "a.example. CNAME b.test."}, 1, "b.test"},
        {{.name = "A.Example", .answer = "a.example. CNAME B.Test."}, 1, "b.test"},
        {{.name = "a.example", .answer = "b.test. CNAME c.test."}, 0, NULL},
        {{.name = "a.example", .answer = "x.test. CNAME y.test.\na.example. CNAME b.test."},
         1,
         "b.test"},
        {{.name = "a.example", .answer = "a.example. TXT \"x\""}, 0, NULL},
        {{.name = "a.example"}, 0, NULL},
        {{.name = "a.example", .authority = "a.example. CNAME b.test."}, 0, NULL},
        {{.name = "x.a.example", .answer = "a.example. DNAME b.test."}, 1, "x.b.test"},
        {{.name = "y.x.a.example", .answer = "a.example. DNAME b.test."}, 1, "y.x.b.test"},
        {{.name = "a.example", .answer = "a.example. DNAME b.test."}, 0, NULL}, /* not below it */
        {{.name = "xa.example", .answer = "a.example. DNAME b.test."}, 0, NULL},
        {{.name = "x.a.example",
          .answer = "a.example. DNAME b.test.\nx.a.example. CNAME x.b.test."},
         1,
         "x.b.test"},
        {{.name = L200 ".a.example", .answer = "a.example. DNAME " L50 ".test."}, -1, NULL},
        {{.name = "x.a.example", .rcode = LDNS_RCODE_YXDOMAIN}, -1, NULL},
        {{.name = "x.a.example", .answer = "a.example. DNAME ."}, 1, "x"},
        {{.name = "x.a.example", .answer = ". DNAME b.test."}, 1, "x.a.example.b.test"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_pkt *const packet = scripted_packet(&rows[i].row);
        char target[NAME_SIZE] = "";
        const int found = zone_alias(packet, rows[i].row.name, target);

        if (found != rows[i].found)
            fail_msg("%s: %d and not %d", rows[i].row.name, found, rows[i].found);
        if (found == 1)
            assert_string_equal(target, rows[i].target);
        ldns_pkt_free(packet);
    }
}

/* ---- zones in packets ---- */

static void zones_in_packets(void **state)
{
    static const struct {
        struct scripted_row row;
        const char *zone; /* NULL: none */
    } rows[] = {
        {{.name = "example", .answer = SOA("example")}, "example"},
        {{.name = "a.example", .authority = SOA("example")}, "example"},
        {{.name = "a.b.example", .rcode = LDNS_RCODE_NXDOMAIN, .authority = SOA("example")},
         "example"},
        {{.name = "a.EXAMPLE", .authority = SOA("Example")}, "example"},
        {{.name = "a.example", .authority = ". SOA ns. h. 1 2 3 4 5"}, "."},
        {{.name = "a.example"}, NULL},
        {{.name = "a.example", .authority = SOA("test")}, NULL},
        {{.name = "a.example", .authority = SOA("b.a.example")}, NULL},
        {{.name = "a.example", .authority = "example. NS ns.example."}, NULL},
        /* an alias: the SOA is the target's */
        {{.name = "a.example", .answer = "a.example. CNAME example.", .authority = SOA("example")},
         NULL},
        {{.name = "x.a.example",
          .answer = "a.example. DNAME b.example.",
          .authority = SOA("example")},
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_pkt *const packet = scripted_packet(&rows[i].row);
        struct zone_cut cut = {.name = ""};
        const bool found = zone_from_packet(packet, rows[i].row.name, &cut);

        if (found != (rows[i].zone != NULL))
            fail_msg("row %zu: %s", i, found ? cut.name : "none");
        if (found) {
            assert_string_equal(cut.name, rows[i].zone);
            assert_true(strncmp(cut.primary, "ns", 2) == 0);
        }
        ldns_pkt_free(packet);
    }
}

/* ---- asking ---- */

static int set_up(void **state)
{
    (void)state;
    return deadline_start(HOUR, 0) == DNSHOOK_OK && dns_open(&dns) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    resolver_close(resolver);
    resolver = NULL;
    dns_close(dns);
    scripted_stop_all();
    return 0;
}

static struct scripted *resolves(const struct scripted_row *rows, size_t count)
{
    struct scripted *const server = scripted_start(rows, count);

    assert_int_equal(resolver_open(dns, server->address.text, &resolver), DNSHOOK_OK);
    return server;
}

static const struct scripted_row tree[] = {
    {.name = "example", .answer = SOA("example")},
    {.name = "www.example", .authority = SOA("example")},
    {.name = "sub.example", .answer = SOA("sub.example")},
    {.name = "no.such.example", .rcode = LDNS_RCODE_NXDOMAIN, .authority = SOA("example")},
    {.name = "alias.example", .answer = "alias.example. CNAME www.test.", .authority = SOA("test")},
    {.name = "below.alias.example", .rcode = LDNS_RCODE_NXDOMAIN}, /* and no SOA */
    {.name = "dname.example", .authority = SOA("example")},
    {.name = "x.dname.example",
     .answer = "dname.example. DNAME test.\nx.dname.example. CNAME x.test.",
     .authority = SOA("test")},
};

static void zones_of_names(void **state)
{
    static const struct {
        const char *name;
        const char *zone;
        size_t questions;
    } rows[] = {
        {"example", "example", 1},         {"www.example", "example", 1},
        {"sub.example", "sub.example", 1}, {"no.such.example", "example", 1},
        {"alias.example", "example", 2},   {"below.alias.example", "example", 3},
        {"x.dname.example", "example", 2},
    };
    struct scripted *const server = resolves(tree, COUNT(tree));

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_cut cut;

        server->asked_count = 0;
        assert_int_equal(zone_of(resolver, rows[i].name, &cut), DNSHOOK_OK);
        assert_string_equal(cut.name, rows[i].zone);
        assert_int_equal(server->asked_count, rows[i].questions);
        assert_int_equal(scripted_count(server, NULL, LDNS_RR_TYPE_SOA), rows[i].questions);
    }
}

static void a_resolver_that_fails(void **state)
{
    static const struct scripted_row servfail[] = {{.rcode = LDNS_RCODE_SERVFAIL}};
    const struct scripted *const server = resolves(servfail, COUNT(servfail));
    struct zone_cut cut;
    const char *said;

    (void)state;
    sandbox_capture();
    assert_int_equal(zone_of(resolver, "www.example", &cut), DNSHOOK_UNREACHABLE);
    said = sandbox_release();
    assert_has(said, "www.example: cannot find its zone");
    assert_has(said, "SERVFAIL");
    assert_has(said, "DNSHOOK_RESOLVERS");
    assert_int_equal(server->asked_count, 3);
}

/* A name may be broken, as a CNAME to nowhere is, while the zone above it is not. */
static void a_name_that_fails(void **state)
{
    static const struct scripted_row rows[] = {
        {.name = "www.example", .rcode = LDNS_RCODE_SERVFAIL},
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")}};
    struct zone_cut cut;

    (void)state;
    (void)resolves(rows, COUNT(rows));
    assert_int_equal(zone_of(resolver, "www.example", &cut), DNSHOOK_OK);
    assert_string_equal(cut.name, "example");
}

static void no_zone_up_to_the_root(void **state)
{
    static const struct scripted_row nothing[] = {{.rcode = LDNS_RCODE_NXDOMAIN}};
    const struct scripted *const server = resolves(nothing, COUNT(nothing));
    struct zone_cut cut;

    (void)state;
    sandbox_capture();
    assert_int_equal(zone_of(resolver, "www.example", &cut), DNSHOOK_UNREACHABLE);
    assert_has(sandbox_release(), "show no zone for it");
    assert_int_equal(server->asked_count, 3);
}

static void the_deadline(void **state)
{
    struct zone_cut cut;

    (void)state;
    (void)resolves(tree, COUNT(tree));
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    assert_int_equal(zone_of(resolver, "www.example", &cut), DNSHOOK_DEADLINE);
}

#define ZONE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aliases),    cmocka_unit_test(zones_in_packets),
        ZONE_TEST(zones_of_names),    ZONE_TEST(a_resolver_that_fails),
        ZONE_TEST(a_name_that_fails), ZONE_TEST(no_zone_up_to_the_root),
        ZONE_TEST(the_deadline),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
