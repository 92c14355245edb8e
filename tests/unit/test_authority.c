/* core/authority.c: the nameservers of a zone from its delegation, from itself and from the
 * resolvers. Records name 192.0.2.N; scripted servers stand there. */
#include "authority.h"
#include "deadline.h"
#include "dnshook/provider.h"
#include "log.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600000 };

#define SOA(zone) zone ". 60 IN SOA ns." zone ". h. 1 2 3 4 5"
#define NS(zone, host) zone ". 60 IN NS " host ".\n"
#define A(host, n) host ". 60 IN A 192.0.2." n "\n"
#define BOTH NS("z.example", "ns1.z.example") NS("z.example", "ns2.z.example")

/* The resolver, the parent's server, and the zone's two. */
static struct scripted *resolving;
static struct scripted *parent;
static struct scripted *first;
static struct scripted *second;
static struct dns *dns;
static struct resolver *resolver;
static struct authority *authority;

static const struct scripted_row recursive[] = {
    {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
    {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example", "ns.example")},
    {.name = "z.example", .type = LDNS_RR_TYPE_NS, .answer = BOTH},
    {.name = "ns.example", .type = LDNS_RR_TYPE_A, .answer = A("ns.example", "1")},
    {.name = "ns1.z.example", .type = LDNS_RR_TYPE_A, .answer = A("ns1.z.example", "11")},
    {.name = "ns2.z.example", .type = LDNS_RR_TYPE_A, .answer = A("ns2.z.example", "12")},
    {.rcode = LDNS_RCODE_NXDOMAIN},
};
static const struct scripted_row delegation[] = {{.name = "z.example", .authority = BOTH}};
static const struct scripted_row own[] = {{.name = "z.example", .flags = AA, .answer = BOTH}};

static int set_up(void **state)
{
    (void)state;
    authority = NULL;
    log_set_level(LOG_WARNING);
    if (deadline_start(HOUR, 0) != DNSHOOK_OK || dns_open(&dns) != DNSHOOK_OK)
        return -1;
    resolving = scripted_start(recursive, COUNT(recursive));
    parent = scripted_start(delegation, COUNT(delegation));
    first = scripted_start(own, COUNT(own));
    second = scripted_start(own, COUNT(own));
    scripted_publish(parent, "192.0.2.1");
    scripted_publish(first, "192.0.2.11");
    scripted_publish(second, "192.0.2.12");
    return resolver_open(dns, resolving->address.text, &resolver) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    authority_free(authority);
    resolver_close(resolver);
    dns_close(dns);
    scripted_stop_all();
    return 0;
}

static void use_rows(struct scripted *server, const struct scripted_row *rows, size_t count)
{
    server->rows = rows;
    server->row_count = count;
}

/* Finds the authority of z.example; returns what was said. */
static const char *find(int status)
{
    const char *said;
    int got;

    sandbox_capture();
    got = authority_find(dns, resolver, "z.example", NULL, NULL, &authority);
    said = sandbox_release();
    if (got != status)
        fail_msg("status %d and not %d: %s", got, status, said);
    return said;
}

/* The name is known from these sources alone. */
static void assert_source(const char *name, unsigned sources)
{
    const size_t i = authority_name_index(authority, name);

    if (i == authority->name_count)
        fail_msg("%s is not known", name);
    assert_int_equal(authority->names[i].sources, sources);
}

/* The server is the address of these names, a bit each. */
static void assert_address(const struct scripted *server, uint32_t names)
{
    for (size_t i = 0; i < authority->address_count; i++)
        if (address_equal(dns_server_address(authority->addresses[i].server),
                              &server->address)) {
            assert_int_equal(authority->addresses[i].names, names);
            return;
        }
    fail_msg("an address is missing");
}

static void parent_and_zone_agree(void **state)
{
    (void)state;
    assert_string_equal(find(DNSHOOK_OK), "");
    assert_string_equal(authority->zone, "z.example");
    assert_int_equal(authority->name_count, 2);
    assert_source("ns1.z.example", FROM_PARENT | FROM_ZONE);
    assert_source("ns2.z.example", FROM_PARENT | FROM_ZONE);
    assert_int_equal(authority->address_count, 2);
    assert_address(first, 1);
    assert_address(second, 2);
    assert_int_equal(scripted_count(parent, "z.example", LDNS_RR_TYPE_NS), 1);
}

/* The parent's server may have the zone as well: its answer is as good. */
static void the_parents_server_has_the_zone(void **state)
{
    (void)state;
    use_rows(parent, own, COUNT(own));
    assert_string_equal(find(DNSHOOK_OK), "");
    assert_source("ns1.z.example", FROM_PARENT | FROM_ZONE);
}

static void only_the_parent_names_one(void **state)
{
    static const struct scripted_row less[] = {
        {.name = "z.example", .flags = AA, .answer = NS("z.example", "NS1.z.example")}};
    const char *said;

    (void)state;
    use_rows(first, less, COUNT(less));
    use_rows(second, less, COUNT(less));
    said = find(DNSHOOK_OK);
    assert_has(said, "z.example: the parent zone delegates it to ns2.z.example");
    assert_lacks(said, "ns1.z.example");
    assert_source("ns2.z.example", FROM_PARENT);
    assert_int_equal(authority->address_count, 2);
}

static void only_the_zone_names_one(void **state)
{
    static const struct scripted_row less[] = {
        {.name = "z.example", .authority = NS("z.example", "ns1.z.example")}};
    const char *said;

    (void)state;
    use_rows(parent, less, COUNT(less));
    said = find(DNSHOOK_OK);
    assert_has(said,
               "z.example: its NS records name ns2.z.example, which the parent zone does not");
    assert_source("ns2.z.example", FROM_ZONE);
    assert_address(second, 2);
}

/* NS records of other names are nobody's business. */
static void ns_records_of_another_name(void **state)
{
    static const struct scripted_row more[] = {
        {.name = "z.example", .authority = BOTH NS("other.example", "evil.example")}};

    (void)state;
    use_rows(parent, more, COUNT(more));
    assert_string_equal(find(DNSHOOK_OK), "");
    assert_int_equal(authority->name_count, 2);
}

/* Without a delegation the resolvers' word has to do, with a warning. */
static void the_parent_cannot_be_asked(void **state)
{
    static const struct scripted_row refused[] = {{.rcode = LDNS_RCODE_REFUSED}};
    static const struct {
        const struct scripted_row *rows;
        unsigned faults;
    } rows[] = {{delegation, SILENT_UDP | SILENT_TCP}, {refused, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        use_rows(parent, rows[i].rows, 1);
        parent->faults = rows[i].faults;
        said = find(DNSHOOK_OK);
        assert_has(said, "warning: z.example: its delegation cannot be read");
        assert_has(said, resolver_text(resolver));
        assert_source("ns1.z.example", FROM_RESOLVER | FROM_ZONE);
        assert_int_equal(authority->address_count, 2);
    }
}

/* A name to which the resolvers know no address: the referral's glue is taken. */
static void glue(void **state)
{
    static const struct scripted_row rows[] = {
        {.name = "z.example",
         .authority = BOTH,
         .additional = A("ns2.z.example", "12") A("ns1.z.example", "99")}};
    static const struct scripted_row less[] = {
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
        {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example", "ns.example")},
        {.name = "ns.example", .type = LDNS_RR_TYPE_A, .answer = A("ns.example", "1")},
        {.name = "ns1.z.example", .type = LDNS_RR_TYPE_A, .answer = A("ns1.z.example", "11")},
        {.rcode = LDNS_RCODE_NXDOMAIN},
    };

    (void)state;
    use_rows(parent, rows, COUNT(rows));
    use_rows(resolving, less, COUNT(less));
    assert_string_equal(find(DNSHOOK_OK), "");
    assert_int_equal(authority->address_count, 2);
    assert_address(first, 1); /* and not the glue of ns1 */
    assert_address(second, 2);
}

/* One address of two names is asked once. */
static void one_address_of_two_names(void **state)
{
    static const struct scripted_row same[] = {
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
        {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example", "ns.example")},
        {.name = "ns.example", .type = LDNS_RR_TYPE_A, .answer = A("ns.example", "1")},
        {.name = "ns1.z.example", .type = LDNS_RR_TYPE_A, .answer = A("ns1.z.example", "11")},
        {.name = "ns2.z.example", .type = LDNS_RR_TYPE_A, .answer = A("ns2.z.example", "11")},
        {.rcode = LDNS_RCODE_NXDOMAIN},
    };

    (void)state;
    use_rows(resolving, same, COUNT(same));
    assert_string_equal(find(DNSHOOK_OK), "");
    assert_int_equal(authority->address_count, 1);
    assert_address(first, 3);
}

static void no_nameserver(void **state)
{
    static const struct scripted_row none[] = {
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
        {.rcode = LDNS_RCODE_NXDOMAIN},
    };
    const char *said;

    (void)state;
    use_rows(resolving, none, COUNT(none));
    said = find(DNSHOOK_UNREACHABLE);
    assert_has(said, "z.example: no nameserver is known for this zone");
    assert_has(said, resolver_text(resolver));
}

static void no_address(void **state)
{
    static const struct scripted_row none[] = {
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
        {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example", "ns.example")},
        {.name = "ns.example", .type = LDNS_RR_TYPE_A, .answer = A("ns.example", "1")},
        {.rcode = LDNS_RCODE_NXDOMAIN},
    };

    (void)state;
    use_rows(resolving, none, COUNT(none));
    assert_has(find(DNSHOOK_UNREACHABLE), "z.example: none of its nameservers has an address");
}

/* A parent that is known, and a referral that has come already, are not asked for again. */
static void parent_and_hint_given(void **state)
{
    static const struct scripted_row row = {
        .name = "z.example", .type = LDNS_RR_TYPE_NS, .authority = BOTH};
    ldns_pkt *const hint = scripted_packet(&row);
    struct authority above = {.zone = "example"};

    (void)state;
    above.addresses[0] =
        (struct authority_address){.server = dns_server(dns, &parent->address), .names = 1};
    above.address_count = 1;
    assert_int_equal(authority_find(dns, resolver, "z.example", &above, NULL, &authority),
                     DNSHOOK_OK);
    assert_int_equal(parent->asked_count, 1);
    assert_int_equal(scripted_count(resolving, "example", 0), 0);
    authority_free(authority);
    assert_int_equal(authority_find(dns, resolver, "z.example", &above, hint, &authority),
                     DNSHOOK_OK);
    assert_int_equal(parent->asked_count, 1);
    assert_source("ns1.z.example", FROM_PARENT | FROM_ZONE);
    ldns_pkt_free(hint);
}

/* More names and addresses than there is room for: the first ones. */
static void too_many(void **state)
{
    static char ns[8192];
    static char addresses[8192];
    static struct scripted_row many[] = {{.name = "z.example", .authority = ns}};
    static struct scripted_row all[] = {
        {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = SOA("example")},
        {.name = "example", .type = LDNS_RR_TYPE_NS, .answer = NS("example", "ns.example")},
        {.name = "ns.example", .type = LDNS_RR_TYPE_A, .answer = A("ns.example", "1")},
        {.name = NULL, .type = LDNS_RR_TYPE_A, .answer = addresses},
        {.rcode = LDNS_RCODE_NXDOMAIN},
    };
    size_t used = 0;

    (void)state;
    for (size_t i = 0; i < AUTHORITY_MAX_NAMES + 8; i++)
        used +=
            (size_t)snprintf(ns + used, sizeof ns - used, "z.example. NS ns%zu.z.example.\n", i);
    used = 0;
    for (size_t i = 0; i < AUTHORITY_MAX_ADDRESSES + 8; i++)
        used += (size_t)snprintf(addresses + used, sizeof addresses - used,
                                 "ns0.z.example. A 192.0.2.%zu\n", i + 20);
    use_rows(parent, many, COUNT(many));
    use_rows(resolving, all, COUNT(all));
    scripted_no_route("192.0.2.");
    (void)find(DNSHOOK_OK);
    assert_int_equal(authority->name_count, AUTHORITY_MAX_NAMES);
    assert_int_equal(authority->address_count, AUTHORITY_MAX_ADDRESSES);
    assert_int_equal(authority->addresses[0].names, UINT32_MAX);
}

static void the_deadline(void **state)
{
    (void)state;
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    (void)find(DNSHOOK_DEADLINE);
}

/* ---- asking all of them ---- */

static void replies(void **state)
{
    static const struct scripted_row good = {.flags = AA};
    static const struct scripted_row none = {.flags = AA, .rcode = LDNS_RCODE_NXDOMAIN};
    static const struct scripted_row servfail = {.rcode = LDNS_RCODE_SERVFAIL};
    static const struct scripted_row cached = {.flags = RA};
    static const struct scripted_row referral = {.authority = NS("x.z.example", "ns.x.z.example")};
    static const struct scripted_row upward = {.authority = NS("example", "ns.example")};
    static const struct {
        const struct scripted_row *first;
        const struct scripted_row *second; /* NULL: silent */
        enum authority_reply reply;
        const char *why;
    } rows[] = {
        {&good, &good, REPLY_GOOD, ""},
        {&none, &none, REPLY_GOOD, ""},
        {&referral, &referral, REPLY_GOOD, ""},
        {&servfail, &good, REPLY_GOOD, ""},
        {&good, NULL, REPLY_GOOD, ""},
        {&cached, &good, REPLY_GOOD, ""},
        {&servfail, &servfail, REPLY_LAME, "SERVFAIL"},
        {&servfail, NULL, REPLY_LAME, "SERVFAIL, no answer over UDP or TCP"},
        {&upward, &upward, REPLY_LAME, "an answer without authority"},
        {&cached, &servfail, REPLY_LAME, "an answer without authority"},
        {&cached, &cached, REPLY_INTERCEPTED, "an answer without authority"},
        {&cached, NULL, REPLY_INTERCEPTED, "an answer without authority"},
        {NULL, NULL, REPLY_NONE, "no answer over UDP or TCP"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum authority_reply reply = REPLY_NONE;
        char why[RESOLVER_WHY_SIZE];
        ldns_pkt *packet = NULL;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        (void)find(DNSHOOK_OK);
        use_rows(first, rows[i].first, rows[i].first != NULL ? 1 : 0);
        use_rows(second, rows[i].second, rows[i].second != NULL ? 1 : 0);
        first->faults = rows[i].first == NULL ? SILENT_UDP | SILENT_TCP : 0;
        second->faults = rows[i].second == NULL ? SILENT_UDP | SILENT_TCP : 0;
        assert_int_equal(
            authority_ask(dns, authority, "a.x.z.example", LDNS_RR_TYPE_SOA, &reply, &packet, why),
            DNSHOOK_OK);
        if (reply != rows[i].reply)
            fail_msg("row %zu: %d: %s", i, (int)reply, why);
        assert_int_equal(packet != NULL, reply == REPLY_GOOD);
        if (packet == NULL)
            assert_has(why, rows[i].why);
        else
            ldns_pkt_free(packet);
    }
}

static void referrals(void **state)
{
    static const struct {
        struct scripted_row row;
        const char *child; /* NULL: no referral */
    } rows[] = {
        {{.name = "a.b.example", .authority = NS("b.example", "ns.test")}, "b.example"},
        {{.name = "b.example", .authority = NS("b.example", "ns.test")}, "b.example"},
        {{.name = "a.b.example", .flags = AA, .authority = NS("b.example", "ns.test")}, NULL},
        {{.name = "a.b.example", .authority = NS("example", "ns.test")}, NULL},
        {{.name = "a.b.example", .authority = ". 60 IN NS ns.test.\n"}, NULL},
        {{.name = "a.b.example", .authority = NS("c.example", "ns.test")}, NULL},
        {{.name = "b.example", .authority = NS("a.b.example", "ns.test")}, NULL},
        {{.name = "a.b.example",
          .rcode = LDNS_RCODE_NXDOMAIN,
          .authority = NS("b.example", "ns.test")},
         NULL},
        {{.name = "a.b.example",
          .answer = "a.b.example. TXT x",
          .authority = NS("b.example", "ns.test")},
         NULL},
        {{.name = "a.b.example", .authority = SOA("b.example")}, NULL},
        {{.name = "a.b.example"}, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_pkt *const packet = scripted_packet(&rows[i].row);
        char child[NAME_SIZE] = "";

        if (authority_is_referral(packet, "example", rows[i].row.name, child) !=
            (rows[i].child != NULL))
            fail_msg("row %zu", i);
        if (rows[i].child != NULL)
            assert_string_equal(child, rows[i].child);
        ldns_pkt_free(packet);
    }
}

/* ---- names ---- */

static void names_as_text(void **state)
{
    static const struct {
        size_t size;
        const char *text;
    } rows[] = {{64, "ns1.a, ns2.b"}, {10, "ns1.a, ns"}, {6, "ns1.a"}, {1, ""}};

    (void)state;
    authority = calloc(1, sizeof *authority);
    assert_non_null(authority);
    assert_int_equal(authority_add_name(authority, "ns1.a", FROM_PARENT), DNSHOOK_OK);
    assert_int_equal(authority_add_name(authority, "ns2.b", FROM_ZONE), DNSHOOK_OK);
    assert_int_equal(authority_add_name(authority, "NS1.A", FROM_ZONE), DNSHOOK_OK);
    assert_int_equal(authority->name_count, 2);
    assert_source("ns1.a", FROM_PARENT | FROM_ZONE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];

        authority_text(authority, text, rows[i].size);
        assert_string_equal(text, rows[i].text);
    }
    assert_int_equal(authority_name_index(authority, "ns3.c"), 2);
}

static void free_takes_null(void **state)
{
    (void)state;
    authority_free(NULL);
}

#define AUTHORITY_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTHORITY_TEST(parent_and_zone_agree),
        AUTHORITY_TEST(the_parents_server_has_the_zone),
        AUTHORITY_TEST(only_the_parent_names_one),
        AUTHORITY_TEST(only_the_zone_names_one),
        AUTHORITY_TEST(ns_records_of_another_name),
        AUTHORITY_TEST(the_parent_cannot_be_asked),
        AUTHORITY_TEST(glue),
        AUTHORITY_TEST(one_address_of_two_names),
        AUTHORITY_TEST(no_nameserver),
        AUTHORITY_TEST(no_address),
        AUTHORITY_TEST(parent_and_hint_given),
        AUTHORITY_TEST(too_many),
        AUTHORITY_TEST(the_deadline),
        AUTHORITY_TEST(replies),
        AUTHORITY_TEST(names_as_text),
        cmocka_unit_test(referrals),
        cmocka_unit_test(free_takes_null),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
