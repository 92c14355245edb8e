/* What the provider makes of answers, from a script: what real servers do not say on demand. */
#include "base64.h"
#include "exchange.h"
#include "fake_host.h"

#include <openssl/hmac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SECRET "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
#define PLAIN "secret of the tests"
#define MAC_SIZE 32
#define NAME "_acme-challenge.www.example.test"

/* How an answer of the script is signed. */
enum sign {
    SIGNED,     /* rightly */
    UNSIGNED,   /* not at all */
    EMPTY,      /* a TSIG without a MAC, as BIND does with BADKEY and BADSIG */
    WRONG,      /* with another secret */
    ANOTHER_KEY /* under another name */
};

#define NOT_AA 1U       /* not authoritative */
#define OTHER_ID 2U     /* for another request */
#define OTHER_NAME 4U   /* about another name */
#define NO_QUESTION 8U  /* without the question section */
#define A_QUERY 16U     /* a question, not an answer */
#define CUT 32U         /* the last byte is missing */
#define SHORT 64U       /* five bytes in all */
#define WITH_ALIAS 128U /* a CNAME at the name */
#define TWO_HOURS 256U  /* signed two hours ago */

/* One answer. */
struct reply {
    int rcode;
    enum sign sign;
    uint16_t error;
    unsigned flags;
    bool last; /* of those to this request */
};

static struct fake_host *fake;
static const struct dnshook_provider *provider;
static void *handle;
static size_t done; /* replies of the script that are used up */

/* ---- the server of the script ---------------------------------------------------------------- */

/* Where a request's question ends, and where its TSIG's MAC is. */
static size_t question_end(const uint8_t *request, size_t size)
{
    struct wire wire = wire_open(request, size);
    struct wire_header header;
    struct wire_name name;

    wire_header(&wire, &header);
    wire_name(&wire, &name);
    (void)wire_bytes(&wire, 4);
    assert_false(wire.bad);
    return wire.at;
}

static const uint8_t key_owner[] = "\002k1";
static const uint8_t other_owner[] = "\002k2";
static const uint8_t algorithm[] = "\013hmac-sha256";

/* The MAC of an answer, calculated without the code under test. */
static void mac_of(const char *secret, const uint8_t *request, size_t request_size,
                   const uint8_t *message, size_t size, const uint8_t *variables, size_t count,
                   uint8_t *out)
{
    uint8_t *const text = malloc(2 + MAC_SIZE + size + count);
    unsigned length = MAC_SIZE;

    text[0] = 0;
    text[1] = MAC_SIZE;
    memcpy(text + 2, request + request_size - 6 - MAC_SIZE, MAC_SIZE);
    memcpy(text + 2 + MAC_SIZE, message, size);
    memcpy(text + 2 + MAC_SIZE + size, variables, count);
    assert_non_null(HMAC(EVP_sha256(), secret, (int)strlen(secret), text,
                         2 + MAC_SIZE + size + count, out, &length));
    free(text);
}

/* Appends a TSIG to a message; returns its new size. */
static size_t sign_reply(const struct reply *reply, const uint8_t *request, size_t request_size,
                         uint8_t *message, size_t size)
{
    const uint8_t *const owner = reply->sign == ANOTHER_KEY ? other_owner : key_owner;
    const uint64_t real = (uint64_t)time(NULL);
    const uint64_t when = (reply->flags & TWO_HOURS) != 0 ? real - 7200 : real;
    const size_t other = reply->error == TSIG_ERROR_BADTIME ? 6 : 0;
    const size_t mac_size = reply->sign == EMPTY ? 0 : MAC_SIZE;
    uint8_t variables[128];
    uint8_t mac[MAC_SIZE];
    size_t n = 0;
    uint8_t *at = message + size;

    memcpy(variables + n, owner, 4);
    wire_put(variables + 4, 255, 2);
    wire_put(variables + 6, 0, 4);
    memcpy(variables + 10, algorithm, 13);
    wire_put(variables + 23, when, 6);
    wire_put(variables + 29, 300, 2);
    wire_put(variables + 31, reply->error, 2);
    wire_put(variables + 33, other, 2);
    wire_put(variables + 35, real + 1000, other);
    mac_of(reply->sign == WRONG ? "another" : PLAIN, request, request_size, message, size,
           variables, 35 + other, mac);
    memcpy(at, owner, 4);
    wire_put(at + 4, 250, 2);
    wire_put(at + 6, 255, 2);
    wire_put(at + 8, 0, 4);
    wire_put(at + 12, 13 + 16 + mac_size + other, 2);
    memcpy(at + 14, variables + 10, 21);
    wire_put(at + 35, mac_size, 2);
    memcpy(at + 37, mac, mac_size);
    at += 37 + mac_size;
    memcpy(at, message, 2);
    wire_put(at + 2, reply->error, 2);
    wire_put(at + 4, other, 2);
    wire_put(at + 6, real + 1000, other);
    message[11]++;
    return (size_t)(at + 6 + other - message);
}

/* Writes one answer to a request. */
static size_t write_reply(const struct reply *reply, const uint8_t *request, size_t request_size,
                          uint8_t *out)
{
    static const uint8_t alias[] = {0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 1, 'x'};
    const bool question = (reply->flags & NO_QUESTION) == 0;
    size_t size = question ? question_end(request, request_size) : WIRE_HEADER;

    memcpy(out, request, size);
    wire_put(out + 4, question ? 1 : 0, 2);
    wire_put(out + 6, 0, 6);
    out[2] = (uint8_t)((request[2] & 0x78) | ((reply->flags & A_QUERY) != 0 ? 0 : 0x80) |
                       ((reply->flags & NOT_AA) != 0 ? 0 : 0x04));
    out[3] = (uint8_t)reply->rcode;
    if ((reply->flags & OTHER_ID) != 0)
        out[0] ^= 0x55;
    if ((reply->flags & OTHER_NAME) != 0)
        out[13] ^= 0x01;
    if ((reply->flags & WITH_ALIAS) != 0) {
        memcpy(out + size, alias, sizeof alias);
        out[size + sizeof alias] = 0;
        out[size + 11] = 3;
        out[7] = 1;
        size += sizeof alias + 1;
    }
    if (reply->sign != UNSIGNED)
        size = sign_reply(reply, request, request_size, out, size);
    if ((reply->flags & SHORT) != 0)
        return 5;
    return (reply->flags & CUT) != 0 ? size - 1 : size;
}

/* Hands back the next replies, up to one that is the last for its request. */
static void play(struct fake_host *host, const uint8_t *request, size_t size,
                 struct fake_replies *out)
{
    const struct reply *const script = host->opaque;
    const struct reply *reply = NULL;

    do {
        reply = &script[done++];
        out->size[out->count] = write_reply(reply, request, size, out->message[out->count]);
        out->count++;
    } while (!reply->last);
}

/* ---- the provider ---------------------------------------------------------------------------- */

static int setup(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    fake = fake_host_new();
    fake_host_set(fake, "nameserver", "ns.test");
    fake_host_set(fake, "tsig-key", "k1");
    fake_host_set(fake, "tsig-secret", SECRET);
    fake->script = play;
    return provider->open(&fake->host, &handle);
}

static int setup_without_key(void **state)
{
    (void)state;
    provider = dnshook_provider_get();
    fake = fake_host_new();
    fake_host_set(fake, "nameserver", "ns.test:53");
    fake->script = play;
    return provider->open(&fake->host, &handle);
}

static int teardown(void **state)
{
    (void)state;
    provider->close(handle);
    return fake_host_free(fake) == 0 ? 0 : -1;
}

static const struct dnshook_zone zone = {.size = sizeof zone, .name = "example.test"};

static struct dnshook_change change_of(uint32_t action, const char *name, const char *value)
{
    return (struct dnshook_change){.size = sizeof(struct dnshook_change),
                                   .action = action,
                                   .name = name,
                                   .value = value,
                                   .zone = &zone,
                                   .ttl = 60};
}

/* Adds one value; the script answers. */
static int add(const struct reply *script, uint32_t *effect)
{
    struct dnshook_change one = change_of(DNSHOOK_ADD, NAME, "value");

    done = 0;
    fake_host_forget(fake);
    fake->opaque = (void *)(uintptr_t)script;
    const int status = provider->add(handle, &one);

    assert_int_equal(fake->fails, status != DNSHOOK_OK);
    assert_int_equal(one.status, status);
    if (effect != NULL)
        *effect = one.effect;
    return status;
}

static void assert_said(const char *text)
{
    if (strstr(fake->failed, text) == NULL)
        print_message("# \"%s\" not in: %s\n", text, fake->failed);
    assert_non_null(strstr(fake->failed, text));
}

#define NOTHING_THERE                                                                              \
    {                                                                                              \
        LDNS_RCODE_NXDOMAIN, SIGNED, 0, 0, true                                                    \
    }

/* ---- the tests ------------------------------------------------------------------------------- */

/* Each answer to the UPDATE, the status that it comes to, and what is said. */
static void test_answers_to_a_signed_update(void **state)
{
    static const struct {
        struct reply reply;
        int status;
        const char *said;
        const char *advice;
    } rows[] = {
        {{LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}, DNSHOOK_OK, "", ""},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, NO_QUESTION, true}, DNSHOOK_OK, "", ""},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, 0, true},
         DNSHOOK_BAD_ANSWER,
         "NOERROR (not signed)",
         "proves nothing"},
        {{LDNS_RCODE_NOERROR, WRONG, 0, 0, true},
         DNSHOOK_BAD_ANSWER,
         "NOERROR (signed with another secret)",
         "proves nothing"},
        {{LDNS_RCODE_NOERROR, ANOTHER_KEY, 0, 0, true},
         DNSHOOK_BAD_ANSWER,
         "NOERROR (signed with another key)",
         "proves nothing"},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, TWO_HOURS, true},
         DNSHOOK_BAD_ANSWER,
         "signed at another time than now",
         "set the clock"},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, CUT, true}, DNSHOOK_BAD_ANSWER, "malformed", ""},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, OTHER_NAME, true}, DNSHOOK_BAD_ANSWER, "malformed", ""},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, SHORT, true},
         DNSHOOK_BAD_ANSWER,
         "nothing that is a DNS answer",
         "RFC2136_NAMESERVER"},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, A_QUERY, true},
         DNSHOOK_BAD_ANSWER,
         "nothing that is a DNS answer",
         "RFC2136_NAMESERVER"},
        {{LDNS_RCODE_NOTAUTH, SIGNED, 0, 0, true}, DNSHOOK_NO_ZONE, "NOTAUTH", "RFC2136_ZONE"},
        {{LDNS_RCODE_NOTAUTH, UNSIGNED, 0, 0, true},
         DNSHOOK_DENIED,
         "NOTAUTH (not signed)",
         "RFC2136_TSIG_KEY"},
        {{LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADKEY, 0, true},
         DNSHOOK_DENIED,
         "NOTAUTH, BADKEY (not signed)",
         "knows no key of this name with this algorithm"},
        {{LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADSIG, 0, true},
         DNSHOOK_DENIED,
         "NOTAUTH, BADSIG (not signed)",
         "another secret"},
        {{LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADTIME, 0, true},
         DNSHOOK_DENIED,
         "NOTAUTH, BADTIME (not signed)",
         "clocks"},
        {{LDNS_RCODE_NOTAUTH, WRONG, TSIG_ERROR_BADTIME, 0, true},
         DNSHOOK_DENIED,
         "NOTAUTH, BADTIME (signed with another secret)",
         "clocks"},
        {{LDNS_RCODE_NOTAUTH, SIGNED, TSIG_ERROR_BADTRUNC, 0, true},
         DNSHOOK_REJECTED,
         "NOTAUTH, BADTRUNC",
         "length of the signature"},
        {{LDNS_RCODE_NOTZONE, SIGNED, 0, 0, true}, DNSHOOK_NO_ZONE, "NOTZONE", "RFC2136_ZONE"},
        {{LDNS_RCODE_REFUSED, SIGNED, 0, 0, true}, DNSHOOK_DENIED, "REFUSED", "update-policy"},
        {{LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, true},
         DNSHOOK_DENIED,
         "REFUSED (not signed)",
         "PowerDNS says this for a wrong key, secret or algorithm"},
        {{LDNS_RCODE_SERVFAIL, SIGNED, 0, 0, true}, DNSHOOK_AGAIN, "SERVFAIL", "its log"},
        {{LDNS_RCODE_FORMERR, SIGNED, 0, 0, true}, DNSHOOK_REJECTED, "FORMERR", "understand"},
        {{LDNS_RCODE_FORMERR, UNSIGNED, 0, NO_QUESTION, true}, DNSHOOK_REJECTED, "FORMERR", ""},
        {{LDNS_RCODE_NOTIMPL, UNSIGNED, 0, 0, true}, DNSHOOK_REJECTED, "NOTIMPL", "NSD"},
        {{LDNS_RCODE_YXRRSET, SIGNED, 0, 0, true}, DNSHOOK_REJECTED, "YXRRSET", "CNAME"},
        {{LDNS_RCODE_NXRRSET, SIGNED, 0, 0, true}, DNSHOOK_BAD_ANSWER, "NXRRSET", "no meaning"},
        {{15, SIGNED, 0, 0, true}, DNSHOOK_BAD_ANSWER, "response code 15", "no meaning"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply script[] = {NOTHING_THERE, rows[i].reply};

        assert_int_equal(add(script, NULL), rows[i].status);
        assert_int_equal(fake->exchanges, 2);
        assert_int_equal(((struct rfc2136 *)handle)->clock_offset, 0);
        if (rows[i].status == DNSHOOK_OK)
            continue;
        assert_said(rows[i].said);
        assert_said(rows[i].advice);
        assert_said("ns.test (192.0.2.1)");
        assert_null(strstr(fake->failed, SECRET));
        if (strstr(fake->failed, "nothing that is") == NULL) {
            assert_said("the UPDATE that adds a value at " NAME " in zone example.test");
            assert_said("with key k1 (hmac-sha256)");
        }
    }
}

static void test_answers_to_an_update_without_a_key(void **state)
{
    static const struct {
        struct reply reply;
        int status;
        const char *said;
    } rows[] = {
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, 0, true}, DNSHOOK_OK, ""},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, NO_QUESTION, true}, DNSHOOK_OK, ""},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, OTHER_NAME, true}, DNSHOOK_BAD_ANSWER, "NOERROR"},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, A_QUERY, true}, DNSHOOK_BAD_ANSWER, "nothing that is"},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, OTHER_ID, true}, DNSHOOK_UNREACHABLE, "nothing came"},
        {{LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, true}, DNSHOOK_DENIED, "set RFC2136_TSIG_KEY"},
        {{LDNS_RCODE_NOTAUTH, UNSIGNED, 0, 0, true}, DNSHOOK_NO_ZONE, "(Knot) it wants a key"},
        {{LDNS_RCODE_NOTIMPL, UNSIGNED, 0, NO_QUESTION, true}, DNSHOOK_REJECTED, "NSD"},
        {{LDNS_RCODE_SERVFAIL, UNSIGNED, 0, 0, true}, DNSHOOK_AGAIN, "SERVFAIL"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply script[] = {{LDNS_RCODE_NXDOMAIN, UNSIGNED, 0, 0, true}, rows[i].reply};

        assert_int_equal(add(script, NULL), rows[i].status);
        if (rows[i].status != DNSHOOK_OK)
            assert_said(rows[i].said);
    }
}

static void test_a_forged_answer_before_the_signed_one(void **state)
{
    static const struct reply script[] = {
        {LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, false},
        {LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADKEY, 0, false},
        NOTHING_THERE,
        {LDNS_RCODE_NOERROR, WRONG, 0, 0, false},
        {LDNS_RCODE_NOTAUTH, WRONG, TSIG_ERROR_BADTIME, 0, false},
        {LDNS_RCODE_REFUSED, SIGNED, 0, OTHER_ID, false},
        {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true},
    };
    uint32_t effect = 0;

    (void)state;
    assert_int_equal(add(script, &effect), DNSHOOK_OK);
    assert_int_equal(effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(((struct rfc2136 *)handle)->clock_offset, 0);
}

static void test_a_wrong_key_ends_before_the_update(void **state)
{
    static const struct reply bind = {LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADKEY, 0, true};
    static const struct reply powerdns = {LDNS_RCODE_NOTAUTH, UNSIGNED, 0, 0, true};

    (void)state;
    assert_int_equal(add(&bind, NULL), DNSHOOK_DENIED);
    assert_int_equal(fake->exchanges, 1);
    assert_said("BADKEY (not signed) to a question about " NAME);
    assert_int_equal(add(&powerdns, NULL), DNSHOOK_DENIED);
    assert_int_equal(fake->exchanges, 1);
    assert_said("NOTAUTH (not signed) to a question about " NAME);
}

static void test_badtime_is_repeated_once(void **state)
{
    static const struct reply good[] = {
        {LDNS_RCODE_NOTAUTH, SIGNED, TSIG_ERROR_BADTIME, 0, true},
        NOTHING_THERE,
        {LDNS_RCODE_NOERROR, UNSIGNED, 0, 0, true},
    };
    static const struct reply bad[] = {
        {LDNS_RCODE_NOTAUTH, SIGNED, TSIG_ERROR_BADTIME, 0, true},
        {LDNS_RCODE_NOTAUTH, SIGNED, TSIG_ERROR_BADTIME, 0, true},
    };

    (void)state;
    /* The script's server signs with our time, so nothing fits after the correction; what counts
     * here is how often is asked, and that the offset comes from the signed time alone. */
    assert_int_not_equal(add(good, NULL), DNSHOOK_OK);
    assert_int_equal(fake->exchanges, 3);
    assert_in_range(((struct rfc2136 *)handle)->clock_offset, 998, 1002);
    assert_non_null(strstr(fake->logged, "seconds behind that of ns.test"));
    ((struct rfc2136 *)handle)->clock_offset = 0;
    assert_int_equal(add(bad, NULL), DNSHOOK_DENIED);
    assert_int_equal(fake->exchanges, 2);
    assert_said("BADTIME");
}

static void test_a_server_that_does_not_say_what_is_there(void **state)
{
    static const struct reply rows[] = {
        {LDNS_RCODE_REFUSED, SIGNED, 0, 0, true},    {LDNS_RCODE_SERVFAIL, SIGNED, 0, 0, true},
        {LDNS_RCODE_NXDOMAIN, UNSIGNED, 0, 0, true}, {LDNS_RCODE_NXDOMAIN, SIGNED, 0, NOT_AA, true},
        {LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply script[] = {rows[i], {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}};
        uint32_t effect = DNSHOOK_EFFECT_CHANGED;

        assert_int_equal(add(script, &effect), DNSHOOK_OK);
        assert_int_equal(effect, DNSHOOK_EFFECT_UNKNOWN);
        assert_int_equal(fake->exchanges, 2);
    }
}

/* How many conditions and how many changes the last request had. */
static unsigned prerequisites;
static unsigned updates;

static void play_and_count(struct fake_host *host, const uint8_t *request, size_t size,
                           struct fake_replies *out)
{
    prerequisites = (unsigned)(request[6] << 8 | request[7]);
    updates = (unsigned)(request[8] << 8 | request[9]);
    play(host, request, size, out);
}

static void test_a_cname_is_a_condition_where_one_may_be(void **state)
{
    static const struct {
        struct reply reply;
        unsigned conditions;
    } rows[] = {
        {NOTHING_THERE, 0},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, WITH_ALIAS, true}, 1},
        {{LDNS_RCODE_REFUSED, SIGNED, 0, 0, true}, 1},
    };

    (void)state;
    fake->script = play_and_count;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct reply script[] = {rows[i].reply, {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}};

        assert_int_equal(add(script, NULL), DNSHOOK_OK);
        assert_int_equal(prerequisites, rows[i].conditions);
        assert_int_equal(updates, 1);
    }
}

/* One name of three that is refused does not keep the others from being written. */
static void test_a_refused_message_is_divided(void **state)
{
    static const struct reply script[] = {
        {LDNS_RCODE_REFUSED, SIGNED, 0, 0, true}, /* the question; the others are not asked */
        {LDNS_RCODE_YXRRSET, SIGNED, 0, 0, true}, /* all three */
        {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}, /* a */
        {LDNS_RCODE_YXRRSET, SIGNED, 0, 0, true}, /* b */
        {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}, /* c */
    };
    struct dnshook_change changes[] = {
        change_of(DNSHOOK_ADD, "a.example.test", "v"),
        change_of(DNSHOOK_ADD, "b.example.test", "v"),
        change_of(DNSHOOK_ADD, "c.example.test", "v"),
    };
    struct dnshook_change *list[] = {&changes[0], &changes[1], &changes[2]};

    (void)state;
    done = 0;
    fake->opaque = (void *)(uintptr_t)script;
    assert_int_equal(provider->apply(handle, list, 3), DNSHOOK_REJECTED);
    assert_int_equal(done, 5);
    assert_int_equal(changes[0].status, DNSHOOK_OK);
    assert_int_equal(changes[1].status, DNSHOOK_REJECTED);
    assert_int_equal(changes[2].status, DNSHOOK_OK);
    assert_int_equal(fake->fails, 1);
    assert_said("b.example.test");
}

static void test_faults_of_single_changes(void **state)
{
    static const struct reply script[] = {NOTHING_THERE, {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}};
    struct dnshook_change changes[] = {
        change_of(DNSHOOK_ADD, "a.other.test", "v"),
        change_of(DNSHOOK_ADD, "b.example.test", "v"),
        change_of(DNSHOOK_REMOVE, "b.example.test", "w"),
        change_of(DNSHOOK_ADD, "c.other.test", "v"),
    };
    struct dnshook_change *list[] = {&changes[0], &changes[1], &changes[2], &changes[3]};

    (void)state;
    done = 0;
    fake->opaque = (void *)(uintptr_t)script;
    assert_int_equal(provider->apply(handle, list, 4), DNSHOOK_BAD_CONFIG);
    assert_int_equal(changes[0].status, DNSHOOK_BAD_CONFIG);
    assert_int_equal(changes[1].status, DNSHOOK_OK);
    assert_int_equal(changes[1].effect, DNSHOOK_EFFECT_CHANGED);
    assert_int_equal(changes[2].status, DNSHOOK_OK);
    assert_int_equal(changes[2].effect, DNSHOOK_EFFECT_NO_CHANGE);
    assert_int_equal(changes[3].status, DNSHOOK_BAD_CONFIG);
    assert_int_equal(fake->fails, 1);
    assert_said("a.other.test");
    assert_non_null(strstr(fake->logged, "1 c.other.test does not lie in zone"));
}

static void test_a_failed_message_fails_every_change(void **state)
{
    static const struct reply script[] = {
        NOTHING_THERE, NOTHING_THERE, {LDNS_RCODE_SERVFAIL, SIGNED, 0, 0, true}};
    struct dnshook_change changes[] = {
        change_of(DNSHOOK_ADD, "a.example.test", "v"),
        change_of(DNSHOOK_ADD, "b.example.test", "v"),
    };
    struct dnshook_change *list[] = {&changes[0], &changes[1]};

    (void)state;
    done = 0;
    fake->opaque = (void *)(uintptr_t)script;
    assert_int_equal(provider->apply(handle, list, 2), DNSHOOK_AGAIN);
    assert_int_equal(changes[0].status, DNSHOOK_AGAIN);
    assert_int_equal(changes[1].status, DNSHOOK_AGAIN);
    assert_int_equal(provider->apply(handle, list, 0), DNSHOOK_OK);
}

static void test_check(void **state)
{
    static const struct {
        struct reply reply;
        int status;
        const char *said;
    } rows[] = {
        {{LDNS_RCODE_REFUSED, SIGNED, 0, 0, true}, DNSHOOK_OK, "lets it ask nothing about zone"},
        {{LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, true}, DNSHOOK_DENIED, "REFUSED (not signed)"},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, NOT_AA, true}, DNSHOOK_NO_ZONE, "not authoritative"},
        {{LDNS_RCODE_NOERROR, UNSIGNED, 0, 0, true}, DNSHOOK_BAD_ANSWER, "proves nothing"},
        {{LDNS_RCODE_NXDOMAIN, SIGNED, 0, 0, true}, DNSHOOK_BAD_ANSWER, "NXDOMAIN"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake_host_forget(fake);
        done = 0;
        fake->opaque = (void *)(uintptr_t)&rows[i].reply;
        assert_int_equal(provider->check(handle, &zone), rows[i].status);
        assert_int_equal(fake->fails, rows[i].status != DNSHOOK_OK);
        assert_non_null(
            strstr(rows[i].status == DNSHOOK_OK ? fake->logged : fake->failed, rows[i].said));
    }
}

static int count_zone(void *opaque, const struct dnshook_zone *found)
{
    ++*(int *)opaque;
    assert_string_equal(found->name, "example.test");
    return DNSHOOK_OK;
}

/* Where the server does not say, the zone that the DNS shows is taken; a wrong key is an error. */
static void test_find_zone(void **state)
{
    static const struct {
        struct reply reply;
        int status;
    } rows[] = {
        {{LDNS_RCODE_REFUSED, SIGNED, 0, 0, true}, DNSHOOK_OK},
        {{LDNS_RCODE_REFUSED, UNSIGNED, 0, 0, true}, DNSHOOK_OK},
        {{LDNS_RCODE_NXDOMAIN, SIGNED, 0, NOT_AA, true}, DNSHOOK_OK},
        {{LDNS_RCODE_NXDOMAIN, WRONG, 0, 0, true}, DNSHOOK_OK},
        {{LDNS_RCODE_NXDOMAIN, SIGNED, 0, 0, true}, DNSHOOK_OK}, /* without a SOA record */
        {{LDNS_RCODE_SERVFAIL, SIGNED, 0, 0, true}, DNSHOOK_OK},
        {{LDNS_RCODE_NOTAUTH, EMPTY, TSIG_ERROR_BADSIG, 0, true}, DNSHOOK_DENIED},
        {{LDNS_RCODE_NOERROR, SIGNED, 0, OTHER_ID, true}, DNSHOOK_UNREACHABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int calls = 0;

        fake_host_forget(fake);
        done = 0;
        fake->opaque = (void *)(uintptr_t)&rows[i].reply;
        assert_int_equal(provider->find_zone(handle, NAME, &zone, count_zone, &calls),
                         rows[i].status);
        assert_int_equal(calls, rows[i].status == DNSHOOK_OK);
        assert_int_equal(fake->fails, rows[i].status != DNSHOOK_OK);
    }
}

static void test_values_that_do_not_fit(void **state)
{
    char value[DNSHOOK_VALUE_MAX + 2];
    struct dnshook_change one = change_of(DNSHOOK_ADD, NAME, value);

    (void)state;
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    assert_int_equal(provider->add(handle, &one), DNSHOOK_REJECTED);
    value[0] = '\0';
    assert_int_equal(provider->add(handle, &one), DNSHOOK_REJECTED);
    assert_int_equal(fake->exchanges, 0);
}

static void test_no_memory(void **state)
{
    static const struct reply script[] = {NOTHING_THERE, {LDNS_RCODE_NOERROR, SIGNED, 0, 0, true}};
    int status = DNSHOOK_NO_MEMORY;

    (void)state;
    for (long n = 1; status != DNSHOOK_OK; n++) {
        const long live = fake->live;

        fake->allocations = 0;
        fake->fail_alloc = n;
        status = add(script, NULL);
        assert_true(status == DNSHOOK_OK || status == DNSHOOK_NO_MEMORY);
        assert_int_equal(fake->live, live);
        assert_true(n < 100);
    }
    fake->allocations = 0;
    fake->fail_alloc = 1;
    void *other = NULL;
    assert_int_equal(provider->open(&fake->host, &other), DNSHOOK_NO_MEMORY);
    fake->fail_alloc = 0;
}

/* ---- broken answers -------------------------------------------------------------------------- */

static uint32_t seed = 1035;

static uint32_t chance(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* An answer full of records, with random bytes in it, to whatever is asked. */
static void play_broken(struct fake_host *host, const uint8_t *request, size_t size,
                        struct fake_replies *out)
{
    static const uint8_t records[] = {
        0xc0, 12, 0,    16, 0, 1,  0, 0, 0, 60, 0, 6,  5,    'v', 'a',  'l',  'u', 'e', /* TXT */
        0xc0, 12, 0,    2,  0, 1,  0, 0, 0, 60, 0, 5,  2,    'n', 's',  0xc0, 12,       /* NS */
        0xc0, 12, 0,    5,  0, 1,  0, 0, 0, 60, 0, 2,  0xc0, 12,                        /* CNAME */
        0xc0, 12, 0,    39, 0, 1,  0, 0, 0, 60, 0, 3,  1,    'd', 0,                    /* DNAME */
        0xc0, 12, 0,    6,  0, 1,  0, 0, 0, 60, 0, 24, 0xc0, 12,  0xc0, 12,             /* SOA */
        0,    0,  0,    1,  0, 0,  0, 1, 0, 0,  0, 1,  0,    0,   0,    1,    0,   0,
        0,    1,  0xc0, 12, 0, 16, 0, 1, 0, 0,  0, 60, 0,    4,   0,    2,    'x', 'y', /* TXT */
    };
    const size_t head = question_end(request, size);
    uint8_t *const message = out->message[0];
    size_t end = head + sizeof records;

    (void)host;
    memcpy(message, request, head);
    memcpy(message + head, records, sizeof records);
    message[2] = (uint8_t)(0x84 | (request[2] & 0x78));
    message[3] = 0;
    wire_put(message + 6, chance() % 7, 2);
    wire_put(message + 8, chance() % 3, 2);
    wire_put(message + 10, 0, 2);
    for (uint32_t n = chance() % 6; n > 0; n--)
        message[head + chance() % sizeof records] = (uint8_t)chance();
    if (chance() % 3 == 0)
        end = WIRE_HEADER + chance() % (end - WIRE_HEADER + 1);
    out->size[0] = end;
    out->count = 1;
}

static int take_zone(void *opaque, const struct dnshook_zone *found)
{
    (void)opaque;
    assert_true(strlen(found->name) < NAME_SIZE);
    return DNSHOOK_OK;
}

static int take_name(void *opaque, const char *name)
{
    (void)opaque;
    assert_true(strlen(name) < NAME_SIZE);
    return DNSHOOK_OK;
}

static void test_broken_answers(void **state)
{
    const char *const rounds = getenv("RFC2136_FUZZ_ROUNDS");
    const long count = rounds == NULL ? 3000 : atol(rounds);

    (void)state;
    fake->script = play_broken;
    for (long i = 0; i < count; i++) {
        struct dnshook_change one =
            change_of(i % 2 == 0 ? DNSHOOK_ADD : DNSHOOK_REMOVE, NAME, "value");

        fake_host_forget(fake);
        (void)provider->add(handle, &one);
        (void)provider->find_zone(handle, NAME, &zone, take_zone, NULL);
        (void)provider->nameservers(handle, &zone, take_name, NULL);
        (void)provider->check(handle, &zone);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers_to_a_signed_update, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answers_to_an_update_without_a_key, setup_without_key,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_forged_answer_before_the_signed_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_wrong_key_ends_before_the_update, setup, teardown),
        cmocka_unit_test_setup_teardown(test_badtime_is_repeated_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_server_that_does_not_say_what_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_cname_is_a_condition_where_one_may_be, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_refused_message_is_divided, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults_of_single_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_failed_message_fails_every_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check, setup, teardown),
        cmocka_unit_test_setup_teardown(test_find_zone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values_that_do_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_answers, setup_without_key, teardown),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
