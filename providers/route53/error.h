/*
 * error.h - what a service's answer other than 2xx says, whichever of the shapes it has, and what
 * can be done about its code.
 */
#ifndef ERROR_H
#define ERROR_H

#include "aws.h"

/* What aws_call() does about an answer. */
enum error_cure {
    ERROR_FINAL,       /* nothing: hand it to the caller */
    ERROR_THROTTLED,   /* the request came too early; it was not done */
    ERROR_TRANSIENT,   /* the service is out of order; it may have been done */
    ERROR_CLOCK,       /* the time of the signature is wrong */
    ERROR_CLOCK_MAYBE, /* ... if the clocks are far apart, else final */
    ERROR_EXPIRED      /* the session token is no longer valid */
};

/* Fills `error` and `message` from code and body: XML (ErrorResponse; InvalidChangeBatch with
 * several messages) or JSON (with `type`, the value of X-Amzn-ErrorType or NULL). Control bytes
 * become spaces. False, and both are "", if the body is none of these. */
bool error_read(struct aws_response *response, const char *type);

/* What to do about the answer, which error_read() has seen; FINAL for 2xx. */
enum error_cure error_cure(const struct aws_response *response);

#endif
