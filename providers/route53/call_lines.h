/*
 * call_lines.h - a call on its way, and the header lines of one attempt, signed.
 */
#ifndef CALL_LINES_H
#define CALL_LINES_H

#include "aws.h"
#include "endpoint.h"
#include "error.h"

enum { LINES_MAX = 16 };

/* One call on its way. */
struct call {
    struct aws *aws;
    const struct aws_request *request;
    struct aws_response *response;
    struct endpoint endpoint;
    const struct aws_credentials *credentials; /* NULL: not signed */
    char *query;
    char *url;
    char *shown; /* the URL without its query */
    const char *ca_bundle;
    unsigned attempts;
    unsigned throttled;
    unsigned transient;
    bool clock_mended;
    bool refreshed;
    int status;           /* of the last attempt */
    enum error_cure cure; /* what may help after it */
};

/* Header lines, wiped afterwards. */
struct lines {
    const char *list[LINES_MAX + 1];
    size_t count;
    bool failed;
};

/* Makes the lines of an attempt: what is signed, the signature, and the request's own; `failed`
 * where memory ran out. Ended with call_lines_clear(). */
void call_lines_make(const struct call *call, struct lines *lines);
void call_lines_clear(struct lines *lines);

#endif
