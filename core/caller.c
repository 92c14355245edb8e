#include "caller.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

enum {
    PATH_SIZE = 64,
    STAT_SIZE = 1024,
    VARIABLE_SIZE = 1024,
    CHUNK = 4096,
    ENVIRONMENT_MAX = 4 << 20, /* bytes that are looked through */
    HEIGHT = 16                /* processes above this one that are looked at */
};

struct process {
    long parent;
    unsigned long long began; /* clock ticks since the machine did: proc(5), starttime */
};

static int open_of(long pid, const char *file)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "/proc/%ld/%s", pid, file);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Passes over `count` fields. */
static const char *after_fields(const char *text, int count)
{
    while (count-- > 0) {
        text += strspn(text, " ");
        text += strcspn(text, " ");
    }
    return text;
}

/* proc(5), /proc/PID/stat: the second field is a name in parentheses, which may hold any byte; then
 * come state, ppid and so on; starttime is the 22nd. */
static bool read_process(long pid, struct process *process)
{
    char text[STAT_SIZE];
    CLEANUP_CLOSE int fd = open_of(pid, "stat");
    const ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    const char *rest;

    if (size <= 0)
        return false;
    text[size] = '\0';
    rest = strrchr(text, ')');
    if (rest == NULL)
        return false;
    process->parent = strtol(after_fields(rest + 1, 1), NULL, 10);
    process->began = strtoull(after_fields(rest + 1, 19), NULL, 10);
    return process->began > 0;
}

/* The PID namespace of this process; 0 if unknown. */
static unsigned long long own_namespace(void)
{
    struct stat info;

    return stat("/proc/self/ns/pid", &info) == 0 ? (unsigned long long)info.st_ino : 0;
}

static bool name_process(long pid, char out[CALLER_SIZE])
{
    const unsigned long long space = own_namespace();
    struct process process;

    out[0] = '\0';
    if (space == 0 || !read_process(pid, &process))
        return false;
    (void)snprintf(out, CALLER_SIZE, "%ld-%llu-%llu", pid, process.began, space);
    return true;
}

void caller_self(char out[CALLER_SIZE])
{
    (void)name_process((long)getpid(), out);
}

/* Looks for an entry, with its NUL, in the environment that a process was started with. -1 if that
 * cannot be read. */
static int was_started_with(long pid, const char *entry)
{
    const size_t size = strlen(entry) + 1;
    char text[VARIABLE_SIZE + CHUNK + 1];
    CLEANUP_CLOSE int fd = open_of(pid, "environ");
    size_t kept = 1;

    if (fd < 0)
        return -1;
    text[0] = '\0'; /* what comes before the first entry */
    for (size_t total = 0; total < ENVIRONMENT_MAX;) {
        const ssize_t got = read(fd, text + kept, CHUNK);
        const size_t have = kept + (got > 0 ? (size_t)got : 0);

        if (got <= 0)
            return got == 0 ? 0 : -1;
        for (size_t i = 0; i + 1 + size <= have; i++)
            if (text[i] == '\0' && memcmp(text + i + 1, entry, size) == 0)
                return 1;
        kept = have < size ? have : size;
        memmove(text, text + have - kept, kept);
        total += (size_t)got;
    }
    return -1;
}

bool caller_of_variable(const char *name, char out[CALLER_SIZE])
{
    const char *const value = getenv(name);
    char entry[VARIABLE_SIZE];
    long pid = (long)getppid();

    out[0] = '\0';
    if (value == NULL || snprintf(entry, sizeof entry, "%s=%s", name, value) >= (int)sizeof entry)
        return false;
    for (int height = 0; height < HEIGHT && pid > 0; height++) {
        const int inherited = was_started_with(pid, entry);
        struct process process;

        if (inherited == 0)
            return name_process(pid, out);
        if (inherited < 0 || !read_process(pid, &process))
            return false;
        pid = process.parent;
    }
    return false;
}

bool caller_is_process(const char *text)
{
    return text[0] >= '1' && text[0] <= '9';
}

bool caller_may_live(const char *text)
{
    char *end = NULL;
    const long pid = strtol(text, &end, 10);
    const char *const dash = strrchr(text, '-');
    char now[CALLER_SIZE];

    if (pid <= 0 || end == NULL || *end != '-' || dash == NULL ||
        strtoull(dash + 1, NULL, 10) != own_namespace())
        return true;
    return name_process(pid, now) && strcmp(now, text) == 0;
}
