/*
 * aws.h - what every part of the route53 provider stands on: one instance's settings, its
 * credentials, and signed calls to AWS services.
 *
 * Everything here belongs to one instance (struct aws), is allocated with host->alloc(), and so is
 * wiped and freed with the instance. Statuses are enum dnshook_status; whoever returns another one
 * than DNSHOOK_OK has called dnshook_fail(), once, where the cause is known.
 */
#ifndef AWS_H
#define AWS_H

#include <stdbool.h>

#include "dnshook/provider.h"

enum {
    AWS_NAME_SIZE = 1025,   /* a DNS name with its NUL */
    AWS_REGION_SIZE = 64,
    AWS_URL_SIZE = 1024,
    AWS_CODE_SIZE = 96,     /* an error code of a service */
    AWS_MESSAGE_SIZE = 1024 /* an error's text, cut */
};

enum aws_service { AWS_ROUTE53, AWS_STS, AWS_SSO };

/* Credentials of one source. The texts belong to the instance. */
struct aws_credentials {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL: none */
    int64_t expires;           /* seconds since the epoch; 0: never, or not known */
    bool refreshable;          /* asking the source again may bring newer ones */
    const char *source;        /* for people: "the environment (AWS_ACCESS_KEY_ID)", "profile dns in
                                  /root/.aws/credentials", "role X assumed with ..." */
};

struct profiles; /* profile.h */

struct aws {
    const struct dnshook_host *host;
    struct profiles *profiles;   /* the shared files, read at the first use; NULL before */
    struct aws_credentials credentials;
    bool has_credentials;
    int64_t clock_offset;        /* seconds to add to time() for signatures */
    bool clock_told;             /* the user has been told of it */
};

/* A query parameter or form field: not encoded. */
struct aws_pair {
    const char *name;
    const char *value;
};

struct aws_request {
    enum aws_service service;
    const char *method;
    const char *path;              /* absolute, of characters that need no encoding */
    const struct aws_pair *query;  /* ended by a NULL name; NULL: none */
    const char *content_type;      /* NULL: none */
    const char *body;              /* NULL: none */
    const char *region;            /* of the endpoint; NULL: from the settings */
    const struct aws_credentials *credentials; /* sign with these; NULL: the instance's own */
    bool unsigned_call;            /* do not sign */
    const char *secret;            /* in the body, and in no message; NULL: none */
    const char *const *headers;    /* more headers, "Name: value", not signed; NULL: none */
    bool once;                     /* one attempt, of 5 s at most (and another one if the clock was
                                      off): for what the work can do without; throttling is
                                      DNSHOOK_OK then, with `error` set */
};

/* An answer. The texts are valid until the next call on the instance. */
struct aws_response {
    uint32_t code;                  /* HTTP status */
    const char *body;
    size_t body_size;
    char error[AWS_CODE_SIZE];      /* the service's error code, as "Throttling"; "" on success */
    char message[AWS_MESSAGE_SIZE]; /* what it said; several messages of one answer joined by "; " */
    const char *source;             /* of the credentials that signed it; NULL: not signed */
    bool uncertain;                 /* an attempt broke off, or ended with 5xx: what was asked for may
                                       have been done, whatever the status and `error` say now */
};

/*
 * One call: endpoint, signature, exchange, and whatever can be mended by trying again: throttling
 * and PriorRequestNotComplete, 5xx and broken connections with full-jitter backoff until the
 * deadline; a clock that is off, corrected from the Date header, once,
 * and told; expired credentials that are refreshable, once. DNSHOOK_OK: the service answered for
 * good; look at `error`. The service's definite refusals of the caller (AccessDenied,
 * InvalidClientTokenId, SignatureDoesNotMatch, ...) are DNSHOOK_OK as well, with `error` set: who
 * asked knows what to say, with aws_fail(). Else DNSHOOK_UNREACHABLE, DNSHOOK_BAD_ANSWER,
 * DNSHOOK_DEADLINE, DNSHOOK_INTERRUPTED, ..., said. `response->uncertain` holds in each case: a
 * change that was sent may have been made although its answer never came.
 */
int aws_call(struct aws *aws, const struct aws_request *request, struct aws_response *response);

/* Fails with what an answer with `error` means: `what` was tried, as "adding a value at NAME",
 * `action` is the IAM action it needs, as "route53:ChangeResourceRecordSets", `resource` its ARN
 * or "". Names the credentials' source, never a secret. Returns the status. */
int aws_fail(struct aws *aws, const struct aws_response *response, const char *what,
             const char *action, const char *resource);

/* The instance's credentials, found at the first use through the whole chain (credentials.h);
 * `fresh` asks the source again. */
int aws_credentials(struct aws *aws, bool fresh, const struct aws_credentials **credentials);

/* A setting: the parameter, or where it has no value the property of the chosen profile (NULL: no
 * such property); NULL if neither is there or has a value. profiles_read() must have been called. */
const char *aws_setting(const struct aws *aws, const char *param, const char *property);

/* The pairs as a query or a form, "Name=value&...", percent-encoded (RFC 3986, 2.3); "" for none.
 * Belongs to the instance; NULL when memory ran out (not said). */
char *aws_query(const struct aws *aws, const struct aws_pair *pairs);

/* A parameter as a switch: "true" in any case is true; anything else, or none, is false. */
bool aws_flag(const struct aws *aws, const char *param);

/* A copy of `text`, or of its first `size` bytes, that belongs to the instance; NULL when memory
 * ran out (not said). */
char *aws_copy(const struct aws *aws, const char *text);
char *aws_copy_part(const struct aws *aws, const char *text, size_t size);

/* dnshook_fail() for memory. Returns DNSHOOK_NO_MEMORY. */
int aws_no_memory(const struct aws *aws);

#endif
