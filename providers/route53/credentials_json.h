/*
 * credentials_json.h - credentials in JSON: what containers, instance metadata, processes and the
 * access portal give.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_JSON_H
#define CREDENTIALS_JSON_H

#include "credentials.h"

#include <jansson.h>

/* What the members are called. */
struct credentials_names {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
    const char *expires; /* RFC 3339, or milliseconds since the epoch */
};

/* Parses an object of at most CREDENTIALS_BODY_MAX bytes; twice the same member is an error. NULL:
 * it is none; `why` says what is wrong, without a byte of it. */
json_t *credentials_json(const char *text, size_t size, char why[CREDENTIALS_WHY_SIZE]);

/* A member that is a string, with at most CREDENTIALS_BODY_MAX bytes; NULL: there is none. */
const char *credentials_json_text(const json_t *object, const char *name);

/* Takes the credentials of an object. DNSHOOK_BAD_ANSWER when a member is missing or malformed,
 * said with `source`, or what credentials_take() returns. */
int credentials_json_take(struct aws *aws, const json_t *object,
                          const struct credentials_names *names, const char *source,
                          struct finding *finding);

/* Wipes every string of the object and of the objects right in it, and frees it; NULL is fine. */
void credentials_json_free(json_t *object);

#endif
