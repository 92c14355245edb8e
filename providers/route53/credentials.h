/*
 * credentials.h - where credentials come from: the chain of the AWS SDKs ("Standardized credential
 * providers" in the SDKs and Tools Reference Guide), one file a source.
 *
 * The order: keys in the environment, the profile, web identity from the environment, container,
 * EC2 instance metadata. A source that is not configured is passed over; one that is configured and
 * fails ends the search. With what the source gives, an account may take on a role.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "aws.h"

enum {
    CREDENTIALS_WHY_SIZE = 384,
    CREDENTIALS_TOKEN_MAX = 65536, /* bytes of a token file */
    CREDENTIALS_BODY_MAX = 65536   /* bytes of an answer or an output with credentials */
};

/* What a source says. */
struct finding {
    const char *profile; /* set by who asks: the profile that configures the source; NULL: none */
    bool found;          /* `credentials` are what the source gave */
    struct aws_credentials credentials;
    bool has_role;     /* role-arn is that of these credentials already */
    bool keep_expired; /* expired ones are better than none: the service may take them still */
    char why[CREDENTIALS_WHY_SIZE]; /* not found: why, for the list of all sources */
};

/* Asks one source. DNSHOOK_OK with `found`; DNSHOOK_OK without: it is not configured, or not there,
 * and `why` says so; else it is configured and fails, said. */
typedef int credentials_fn(struct aws *aws, struct finding *finding);

credentials_fn credentials_env;          /* access-key-id, secret-access-key, session-token */
credentials_fn credentials_profile;      /* the chosen profile, with all that it leads to */
credentials_fn credentials_web_identity; /* web-identity-token-file, with web-identity-role-arn, or
                                            else with role-arn */
credentials_fn credentials_container;    /* container-credentials-*-uri */
credentials_fn credentials_imds;         /* the metadata service of the EC2 instance, version 2 */

/* Sources that only a profile, `finding->profile`, can name. They never pass. */
credentials_fn credentials_profile_keys;
credentials_fn credentials_profile_web_identity;
credentials_fn credentials_process;
credentials_fn credentials_sso;

/* Takes on the role that role-arn names, if it does, with the credentials that `finding` has, and
 * puts the role's in their place. As sts_assume_role(). */
credentials_fn credentials_account_role;

/* DNSHOOK_BAD_CONFIG, said, for what makes no sense without role-arn. */
int credentials_check_role(struct aws *aws);

/* Asks a source, and once more if what it gave has expired. Expired again: a warning with
 * keep_expired, else DNSHOOK_DENIED, said. */
int credentials_ask(struct aws *aws, credentials_fn *source, struct finding *finding);

/* Credentials as they came in, before the checks. */
struct credentials_parts {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL or "": none */
    int64_t expires;
    bool refreshable;
    const char *source; /* copied */
};

/* Checks the parts (both keys there; no blanks, quotes or control characters, which a header would
 * not survive) and copies them into `finding`, which is `found` then. DNSHOOK_BAD_CONFIG or
 * DNSHOOK_NO_MEMORY, said with the source, never with a part of a key. */
int credentials_take(struct aws *aws, const struct credentials_parts *parts,
                     struct finding *finding);

/* Frees, and so wipes, what credentials_take() has copied. */
void credentials_drop(struct aws *aws, struct aws_credentials *credentials);

/* "profile NAME in FILE", in `out`. */
void credentials_profile_text(const struct aws *aws, const char *profile, const char *property,
                              char out[CREDENTIALS_WHY_SIZE]);

/* True when `text` can stand in a header: printable ASCII, not empty. */
bool credentials_is_header(const char *text);

/* Copies at most `size` - 1 bytes of something foreign for a message: up to the first line feed,
 * other than printable ASCII as "?". */
void credentials_show(const char *text, size_t length, char *out, size_t size);

/* Reads RFC 3339 ("2026-01-02T03:04:05Z", with fraction or offset; "UTC" as the AWS CLI once wrote
 * it) as seconds since the epoch. */
bool credentials_time(const char *text, int64_t *seconds);

/* Reads a token file into memory of the host, to be freed by the caller; the white space at its end
 * is taken off. `what` for messages, as "AWS_WEB_IDENTITY_TOKEN_FILE". DNSHOOK_OK, or said. */
int credentials_token(struct aws *aws, const char *what, const char *path, char **token);

#endif
