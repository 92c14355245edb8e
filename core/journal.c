#include "journal.h"

#include <dirent.h>
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
#include "journal_directory.h"
#include "log.h"

enum { KEY_BYTES = 16, FILE_NAME_SIZE = 64, ENTRY_MAX = 8192 };

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
    char path[JOURNAL_PATH_SIZE];
};

int journal_open(struct journal **journal)
{
    struct journal *const new = calloc(1, sizeof *new);

    *journal = NULL;
    if (new == NULL)
        return log_no_memory();
    new->fd = journal_directory(new->path);
    if (new->fd >= 0)
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

/* The file name of an entry: a digest, so that every value makes one. No value ends with a NUL:
 * with at_name it is another name. */
static bool entry_name(const struct journal_entry *entry, char name[FILE_NAME_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    const bool ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                    EVP_DigestUpdate(context, entry->provider, strlen(entry->provider) + 1) == 1 &&
                    EVP_DigestUpdate(context, entry->host, strlen(entry->host) + 1) == 1 &&
                    EVP_DigestUpdate(context, entry->value, strlen(entry->value)) == 1 &&
                    EVP_DigestUpdate(context, "", entry->at_name ? 1 : 0) == 1 &&
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

/* The content of an entry, as of now and this process. */
static char *entry_text(const struct journal_entry *entry, bool placed)
{
    char process[CALLER_SIZE];
    json_t *object;
    char *text;

    caller_self(process);
    object = json_pack(
        "{s:i, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:b, s:b, s:s}", "version", 1,
        "provider", entry->provider, "host", entry->host, "value", entry->value, "at-name",
        entry->at_name, "client", entry->client != NULL ? entry->client : "", "record",
        entry->record, "zone", entry->zone, "zone-id", entry->zone_id, "primary", entry->primary,
        "time", (json_int_t)time(NULL), "process", process, "placed", placed, "outstanding",
        placed && entry->outstanding, "token",
        placed && entry->outstanding && entry->token != NULL ? entry->token : "");
    text = object != NULL ? json_dumps(object, JSON_INDENT(1)) : NULL;
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
    if (!ok) {
        const int error = errno;

        (void)unlinkat(journal->fd, temporary, 0);
        errno = error;
    }
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
    text = entry_text(entry, false);
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

bool journal_placed(struct journal *journal, const struct journal_entry *entry)
{
    CLEANUP_FREE char *text = entry_text(entry, true);
    char name[FILE_NAME_SIZE] = "";
    bool put = false;

    if (journal == NULL || text == NULL || !entry_name(entry, name))
        return false;
    (void)flock(journal->fd, LOCK_EX);
    if (is_seen(journal, name)) {
        put = put_file(journal, name, text);
        if (!put)
            log_warning("%s: the journal cannot be written (%s): dnshook clean will take the value "
                        "for %s for one that was left behind",
                        journal->path, strerror(errno), entry->host);
        (void)note_seen(journal, name);
    }
    (void)flock(journal->fd, LOCK_UN);
    return put;
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

/* The object in an entry's file; NULL if it cannot be read or is none. */
static json_t *load(const struct journal *journal, const char *name)
{
    char text[ENTRY_MAX];
    CLEANUP_CLOSE int fd =
        openat(journal->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    const ssize_t size = fd >= 0 ? read(fd, text, sizeof text) : -1;

    return size > 0 ? json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

static bool copy_place(const json_t *object, struct journal_place *place)
{
    return copy_text(object, "record", place->record, sizeof place->record) &&
           copy_text(object, "zone", place->zone, sizeof place->zone) &&
           copy_text(object, "zone-id", place->zone_id, sizeof place->zone_id) &&
           copy_text(object, "primary", place->primary, sizeof place->primary);
}

bool journal_find(struct journal *journal, const struct journal_entry *entry,
                  struct journal_place *place)
{
    char name[FILE_NAME_SIZE] = "";
    json_t *object;
    bool found;

    if (journal == NULL || !entry_name(entry, name))
        return false;
    (void)note_seen(journal, name);
    object = load(journal, name);
    found = text_is(object, "provider", entry->provider) && text_is(object, "host", entry->host) &&
            text_is(object, "value", entry->value) && copy_place(object, place);
    json_decref(object);
    return found;
}

/* ---- all entries ---- */

/* Reads an entry. Old versions had less in it. */
static bool read_item(const struct journal *journal, const char *name, struct journal_item *item)
{
    json_t *const object = load(journal, name);
    const bool ok = copy_text(object, "provider", item->provider, sizeof item->provider) &&
                    copy_text(object, "host", item->host, sizeof item->host) &&
                    copy_text(object, "value", item->value, sizeof item->value) &&
                    copy_place(object, &item->place);

    item->at_name = json_is_true(json_object_get(object, "at-name"));
    if (!copy_text(object, "client", item->client, sizeof item->client))
        item->client[0] = '\0';
    if (!copy_text(object, "process", item->process, sizeof item->process))
        item->process[0] = '\0';
    if (!copy_text(object, "token", item->token, sizeof item->token))
        item->token[0] = '\0';
    item->outstanding = json_is_true(json_object_get(object, "outstanding"));
    item->placed = json_is_true(json_object_get(object, "placed"));
    item->time = (int64_t)json_integer_value(json_object_get(object, "time"));
    json_decref(object);
    return ok;
}

/* True for the name of an entry; files that are being written begin with a dot. */
static bool is_entry(const char *name)
{
    const size_t size = strlen(name);

    return size == (size_t)2 * KEY_BYTES + sizeof ".json" - 1 &&
           strspn(name, "0123456789abcdef") == (size_t)2 * KEY_BYTES;
}

static int older(const void *left, const void *right)
{
    const struct journal_item *const a = left;
    const struct journal_item *const b = right;

    return (a->time > b->time) - (a->time < b->time);
}

/* Reads one file of the directory to the end of the list. */
static int append(const struct journal *journal, const char *name, struct journal_item **items,
                  size_t *count)
{
    struct journal_item *const more =
        *count % 64 == 0 ? realloc(*items, (*count + 64) * sizeof *more) : *items;
    struct stat info;

    if (more == NULL)
        return log_no_memory();
    *items = more;
    if (read_item(journal, name, &more[*count]))
        ++*count;
    else if (fstatat(journal->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0) /* not ended meanwhile */
        log_warning("%s/%s is no entry that can be read", journal->path, name);
    return DNSHOOK_OK;
}

int journal_list(struct journal *journal, struct journal_item **items, size_t *count)
{
    int status = DNSHOOK_OK;
    DIR *directory;
    int fd;

    *items = NULL;
    *count = 0;
    if (journal == NULL)
        return DNSHOOK_OK;
    fd = openat(journal->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (directory == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return log_no_memory();
    }
    for (const struct dirent *each;
         status == DNSHOOK_OK && *count < JOURNAL_LIST_MAX && (each = readdir(directory)) != NULL;)
        if (is_entry(each->d_name))
            status = append(journal, each->d_name, items, count);
    (void)closedir(directory);
    if (status != DNSHOOK_OK) {
        free(*items);
        *items = NULL;
        *count = 0;
    } else if (*count > 0)
        qsort(*items, *count, sizeof **items, older);
    return status;
}

void journal_settle(struct journal *journal, const struct journal_item *item)
{
    const struct journal_entry entry = {.provider = item->provider,
                                        .host = item->host,
                                        .value = item->value,
                                        .at_name = item->at_name,
                                        .client = item->client,
                                        .record = item->place.record,
                                        .zone = item->place.zone,
                                        .zone_id = item->place.zone_id,
                                        .primary = item->place.primary};
    char name[FILE_NAME_SIZE] = "";

    if (journal == NULL || !entry_name(&entry, name) || !note_seen(journal, name))
        return;
    (void)journal_placed(journal, &entry);
}
