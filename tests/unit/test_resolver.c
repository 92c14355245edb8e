/* core/resolver.c: the list of resolvers, and which of them is asked when others fail. */
#include "deadline.h"
#include "dnshook/provider.h"
#include "resolver.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>

enum { HOUR = 3600000, ROOM = 4 };

static struct dns *dns;
static struct resolver *resolver;

static const struct scripted_row good[] = {
    {.name = "example", .type = LDNS_RR_TYPE_SOA, .answer = "example. SOA ns. h. 1 2 3 4 5"},
    {.name = "none", .rcode = LDNS_RCODE_NXDOMAIN},
    {.name = "ns.example",
     .type = LDNS_RR_TYPE_A,
     .answer = "ns.example. A 192.0.2.1\n"
               "ns.example. A 192.0.2.2"},
    {.name = "ns.example", .type = LDNS_RR_TYPE_AAAA, .answer = "ns.example. AAAA 2001:db8::1"},
    {.name = "empty.example"},
    {.name = "no.example", .rcode = LDNS_RCODE_NXDOMAIN},
};
static const struct scripted_row servfail[] = {{.rcode = LDNS_RCODE_SERVFAIL}};

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

static void open_list(const char *list)
{
    assert_int_equal(resolver_open(dns, list, &resolver), DNSHOOK_OK);
}

/* Opens a resolver of one or two servers. */
static void open_servers(const struct scripted *first, const struct scripted *second)
{
    char list[2 * ADDRESS_TEXT_SIZE];

    (void)snprintf(list, sizeof list, "%s %s", first->address.text,
                   second != NULL ? second->address.text : "");
    open_list(list);
}

static struct lookup look_up(const char *name, int status)
{
    struct lookup lookup = {.name = name, .type = LDNS_RR_TYPE_SOA};

    assert_int_equal(resolver_ask(resolver, &lookup, 1), DNSHOOK_OK);
    assert_int_equal(lookup.status, status);
    assert_int_equal(lookup.packet != NULL, status == DNSHOOK_OK);
    return lookup;
}

static void finds(const char *name, ldns_pkt_rcode rcode)
{
    const struct lookup lookup = look_up(name, DNSHOOK_OK);

    assert_int_equal(ldns_pkt_get_rcode(lookup.packet), rcode);
    ldns_pkt_free(lookup.packet);
}

static void lists(void **state)
{
    static const struct {
        const char *list;
        const char *text;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1"},
        {" 127.0.0.1 ,\t[::1]:5353,, ", "127.0.0.1, [::1]:5353"},
        {"127.0.0.1:54 127.0.0.2", "127.0.0.1:54, 127.0.0.2"},
        {"127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5,127.0.0.6,127.0.0.7,127.0.0.8,"
         "127.0.0.9",
         "127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5, 127.0.0.6, 127.0.0.7, 127.0.0.8"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        open_list(rows[i].list);
        assert_string_equal(resolver_text(resolver), rows[i].text);
        resolver_close(resolver);
        resolver = NULL;
    }
}

static void lists_that_are_refused(void **state)
{
    static const struct {
        const char *list;
        const char *said;
    } rows[] = {
        {"localhost", "DNSHOOK_RESOLVERS: \"localhost\" is no address"},
        {"127.0.0.1, 127.0.0.256", "\"127.0.0.256\" is no address"},
        {"127.0.0.1:x", "\"127.0.0.1:x\" is no address"},
        {"127.0.0.1;127.0.0.2", "is no address"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789", "is no address"},
        {",", "no resolver"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        sandbox_capture();
        assert_int_equal(resolver_open(dns, rows[i].list, &resolver), DNSHOOK_BAD_CONFIG);
        assert_has(sandbox_release(), rows[i].said);
        assert_null(resolver);
    }
}

/* Without a list, what the machine has; without that, its own loopback. */
static void the_machines_resolvers(void **state)
{
    static const char *const lists_of_none[] = {NULL, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(lists_of_none); i++) {
        open_list(lists_of_none[i]);
        assert_true(strlen(resolver_text(resolver)) > 0);
        resolver_close(resolver);
        resolver = NULL;
    }
}

static void an_answer(void **state)
{
    const struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    open_servers(server, NULL);
    finds("example", LDNS_RCODE_NOERROR);
    assert_true(server->asked[0].recursion);
}

static void no_such_name_is_an_answer(void **state)
{
    const struct scripted *const first = scripted_start(good, COUNT(good));
    const struct scripted *const second = scripted_start(good, COUNT(good));

    (void)state;
    open_servers(first, second);
    finds("none", LDNS_RCODE_NXDOMAIN);
    assert_int_equal(second->asked_count, 0);
}

/* The second answers for the first, and is asked first from then on. */
static void the_second(void **state)
{
    const struct scripted *const first = scripted_start(servfail, COUNT(servfail));
    const struct scripted *const second = scripted_start(good, COUNT(good));

    (void)state;
    open_servers(first, second);
    finds("example", LDNS_RCODE_NOERROR);
    assert_int_equal(first->asked_count, 1);
    finds("example", LDNS_RCODE_NOERROR);
    assert_int_equal(first->asked_count, 1);
    assert_int_equal(second->asked_count, 2);
}

/* And when that one fails, the first has its turn. */
static void around(void **state)
{
    struct scripted *const first = scripted_start(servfail, COUNT(servfail));
    struct scripted *const second = scripted_start(good, COUNT(good));

    (void)state;
    open_servers(first, second);
    finds("example", LDNS_RCODE_NOERROR);
    first->rows = good;
    first->row_count = COUNT(good);
    second->rows = servfail;
    second->row_count = COUNT(servfail);
    finds("example", LDNS_RCODE_NOERROR);
}

static void all_fail(void **state)
{
    struct scripted *const first = scripted_start(servfail, COUNT(servfail));
    struct scripted *const second = scripted_start(good, COUNT(good));
    struct lookup lookup;
    char wanted[128];

    (void)state;
    scripted_refuse(second);
    open_servers(first, second);
    lookup = look_up("example", DNSHOOK_UNREACHABLE);
    (void)snprintf(wanted, sizeof wanted, "%s: SERVFAIL", first->address.text);
    assert_has(lookup.why, wanted);
    (void)snprintf(wanted, sizeof wanted, "%s: connection refused", second->address.text);
    assert_has(lookup.why, wanted);
    assert_int_equal(first->asked_count, 1);
}

static void a_silent_one(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct lookup lookup;

    (void)state;
    server->faults = SILENT_UDP | SILENT_TCP;
    open_servers(server, NULL);
    lookup = look_up("example", DNSHOOK_UNREACHABLE);
    assert_has(lookup.why, "no answer over UDP or TCP");
}

static void several_at_once(void **state)
{
    struct lookup lookups[] = {{.name = "example", .type = LDNS_RR_TYPE_SOA},
                               {.name = "none", .type = LDNS_RR_TYPE_SOA},
                               {.name = "refused", .type = LDNS_RR_TYPE_SOA}};
    static const int statuses[] = {DNSHOOK_OK, DNSHOOK_OK, DNSHOOK_UNREACHABLE};

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    assert_int_equal(resolver_ask(resolver, lookups, COUNT(lookups)), DNSHOOK_OK);
    for (size_t i = 0; i < COUNT(lookups); i++) {
        assert_int_equal(lookups[i].status, statuses[i]);
        if (lookups[i].packet != NULL)
            ldns_pkt_free(lookups[i].packet);
    }
    assert_has(lookups[2].why, "REFUSED");
    assert_int_equal(resolver_ask(resolver, lookups, 0), DNSHOOK_OK);
}

static void the_deadline(void **state)
{
    struct lookup lookup = {.name = "example", .type = LDNS_RR_TYPE_SOA};

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    assert_int_equal(resolver_ask(resolver, &lookup, 1), DNSHOOK_DEADLINE);
    assert_int_equal(lookup.status, DNSHOOK_DEADLINE);
    assert_null(lookup.packet);
}

static void a_bad_name(void **state)
{
    struct lookup lookup = {.name = "a..b", .type = LDNS_RR_TYPE_SOA};

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    sandbox_capture();
    assert_int_equal(resolver_ask(resolver, &lookup, 1), DNSHOOK_BAD_CONFIG);
    assert_has(sandbox_release(), "a..b");
}

/* ---- hosts ---- */

static int host(const char *name, struct address addresses[ROOM], size_t room, size_t *count,
                char why[RESOLVER_WHY_SIZE])
{
    why[0] = '\0';
    return resolver_host(resolver, name, 5353, addresses, room, count, why);
}

static void hosts(void **state)
{
    static const char *const wanted[] = {"192.0.2.1:5353", "192.0.2.2:5353", "[2001:db8::1]:5353"};
    struct address addresses[ROOM];
    char why[RESOLVER_WHY_SIZE];
    size_t count = 0;

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    assert_int_equal(host("ns.example", addresses, ROOM, &count, why), DNSHOOK_OK);
    assert_int_equal(count, COUNT(wanted));
    for (size_t w = 0; w < COUNT(wanted); w++) {
        size_t i = 0;

        while (i < count && strcmp(addresses[i].text, wanted[w]) != 0)
            i++;
        assert_true(i < count);
    }
    assert_int_equal(host("ns.example", addresses, 2, &count, why), DNSHOOK_OK);
    assert_int_equal(count, 2);
}

static void hosts_that_are_none(void **state)
{
    static const char *const names[] = {"no.example", "empty.example", "refused.example"};
    struct address addresses[ROOM];
    char why[RESOLVER_WHY_SIZE];
    size_t count = 1;

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(host(names[i], addresses, ROOM, &count, why), DNSHOOK_UNREACHABLE);
        assert_int_equal(count, 0);
        assert_has(why, resolver_text(resolver));
    }
}

/* Past the deadline nobody is waited for. */
static void a_host_past_the_deadline(void **state)
{
    struct address addresses[ROOM];
    char why[RESOLVER_WHY_SIZE];
    size_t count = 1;

    (void)state;
    open_servers(scripted_start(good, COUNT(good)), NULL);
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    assert_int_equal(host("ns.example", addresses, ROOM, &count, why), DNSHOOK_DEADLINE);
    assert_int_equal(count, 0);
}

#define RESOLVER_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVER_TEST(lists),
        RESOLVER_TEST(lists_that_are_refused),
        RESOLVER_TEST(the_machines_resolvers),
        RESOLVER_TEST(an_answer),
        RESOLVER_TEST(no_such_name_is_an_answer),
        RESOLVER_TEST(the_second),
        RESOLVER_TEST(around),
        RESOLVER_TEST(all_fail),
        RESOLVER_TEST(a_silent_one),
        RESOLVER_TEST(several_at_once),
        RESOLVER_TEST(the_deadline),
        RESOLVER_TEST(a_bad_name),
        RESOLVER_TEST(hosts),
        RESOLVER_TEST(hosts_that_are_none),
        RESOLVER_TEST(a_host_past_the_deadline),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
