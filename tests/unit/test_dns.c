/* core/dns.c: addresses, and questions to servers that answer well, badly or not at all. */
#include "deadline.h"
#include "dns.h"
#include "dnshook/provider.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600000, MANY = 40 };

static struct dns *dns;

static const struct scripted_row good[] = {
    {.name = "www.example", .flags = AA, .answer = "www.example. 60 IN TXT \"here\""},
    {.name = "none.example", .flags = AA, .rcode = LDNS_RCODE_NXDOMAIN},
    {.name = "broken.example", .rcode = LDNS_RCODE_SERVFAIL},
};

static int set_up(void **state)
{
    (void)state;
    return deadline_start(HOUR, 0) == DNSHOOK_OK && dns_open(&dns) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dns_close(dns);
    dns = NULL;
    scripted_stop_all();
    return 0;
}

/* ---- addresses ---- */

static void addresses_that_are_read(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
        const char *with_port;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1:53"},
        {"192.0.2.1:53", "192.0.2.1", "192.0.2.1:53"},
        {"192.0.2.1:5353", "192.0.2.1:5353", "192.0.2.1:5353"},
        {"192.0.2.1:65535", "192.0.2.1:65535", "192.0.2.1:65535"},
        {"2001:db8::1", "2001:db8::1", "[2001:db8::1]:53"},
        {"2001:DB8:0::1", "2001:db8::1", "[2001:db8::1]:53"},
        {"[2001:db8::1]", "2001:db8::1", "[2001:db8::1]:53"},
        {"[2001:db8::1]:5353", "[2001:db8::1]:5353", "[2001:db8::1]:5353"},
        {"::1", "::1", "[::1]:53"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:53"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address address;
        struct address again;
        char text[ADDRESS_TEXT_SIZE];

        if (!address_parse(rows[i].text, DNS_PORT, &address))
            fail_msg("%s was refused", rows[i].text);
        assert_string_equal(address.text, rows[i].shown);
        address_with_port(&address, text);
        assert_string_equal(text, rows[i].with_port);
        assert_true(address_parse(address.text, DNS_PORT, &again));
        assert_true(address_equal(&address, &again));
    }
}

static void addresses_that_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:+1",
        "192.0.2.1: 1",
        "192.0.2.1:1x",
        "192.0.2.1 ",
        " 192.0.2.1",
        "[192.0.2.1]",
        "[192.0.2.1]:53",
        "[2001:db8::1",
        "[2001:db8::1]53",
        "[2001:db8::1]:",
        "[2001:db8::1]x",
        "2001:db8::1]:53",
        "[]",
        "[]:53",
        "2001:db8::g",
        "2001:db8::1%eth0",
        ":53",
        "192.0.2.1:99999999999999999999",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct address address;

        if (address_parse(texts[i], DNS_PORT, &address))
            fail_msg("'%s' was taken for %s", texts[i], address.text);
    }
}

static void addresses_that_differ(void **state)
{
    static const char *const texts[] = {"192.0.2.1", "192.0.2.1:54", "192.0.2.2", "::1",
                                        "[::1]:54"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        for (size_t j = 0; j < COUNT(texts); j++) {
            struct address a;
            struct address b;

            assert_true(address_parse(texts[i], DNS_PORT, &a));
            assert_true(address_parse(texts[j], DNS_PORT, &b));
            assert_int_equal(address_equal(&a, &b), i == j);
        }
}

static void addresses_of_records(void **state)
{
    static const struct {
        const char *record;
        const char *text; /* NULL: none */
    } rows[] = {
        {"a. A 192.0.2.7", "192.0.2.7"},
        {"a. AAAA 2001:db8::7", "2001:db8::7"},
        {"a. TXT \"192.0.2.7\"", NULL},
        {"a. NS b.", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address address;
        ldns_rr *rr = NULL;

        assert_int_equal(ldns_rr_new_frm_str(&rr, rows[i].record, 60, NULL, NULL), LDNS_STATUS_OK);
        assert_int_equal(address_from_rr(rr, &address), rows[i].text != NULL);
        if (rows[i].text != NULL)
            assert_string_equal(address.text, rows[i].text);
        ldns_rr_free(rr);
    }
}

/* ---- questions ---- */

/* What became of one question. */
struct heard {
    int count;
    enum dns_outcome outcome;
    ldns_pkt_rcode rcode;
    char reason[128];
    unsigned losses;
    bool tcp;
    int64_t took;
};

static void hear(void *opaque, struct dns_result *result)
{
    struct heard *const heard = opaque;

    heard->count++;
    heard->outcome = result->outcome;
    heard->losses = result->losses;
    heard->tcp = result->tcp;
    heard->took = result->answered - result->asked;
    assert_int_equal(result->packet != NULL, result->outcome == DNS_ANSWER);
    if (result->packet != NULL)
        heard->rcode = ldns_pkt_get_rcode(result->packet);
    else
        (void)snprintf(heard->reason, sizeof heard->reason, "%s", result->reason);
}

/* Asks once, with these flags, and runs to the end. */
static struct heard ask_with(struct scripted *scripted, const char *name, unsigned flags)
{
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard heard = {0};

    assert_non_null(server);
    assert_int_equal(dns_ask(server, name, LDNS_RR_TYPE_TXT, flags, hear, &heard), DNSHOOK_OK);
    while (heard.count == 0)
        assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_OK);
    assert_int_equal(heard.count, 1);
    return heard;
}

static struct heard ask(struct scripted *scripted, const char *name)
{
    return ask_with(scripted, name, 0);
}

static void answers(void **state)
{
    static const struct {
        const char *name;
        ldns_pkt_rcode rcode;
    } rows[] = {
        {"www.example", LDNS_RCODE_NOERROR},     {"WWW.Example", LDNS_RCODE_NOERROR},
        {"none.example", LDNS_RCODE_NXDOMAIN},   {"broken.example", LDNS_RCODE_SERVFAIL},
        {"unknown.example", LDNS_RCODE_REFUSED},
    };
    struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct heard heard = ask(server, rows[i].name);

        assert_int_equal(heard.outcome, DNS_ANSWER);
        assert_int_equal(heard.rcode, rows[i].rcode);
        assert_int_equal(heard.losses, 0);
        assert_false(heard.tcp);
    }
    assert_int_equal(server->asked_count, COUNT(rows));
}

/* A question has EDNS, and RD only where it is wanted. */
static void the_question(void **state)
{
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard heard = {0};

    (void)state;
    (void)ask(scripted, "www.example");
    assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_SOA, DNS_RECURSION, hear, &heard),
                     DNSHOOK_OK);
    while (heard.count == 0)
        assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_OK);
    assert_true(scripted->asked[0].edns && scripted->asked[1].edns);
    assert_false(scripted->asked[0].recursion);
    assert_true(scripted->asked[1].recursion);
    assert_int_equal(scripted->asked[1].type, LDNS_RR_TYPE_SOA);
}

/* A transport that was asked for is the only one. */
static void one_transport(void **state)
{
    static const struct {
        unsigned flags;
        unsigned faults;
        enum dns_outcome outcome;
        bool tcp;
        size_t asked;
    } rows[] = {
        {DNS_OVER_UDP, 0, DNS_ANSWER, false, 1},
        {DNS_OVER_TCP, 0, DNS_ANSWER, true, 1},
        {DNS_OVER_UDP, SILENT_UDP, DNS_SILENT, false, 2},
        {DNS_OVER_TCP, SILENT_UDP, DNS_ANSWER, true, 1},
        {DNS_OVER_UDP, SILENT_TCP, DNS_ANSWER, false, 1},
        {DNS_OVER_TCP, SILENT_TCP, DNS_SILENT, true, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scripted *const server = scripted_start(good, COUNT(good));
        struct heard heard;

        server->faults = rows[i].faults;
        heard = ask_with(server, "www.example", rows[i].flags);
        assert_int_equal(heard.outcome, rows[i].outcome);
        assert_int_equal(heard.tcp, rows[i].tcp);
        assert_int_equal(server->asked_count, rows[i].asked);
        if (heard.outcome != DNS_ANSWER)
            assert_string_equal(heard.reason,
                                rows[i].tcp ? "no answer over TCP" : "no answer over UDP");
    }
}

/* What was learnt about a server is not forgotten because one transport failed. */
static void a_failed_transport_teaches_nothing(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    server->faults = SILENT_UDP;
    assert_true(ask(server, "www.example").tcp);
    assert_int_equal(ask_with(server, "www.example", DNS_OVER_UDP).outcome, DNS_SILENT);
    assert_int_equal(ask(server, "www.example").losses, 0);
}

/* True when most of the values differ. */
static bool are_fresh(const struct scripted *server, bool ids)
{
    size_t same = 0;

    for (size_t i = 0; i < server->asked_count; i++)
        for (size_t j = 0; j < i; j++)
            same += ids ? server->asked[i].id == server->asked[j].id
                        : server->asked[i].port == server->asked[j].port;
    return same <= 2;
}

/* Each question has an id and a source port of its own (RFC 5452). */
static void fresh_ids_and_ports(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    size_t in_order = 0;

    (void)state;
    for (int i = 0; i < MANY; i++)
        (void)ask(server, "www.example");
    assert_int_equal(server->asked_count, MANY);
    assert_true(are_fresh(server, true));
    assert_true(are_fresh(server, false));
    for (size_t i = 1; i < MANY; i++)
        in_order += server->asked[i].id == server->asked[i - 1].id + 1;
    assert_true(in_order <= 2);
}

/* Questions that are under way together too. */
static void many_at_once(void **state)
{
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard heard[MANY] = {0};
    int done = 0;

    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_TXT, 0, hear, &heard[i]),
                         DNSHOOK_OK);
    while (done < MANY) {
        assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_OK);
        done = 0;
        for (int i = 0; i < MANY; i++)
            done += heard[i].count;
    }
    for (int i = 0; i < MANY; i++)
        assert_true(heard[i].count == 1 && heard[i].outcome == DNS_ANSWER);
    assert_true(are_fresh(scripted, true));
    assert_true(are_fresh(scripted, false));
}

/* What comes before the right answer and does not fit is passed over. */
static void answers_that_do_not_fit(void **state)
{
    static const unsigned faults[] = {WRONG_ID, WRONG_QUESTION, OTHER_PORT,
                                      WRONG_ID | WRONG_QUESTION | OTHER_PORT};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct scripted *const server = scripted_start(good, COUNT(good));
        struct heard heard;

        server->faults = faults[i];
        heard = ask(server, "www.example");
        assert_int_equal(heard.outcome, DNS_ANSWER);
        assert_int_equal(heard.rcode, LDNS_RCODE_NOERROR);
        assert_int_equal(heard.losses, 0);
        assert_int_equal(server->asked_count, 1);
    }
}

/* A server that only ever sends such answers has not answered. */
static void only_answers_that_do_not_fit(void **state)
{
    static const unsigned faults[] = {WRONG_ID, WRONG_QUESTION, OTHER_PORT | SILENT_TCP};

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct scripted *const server = scripted_start(good, COUNT(good));
        struct heard heard;

        server->faults = faults[i] | ONLY_WRONG;
        heard = ask(server, "www.example");
        assert_int_equal(heard.outcome, DNS_SILENT);
        assert_int_equal(heard.losses, 2);
        assert_true(heard.tcp);
    }
}

static void garbage(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    server->faults = GARBAGE;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_SILENT);
    assert_true(heard.reason[0] != '\0');
}

/* Garbage once is one loss. */
static void garbage_at_first(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    server->faults = GARBAGE;
    server->faults_of = 1;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_int_equal(heard.losses, 1);
}

static void truncated_answers_come_over_tcp(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    server->faults = TRUNCATED;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_int_equal(heard.rcode, LDNS_RCODE_NOERROR);
    assert_int_equal(heard.losses, 0);
    assert_int_equal(server->asked_count, 2);
    assert_false(server->asked[0].tcp);
    assert_true(server->asked[1].tcp);
}

static void one_loss(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    server->faults = SILENT_UDP;
    server->faults_of = 1;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_int_equal(heard.losses, 1);
    assert_false(heard.tcp);
    assert_int_equal(server->asked_count, 2);
    assert_true(server->asked[0].id != server->asked[1].id);
    assert_true(server->asked[0].port != server->asked[1].port);
}

/* Twice silent over UDP: TCP, and from then on TCP at once. */
static void silent_over_udp(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    server->faults = SILENT_UDP;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_int_equal(heard.losses, 2);
    assert_true(heard.tcp);
    assert_int_equal(server->asked_count, 3);
    assert_in_range(server->asked[2].at - server->asked[0].at, 1900, 2300);
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_true(heard.tcp);
    assert_int_equal(server->asked_count, 4);
    assert_true(server->asked[3].tcp);
}

/* When TCP falls silent as well, UDP has its turn again. */
static void tcp_is_not_for_ever(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    server->faults = SILENT_UDP;
    assert_true(ask(server, "www.example").tcp);
    server->faults = SILENT_TCP;
    assert_int_equal(ask(server, "www.example").outcome, DNS_SILENT);
    assert_false(ask(server, "www.example").tcp);
}

static void silent(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    const int64_t begin = deadline_now();
    struct heard heard;

    (void)state;
    server->faults = SILENT_UDP | SILENT_TCP;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_SILENT);
    assert_string_equal(heard.reason, "no answer over UDP or TCP");
    assert_int_equal(server->asked_count, 3);
    assert_in_range(deadline_now() - begin, 4900, 5400);
}

static void refused(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    scripted_refuse(server);
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_SILENT);
    assert_string_equal(heard.reason, "connection refused");
}

/* Refused over UDP, TCP is tried at once. */
static void refused_over_udp(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    const int64_t begin = deadline_now();
    struct heard heard;

    (void)state;
    (void)close(server->udp);
    server->udp = -1;
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_ANSWER);
    assert_true(heard.tcp);
    assert_true(deadline_now() - begin < 900);
}

static void a_connection_that_is_closed(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    server->faults = SILENT_UDP | CLOSES;
    assert_int_equal(ask(server, "www.example").outcome, DNS_SILENT);
    assert_int_equal(server->asked_count, 4);
}

static void a_connection_that_is_closed_once(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));

    (void)state;
    server->faults = CLOSES;
    server->faults_of = 1;
    assert_int_equal(ask_with(server, "www.example", DNS_OVER_TCP).outcome, DNS_ANSWER);
    assert_int_equal(server->asked_count, 2);
}

static void unroutable(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard;

    (void)state;
    scripted_no_route("127.");
    heard = ask(server, "www.example");
    assert_int_equal(heard.outcome, DNS_UNROUTABLE);
    assert_string_equal(heard.reason, "no route to it from here");
    assert_int_equal(server->asked_count, 0);
}

static void servers_are_made_once(void **state)
{
    struct address a;
    struct address b;

    (void)state;
    assert_true(address_parse("127.0.0.1:1", DNS_PORT, &a));
    assert_true(address_parse("127.0.0.1:2", DNS_PORT, &b));
    assert_ptr_equal(dns_server(dns, &a), dns_server(dns, &a));
    assert_ptr_not_equal(dns_server(dns, &a), dns_server(dns, &b));
    assert_string_equal(dns_server_address(dns_server(dns, &a))->text, "127.0.0.1:1");
}

static void names_that_cannot_be_asked_for(void **state)
{
    static const char *const names[] = {
        "a..b", "0123456789012345678901234567890123456789012345678901234567890123.example"};
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard heard = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        sandbox_capture();
        assert_int_equal(dns_ask(server, names[i], LDNS_RR_TYPE_TXT, 0, hear, &heard),
                         DNSHOOK_BAD_CONFIG);
        assert_has(sandbox_release(), "is no name of DNS");
    }
    assert_int_equal(heard.count, 0);
}

/* ---- running and forgetting ---- */

static void forgotten_questions(void **state)
{
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard kept = {0};
    struct heard forgotten = {0};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_TXT, 0, hear, &forgotten),
                         DNSHOOK_OK);
    assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_TXT, 0, hear, &kept), DNSHOOK_OK);
    dns_forget(dns, &forgotten);
    while (kept.count == 0)
        assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_OK);
    (void)dns_run(dns, deadline_now() + 5000);
    assert_int_equal(forgotten.count, 0);
    assert_int_equal(kept.count, 1);
    dns_forget(dns, &kept);
}

/* A late answer to a question that was forgotten is not taken for the next one's. */
static void a_late_answer(void **state)
{
    static const struct scripted_row other[] = {{.flags = AA, .rcode = LDNS_RCODE_NXDOMAIN}};
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard forgotten = {0};

    (void)state;
    assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_TXT, 0, hear, &forgotten),
                     DNSHOOK_OK);
    dns_forget(dns, &forgotten);
    scripted->later = other;
    scripted->later_count = COUNT(other);
    scripted->later_at = deadline_now() + 1;
    (void)dns_run(dns, deadline_now() + 10);
    assert_int_equal(ask(scripted, "www.example").rcode, LDNS_RCODE_NXDOMAIN);
    assert_int_equal(forgotten.count, 0);
}

/* Closing with questions under way calls nobody back. */
static void closing(void **state)
{
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct dns_server *const server = dns_server(dns, &scripted->address);
    struct heard heard = {0};

    (void)state;
    assert_int_equal(dns_ask(server, "www.example", LDNS_RR_TYPE_TXT, 0, hear, &heard), DNSHOOK_OK);
    dns_close(dns);
    dns = NULL;
    assert_int_equal(heard.count, 0);
    dns_close(NULL);
}

static void until(void **state)
{
    const int64_t begin = deadline_now();

    (void)state;
    assert_int_equal(dns_run(dns, begin + 700), DNSHOOK_OK);
    assert_in_range(deadline_now() - begin, 700, 1000);
}

static void the_deadline(void **state)
{
    struct scripted *const server = scripted_start(good, COUNT(good));
    struct heard heard = {0};

    (void)state;
    server->faults = SILENT_UDP | SILENT_TCP;
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    assert_int_equal(dns_ask(dns_server(dns, &server->address), "www.example", LDNS_RR_TYPE_TXT, 0,
                             hear, &heard),
                     DNSHOOK_OK);
    assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_DEADLINE);
    assert_int_equal(heard.count, 0);
}

/* The callback may ask again. */
struct chain {
    struct dns_server *server;
    int left;
};

static void ask_next(void *opaque, struct dns_result *result)
{
    struct chain *const chain = opaque;

    assert_int_equal(result->outcome, DNS_ANSWER);
    if (--chain->left > 0)
        assert_int_equal(
            dns_ask(chain->server, "www.example", LDNS_RR_TYPE_TXT, 0, ask_next, chain),
            DNSHOOK_OK);
}

static void asking_from_the_callback(void **state)
{
    struct scripted *const scripted = scripted_start(good, COUNT(good));
    struct chain chain = {.server = dns_server(dns, &scripted->address), .left = 5};

    (void)state;
    assert_int_equal(dns_ask(chain.server, "www.example", LDNS_RR_TYPE_TXT, 0, ask_next, &chain),
                     DNSHOOK_OK);
    while (chain.left > 0)
        assert_int_equal(dns_run(dns, INT64_MAX), DNSHOOK_OK);
    assert_int_equal(scripted->asked_count, 5);
}

/* ---- reading ---- */

static void names_of_records(void **state)
{
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {{"A.Example.", "a.example"}, {".", "."}, {"a\\.b.c.", "a\\.b.c"}};
    char out[NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rdf *const name = ldns_dname_new_frm_str(rows[i].name);

        assert_non_null(name);
        assert_true(dns_name_text(name, out));
        assert_string_equal(out, rows[i].text);
        ldns_rdf_deep_free(name);
    }
    assert_false(dns_name_text(NULL, out));
}

static void names_of_rcodes(void **state)
{
    ldns_pkt *const packet = ldns_pkt_new();

    (void)state;
    assert_non_null(packet);
    ldns_pkt_set_rcode(packet, LDNS_RCODE_NXDOMAIN);
    assert_string_equal(dns_rcode_text(packet), "NXDOMAIN");
    ldns_pkt_set_rcode(packet, 15);
    assert_string_equal(dns_rcode_text(packet), "an unknown rcode");
    ldns_pkt_free(packet);
}

#define DNS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_are_read),
        cmocka_unit_test(addresses_that_are_refused),
        cmocka_unit_test(addresses_that_differ),
        cmocka_unit_test(addresses_of_records),
        cmocka_unit_test(names_of_records),
        cmocka_unit_test(names_of_rcodes),
        DNS_TEST(answers),
        DNS_TEST(the_question),
        DNS_TEST(fresh_ids_and_ports),
        DNS_TEST(one_transport),
        DNS_TEST(a_failed_transport_teaches_nothing),
        DNS_TEST(many_at_once),
        DNS_TEST(answers_that_do_not_fit),
        DNS_TEST(only_answers_that_do_not_fit),
        DNS_TEST(garbage),
        DNS_TEST(garbage_at_first),
        DNS_TEST(truncated_answers_come_over_tcp),
        DNS_TEST(one_loss),
        DNS_TEST(silent_over_udp),
        DNS_TEST(tcp_is_not_for_ever),
        DNS_TEST(silent),
        DNS_TEST(refused),
        DNS_TEST(refused_over_udp),
        DNS_TEST(a_connection_that_is_closed),
        DNS_TEST(a_connection_that_is_closed_once),
        DNS_TEST(unroutable),
        DNS_TEST(servers_are_made_once),
        DNS_TEST(names_that_cannot_be_asked_for),
        DNS_TEST(forgotten_questions),
        DNS_TEST(a_late_answer),
        DNS_TEST(closing),
        DNS_TEST(until),
        DNS_TEST(the_deadline),
        DNS_TEST(asking_from_the_callback),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
