/*
 * A provider in memory, and with -D switches every wrong one that the loader must survive. Without
 * any it is right. MOCK_NAME is always given.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dnshook/provider.h"

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

#ifndef MOCK_NAME_TEXT
#define MOCK_NAME_TEXT TEXT(MOCK_NAME)
#endif
#ifndef MOCK_VERSION
#define MOCK_VERSION "1.2.3"
#endif
#ifndef MOCK_DESCRIPTION
#define MOCK_DESCRIPTION "A mock"
#endif
#ifndef MOCK_PARAMS
#define MOCK_PARAMS params_good
#endif
#ifndef MOCK_OPEN
#define MOCK_OPEN mock_open
#endif
#ifndef MOCK_CLOSE
#define MOCK_CLOSE mock_close
#endif
#ifndef MOCK_ADD
#define MOCK_ADD mock_add
#endif
#ifndef MOCK_REMOVE
#define MOCK_REMOVE mock_remove
#endif
#ifndef MOCK_ABI
#define MOCK_ABI DNSHOOK_ABI
#endif
#ifndef MOCK_SIZE
#define MOCK_SIZE sizeof(mock)
#endif
#define UPTO_REMOVE (offsetof(struct dnshook_provider, remove) + sizeof(void *))

#define UNUSED __attribute__((unused))

#define PARAM(...)                                                                                 \
    {                                                                                              \
        .size = sizeof(struct dnshook_param), __VA_ARGS__                                          \
    }
#define PARAM_16(...)                                                                              \
    PARAM(.name = #__VA_ARGS__ "0", .help = "h"), PARAM(.name = #__VA_ARGS__ "1", .help = "h"),    \
        PARAM(.name = #__VA_ARGS__ "2", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "3", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "4", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "5", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "6", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "7", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "8", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "9", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "a", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "b", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "c", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "d", .help = "h"),                                              \
        PARAM(.name = #__VA_ARGS__ "e", .help = "h"), PARAM(.name = #__VA_ARGS__ "f", .help = "h")
#define PARAM_128                                                                                  \
    PARAM_16(a), PARAM_16(b), PARAM_16(c), PARAM_16(d), PARAM_16(e), PARAM_16(f), PARAM_16(g),     \
        PARAM_16(h)

UNUSED static const struct dnshook_param params_good[] = {
    PARAM(.name = "token", .env = "MOCK_TOKEN OLD_TOKEN", .help = "The token.",
          .flags = DNSHOOK_PARAM_SECRET),
    PARAM(.name = "zone-id", .initial = "z1", .help = "The zone."),
    {0}};
UNUSED static const struct dnshook_param params_none[] = {{0}};
UNUSED static const struct dnshook_param params_bad_name[] = {PARAM(.name = "zone_id", .help = "h"),
                                                              {0}};
UNUSED static const struct dnshook_param params_null_name[] = {PARAM(.help = "h"), {0}};
UNUSED static const struct dnshook_param params_twice[] = {
    PARAM(.name = "one", .help = "h"), PARAM(.name = "one", .help = "h"), {0}};
UNUSED static const struct dnshook_param params_no_help[] = {PARAM(.name = "one"), {0}};
UNUSED static const struct dnshook_param params_small[] = {{.size = 8, .name = "one", .help = "h"},
                                                           {0}};
UNUSED static const struct dnshook_param params_huge[] = {
    {.size = 0x10008, .name = "one", .help = "h"}, {0}};
UNUSED static const struct dnshook_param params_two_sizes[] = {
    PARAM(.name = "one", .help = "h"), {.size = 8, .name = "two", .help = "h"}, {0}};
UNUSED static const struct dnshook_param params_128[] = {PARAM_128, {0}};
UNUSED static const struct dnshook_param params_no_end[] = {PARAM_128, PARAM_16(i)};

/* As a later header may have it: one more member in each element. */
struct later_param {
    struct dnshook_param now;
    const char *later;
};
UNUSED static const struct later_param params_later[] = {
    {{.size = sizeof(struct later_param), .name = "one", .help = "h"}, "x"},
    {{.size = sizeof(struct later_param), .name = "two", .help = "h"}, "y"},
    {{0}, NULL}};

struct mock {
    const struct dnshook_host *host;
    char value[DNSHOOK_VALUE_MAX + 1];
};

UNUSED static int mock_open(const struct dnshook_host *host, void **handle)
{
    struct mock *const mock = host->alloc(host, sizeof *mock);

    if (mock == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    mock->host = host;
    *handle = mock;
    return DNSHOOK_OK;
}

UNUSED static void mock_close(void *handle)
{
    struct mock *const mock = handle;

    mock->host->free(mock->host, mock);
}

UNUSED static int mock_add(void *handle, struct dnshook_change *change)
{
    struct mock *const mock = handle;

    change->effect =
        strcmp(mock->value, change->value) != 0 ? DNSHOOK_EFFECT_CHANGED : DNSHOOK_EFFECT_NO_CHANGE;
    (void)snprintf(mock->value, sizeof mock->value, "%s", change->value);
    return DNSHOOK_OK;
}

UNUSED static int mock_remove(void *handle, struct dnshook_change *change)
{
    struct mock *const mock = handle;

    change->effect =
        strcmp(mock->value, change->value) == 0 ? DNSHOOK_EFFECT_CHANGED : DNSHOOK_EFFECT_NO_CHANGE;
    mock->value[0] = '\0';
    return DNSHOOK_OK;
}

#ifdef MOCK_UNDEFINED
void no_such_function_anywhere(void);
#endif

#ifdef MOCK_MARKER
/* Leaves a trace that code of this file ran. */
__attribute__((constructor)) static void leave_marker(void)
{
    const char *const path = getenv("MOCK_MARKER");
    const int fd = path != NULL ? open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600) : -1;

    if (fd >= 0)
        (void)close(fd);
}
#endif

static const struct {
    struct dnshook_provider now;
    const void *later[4]; /* what a later header may have */
} mock UNUSED = {.now =
                     {
                         .size = (uint32_t)(MOCK_SIZE),
                         .abi = MOCK_ABI,
                         .name = MOCK_NAME_TEXT,
                         .version = MOCK_VERSION,
                         .description = MOCK_DESCRIPTION,
                         .params = (const void *)(MOCK_PARAMS),
                         .open = MOCK_OPEN,
                         .close = MOCK_CLOSE,
                         .add = MOCK_ADD,
                         .remove = MOCK_REMOVE,
#ifdef MOCK_POISON
                         /* Past the size: nobody may take these for functions. */
                         .apply = (int (*)(void *, struct dnshook_change *const *, size_t))1,
                         .check = (int (*)(void *, const struct dnshook_zone *))1,
#endif
                     },
                 .later = {mock_add, mock_add, mock_add, mock_add}};

#ifdef MOCK_NO_ENTRY
DNSHOOK_EXPORT const struct dnshook_provider *dnshook_provider_got(void);
#define dnshook_provider_get dnshook_provider_got
#endif

const struct dnshook_provider *dnshook_provider_get(void)
{
#ifdef MOCK_UNDEFINED
    no_such_function_anywhere();
#endif
#ifdef MOCK_NULL
    return NULL;
#else
    return &mock.now;
#endif
}
