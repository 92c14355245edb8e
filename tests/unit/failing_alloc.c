/*
 * failing_alloc.c - an LD_PRELOAD library in which one allocation fails.
 *
 * FAILING_ALLOC=N             the N-th one, counted from 1
 * FAILING_ALLOC_OF=ours|all   counted are those of the program and of the modules it loads by
 *                             descriptor (its providers), by the address that malloc() returns to;
 *                             or those of every library
 * FAILING_ALLOC_REPORT=FILE   made when an allocation failed; holds the module and the offset in it
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* What glibc calls its own. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static long wanted = -1; /* -1: not read yet; 0: none */
static bool all;
static atomic_long counted;

static void read_settings(void)
{
    const char *const number = getenv("FAILING_ALLOC");
    const char *const of = getenv("FAILING_ALLOC_OF");

    wanted = number != NULL ? atol(number) : 0;
    all = of != NULL && strcmp(of, "all") == 0;
}

/* An address, and whether it lies in a module of ours. */
struct search {
    uintptr_t address;
    bool found;
};

static int search_module(struct dl_phdr_info *info, size_t size, void *opaque)
{
    struct search *const search = opaque;
    const char *const name = info->dlpi_name != NULL ? info->dlpi_name : "";

    (void)size;
    if (name[0] != '\0' && strncmp(name, "/proc/self/fd/", 14) != 0)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

        if (info->dlpi_phdr[i].p_type == PT_LOAD && search->address >= start &&
            search->address - start < info->dlpi_phdr[i].p_memsz)
            search->found = true;
    }
    return search->found ? 1 : 0;
}

static bool is_ours(const void *address)
{
    struct search search = {.address = (uintptr_t)address};

    (void)dl_iterate_phdr(search_module, &search);
    return search.found;
}

/* Leaves word of the failure. */
static void report(const void *address)
{
    const char *const path = getenv("FAILING_ALLOC_REPORT");
    const int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    Dl_info info = {0};
    char text[512];
    int size;

    if (fd < 0)
        return;
    (void)dladdr(address, &info);
    size = snprintf(text, sizeof text, "%s+0x%lx\n", info.dli_fname != NULL ? info.dli_fname : "?",
                    (unsigned long)((uintptr_t)address - (uintptr_t)info.dli_fbase));
    (void)!write(fd, text, (size_t)size);
    (void)close(fd);
}

/* True, with errno, for the allocation that is to fail. */
static bool fails(const void *address)
{
    if (wanted < 0)
        read_settings();
    if (wanted == 0 || (!all && !is_ours(address)))
        return false;
    if (atomic_fetch_add(&counted, 1) + 1 != wanted)
        return false;
    report(address);
    errno = ENOMEM;
    return true;
}

EXPORT void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

EXPORT void *realloc(void *memory, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

static char *copy(const char *text, size_t size)
{
    char *const new = __libc_malloc(size + 1);

    if (new != NULL) {
        memcpy(new, text, size);
        new[size] = '\0';
    }
    return new;
}

EXPORT char *strdup(const char *text)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strlen(text));
}

EXPORT char *strndup(const char *text, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : copy(text, strnlen(text, size));
}
