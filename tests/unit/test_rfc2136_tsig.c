/* TSIG against the vectors of another implementation, and against broken messages. */
#include "base64.h"
#include "tsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SIZE 512

/* As make_tsig_vectors.py writes them: each message with its size in front. */
struct vector {
    const char *algorithm;
    const char *name;
    const char *secret;
    uint64_t when;
    uint64_t server_time;
    size_t plain_size;
    uint8_t plain[SIZE];
    size_t signed_size;
    uint8_t with_signature[SIZE];
    size_t good_size;
    uint8_t good[SIZE];
    size_t late_size;
    uint8_t late[SIZE];
};

#include "tsig_vectors.h"

#define VECTORS (sizeof vectors / sizeof vectors[0])

static uint8_t secrets[VECTORS][256];

static struct tsig_key key_of(size_t number)
{
    const struct vector *const v = &vectors[number];
    struct tsig_key key = {.algorithm = tsig_algorithm_named(v->algorithm)};

    assert_non_null(key.algorithm);
    assert_true(tsig_key_set_name(&key, v->name));
    assert_true(base64_read(v->secret, strlen(v->secret), secrets[number], &key.secret_size));
    key.secret = secrets[number];
    return key;
}

/* Signs the request of a vector; the MAC is what its answers are verified with. */
static struct tsig_key sign(size_t number, uint8_t mac[TSIG_MAC_MAX])
{
    const struct tsig_key key = key_of(number);
    const struct vector *const v = &vectors[number];
    uint8_t message[SIZE + TSIG_ROOM];

    memcpy(message, v->plain, v->plain_size);
    const size_t size = tsig_sign(&key, message, v->plain_size, sizeof message, v->when, mac);

    assert_int_equal(size, v->signed_size);
    assert_memory_equal(message, v->with_signature, size);
    return key;
}

/* Verifies a copy of exactly `size` bytes, so that a sanitizer sees a read past its end. */
static struct tsig_report verify(const struct tsig_key *key, const uint8_t *message, size_t size,
                                 const uint8_t *mac, uint64_t now)
{
    uint8_t *const copy = malloc(size == 0 ? 1 : size);

    memcpy(copy, message, size);
    const struct tsig_report report = tsig_verify(key, copy, size, mac, now);

    free(copy);
    return report;
}

static void test_sign_as_dnspython(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];

    (void)state;
    for (size_t i = 0; i < VECTORS; i++)
        (void)sign(i, mac);
}

static void test_verify_answers_of_dnspython(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];

    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        const struct vector *const v = &vectors[i];
        const struct tsig_key key = sign(i, mac);
        struct tsig_report report = verify(&key, v->good, v->good_size, mac, v->when);

        assert_int_equal(report.verdict, TSIG_GOOD);
        assert_int_equal(report.error, TSIG_ERROR_NONE);
        assert_true(report.when == v->when);
        report = verify(&key, v->late, v->late_size, mac, v->server_time);
        assert_int_equal(report.verdict, TSIG_GOOD);
        assert_int_equal(report.error, TSIG_ERROR_BADTIME);
        assert_true(report.server_time == v->server_time);
    }
}

static void test_time_is_held_to_the_fudge(void **state)
{
    static const struct {
        int64_t offset;
        enum tsig_verdict verdict;
    } rows[] = {{0, TSIG_GOOD},          {300, TSIG_GOOD},         {-300, TSIG_GOOD},
                {301, TSIG_OUT_OF_TIME}, {-301, TSIG_OUT_OF_TIME}, {-1700000000, TSIG_OUT_OF_TIME}};
    uint8_t mac[TSIG_MAC_MAX];
    const struct vector *const v = &vectors[3];
    const struct tsig_key key = sign(3, mac);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint64_t now = (uint64_t)((int64_t)v->when + rows[i].offset);

        assert_int_equal(verify(&key, v->good, v->good_size, mac, now).verdict, rows[i].verdict);
    }
}

/* Whether a byte of the answer belongs to one of the two names in its TSIG, where a letter in the
 * other case makes no difference. */
static bool in_name(const struct tsig_key *key, const struct vector *v, size_t at)
{
    const size_t algorithm =
        v->good_size - 16 - key->algorithm->mac_size - key->algorithm->wire_size;
    const size_t owner = algorithm - 10 - key->owner.size;

    return (at >= owner && at < owner + key->owner.size) ||
           (at >= algorithm && at < algorithm + key->algorithm->wire_size);
}

static void test_every_changed_bit_is_seen(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];

    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        const struct vector *const v = &vectors[i];
        const struct tsig_key key = sign(i, mac);
        uint8_t message[SIZE];

        for (size_t bit = 0; bit < v->good_size * 8; bit++) {
            memcpy(message, v->good, v->good_size);
            message[bit / 8] ^= (uint8_t)(1U << bit % 8);
            const bool in_id = bit < 16; /* the original id in the TSIG counts */
            const bool same_letter = in_name(&key, v, bit / 8) &&
                                     wire_lower(message[bit / 8]) == wire_lower(v->good[bit / 8]);
            const enum tsig_verdict verdict =
                verify(&key, message, v->good_size, mac, v->when).verdict;

            if (in_id || same_letter)
                assert_int_equal(verdict, TSIG_GOOD);
            else
                assert_int_not_equal(verdict, TSIG_GOOD);
        }
    }
}

static void test_every_shorter_or_longer_answer_is_refused(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    uint8_t message[SIZE] = {0};
    const struct vector *const v = &vectors[3];
    const struct tsig_key key = sign(3, mac);

    (void)state;
    for (size_t size = 0; size < v->good_size; size++)
        assert_int_not_equal(verify(&key, v->good, size, mac, v->when).verdict, TSIG_GOOD);
    memcpy(message, v->good, v->good_size);
    assert_int_equal(verify(&key, message, v->good_size + 1, mac, v->when).verdict, TSIG_MALFORMED);
}

static void test_other_mac_key_or_secret(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    const struct vector *const v = &vectors[3];
    struct tsig_key key = sign(3, mac);

    (void)state;
    mac[0] ^= 1;
    assert_int_equal(verify(&key, v->good, v->good_size, mac, v->when).verdict, TSIG_WRONG);
    mac[0] ^= 1;
    assert_true(tsig_key_set_name(&key, "another.example"));
    assert_int_equal(verify(&key, v->good, v->good_size, mac, v->when).verdict, TSIG_OTHER_KEY);
    key = key_of(3);
    key.algorithm = tsig_algorithm_named("hmac-sha512");
    assert_int_equal(verify(&key, v->good, v->good_size, mac, v->when).verdict, TSIG_OTHER_KEY);
    assert_int_equal(verify(&key, v->plain, v->plain_size, mac, v->when).verdict, TSIG_ABSENT);
}

/* Cuts bytes off the MAC of an answer and sets the lengths right. */
static size_t cut_mac(const struct vector *v, size_t mac_size, size_t keep, uint8_t *out)
{
    const size_t tail = 6; /* original id, error, other length */
    const size_t mac_at = v->good_size - tail - mac_size;
    const size_t data_at = mac_at - 2 - 2 - 6 - 13; /* of hmac-sha256 */

    memcpy(out, v->good, mac_at + keep);
    memcpy(out + mac_at + keep, v->good + mac_at + mac_size, tail);
    wire_put(out + mac_at - 2, keep, 2);
    wire_put(out + data_at - 2, 13 + 16 + keep, 2);
    return v->good_size - (mac_size - keep);
}

static void test_a_truncated_mac_is_refused(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    uint8_t message[SIZE];
    const struct vector *const v = &vectors[3];
    const struct tsig_key key = sign(3, mac);

    (void)state;
    for (size_t keep = 0; keep <= 32; keep++) {
        const size_t size = cut_mac(v, 32, keep, message);

        assert_int_equal(verify(&key, message, size, mac, v->when).verdict, keep == 0 ? TSIG_EMPTY
                                                                            : keep == 32
                                                                                ? TSIG_GOOD
                                                                                : TSIG_TRUNCATED);
    }
}

static void test_a_record_behind_the_signature_is_refused(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    uint8_t message[SIZE];
    const struct vector *const v = &vectors[3];
    const struct tsig_key key = sign(3, mac);
    static const uint8_t record[] = {0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 1, 0};

    (void)state;
    memcpy(message, v->good, v->good_size);
    memcpy(message + v->good_size, record, sizeof record);
    wire_put(message + 10, 2, 2);
    assert_int_equal(verify(&key, message, v->good_size + sizeof record, mac, v->when).verdict,
                     TSIG_MALFORMED);
}

/* A generator that gives the same numbers on every machine. */
static uint32_t chance(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void test_mutated_answers(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    uint32_t seed = 2136;

    (void)state;
    for (size_t round = 0; round < 60000; round++) {
        const size_t number = round % VECTORS;
        const struct vector *const v = &vectors[number];
        const struct tsig_key key = key_of(number);
        uint8_t message[SIZE];
        size_t size = round % 3 == 0 ? v->late_size : v->good_size;

        memcpy(mac, v->with_signature + v->signed_size - 6 - key.algorithm->mac_size,
               key.algorithm->mac_size);
        memcpy(message, round % 3 == 0 ? v->late : v->good, size);
        for (uint32_t n = chance(&seed) % 8 + 1; n > 0; n--)
            message[12 + chance(&seed) % (size - 12)] = (uint8_t)chance(&seed);
        if (chance(&seed) % 4 == 0)
            message[4 + chance(&seed) % 8] = (uint8_t)(chance(&seed) % 4);
        if (chance(&seed) % 4 == 0)
            size = chance(&seed) % (size + 1);
        (void)verify(&key, message, size, mac, v->when);
    }
}

static void test_names_on_the_wire(void **state)
{
    static const struct {
        size_t begin;
        size_t size;
        bool good;
        uint8_t bytes[12];
    } rows[] = {
        {0, 1, true, {0}},
        {0, 3, true, {1, 'A', 0}},
        {0, 0, false, {0}},
        {0, 2, false, {1, 'a'}},
        {0, 2, false, {0xc0, 0}},          /* to itself */
        {2, 4, false, {0xc0, 2, 0xc0, 0}}, /* to each other */
        {3, 5, true, {1, 'a', 0, 0xc0, 0}},
        {3, 5, false, {1, 'a', 0, 0xc0, 4}}, /* forwards */
        {3, 7, true, {1, 'a', 0, 1, 'b', 0xc0, 0}},
        {0, 4, false, {1, 'a', 0xc0, 0}}, /* into its own run */
        {0, 2, false, {0x40, 0}},         /* no such kind of label */
        {0, 1, false, {0xc0}},
        {3, 6, false, {1, 'a', 0, 1, 'b', 0xc0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t *const copy = malloc(rows[i].size + 1);

        memcpy(copy, rows[i].bytes, rows[i].size);
        struct wire wire = wire_open(copy, rows[i].size);
        struct wire_name name;

        wire.at = rows[i].begin;
        wire_name(&wire, &name);
        assert_int_equal(!wire.bad, rows[i].good);
        assert_int_equal(name.size > 0, rows[i].good);
        free(copy);
    }
}

static void test_a_name_has_255_bytes_at_most(void **state)
{
    (void)state;
    for (size_t last = 60; last <= 63; last++) {
        uint8_t bytes[300] = {0};
        size_t size = 0;
        struct wire_name name;

        for (size_t label = 0; label < 4; label++) {
            const size_t length = label < 3 ? 63 : last;

            bytes[size] = (uint8_t)length;
            memset(bytes + size + 1, 'x', length);
            size += 1 + length;
        }
        struct wire wire = wire_open(bytes, size + 1);

        wire_name(&wire, &name);
        assert_int_equal(!wire.bad, size + 1 <= 255);
    }
}

static void test_algorithm_names(void **state)
{
    static const struct {
        const char *text;
        const char *name;
    } rows[] = {{"hmac-sha256", "hmac-sha256"},
                {"hmac-sha256.", "hmac-sha256"},
                {"HMAC-SHA512", "hmac-sha512"},
                {"Hmac-Md5", "hmac-md5"},
                {"hmac-md5.sig-alg.reg.int", "hmac-md5"},
                {"HMAC-MD5.SIG-ALG.REG.INT.", "hmac-md5"},
                {"hmac-sha1", "hmac-sha1"},
                {"hmac-sha224", "hmac-sha224"},
                {"hmac-sha384", "hmac-sha384"},
                {"hmac-sha256-128", NULL},
                {"hmac-sha256..", NULL},
                {"hmac-sha", NULL},
                {"sha256", NULL},
                {"gss-tsig", NULL},
                {"", NULL},
                {".", NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct tsig_algorithm *const found = tsig_algorithm_named(rows[i].text);

        if (rows[i].name == NULL)
            assert_null(found);
        else
            assert_string_equal(found->name, rows[i].name);
    }
    assert_string_equal(tsig_algorithm_numbered(163)->name, "hmac-sha256");
    assert_null(tsig_algorithm_numbered(8));
}

static void test_signing_needs_room(void **state)
{
    uint8_t mac[TSIG_MAC_MAX];
    uint8_t message[SIZE + TSIG_ROOM];
    const struct vector *const v = &vectors[5];
    const struct tsig_key key = key_of(5);

    (void)state;
    memcpy(message, v->plain, v->plain_size);
    assert_int_equal(
        tsig_sign(&key, message, v->plain_size, v->plain_size + TSIG_ROOM - 1, v->when, mac), 0);
    assert_int_equal(tsig_sign(&key, message, 11, sizeof message, v->when, mac), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_as_dnspython),
        cmocka_unit_test(test_verify_answers_of_dnspython),
        cmocka_unit_test(test_time_is_held_to_the_fudge),
        cmocka_unit_test(test_every_changed_bit_is_seen),
        cmocka_unit_test(test_every_shorter_or_longer_answer_is_refused),
        cmocka_unit_test(test_other_mac_key_or_secret),
        cmocka_unit_test(test_a_truncated_mac_is_refused),
        cmocka_unit_test(test_a_record_behind_the_signature_is_refused),
        cmocka_unit_test(test_mutated_answers),
        cmocka_unit_test(test_names_on_the_wire),
        cmocka_unit_test(test_a_name_has_255_bytes_at_most),
        cmocka_unit_test(test_algorithm_names),
        cmocka_unit_test(test_signing_needs_room),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
