/*
 * A host for the credentials of the provider route53 under test: parameters by their environment
 * names, HTTP from a script, memory that is counted and can run out, a look-out for secrets.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FAKE_AWS_HOST_H
#define FAKE_AWS_HOST_H

#include <dnshook/provider.h>

#include <stdbool.h>

#include "aws.h"

enum { FAKE_AWS_PARAMS = 32, FAKE_AWS_LOG_SIZE = 16384 };

/* All secrets of the tests hold this; no message may. */
#define CANARY "Hush"

/* A request that is expected next, and what comes back. */
struct exchange {
    const char *method; /* NULL: any */
    const char *url;    /* a prefix of the URL */
    const char *header; /* is in one of the headers; NULL: nothing is expected */
    const char *form;   /* is in the body; NULL: nothing is expected */
    int status;         /* not DNSHOOK_OK: nothing comes back */
    uint32_t code;
    const char *body; /* NULL: "" */
};

struct fake_aws_host {
    struct dnshook_host host; /* first, so that the services find the rest */
    struct aws aws;           /* an instance at this host */
    struct fake_aws_param {
        const char *name;
        const char *value;
    } params[FAKE_AWS_PARAMS];
    const struct exchange *script;
    size_t script_size;
    size_t script_used;
    char surprise[512]; /* how a request was not the expected one; "" for never */
    uint32_t flags;     /* of the last request */
    uint32_t timeout;
    uint32_t body_limit;
    int64_t time_left;
    int64_t slept;   /* milliseconds in all */
    long fail_alloc; /* the n-th allocation fails; 0: none */
    long allocations;
    long live;      /* allocations not freed yet */
    unsigned fails; /* calls of fail() */
    int fail_status;
    char failed[DNSHOOK_TEXT_SIZE];
    char logged[FAKE_AWS_LOG_SIZE];
    unsigned leaks; /* messages that held CANARY */
    struct block *blocks;
};

struct fake_aws_host *fake_aws_new(void);

/* Frees it with all that the instance holds. True when all that was expected was asked for, and no
 * message held a secret; else says what was wrong on standard error. */
bool fake_aws_free(struct fake_aws_host *fake);

/* Sets a parameter, by its name or that of its environment variable; the text must live as long as
 * the host. NULL takes it away. */
void fake_aws_set(struct fake_aws_host *fake, const char *name, const char *value);

/* What is expected from here on. */
void fake_aws_expect(struct fake_aws_host *fake, const struct exchange *script, size_t size);

/* The path of a file of the shared vectors, if it is there; else NULL. */
const char *fake_aws_vectors(const char *name);

#endif
