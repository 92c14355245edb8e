/* example.c */
#define _POSIX_C_SOURCE 200809L
#include <dnshook/provider.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE_MAX (1024 * 1024) /* bytes; a larger file is not ours */

/* What open() makes. */
struct example {
    const struct dnshook_host *host;
    const char *file; /* the parameter; lines of "NAME VALUE" */
};

/* The file while a change is made, locked. */
struct store {
    int fd;
    char *text; /* memory of the host; a NUL follows the last line */
    size_t size;
};

static const struct dnshook_param params[] = {
    {sizeof(struct dnshook_param), DNSHOOK_PARAM_REQUIRED | DNSHOOK_PARAM_FILE, "file",
     "EXAMPLE_FILE", NULL, "The file that holds the TXT sets, one value a line"},
    {0, 0, NULL, NULL, NULL, NULL}};

static int example_open(const struct dnshook_host *host, void **handle)
{
    const char *const file = host->param(host, "file"); /* required, so never NULL */
    struct example *self;

    if (file[0] != '/')
        return dnshook_fail(host, DNSHOOK_BAD_CONFIG,
                            "file \"%s\" is no absolute path: set EXAMPLE_FILE to one", file);
    self = host->alloc(host, sizeof *self);
    if (self == NULL)
        return dnshook_fail(host, DNSHOOK_NO_MEMORY, "out of memory");
    self->host = host;
    self->file = file; /* valid until close() */
    *handle = self;
    return DNSHOOK_OK;
}

static void example_close(void *handle)
{
    struct example *const self = handle;

    self->host->free(self->host, self);
}

static int fail_file(const struct example *self, int status)
{
    return dnshook_fail(self->host, status, "%s: %s", self->file, strerror(errno));
}

/* Reads what the file holds. */
static int read_text(const struct example *self, struct store *store)
{
    struct stat info;

    if (fstat(store->fd, &info) != 0)
        return fail_file(self, DNSHOOK_UNREACHABLE);
    if (!S_ISREG(info.st_mode) || info.st_size > STORE_MAX)
        return dnshook_fail(self->host, DNSHOOK_BAD_ANSWER,
                            "%s: no regular file, or larger than 1 MiB", self->file);
    store->size = (size_t)info.st_size;
    store->text = self->host->alloc(self->host, store->size + 1);
    if (store->text == NULL)
        return dnshook_fail(self->host, DNSHOOK_NO_MEMORY, "out of memory");
    if (pread(store->fd, store->text, store->size, 0) != (ssize_t)store->size)
        return fail_file(self, DNSHOOK_UNREACHABLE);
    return DNSHOOK_OK;
}

/* Opens, locks and reads the file. Many processes may want to: one that finds the lock taken does
 * not wait in here, where nobody could interrupt it, but lets the host call again. */
static int store_open(const struct example *self, struct store *store)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    store->text = NULL;
    store->fd = open(self->file, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (store->fd < 0)
        return fail_file(self, DNSHOOK_DENIED);
    if (fcntl(store->fd, F_SETLK, &lock) == 0)
        return read_text(self, store);
    if (errno == EACCES || errno == EAGAIN)
        return dnshook_fail(self->host, DNSHOOK_AGAIN, "%s is locked by another process",
                            self->file);
    return fail_file(self, DNSHOOK_UNREACHABLE);
}

/* Closing the file gives the lock back. */
static void store_close(const struct example *self, const struct store *store)
{
    self->host->free(self->host, store->text);
    if (store->fd >= 0)
        close(store->fd);
}

/* The line of the value, and its length with the line feed; NULL: it is not there. */
static char *find_line(const struct store *store, const struct dnshook_change *change,
                       size_t *length)
{
    const size_t name = strlen(change->name);
    const size_t value = strlen(change->value);

    *length = name + 1 + value + 1;
    for (char *line = store->text; line != NULL && *line != '\0';) {
        char *const end = strchr(line, '\n');

        if (end != NULL && (size_t)(end + 1 - line) == *length &&
            memcmp(line, change->name, name) == 0 && line[name] == ' ' &&
            memcmp(line + name + 1, change->value, value) == 0)
            return line;
        line = end != NULL ? end + 1 : NULL;
    }
    return NULL;
}

/* Appends the line of the value. */
static int append(const struct example *self, const struct store *store,
                  const struct dnshook_change *change)
{
    char line[254 + DNSHOOK_VALUE_MAX + 2]; /* name, space, value, line feed, NUL */
    const int length = snprintf(line, sizeof line, "%s %s\n", change->name, change->value);

    if (length < 0 || (size_t)length >= sizeof line)
        return dnshook_fail(self->host, DNSHOOK_REJECTED, "%s: too long", change->name);
    if (pwrite(store->fd, line, (size_t)length, (off_t)store->size) != length)
        return fail_file(self, DNSHOOK_UNREACHABLE);
    return DNSHOOK_OK;
}

/* Moves what follows the line over it. */
static int cut(const struct example *self, const struct store *store, const char *line,
               size_t length)
{
    const size_t at = (size_t)(line - store->text);
    const size_t rest = store->size - at - length;

    if (pwrite(store->fd, line + length, rest, (off_t)at) != (ssize_t)rest ||
        ftruncate(store->fd, (off_t)(at + rest)) != 0)
        return fail_file(self, DNSHOOK_UNREACHABLE);
    return DNSHOOK_OK;
}

/* Both operations: nothing is to be done where the value is as it should be. */
static int example_change(void *handle, struct dnshook_change *change)
{
    const struct example *const self = handle;
    const bool add = change->action == DNSHOOK_ADD;
    struct store store;
    size_t length = 0;
    int status = store_open(self, &store);
    const char *const line = status == DNSHOOK_OK ? find_line(&store, change, &length) : NULL;

    if (status == DNSHOOK_OK && (line != NULL) == add) {
        change->effect = DNSHOOK_EFFECT_NO_CHANGE;
    } else if (status == DNSHOOK_OK) {
        status = add ? append(self, &store, change) : cut(self, &store, line, length);
        change->effect = DNSHOOK_EFFECT_CHANGED;
    }
    store_close(self, &store);
    return status;
}

static const struct dnshook_provider example = {
    .size = sizeof example,
    .abi = DNSHOOK_ABI,
    .name = "example",
    .version = "1.0",
    .description = "TXT sets in a file",
    .params = params,
    .open = example_open,
    .close = example_close,
    .add = example_change,
    .remove = example_change,
};

const struct dnshook_provider *dnshook_provider_get(void)
{
    return &example;
}
/* end of example.c */
