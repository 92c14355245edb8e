/*
 * Small text files.
 *
 * SPDX-License-Identifier: MIT
 */
#include "textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* True where a manager of credentials keeps them, who has seen to their modes. */
static bool is_managed(const char *path)
{
    static const char *const places[] = {"/run/secrets/", "/var/run/secrets/"};
    const char *const credentials = getenv("CREDENTIALS_DIRECTORY");
    const size_t size = credentials == NULL ? 0 : strlen(credentials);

    if (strstr(path, "/../") != NULL)
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strncmp(path, places[i], strlen(places[i])) == 0)
            return true;
    return size > 1 && strncmp(path, credentials, size) == 0 && path[size] == '/';
}

/* Whether someone else could write what has this mode; a sticky directory of root's is allowed. */
static bool is_open_to_others(const struct stat *info)
{
    if (S_ISDIR(info->st_mode) && (info->st_mode & S_ISVTX) != 0 && info->st_uid == 0)
        return false;
    return (info->st_mode & S_IWOTH) != 0 || ((info->st_mode & S_IWGRP) != 0 && info->st_gid != 0);
}

static int fail_open(const char *path, struct textfile *out, char why[TEXTFILE_WHY_SIZE])
{
    const bool confined = errno == EACCES && geteuid() == 0;

    out->denied = errno == EACCES;
    if (errno == ENOENT || errno == ENOTDIR)
        return DNSHOOK_OK;
    (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s cannot be read: %s%s", path, strerror(errno),
                   confined ? " (root without CAP_DAC_OVERRIDE, as under acmetool.service, reads "
                              "only what its owner or group may, and nothing below /root: run "
                              "chown root on it, or put it elsewhere)"
                            : "");
    return DNSHOOK_BAD_CONFIG;
}

static int check(const char *path, const struct stat *info, size_t max, char why[TEXTFILE_WHY_SIZE])
{
    if (!S_ISREG(info->st_mode)) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s is no regular file", path);
        return DNSHOOK_BAD_CONFIG;
    }
    if (is_open_to_others(info)) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE,
                       "%s may be written by others (mode %04o): run chmod go-w %s", path,
                       (unsigned)(info->st_mode & 07777), path);
        return DNSHOOK_DENIED;
    }
    if (info->st_size > 0 && (size_t)info->st_size > max) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s is larger than %zu bytes", path, max);
        return DNSHOOK_BAD_CONFIG;
    }
    return DNSHOOK_OK;
}

/* Reads at most `room` bytes; -1 with errno: failed. */
static ssize_t read_all(int fd, char *out, size_t room)
{
    size_t have = 0;

    while (have < room) {
        const ssize_t got = read(fd, out + have, room - have);

        if (got < 0 && errno != EINTR)
            return -1;
        if (got == 0)
            break;
        have += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)have;
}

/* Reads the open file into memory of the host. */
static int load(const struct dnshook_host *host, const char *path, int fd, size_t room,
                struct textfile *out, char why[TEXTFILE_WHY_SIZE])
{
    char *const text = host->alloc(host, room + 1);
    const ssize_t got = text == NULL ? 0 : read_all(fd, text, room);

    if (text == NULL) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s cannot be read: out of memory", path);
        return DNSHOOK_NO_MEMORY;
    }
    if (got < 0 || (size_t)got == room || memchr(text, '\0', (size_t)got) != NULL) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s cannot be read: %s", path,
                       got < 0 ? strerror(errno) : "too large, or not a text");
        host->free(host, text);
        return DNSHOOK_BAD_CONFIG;
    }
    text[got] = '\0';
    out->text = text;
    out->size = (size_t)got;
    return DNSHOOK_OK;
}

int textfile_exposed(const char *path, char why[TEXTFILE_WHY_SIZE])
{
    (void)snprintf(why, TEXTFILE_WHY_SIZE,
                   "%s holds a secret and everybody may read it: run chmod o= %s", path, path);
    return DNSHOOK_DENIED;
}

/* The checks and the reading see one descriptor, so that nobody can change the file for another in
 * between. O_NONBLOCK: a FIFO must not hold us. */
int textfile_read(const struct dnshook_host *host, const char *path, enum textfile_kind kind,
                  size_t max, struct textfile *out, char why[TEXTFILE_WHY_SIZE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    int status;

    *out = (struct textfile){.text = NULL};
    if (fd < 0)
        return fail_open(path, out, why);
    status = fstat(fd, &info) == 0 ? check(path, &info, max, why) : fail_open(path, out, why);
    if (status == DNSHOOK_OK)
        out->readable = (info.st_mode & S_IROTH) != 0 && !is_managed(path);
    if (status == DNSHOOK_OK && kind == TEXTFILE_SECRET && out->readable)
        status = textfile_exposed(path, why);
    if (status == DNSHOOK_OK) /* a file in /proc or /sys has no size */
        status =
            load(host, path, fd, info.st_size > 0 ? (size_t)info.st_size + 1 : max + 1, out, why);
    (void)close(fd);
    return status;
}

void textfile_free(const struct dnshook_host *host, struct textfile *file)
{
    host->free(host, file->text);
    *file = (struct textfile){.text = NULL};
}

/* One step of textfile_may_name_code(). */
static bool is_ours(const char *path, char why[TEXTFILE_WHY_SIZE])
{
    struct stat info;

    if (stat(path, &info) != 0) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s cannot be examined: %s", path, strerror(errno));
        return false;
    }
    if (info.st_uid != 0 && info.st_uid != geteuid()) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s belongs to another user (uid %lu)", path,
                       (unsigned long)info.st_uid);
        return false;
    }
    if (is_open_to_others(&info)) {
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s may be written by others (mode %04o)", path,
                       (unsigned)(info.st_mode & 07777));
        return false;
    }
    return true;
}

bool textfile_may_name_code(const char *path, char why[TEXTFILE_WHY_SIZE])
{
    char *const real = realpath(path, NULL);
    bool good = real != NULL;

    if (!good)
        (void)snprintf(why, TEXTFILE_WHY_SIZE, "%s cannot be examined: %s", path, strerror(errno));
    while (good && real[0] != '\0') {
        good = is_ours(real, why);
        *strrchr(real, '/') = '\0';
    }
    good = good && is_ours("/", why);
    free(real);
    return good;
}
