/* core/exchange.c: one message to a server over TCP, and what may come back. The servers send the
 * bytes of a script, piece by piece. */
#include "deadline.h"
#include "exchange.h"
#include "sandbox.h"
#include "scripted.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600000, ACCEPTS = 8 };

/* A message of 12 bytes with its length, and the id 0x4711 that ours has, or another one. */
#define FRAME "\x00\x0c"
#define OURS "\x47\x11"
#define OTHER "\x47\x12"
#define REST(x) "\x84\x00\x00\x00\x00\x00\x00\x00\x00" x
#define MESSAGE(x) FRAME OURS REST(x)
#define BYTES(text) (text), sizeof(text) - 1

static const unsigned char question[] = "\x47\x11\x28\x00\x00\x01\x00\x00\x00\x00\x00\x00";

static struct dns *dns;
static struct resolver *resolver;
static struct scripted *server;
static struct exchange exchange;
static struct dnshook_dns_request request;
static struct dnshook_dns_response response;
static char failure[1024];

/* What accept() says, one after the other, and the last bytes it was shown. */
static int verdicts[ACCEPTS];
static size_t judged;
static char shown;

static int judge(void *opaque, const void *message, size_t size)
{
    assert_ptr_equal(opaque, verdicts);
    assert_true(judged < ACCEPTS && size == 12);
    shown = ((const char *)message)[11];
    return verdicts[judged++];
}

static int note_failure(void *opaque, int status, const char *text)
{
    assert_ptr_equal(opaque, failure);
    (void)snprintf(failure, sizeof failure, "%s", text);
    return status;
}

static int set_up(void **state)
{
    (void)state;
    failure[0] = '\0';
    judged = 0;
    response = (struct dnshook_dns_response){.size = sizeof response};
    if (deadline_start(HOUR, 0) != DNSHOOK_OK || dns_open(&dns) != DNSHOOK_OK)
        return -1;
    server = scripted_start(NULL, 0);
    request =
        (struct dnshook_dns_request){.size = sizeof request,
                                     .server = "127.0.0.1",
                                     .port = (uint32_t)atoi(strchr(server->address.text, ':') + 1),
                                     .message = question,
                                     .message_size = sizeof question - 1,
                                     .opaque = verdicts};
    return resolver_open(dns, "127.0.0.1:1", &resolver) == DNSHOOK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    exchange_clear(&exchange);
    resolver_close(resolver);
    dns_close(dns);
    scripted_stop_all();
    return 0;
}

static void plays(const struct scripted_chunk *chunks, size_t count)
{
    server->chunks = chunks;
    server->chunk_count = count;
}

static void runs(int status)
{
    const int got = exchange_run(&exchange, resolver, &request, &response, note_failure, failure);

    if (got != status)
        fail_msg("status %d and not %d: %s", got, status, failure);
    assert_int_equal(failure[0] == '\0', status == DNSHOOK_OK);
}

/* The answer is ours, and its last byte is this. */
static void assert_answer(char last, unsigned accepted)
{
    assert_int_equal(response.accepted, accepted);
    assert_int_equal(response.message_size, 12);
    assert_memory_equal(response.message, OURS, 2);
    assert_int_equal(((const char *)response.message)[11], last);
    assert_string_equal(response.address, server->address.text);
}

static void an_answer(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
}

/* Each byte by itself. */
static void split_reads(void **state)
{
    static const char message[] = MESSAGE("a");
    struct scripted_chunk chunks[sizeof message - 1];

    (void)state;
    for (size_t i = 0; i < COUNT(chunks); i++)
        chunks[i] = (struct scripted_chunk){(int64_t)(10 * i), message + i, 1};
    plays(chunks, COUNT(chunks));
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
}

/* Two messages in one segment: the first is taken. */
static void two_in_one(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a") MESSAGE("b"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
}

static void another_id_is_passed_over(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(FRAME OTHER REST("x"))},
                                                   {0, BYTES(FRAME OTHER REST("y") MESSAGE("a"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    request.accept = judge;
    verdicts[0] = 0;
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
    assert_int_equal(judged, 1);
}

static void only_another_id(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(FRAME OTHER REST("x"))}};
    const int64_t begin = deadline_now();

    (void)state;
    plays(chunks, COUNT(chunks));
    request.timeout = 3000;
    runs(DNSHOOK_UNREACHABLE);
    assert_has(failure, "no answer in time");
    assert_in_range(deadline_now() - begin, 3000, 3300);
}

/* What is turned down is followed by what is taken. */
static void a_second_answer(void **state)
{
    static const struct scripted_chunk chunks[] = {
        {0, BYTES(MESSAGE("a"))}, {500, BYTES(MESSAGE("b"))}, {900, BYTES(MESSAGE("c"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    request.accept = judge;
    verdicts[0] = verdicts[1] = 1;
    verdicts[2] = 0;
    runs(DNSHOOK_OK);
    assert_int_equal(judged, 3);
    assert_int_equal(shown, 'c');
    assert_answer('c', 1);
}

/* Nothing better comes: the last one that was turned down, when `settle` is over. */
static void the_end_of_settling(void **state)
{
    static const struct scripted_chunk chunks[] = {{1000, BYTES(MESSAGE("a"))},
                                                   {1500, BYTES(MESSAGE("b"))}};
    static const struct {
        uint32_t settle;
        int64_t end;
        char last;
    } rows[] = {{0, 3000, 'b'}, {700, 1700, 'b'}, {300, 1300, 'a'}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t begin;

        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        plays(chunks, COUNT(chunks));
        request.accept = judge;
        request.settle = rows[i].settle;
        verdicts[0] = verdicts[1] = 1;
        begin = deadline_now();
        runs(DNSHOOK_OK);
        assert_in_range(deadline_now() - begin, rows[i].end, rows[i].end + 200);
        assert_answer(rows[i].last, 0);
    }
}

/* The connection ends while settling: what came has to do. */
static void closed_while_settling(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a"))}, {100, NULL, 0}};

    (void)state;
    plays(chunks, COUNT(chunks));
    request.accept = judge;
    verdicts[0] = 1;
    runs(DNSHOOK_OK);
    assert_answer('a', 0);
}

static void broken_answers(void **state)
{
    static const struct {
        struct scripted_chunk chunks[2];
        const char *said;
    } rows[] = {
        {{{0, NULL, 0}}, "the server closed the connection"},
        {{{0, BYTES("\x00")}, {10, NULL, 0}}, "the server closed the connection"},
        {{{0, BYTES("\x00\x0c\x47\x11\x84")}, {10, NULL, 0}}, "the server closed the connection"},
        {{{0, BYTES("\x00\x00")}, {10, NULL, 0}}, "an answer that is no DNS message"},
        {{{0, BYTES("\x00\x0b" OURS REST("") "x")}}, "an answer that is no DNS message"},
        {{{0, BYTES("\xff\xff" OURS "x")}}, "no answer in time"},
        {{{HOUR, BYTES("x")}}, "no answer in time"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)tear_down(NULL);
        assert_int_equal(set_up(NULL), 0);
        plays(rows[i].chunks, 2);
        if (rows[i].chunks[1].after == 0)
            server->chunk_count = 1;
        runs(DNSHOOK_UNREACHABLE);
        assert_has(failure, "server 127.0.0.1 (");
        assert_has(failure, rows[i].said);
        assert_null(response.message);
    }
}

static void refused(void **state)
{
    (void)state;
    scripted_refuse(server);
    runs(DNSHOOK_UNREACHABLE);
    assert_has(failure, "TCP: Connection refused");
}

static void no_route(void **state)
{
    (void)state;
    scripted_no_route("127.");
    runs(DNSHOOK_UNREACHABLE);
    assert_has(failure, "Network is unreachable");
}

static void timeouts(void **state)
{
    static const struct {
        uint32_t timeout;
        int64_t wait;
    } rows[] = {{0, 10000}, {250, 250}, {60000, 60000}};
    static const struct scripted_chunk chunks[] = {{HOUR, BYTES("x")}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const int64_t begin = deadline_now();

        plays(chunks, COUNT(chunks));
        request.timeout = rows[i].timeout;
        failure[0] = '\0';
        runs(DNSHOOK_UNREACHABLE);
        assert_in_range(deadline_now() - begin, rows[i].wait, rows[i].wait + 300);
    }
}

static void the_deadline(void **state)
{
    (void)state;
    assert_int_equal(deadline_start(HOUR, HOUR), DNSHOOK_OK);
    runs(DNSHOOK_DEADLINE);
    assert_has(failure, "the time was over before the server 127.0.0.1 had answered");
}

/* ---- what is asked ---- */

static void requests_that_are_none(void **state)
{
    static const struct dnshook_dns_request rows[] = {
        {.server = "127.0.0.1", .message = question, .message_size = 12},
        {.size = offsetof(struct dnshook_dns_request, opaque),
         .server = "127.0.0.1",
         .message = question,
         .message_size = 12},
        {.message = question, .message_size = 12},
        {.server = "", .message = question, .message_size = 12},
        {.server = "127.0.0.1", .message_size = 12},
        {.server = "127.0.0.1", .message = question, .message_size = 11},
        {.server = "127.0.0.1", .message = question, .message_size = 65536},
        {.server = "127.0.0.1", .message = question, .message_size = 12, .port = 65536},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        request = rows[i];
        if (i >= 2) /* the first two have a wrong size and nothing else */
            request.size = sizeof request;
        failure[0] = '\0';
        runs(DNSHOOK_BAD_CONFIG);
    }
}

/* The largest message arrives whole. */
static void a_large_message(void **state)
{
    static unsigned char large[65535] = "\x47\x11";
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    request.message = large;
    request.message_size = sizeof large;
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
    assert_int_equal(server->received, sizeof large + 2);
}

/* ---- host names ---- */

static void resolves(const struct scripted_row *rows, size_t count)
{
    resolver_close(resolver);
    assert_int_equal(resolver_open(dns, scripted_start(rows, count)->address.text, &resolver),
                     DNSHOOK_OK);
}

/* Every address is tried, one after the other. */
static void several_addresses(void **state)
{
    static const struct scripted_row rows[] = {
        {.name = "ns.example",
         .type = LDNS_RR_TYPE_A,
         .answer = "ns.example. A 127.0.0.2\nns.example. A 127.0.0.1"},
        {.name = "ns.example"}};
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a"))}};

    (void)state;
    resolves(rows, COUNT(rows));
    plays(chunks, COUNT(chunks));
    request.server = "ns.example";
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
}

/* When all fail, each is named with what it did. */
static void all_addresses_fail(void **state)
{
    static const struct scripted_row rows[] = {
        {.name = "ns.example",
         .type = LDNS_RR_TYPE_A,
         .answer = "ns.example. A 127.0.0.2\nns.example. A 127.0.0.1"},
        {.name = "ns.example"}};
    static const struct scripted_chunk chunks[] = {{0, NULL, 0}};

    (void)state;
    resolves(rows, COUNT(rows));
    plays(chunks, COUNT(chunks));
    request.server = "ns.example";
    runs(DNSHOOK_UNREACHABLE);
    assert_has(failure, "ns.example (127.0.0.2:");
    assert_has(failure, "TCP: Connection refused");
    assert_has(failure, "ns.example (127.0.0.1:");
    assert_has(failure, "TCP: the server closed the connection");
}

static void no_such_host(void **state)
{
    static const struct scripted_row rows[] = {{.rcode = LDNS_RCODE_NXDOMAIN}};

    (void)state;
    resolves(rows, COUNT(rows));
    request.server = "none.example";
    runs(DNSHOOK_UNREACHABLE);
    assert_has(failure, "the address of the server none.example cannot be found");
    assert_has(failure, resolver_text(resolver));
}

/* ---- what is kept ---- */

/* The next exchange takes the place of the last, also when it fails. */
static void what_is_kept(void **state)
{
    static const struct scripted_chunk chunks[] = {{0, BYTES(MESSAGE("a"))}};

    (void)state;
    plays(chunks, COUNT(chunks));
    runs(DNSHOOK_OK);
    runs(DNSHOOK_OK);
    assert_answer('a', 1);
    scripted_refuse(server);
    runs(DNSHOOK_UNREACHABLE);
    assert_null(exchange.message);
    exchange_clear(&exchange);
}

#define EXCHANGE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXCHANGE_TEST(an_answer),
        EXCHANGE_TEST(split_reads),
        EXCHANGE_TEST(two_in_one),
        EXCHANGE_TEST(another_id_is_passed_over),
        EXCHANGE_TEST(only_another_id),
        EXCHANGE_TEST(a_second_answer),
        EXCHANGE_TEST(the_end_of_settling),
        EXCHANGE_TEST(closed_while_settling),
        EXCHANGE_TEST(broken_answers),
        EXCHANGE_TEST(refused),
        EXCHANGE_TEST(no_route),
        EXCHANGE_TEST(timeouts),
        EXCHANGE_TEST(the_deadline),
        EXCHANGE_TEST(requests_that_are_none),
        EXCHANGE_TEST(a_large_message),
        EXCHANGE_TEST(several_addresses),
        EXCHANGE_TEST(all_addresses_fail),
        EXCHANGE_TEST(no_such_host),
        EXCHANGE_TEST(what_is_kept),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, sandbox_setup, sandbox_teardown);
}
