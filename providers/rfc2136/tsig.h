/*
 * TSIG: signing and verifying DNS messages with a shared secret (RFC 8945).
 *
 * Works on the bytes of a message, with OpenSSL's EVP_MAC. Holds no state: whoever asks keeps the
 * MAC of the request, with which the answer is verified.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_TSIG_H
#define RFC2136_TSIG_H

#include "names.h"
#include "wire.h"

#define TSIG_TYPE 250
#define TSIG_FUDGE 300  /* seconds that the clocks may differ (RFC 8945, 10) */
#define TSIG_MAC_MAX 64 /* HMAC-SHA512 */
/* The most that tsig_sign() adds: owner, fixed part, algorithm, fixed data, MAC. */
#define TSIG_ROOM (WIRE_NAME_MAX + 10U + WIRE_NAME_MAX + 16U + TSIG_MAC_MAX)

/* Values of the error field (RFC 8945, 3). */
enum tsig_error {
    TSIG_ERROR_NONE = 0,
    TSIG_ERROR_BADSIG = 16,
    TSIG_ERROR_BADKEY = 17,
    TSIG_ERROR_BADTIME = 18,
    TSIG_ERROR_BADTRUNC = 22
};

/* What a look at the signature of an answer came to. */
enum tsig_verdict {
    TSIG_GOOD = 0,    /* ours, whole, and in time; the error field may still say something */
    TSIG_ABSENT,      /* there is none */
    TSIG_MALFORMED,   /* not a message, or its TSIG is not the last record, or not one */
    TSIG_OTHER_KEY,   /* of another key or algorithm, or for another request */
    TSIG_EMPTY,       /* a TSIG without a MAC: an error that anyone could have sent */
    TSIG_TRUNCATED,   /* a MAC shorter than the algorithm's */
    TSIG_WRONG,       /* the MAC is not that of this answer to this request */
    TSIG_OUT_OF_TIME, /* the MAC is right, the time is further off than the fudge */
    TSIG_NO_CRYPTO    /* OpenSSL could not calculate */
};

/* One of the six algorithms. */
struct tsig_algorithm {
    const char *name;  /* as BIND writes it */
    const char *alias; /* another name for it, or NULL */
    const char *wire;  /* its name in a message, in lower case, with the final zero byte */
    size_t wire_size;
    const char *digest; /* what OpenSSL calls the hash */
    size_t mac_size;
    unsigned number; /* in the name and the text of a K*.private file */
};

/* A key. The secret is memory of the host. */
struct tsig_key {
    const struct tsig_algorithm *algorithm; /* NULL: no key */
    char name[NAME_SIZE];
    struct wire_name owner; /* the name in a message */
    uint8_t *secret;
    size_t secret_size;
};

/* What tsig_verify() found. */
struct tsig_report {
    enum tsig_verdict verdict;
    uint16_t error;       /* the error field, whoever wrote it; 0: none */
    uint64_t when;        /* the signer's time, seconds since 1970 */
    uint64_t server_time; /* with BADTIME: the server's time; 0: not said */
};

/* The algorithm of a name in any case, with or without the final dot; NULL: none. */
const struct tsig_algorithm *tsig_algorithm_named(const char *name);

/* The algorithm of a number in a K*.private file; NULL: none. */
const struct tsig_algorithm *tsig_algorithm_numbered(unsigned long number);

/* Sets name and owner of a key. False: not a name. */
bool tsig_key_set_name(struct tsig_key *key, const char *name);

/* Signs a request of `size` bytes as of `when`, in place; `capacity` is at least size + TSIG_ROOM.
 * Writes the MAC, of key->algorithm->mac_size bytes. Returns the new size; 0: OpenSSL does not
 * offer the algorithm, or failed. */
size_t tsig_sign(const struct tsig_key *key, uint8_t *message, size_t size, size_t capacity,
                 uint64_t when, uint8_t mac[TSIG_MAC_MAX]);

/* Verifies an answer to the request that had the MAC `mac`, at the time `now`
 * (RFC 8945, 5.3). An answer that says BADTIME is good at any time: its MAC covers the request's.
 */
struct tsig_report tsig_verify(const struct tsig_key *key, const uint8_t *message, size_t size,
                               const uint8_t mac[TSIG_MAC_MAX], uint64_t now);

#endif
