#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "dnshook/provider.h"
#include "log.h"

enum { PATH_SIZE = 4096, KEY_BYTES = 16, FILE_NAME_SIZE = 64, ENTRY_MAX = 8192 };

/* An entry that this run has written or found: only that very file is removed again. Another run
 * with the same value may have put its own in place of it. */
struct seen {
    struct seen *next;
    ino_t inode;
    char name[FILE_NAME_SIZE];
};

struct journal {
    int fd; /* the directory; locked while an entry is put or removed */
    struct seen *seen;
    char path[PATH_SIZE];
};

/* ---- the directory ---- */

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

static bool use_directory(struct journal *journal, const char *path)
{
    if (path[0] != '/' || strlen(path) >= sizeof journal->path) {
        errno = EINVAL;
        return false;
    }
    journal->fd = open_directory(path);
    if (journal->fd < 0)
        return false;
    (void)snprintf(journal->path, sizeof journal->path, "%s", path);
    log_debug("journal in %s", path);
    return true;
}

/* The entry called "dnshook" of a list with colons between its paths; without one, a directory of
 * that name below the first entry: the others are other programs'. */
static void own_entry(const char *list, char path[PATH_SIZE])
{
    static const char own[] = "/dnshook";
    const size_t first = strcspn(list, ":");

    (void)snprintf(path, PATH_SIZE, "%.*s%s", (int)first, list, own);
    for (const char *at = list; *at != '\0'; at += strspn(at, ":")) {
        const size_t size = strcspn(at, ":");

        if (size >= sizeof own - 1 &&
            memcmp(at + size - (sizeof own - 1), own, sizeof own - 1) == 0) {
            (void)snprintf(path, PATH_SIZE, "%.*s", (int)size, at);
            return;
        }
        at += size;
    }
}

static bool use_state_directory(struct journal *journal)
{
    const char *list = getenv("STATE_DIRECTORY");
    char path[PATH_SIZE];

    if (list == NULL)
        return false;
    list += strspn(list, ":");
    if (*list == '\0')
        return false;
    own_entry(list, path);
    if (use_directory(journal, path))
        return true;
    log_warning("STATE_DIRECTORY: %s cannot hold the journal (%s); looking elsewhere", path,
                strerror(errno));
    return false;
}

/* The user's own state directory. */
static bool use_home(struct journal *journal)
{
    const char *const state = getenv("XDG_STATE_HOME");
    const char *const home = getenv("HOME");
    char path[PATH_SIZE];
    size_t base;

    if (state != NULL && *state == '/')
        base = (size_t)snprintf(path, sizeof path, "%s", state);
    else if (home != NULL && *home == '/') {
        (void)snprintf(path, sizeof path, "%s/.local", home);
        (void)mkdir(path, 0700);
        base = (size_t)snprintf(path, sizeof path, "%s/.local/state", home);
    } else
        return false;
    if (base + sizeof "/dnshook" >= sizeof path)
        return false;
    (void)mkdir(path, 0700);
    (void)snprintf(path + base, sizeof path - base, "/dnshook");
    return use_directory(journal, path);
}

int journal_open(struct journal **journal)
{
    struct journal *const new = calloc(1, sizeof *new);

    *journal = NULL;
    if (new == NULL)
        return log_no_memory();
    new->fd = -1;
    if (use_state_directory(new) || use_directory(new, "/var/lib/dnshook") ||
        (geteuid() != 0 && use_home(new)))
        *journal = new;
    else
        free(new);
    return DNSHOOK_OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    while (journal->seen != NULL) {
        struct seen *const next = journal->seen->next;

        free(journal->seen);
        journal->seen = next;
    }
    (void)close(journal->fd);
    free(journal);
}

/* ---- entries ---- */

/* The file name of an entry: a digest, so that every value makes one. */
static bool entry_name(const struct journal_entry *entry, char name[FILE_NAME_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    const bool ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                    EVP_DigestUpdate(context, entry->provider, strlen(entry->provider) + 1) == 1 &&
                    EVP_DigestUpdate(context, entry->host, strlen(entry->host) + 1) == 1 &&
                    EVP_DigestUpdate(context, entry->value, strlen(entry->value)) == 1 &&
                    EVP_DigestFinal_ex(context, digest, &size) == 1 && size >= KEY_BYTES;

    EVP_MD_CTX_free(context);
    for (size_t i = 0; ok && i < KEY_BYTES; i++)
        (void)snprintf(name + 2 * i, FILE_NAME_SIZE - 2 * i, "%02x", digest[i]);
    (void)snprintf(name + (size_t)2 * KEY_BYTES, FILE_NAME_SIZE - (size_t)2 * KEY_BYTES, ".json");
    return ok;
}

/* Notes the file that an entry is now; false when memory ran out or there is none. */
static bool note_seen(struct journal *journal, const char *name)
{
    struct seen *seen = journal->seen;
    struct stat info;

    while (seen != NULL && strcmp(seen->name, name) != 0)
        seen = seen->next;
    if (seen == NULL) {
        seen = calloc(1, sizeof *seen);
        if (seen == NULL)
            return false;
        (void)snprintf(seen->name, sizeof seen->name, "%s", name);
        seen->next = journal->seen;
        journal->seen = seen;
    }
    seen->inode = fstatat(journal->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? info.st_ino : 0;
    return seen->inode != 0;
}

/* True when the entry still is the file that this run saw. */
static bool is_seen(const struct journal *journal, const char *name)
{
    const struct seen *seen = journal->seen;
    struct stat info;

    while (seen != NULL && strcmp(seen->name, name) != 0)
        seen = seen->next;
    return seen != NULL && fstatat(journal->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           info.st_ino == seen->inode;
}

static char *entry_text(const struct journal_entry *entry)
{
    json_t *const object =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "version", 1, "provider",
                  entry->provider, "host", entry->host, "value", entry->value, "record",
                  entry->record, "zone", entry->zone, "zone-id", entry->zone_id, "primary",
                  entry->primary, "time", (json_int_t)time(NULL), "pid", (json_int_t)getpid());
    char *const text = object != NULL ? json_dumps(object, JSON_INDENT(1)) : NULL;

    json_decref(object);
    return text;
}

static bool write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        const ssize_t done = write(fd, text, left);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        text += done;
        left -= (size_t)done;
    }
    return true;
}

/* Puts a file into the directory, flushed to the disk under its final name or not there at all. */
static bool put_file(const struct journal *journal, const char *name, const char *text)
{
    char temporary[FILE_NAME_SIZE + 32];
    int fd;
    bool ok;

    (void)snprintf(temporary, sizeof temporary, ".%s.%ld", name, (long)getpid());
    fd =
        openat(journal->fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    ok = write_all(fd, text) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && renameat(journal->fd, temporary, journal->fd, name) == 0;
    if (!ok)
        (void)unlinkat(journal->fd, temporary, 0);
    return ok && fsync(journal->fd) == 0;
}

int journal_begin(struct journal *journal, const struct journal_entry *entry, bool *claimed)
{
    char name[FILE_NAME_SIZE] = "";
    CLEANUP_FREE char *text = NULL;

    *claimed = false;
    if (journal == NULL) {
        log_warning("no directory to keep a journal in: a value that an interrupted run leaves "
                    "behind will not be on record; make /var/lib/dnshook (0700), or set "
                    "StateDirectory=dnshook in the service");
        return DNSHOOK_OK;
    }
    text = entry_text(entry);
    if (text == NULL || !entry_name(entry, name))
        return log_no_memory();
    (void)flock(journal->fd, LOCK_EX);
    *claimed = faccessat(journal->fd, name, F_OK, 0) == 0;
    const bool put = put_file(journal, name, text) && note_seen(journal, name);
    const int error = errno;

    (void)flock(journal->fd, LOCK_UN);
    errno = error;
    if (!put)
        log_warning("%s: the journal cannot be written (%s): a value that an interrupted run "
                    "leaves behind will not be on record",
                    journal->path, strerror(errno));
    return DNSHOOK_OK;
}

void journal_end(struct journal *journal, const struct journal_entry *entry)
{
    char name[FILE_NAME_SIZE] = "";

    if (journal == NULL || !entry_name(entry, name))
        return;
    (void)flock(journal->fd, LOCK_EX);
    if (!is_seen(journal, name))
        errno = ENOENT; /* there is none, or it is another run's */
    else if (unlinkat(journal->fd, name, 0) == 0 && fsync(journal->fd) == 0)
        errno = ENOENT;
    if (errno != ENOENT)
        log_warning("%s/%s cannot be removed: %s", journal->path, name, strerror(errno));
    (void)flock(journal->fd, LOCK_UN);
}

/* Copies a text of the object, if it is there and fits. */
static bool copy_text(const json_t *object, const char *key, char *out, size_t size)
{
    const char *const text = json_string_value(json_object_get(object, key));

    return text != NULL && snprintf(out, size, "%s", text) < (int)size;
}

static bool text_is(const json_t *object, const char *key, const char *wanted)
{
    const char *const text = json_string_value(json_object_get(object, key));

    return text != NULL && strcmp(text, wanted) == 0;
}

bool journal_find(struct journal *journal, const struct journal_entry *entry,
                  struct journal_place *place)
{
    char name[FILE_NAME_SIZE] = "";
    char text[ENTRY_MAX];
    CLEANUP_CLOSE int fd = -1;
    json_t *object;
    ssize_t size;
    bool found;

    if (journal == NULL || !entry_name(entry, name))
        return false;
    fd = openat(journal->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    (void)note_seen(journal, name);
    size = read(fd, text, sizeof text);
    object = size > 0 ? json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    found = text_is(object, "provider", entry->provider) && text_is(object, "host", entry->host) &&
            text_is(object, "value", entry->value) &&
            copy_text(object, "record", place->record, sizeof place->record) &&
            copy_text(object, "zone", place->zone, sizeof place->zone) &&
            copy_text(object, "zone-id", place->zone_id, sizeof place->zone_id) &&
            copy_text(object, "primary", place->primary, sizeof place->primary);
    json_decref(object);
    return found;
}
