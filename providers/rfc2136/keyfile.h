/*
 * TSIG keys from files: BIND's `key` statements, and K*.private.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RFC2136_KEYFILE_H
#define RFC2136_KEYFILE_H

#include "tsig.h"

#include <dnshook/provider.h>

#define KEYFILE_MAX 65536U /* bytes */

/* A piece of a text. */
struct span {
    const char *text;
    size_t length;
};

/* A key as a file says it. The spans lead into the file's text. */
struct keyfile_entry {
    struct span name;
    struct span algorithm; /* a name; or the number of K*.private */
    struct span secret;    /* base64 */
};

/*
 * Reads the key `wanted` of the file at `path` into *out, the secret in memory of the host;
 * `wanted` NULL: the file's only key. The file is read as a secret of textfile_read().
 * DNSHOOK_BAD_CONFIG, DNSHOOK_DENIED or DNSHOOK_NO_MEMORY after fail().
 */
int keyfile_read(const struct dnshook_host *host, const char *path, const char *wanted,
                 struct tsig_key *out);

/*
 * Makes a key of its three parts, as text. `where` says for messages where they are from. On
 * failure DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY after fail(); the secret is never in the text.
 */
int keyfile_make(const struct dnshook_host *host, const char *where,
                 const struct keyfile_entry *entry, struct tsig_key *out);

#endif
