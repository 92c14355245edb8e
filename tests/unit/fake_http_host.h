/*
 * fake_http_host.h - a host for providers that speak HTTP: answers from a script, requests on
 * record, a clock that only moves when somebody waits.
 *
 * Link with -Wl,--wrap=time,--wrap=getrandom.
 */
#ifndef FAKE_HTTP_HOST_H
#define FAKE_HTTP_HOST_H

#include <dnshook/provider.h>
#include <stdbool.h>

enum { FAKE_HTTP_PARAMS = 32, FAKE_HTTP_REQUESTS = 256, FAKE_HTTP_LOG = 65536 };

/* What one http() call brings. */
struct fake_http_answer {
    int status;          /* other than DNSHOOK_OK: http() fails with it */
    uint32_t code;       /* 0: 200 */
    const char *headers; /* lines, each with "\n"; NULL: none */
    const char *body;    /* NULL: "" */
};

/* What was asked. */
struct fake_http_request {
    char method[16];
    char url[1200];
    char headers[8192]; /* lines, each with "\n" */
    char body[8192];
    bool has_body;
    char ca_bundle[256]; /* "": none */
    uint32_t timeout;
    uint32_t flags;
    int64_t at; /* ms since the beginning */
};

struct fake_http_host {
    struct dnshook_host host; /* first, so that the services find the rest */
    struct {
        const char *name;
        const char *value;
    } params[FAKE_HTTP_PARAMS];
    const struct fake_http_answer *answers;
    size_t answer_count; /* the last answer is given again and again */
    size_t asked;
    struct fake_http_request requests[FAKE_HTTP_REQUESTS];
    int64_t now;  /* ms since the beginning; time() is fake_http_epoch + now / 1000 */
    int64_t end;  /* when time_left() is 0 */
    int64_t cost; /* ms that a request takes */
    int64_t sleeps[FAKE_HTTP_REQUESTS];
    size_t sleep_count;
    int sleep_status; /* what sleep() returns, if it is not DNSHOOK_OK */
    long fail_alloc;  /* the n-th allocation from now fails; 0: none */
    long allocations;
    long live; /* allocations not freed yet */
    unsigned fails;
    int fail_status;
    char failed[DNSHOOK_TEXT_SIZE];
    char logged[FAKE_HTTP_LOG]; /* "LEVEL text\n" ... */
    char *body;                 /* of the last answer, in memory of exactly its size */
};

/* What time() says at the beginning: 2026-01-02T03:04:05Z. */
#define FAKE_HTTP_EPOCH 1767323045LL

/* What getrandom() fills in, byte by byte; 256: really random. */
extern int fake_http_random;

/* A host with no parameters, 240 s, and 10 ms for a request. The clock of the process is its. */
struct fake_http_host *fake_http_host_new(void);
void fake_http_host_free(struct fake_http_host *fake);

/* Sets a parameter, or takes it away with NULL. The text must live as long as the host. */
void fake_http_host_set(struct fake_http_host *fake, const char *name, const char *value);

/* Gives the answers to come, as an array that lives as long as the host, and forgets what was. */
void fake_http_host_script(struct fake_http_host *fake, const struct fake_http_answer *answers,
                           size_t count);

/* The value of a header of the request with that number, in memory that the next call changes;
 * NULL: it was not sent. */
const char *fake_http_host_header(const struct fake_http_host *fake, size_t number,
                                  const char *name);

#endif
