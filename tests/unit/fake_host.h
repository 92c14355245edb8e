/*
 * A host for providers under test: parameters from a table, memory that is counted and can run
 * out, answers from a script or from a real server over TCP.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include <dnshook/provider.h>

#include <stdbool.h>

#define FAKE_PARAMS 16
#define FAKE_REPLIES 8
#define FAKE_LOG_SIZE 8192

/* A parameter that is set. */
struct fake_param {
    const char *name;
    const char *value;
};

/* Messages that a script hands back, in order. */
struct fake_replies {
    size_t count;
    size_t size[FAKE_REPLIES];
    uint8_t message[FAKE_REPLIES][65535];
};

struct fake_host;

/* Answers a request: appends to `out`. */
typedef void fake_script_fn(struct fake_host *fake, const uint8_t *request, size_t size,
                            struct fake_replies *out);

struct fake_host {
    struct dnshook_host host; /* first, so that the services find the rest */
    struct fake_param params[FAKE_PARAMS];
    fake_script_fn *script; /* NULL: real TCP */
    void *opaque;           /* for the script */
    unsigned settle;        /* milliseconds; 0: 300 */
    long fail_alloc;        /* the n-th allocation from now fails; 0: none */
    long allocations;
    long live;              /* allocations not freed yet */
    const char *secrets[2]; /* texts that no memory may hold when it is freed; NULL: none */
    unsigned spilled;       /* how often one was found there */
    unsigned exchanges;     /* requests so far */
    unsigned fails;         /* calls of fail() */
    int fail_status;
    char failed[DNSHOOK_TEXT_SIZE];
    char logged[FAKE_LOG_SIZE];
    struct fake_replies *replies;
    uint8_t *answer;
    char address[64];
};

/* A host without parameters. fake_host_free() frees what it holds, and returns how many
 * allocations the provider has left behind. */
struct fake_host *fake_host_new(void);
long fake_host_free(struct fake_host *fake);

/* Sets a parameter, or takes it away with NULL. The text must live as long as the host. */
void fake_host_set(struct fake_host *fake, const char *name, const char *value);

/* Forgets what was said. */
void fake_host_forget(struct fake_host *fake);

#endif
