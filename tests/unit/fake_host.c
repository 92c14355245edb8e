/*
 * A host for providers under test.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fake_host.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* In front of every allocation, so that realloc() and wiping know its size. */
struct block {
    size_t size;
    size_t unused;
};

static struct fake_host *fake_of(const struct dnshook_host *host)
{
    return (struct fake_host *)(uintptr_t)host;
}

static void fake_log(const struct dnshook_host *host, int level, const char *text)
{
    struct fake_host *const fake = fake_of(host);
    const size_t used = strlen(fake->logged);

    (void)snprintf(fake->logged + used, sizeof fake->logged - used, "%d %s\n", level, text);
}

static int fake_fail(const struct dnshook_host *host, int status, const char *text)
{
    struct fake_host *const fake = fake_of(host);

    fake->fails++;
    fake->fail_status = status;
    (void)snprintf(fake->failed, sizeof fake->failed, "%s", text);
    return status;
}

static const char *fake_param(const struct dnshook_host *host, const char *name)
{
    const struct fake_host *const fake = fake_of(host);

    for (size_t i = 0; i < FAKE_PARAMS; i++)
        if (fake->params[i].name != NULL && strcmp(fake->params[i].name, name) == 0)
            return fake->params[i].value;
    return NULL;
}

static void *fake_alloc(const struct dnshook_host *host, size_t size)
{
    struct fake_host *const fake = fake_of(host);

    if (size == 0 || ++fake->allocations == fake->fail_alloc)
        return NULL;
    struct block *const block = calloc(1, sizeof *block + size);

    if (block == NULL)
        return NULL;
    block->size = size;
    fake->live++;
    return block + 1;
}

/* How often a piece of memory holds a secret. */
static unsigned holds_secret(const struct fake_host *fake, const char *memory, size_t size)
{
    unsigned found = 0;

    for (size_t i = 0; i < 2; i++) {
        const size_t length = fake->secrets[i] == NULL ? 0 : strlen(fake->secrets[i]);

        for (size_t at = 0; length > 0 && at + length <= size; at++)
            found += memcmp(memory + at, fake->secrets[i], length) == 0 ? 1 : 0;
    }
    return found;
}

static void fake_free(const struct dnshook_host *host, void *memory)
{
    struct block *const block = memory == NULL ? NULL : (struct block *)memory - 1;

    if (block == NULL)
        return;
    fake_of(host)->spilled += holds_secret(fake_of(host), memory, block->size);
    fake_of(host)->live--;
    free(block);
}

static void *fake_realloc(const struct dnshook_host *host, void *memory, size_t size)
{
    void *const fresh = fake_alloc(host, size);

    if (fresh != NULL && memory != NULL) {
        const size_t old = ((struct block *)memory - 1)->size;

        memcpy(fresh, memory, old < size ? old : size);
        fake_free(host, memory);
    }
    return fresh;
}

static int64_t fake_time_left(const struct dnshook_host *host)
{
    (void)host;
    return 60000;
}

static int fake_sleep(const struct dnshook_host *host, int64_t milliseconds)
{
    (void)host;
    (void)milliseconds;
    return DNSHOOK_OK;
}

/* Reads exactly `size` bytes before `milliseconds` have gone by without a byte. */
static bool read_fully(int fd, uint8_t *out, size_t size, int milliseconds)
{
    size_t have = 0;

    while (have < size) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};

        if (poll(&ready, 1, milliseconds) <= 0)
            return false;
        const ssize_t got = read(fd, out + have, size - have);

        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

/* A connection to the server; -1: none. */
static int dial(struct fake_host *fake, const struct dnshook_dns_request *request)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char port[16];
    int fd = -1;

    (void)snprintf(port, sizeof port, "%u", request->port == 0 ? 53 : request->port);
    if (getaddrinfo(request->server, port, &hints, &list) != 0)
        return -1;
    fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    (void)getnameinfo(list->ai_addr, list->ai_addrlen, fake->address, sizeof fake->address, NULL, 0,
                      NI_NUMERICHOST);
    freeaddrinfo(list);
    return fd;
}

/* Judges one message as a host does. True: reading goes on. */
static bool judge(struct fake_host *fake, const struct dnshook_dns_request *request,
                  const uint8_t *message, size_t size, struct dnshook_dns_response *response)
{
    if (size < 2 || memcmp(message, request->message, 2) != 0)
        return true;
    free(fake->answer);
    fake->answer = malloc(size); /* exactly, so that reading past the end is seen */
    memcpy(fake->answer, message, size);
    response->message = fake->answer;
    response->message_size = size;
    response->accepted =
        request->accept == NULL || request->accept(request->opaque, fake->answer, size) == 0;
    return response->accepted == 0;
}

/* One exchange with a real server. */
static void talk(struct fake_host *fake, const struct dnshook_dns_request *request, int fd,
                 struct dnshook_dns_response *response)
{
    static uint8_t buffer[65537];
    uint8_t length[2] = {(uint8_t)(request->message_size >> 8), (uint8_t)request->message_size};
    int patience = 5000;

    if (write(fd, length, 2) != 2 ||
        write(fd, request->message, request->message_size) != (ssize_t)request->message_size)
        return;
    while (read_fully(fd, length, 2, patience)) {
        const size_t size = (size_t)(length[0] << 8 | length[1]);

        if (!read_fully(fd, buffer, size, patience) ||
            !judge(fake, request, buffer, size, response))
            break;
        patience = (int)fake->settle;
    }
}

static int fake_exchange(const struct dnshook_host *host, const struct dnshook_dns_request *request,
                         struct dnshook_dns_response *response)
{
    struct fake_host *const fake = fake_of(host);

    fake->exchanges++;
    response->accepted = 0;
    response->message = NULL;
    response->message_size = 0;
    response->address = fake->address;
    if (fake->script != NULL) {
        (void)snprintf(fake->address, sizeof fake->address, "192.0.2.1");
        fake->replies->count = 0;
        fake->script(fake, request->message, request->message_size, fake->replies);
        for (size_t i = 0; i < fake->replies->count; i++)
            if (!judge(fake, request, fake->replies->message[i], fake->replies->size[i], response))
                break;
    } else {
        const int fd = dial(fake, request);

        if (fd >= 0)
            talk(fake, request, fd, response);
        if (fd >= 0)
            close(fd);
    }
    if (response->message == NULL)
        return fake_fail(host, DNSHOOK_UNREACHABLE, "nothing came back");
    return DNSHOOK_OK;
}

struct fake_host *fake_host_new(void)
{
    struct fake_host *const fake = calloc(1, sizeof *fake);

    fake->replies = calloc(1, sizeof *fake->replies);
    fake->settle = 300;
    fake->host = (struct dnshook_host){
        .size = sizeof fake->host,
        .abi = DNSHOOK_ABI,
        .version = "0.0.0",
        .log = fake_log,
        .fail = fake_fail,
        .param = fake_param,
        .alloc = fake_alloc,
        .realloc = fake_realloc,
        .free = fake_free,
        .time_left = fake_time_left,
        .sleep = fake_sleep,
        .dns_exchange = fake_exchange,
    };
    return fake;
}

long fake_host_free(struct fake_host *fake)
{
    const long live = fake->live;

    free(fake->answer);
    free(fake->replies);
    free(fake);
    return live;
}

void fake_host_set(struct fake_host *fake, const char *name, const char *value)
{
    size_t i = 0;

    while (i < FAKE_PARAMS - 1 && fake->params[i].name != NULL &&
           strcmp(fake->params[i].name, name) != 0)
        i++;
    fake->params[i] = (struct fake_param){name, value};
}

void fake_host_forget(struct fake_host *fake)
{
    fake->fails = 0;
    fake->fail_status = DNSHOOK_OK;
    fake->failed[0] = '\0';
    fake->logged[0] = '\0';
    fake->exchanges = 0;
}
