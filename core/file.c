#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "dnshook/provider.h"

/* True where a manager of credentials keeps them. */
static bool is_managed(const char *path)
{
    const char *const credentials = getenv("CREDENTIALS_DIRECTORY");
    const size_t size = credentials != NULL ? strlen(credentials) : 0;

    if (strstr(path, "/../") != NULL)
        return false;
    return strncmp(path, "/run/secrets/", 13) == 0 || strncmp(path, "/var/run/secrets/", 17) == 0 ||
           (size > 1 && strncmp(path, credentials, size) == 0 && path[size] == '/');
}

/* A group that may write: root's and our own are ourselves. */
static bool is_strange_group(gid_t group)
{
    return group != 0 && group != getegid();
}

static int check_mode(const char *path, enum file_kind kind, const struct stat *info, size_t most,
                      char why[FILE_WHY_SIZE])
{
    const unsigned mode = info->st_mode & 07777;

    if (!S_ISREG(info->st_mode)) {
        (void)snprintf(why, FILE_WHY_SIZE, "%s is no regular file", path);
        return DNSHOOK_BAD_CONFIG;
    }
    if (kind == FILE_TRUSTED && info->st_uid != 0 && info->st_uid != geteuid()) {
        (void)snprintf(why, FILE_WHY_SIZE,
                       "%s belongs to neither root nor the user who runs dnshook: run chown root "
                       "%s",
                       path, path);
        return DNSHOOK_DENIED;
    }
    if ((mode & 02) != 0 || ((mode & 020) != 0 && is_strange_group(info->st_gid))) {
        (void)snprintf(why, FILE_WHY_SIZE,
                       "%s may be written by others (mode %04o): run chmod go-w %s", path, mode,
                       path);
        return DNSHOOK_DENIED;
    }
    if (kind == FILE_SECRET && (mode & 04) != 0 && !is_managed(path)) {
        (void)snprintf(why, FILE_WHY_SIZE,
                       "%s holds a secret and everybody may read it (mode %04o): run chmod o= %s",
                       path, mode, path);
        return DNSHOOK_DENIED;
    }
    if (info->st_size > (off_t)most) {
        (void)snprintf(why, FILE_WHY_SIZE, "%s is larger than %zu bytes", path, most);
        return DNSHOOK_BAD_CONFIG;
    }
    return DNSHOOK_OK;
}

/* Reads at most `room` bytes; -1 with errno on failure. */
static ssize_t read_all(int fd, char *buffer, size_t room)
{
    size_t used = 0;

    while (used < room) {
        const ssize_t got = read(fd, buffer + used, room - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

static int open_failed(const char *path, char why[FILE_WHY_SIZE])
{
    const bool root = geteuid() == 0;

    if (errno == ENOENT)
        return DNSHOOK_OK;
    (void)snprintf(why, FILE_WHY_SIZE, "%s cannot be read: %s%s", path, strerror(errno),
                   errno == EACCES && root
                       ? " (root without CAP_DAC_OVERRIDE, as under acmetool.service, reads only "
                         "its own files: run chown root on it)"
                       : "");
    return DNSHOOK_BAD_CONFIG;
}

int file_read_most(const char *path, enum file_kind kind, size_t most, char **text, size_t *size,
                   bool *readable, char why[FILE_WHY_SIZE])
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    char *buffer;
    ssize_t got;
    int status;

    *text = NULL;
    if (fd < 0 || fstat(fd, &info) != 0)
        return open_failed(path, why);
    status = check_mode(path, kind, &info, most, why);
    if (status != DNSHOOK_OK)
        return status;
    buffer = malloc(most + 1);
    if (buffer == NULL)
        return DNSHOOK_NO_MEMORY;
    got = read_all(fd, buffer, most + 1);
    if (got < 0 || (size_t)got > most || memchr(buffer, '\0', (size_t)got) != NULL) {
        (void)snprintf(why, FILE_WHY_SIZE, "%s cannot be read: %s", path,
                       got < 0 ? strerror(errno) : "too large, or not a text");
        OPENSSL_cleanse(buffer, most + 1);
        free(buffer);
        return DNSHOOK_BAD_CONFIG;
    }
    buffer[got] = '\0';
    *text = buffer;
    *size = (size_t)got;
    *readable = (info.st_mode & 04) != 0 && !is_managed(path);
    return DNSHOOK_OK;
}

int file_read(const char *path, enum file_kind kind, char **text, size_t *size, bool *readable,
              char why[FILE_WHY_SIZE])
{
    return file_read_most(path, kind, FILE_MAX, text, size, readable, why);
}
