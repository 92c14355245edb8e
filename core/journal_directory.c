#include "journal_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static const char usual_directory[] = "/var/lib/dnshook";

/* Makes the last component of a path if it is missing, and opens the directory if it is ours
 * alone; -1 with errno otherwise. */
static int open_directory(const char *path)
{
    struct stat info;
    int fd;

    (void)mkdir(path, 0700);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) == 0 && info.st_uid == geteuid() && (info.st_mode & 0022) == 0) {
        if ((info.st_mode & 0077) != 0)
            (void)fchmod(fd, 0700);
        if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0)
            return fd;
    } else
        errno = EPERM;
    (void)close(fd);
    return -1;
}

/* A directory that was chosen, and its descriptor. */
struct choice {
    int fd;
    char *path; /* JOURNAL_PATH_SIZE */
};

static bool use_directory(struct choice *choice, const char *path)
{
    if (path[0] != '/' || strlen(path) >= JOURNAL_PATH_SIZE) {
        errno = EINVAL;
        return false;
    }
    choice->fd = open_directory(path);
    if (choice->fd < 0)
        return false;
    (void)snprintf(choice->path, JOURNAL_PATH_SIZE, "%s", path);
    log_debug("journal in %s", path);
    return true;
}

/* The entry called "dnshook" of a list with colons between its paths; without one, a directory of
 * that name below the first entry: the others are other programs'. */
static void own_entry(const char *list, char path[JOURNAL_PATH_SIZE])
{
    static const char own[] = "/dnshook";
    const size_t first = strcspn(list, ":");

    (void)snprintf(path, JOURNAL_PATH_SIZE, "%.*s%s", (int)first, list, own);
    for (const char *at = list; *at != '\0'; at += strspn(at, ":")) {
        const size_t size = strcspn(at, ":");

        if (size >= sizeof own - 1 &&
            memcmp(at + size - (sizeof own - 1), own, sizeof own - 1) == 0) {
            (void)snprintf(path, JOURNAL_PATH_SIZE, "%.*s", (int)size, at);
            return;
        }
        at += size;
    }
}

/* What $STATE_DIRECTORY says; false: nothing. */
static bool state_directory(char path[JOURNAL_PATH_SIZE])
{
    const char *list = getenv("STATE_DIRECTORY");

    if (list == NULL)
        return false;
    list += strspn(list, ":");
    if (*list == '\0')
        return false;
    own_entry(list, path);
    return true;
}

static bool use_state_directory(struct choice *choice)
{
    char path[JOURNAL_PATH_SIZE];

    if (!state_directory(path))
        return false;
    if (use_directory(choice, path))
        return true;
    log_warning("STATE_DIRECTORY: %s cannot hold the journal (%s); looking elsewhere", path,
                strerror(errno));
    return false;
}

/* The user's own state directory. `above` is what it lies in, and `top` what that lies in, where it
 * is ours to make it, else "". False: none. */
static bool home_directory(char path[JOURNAL_PATH_SIZE], char above[JOURNAL_PATH_SIZE],
                           char top[JOURNAL_PATH_SIZE])
{
    const char *const state = getenv("XDG_STATE_HOME");
    const char *const home = getenv("HOME");
    int size;

    top[0] = '\0';
    if (state != NULL && *state == '/')
        size = snprintf(above, JOURNAL_PATH_SIZE, "%s", state);
    else if (home != NULL && *home == '/') {
        (void)snprintf(top, JOURNAL_PATH_SIZE, "%s/.local", home);
        size = snprintf(above, JOURNAL_PATH_SIZE, "%s/.local/state", home);
    } else
        return false;
    if (size < 0 || (size_t)size + sizeof "/dnshook" >= JOURNAL_PATH_SIZE)
        return false;
    memcpy(path, above, (size_t)size);
    memcpy(path + size, "/dnshook", sizeof "/dnshook");
    return true;
}

static bool use_home(struct choice *choice)
{
    char path[JOURNAL_PATH_SIZE];
    char above[JOURNAL_PATH_SIZE];
    char top[JOURNAL_PATH_SIZE];

    if (!home_directory(path, above, top))
        return false;
    if (top[0] != '\0')
        (void)mkdir(top, 0700);
    (void)mkdir(above, 0700);
    return use_directory(choice, path);
}

bool journal_directory_candidate(size_t i, char path[JOURNAL_PATH_SIZE])
{
    char above[JOURNAL_PATH_SIZE];
    char top[JOURNAL_PATH_SIZE];

    if (state_directory(path) && i-- == 0)
        return true;
    if (i-- == 0)
        return snprintf(path, JOURNAL_PATH_SIZE, "%s", usual_directory) > 0;
    return i == 0 && geteuid() != 0 && home_directory(path, above, top);
}

int journal_directory(char path[JOURNAL_PATH_SIZE])
{
    struct choice choice = {.fd = -1, .path = path};

    path[0] = '\0';
    if (use_state_directory(&choice) || use_directory(&choice, usual_directory) ||
        (geteuid() != 0 && use_home(&choice)))
        return choice.fd;
    return -1;
}
