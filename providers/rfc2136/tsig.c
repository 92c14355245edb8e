/*
 * TSIG (RFC 8945).
 *
 * SPDX-License-Identifier: MIT
 */
#include "tsig.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <string.h>
#include <strings.h>

#define CLASS_ANY 255
#define RECORD_FIXED 10 /* type, class, TTL, length of the data */
#define OTHER_MAX 6     /* the only other data there is: the server's time (RFC 8945, 4.2) */

#define WIRE(text) text, sizeof(text)

static const struct tsig_algorithm algorithms[] = {
    {"hmac-sha256", NULL, WIRE("\013hmac-sha256"), "SHA256", 32, 163},
    {"hmac-sha512", NULL, WIRE("\013hmac-sha512"), "SHA512", 64, 165},
    {"hmac-sha384", NULL, WIRE("\013hmac-sha384"), "SHA384", 48, 164},
    {"hmac-sha224", NULL, WIRE("\013hmac-sha224"), "SHA224", 28, 162},
    {"hmac-sha1", NULL, WIRE("\011hmac-sha1"), "SHA1", 20, 161},
    {"hmac-md5", "hmac-md5.sig-alg.reg.int", WIRE("\010hmac-md5\007sig-alg\003reg\003int"), "MD5",
     16, 157},
};

#define ALGORITHMS (sizeof algorithms / sizeof algorithms[0])

/* A TSIG record, taken apart. The pointers lead into the message. */
struct signature {
    struct wire_record record;
    struct wire_name algorithm;
    uint64_t when;
    uint16_t fudge;
    const uint8_t *mac;
    size_t mac_size;
    uint16_t original_id;
    uint16_t error;
    const uint8_t *other;
    size_t other_size;
    size_t begin; /* where the record begins */
};

/* Whether `text`, but for a final dot, is `name` in any case. */
static bool same_name(const char *text, const char *name)
{
    const size_t length = name == NULL ? 0 : strlen(name);

    return length > 0 && strncasecmp(text, name, length) == 0 &&
           (text[length] == '\0' || strcmp(text + length, ".") == 0);
}

const struct tsig_algorithm *tsig_algorithm_named(const char *name)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (same_name(name, algorithms[i].name) || same_name(name, algorithms[i].alias))
            return &algorithms[i];
    return NULL;
}

const struct tsig_algorithm *tsig_algorithm_numbered(unsigned long number)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].number == number)
            return &algorithms[i];
    return NULL;
}

bool tsig_key_set_name(struct tsig_key *key, const char *name)
{
    CLEANUP_NAME ldns_rdf *const parsed = name_read(name);

    if (parsed == NULL || !name_write(parsed, key->name))
        return false;
    key->owner.size = ldns_rdf_size(parsed);
    if (key->owner.size < 2 || key->owner.size > WIRE_NAME_MAX)
        return false;
    memcpy(key->owner.bytes, ldns_rdf_data(parsed), key->owner.size);
    return true;
}

/* A calculation that has begun with the key; NULL: OpenSSL said no. */
static EVP_MAC_CTX *mac_begin(const struct tsig_key *key)
{
    OSSL_PARAM params[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    EVP_MAC *const hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
    char digest[16] = "";

    memcpy(digest, key->algorithm->digest, strlen(key->algorithm->digest) + 1);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    if (context != NULL && EVP_MAC_init(context, key->secret, key->secret_size, params) != 1) {
        EVP_MAC_CTX_free(context);
        context = NULL;
    }
    EVP_MAC_free(hmac);
    return context;
}

/* The message as it was before it was signed (RFC 8945, 4.3.2): with the original id, and without
 * the TSIG in the count of additional records. */
static bool digest_message(EVP_MAC_CTX *context, const uint8_t *message, size_t size, uint16_t id,
                           uint16_t additional)
{
    uint8_t header[WIRE_HEADER];

    memcpy(header, message, sizeof header);
    wire_put(header, id, 2);
    wire_put(header + 10, additional, 2);
    return EVP_MAC_update(context, header, sizeof header) == 1 &&
           EVP_MAC_update(context, message + sizeof header, size - sizeof header) == 1;
}

/* The variables of the record (RFC 8945, 4.3.3). */
static bool digest_variables(EVP_MAC_CTX *context, const struct tsig_key *key,
                             const struct signature *signature)
{
    static const uint8_t class_and_ttl[6] = {0, CLASS_ANY, 0, 0, 0, 0};
    uint8_t fixed[12];

    wire_put(fixed, signature->when, 6);
    wire_put(fixed + 6, signature->fudge, 2);
    wire_put(fixed + 8, signature->error, 2);
    wire_put(fixed + 10, signature->other_size, 2);
    return EVP_MAC_update(context, key->owner.bytes, key->owner.size) == 1 &&
           EVP_MAC_update(context, class_and_ttl, sizeof class_and_ttl) == 1 &&
           EVP_MAC_update(context, (const uint8_t *)key->algorithm->wire,
                          key->algorithm->wire_size) == 1 &&
           EVP_MAC_update(context, fixed, sizeof fixed) == 1 &&
           (signature->other_size == 0 ||
            EVP_MAC_update(context, signature->other, signature->other_size) == 1);
}

/* The MAC of the request in front of an answer (RFC 8945, 4.3.1). */
static bool digest_request(EVP_MAC_CTX *context, const struct tsig_key *key, const uint8_t *mac)
{
    uint8_t length[2];

    if (mac == NULL)
        return true;
    wire_put(length, key->algorithm->mac_size, 2);
    return EVP_MAC_update(context, length, sizeof length) == 1 &&
           EVP_MAC_update(context, mac, key->algorithm->mac_size) == 1;
}

/* The MAC of a message without its TSIG record; `request` is the MAC of the request or NULL. */
static bool calculate(const struct tsig_key *key, const uint8_t *request, const uint8_t *message,
                      size_t size, uint16_t additional, const struct signature *signature,
                      uint8_t out[TSIG_MAC_MAX])
{
    EVP_MAC_CTX *const context = mac_begin(key);
    size_t length = 0;
    const bool done = context != NULL && digest_request(context, key, request) &&
                      digest_message(context, message, size, signature->original_id, additional) &&
                      digest_variables(context, key, signature) &&
                      EVP_MAC_final(context, out, &length, TSIG_MAC_MAX) == 1 &&
                      length == key->algorithm->mac_size;

    EVP_MAC_CTX_free(context);
    return done;
}

/* Copies bytes to *at and moves it behind them. */
static void append(uint8_t **at, const void *bytes, size_t count)
{
    memcpy(*at, bytes, count);
    *at += count;
}

/* Stores a number at *at and moves it behind it. */
static void append_number(uint8_t **at, uint64_t number, size_t bytes)
{
    wire_put(*at, number, bytes);
    *at += bytes;
}

/* Writes the record of a request (RFC 8945, 4.2). Returns the byte after it. */
static uint8_t *write_record(uint8_t *at, const struct tsig_key *key,
                             const struct signature *signature, const uint8_t *mac)
{
    const struct tsig_algorithm *const algorithm = key->algorithm;

    append(&at, key->owner.bytes, key->owner.size);
    append_number(&at, TSIG_TYPE, 2);
    append_number(&at, CLASS_ANY, 2);
    append_number(&at, 0, 4);
    append_number(&at, algorithm->wire_size + 16 + algorithm->mac_size, 2);
    append(&at, algorithm->wire, algorithm->wire_size);
    append_number(&at, signature->when, 6);
    append_number(&at, signature->fudge, 2);
    append_number(&at, algorithm->mac_size, 2);
    append(&at, mac, algorithm->mac_size);
    append_number(&at, signature->original_id, 2);
    append_number(&at, 0, 2);
    append_number(&at, 0, 2);
    return at;
}

size_t tsig_sign(const struct tsig_key *key, uint8_t *message, size_t size, size_t capacity,
                 uint64_t when, uint8_t mac[TSIG_MAC_MAX])
{
    struct wire wire = wire_open(message, size);
    struct wire_header header;
    struct signature signature = {.when = when, .fudge = TSIG_FUDGE};

    wire_header(&wire, &header);
    signature.original_id = header.id;
    if (wire.bad || capacity < size + TSIG_ROOM || header.counts[3] == UINT16_MAX ||
        !calculate(key, NULL, message, size, header.counts[3], &signature, mac))
        return 0;
    uint8_t *const end = write_record(message + size, key, &signature, mac);

    wire_put(message + 10, header.counts[3] + 1U, 2);
    return (size_t)(end - message);
}

/* Goes past the questions and all records but the last. False: a TSIG stands among them. */
static bool skip_to_last(struct wire *wire, const struct wire_header *header)
{
    const uint32_t records = (uint32_t)header->counts[1] + header->counts[2] + header->counts[3];
    struct wire_name name;
    struct wire_record record;

    for (uint32_t i = 0; i < header->counts[0] && !wire->bad; i++) {
        wire_name(wire, &name);
        (void)wire_bytes(wire, 4);
    }
    for (uint32_t i = 1; i < records && !wire->bad; i++) {
        wire_record(wire, &record);
        (void)wire_bytes(wire, record.length);
        if (record.type == TSIG_TYPE)
            return false;
    }
    return true;
}

/* Takes the last record apart. The data must end where its length says, and the message with it. */
static void read_data(struct wire *wire, struct signature *out)
{
    const size_t end = wire->at + out->record.length;

    wire_name(wire, &out->algorithm);
    out->when = wire_number(wire, 6);
    out->fudge = wire_u16(wire);
    out->mac_size = wire_u16(wire);
    out->mac = wire_bytes(wire, out->mac_size);
    out->original_id = wire_u16(wire);
    out->error = wire_u16(wire);
    out->other_size = wire_u16(wire);
    out->other = wire_bytes(wire, out->other_size);
    if (wire->at != end || wire->at != wire->size)
        wire->bad = true;
}

/* Finds the TSIG of a message. */
static enum tsig_verdict find(const uint8_t *message, size_t size, struct wire_header *header,
                              struct signature *out)
{
    struct wire wire = wire_open(message, size);

    wire_header(&wire, header);
    if (wire.bad)
        return TSIG_MALFORMED;
    if (header->counts[3] == 0)
        return TSIG_ABSENT;
    if (!skip_to_last(&wire, header))
        return TSIG_MALFORMED;
    out->begin = wire.at;
    wire_record(&wire, &out->record);
    if (!wire.bad && out->record.type != TSIG_TYPE)
        return TSIG_ABSENT;
    read_data(&wire, out);
    if (wire.bad || out->record.class != CLASS_ANY || out->record.ttl != 0 ||
        out->other_size > OTHER_MAX)
        return TSIG_MALFORMED;
    return TSIG_GOOD;
}

static bool same_bytes(const struct wire_name *name, const void *bytes, size_t size)
{
    return name->size == size && memcmp(name->bytes, bytes, size) == 0;
}

/* Whether the record is about our key and holds a whole MAC. Its original id is not ours where a
 * secondary forwarded the request (RFC 8945, 4.2): the MAC, over that id and the request's own MAC,
 * ties it to the request. */
static enum tsig_verdict check_form(const struct tsig_key *key, const struct signature *signature)
{
    if (!same_bytes(&signature->record.owner, key->owner.bytes, key->owner.size) ||
        !same_bytes(&signature->algorithm, key->algorithm->wire, key->algorithm->wire_size))
        return TSIG_OTHER_KEY;
    if (signature->mac_size == 0)
        return TSIG_EMPTY;
    if (signature->mac_size < key->algorithm->mac_size)
        return TSIG_TRUNCATED;
    return signature->mac_size == key->algorithm->mac_size ? TSIG_GOOD : TSIG_WRONG;
}

/* Whether the signer's clock and ours are no further apart than the fudge. */
static bool in_time(const struct signature *signature, uint64_t now)
{
    const uint64_t apart = now > signature->when ? now - signature->when : signature->when - now;

    return apart <= signature->fudge;
}

struct tsig_report tsig_verify(const struct tsig_key *key, const uint8_t *message, size_t size,
                               const uint8_t mac[TSIG_MAC_MAX], uint64_t now)
{
    struct wire_header header;
    struct signature signature = {.begin = 0};
    uint8_t right[TSIG_MAC_MAX];
    struct tsig_report report = {.verdict = find(message, size, &header, &signature)};

    if (report.verdict != TSIG_GOOD)
        return report;
    report.error = signature.error;
    report.when = signature.when;
    report.verdict = check_form(key, &signature);
    if (report.verdict != TSIG_GOOD)
        return report;
    if (!calculate(key, mac, message, signature.begin, (uint16_t)(header.counts[3] - 1), &signature,
                   right))
        report.verdict = TSIG_NO_CRYPTO;
    else if (CRYPTO_memcmp(right, signature.mac, signature.mac_size) != 0)
        report.verdict = TSIG_WRONG;
    else if (signature.error != TSIG_ERROR_BADTIME && !in_time(&signature, now))
        report.verdict = TSIG_OUT_OF_TIME;
    if (report.verdict == TSIG_GOOD && signature.error == TSIG_ERROR_BADTIME &&
        signature.other_size == OTHER_MAX) {
        struct wire other = wire_open(signature.other, signature.other_size);

        report.server_time = wire_number(&other, OTHER_MAX);
    }
    return report;
}
