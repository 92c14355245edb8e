/*
 * journal.h - what this program has put into the DNS and not yet taken away, on disk.
 *
 * One file for each value, 0600, in a directory of our own, 0700: written, flushed and renamed
 * into place before the change, unlinked after the value is gone. It holds where the value went,
 * so that it can be taken away even if the CNAME it followed leads elsewhere by then. The
 * directory is the entry called dnshook of $STATE_DIRECTORY (systemd.exec(5)), or a directory of
 * that name below its first entry; /var/lib/dnshook; or ${XDG_STATE_HOME:-~/.local/state}/dnshook:
 * the first that can be used.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caller.h"
#include "name.h"

enum {
    JOURNAL_ID_SIZE = 256,
    JOURNAL_VALUE_SIZE = 256,
    JOURNAL_ACCOUNT_SIZE = 256,
    JOURNAL_CLIENT_SIZE = CALLER_SIZE,
    JOURNAL_TOKEN_SIZE = 128,
    JOURNAL_LIST_MAX = 10000
};

struct journal;

/* Provider, host, value and at_name make an entry; the rest is where the value went. */
struct journal_entry {
    const char *provider; /* the account's name, or the provider's */
    const char *host;
    const char *value;
    bool at_name;       /* the host is the record name itself */
    const char *client; /* what a protocol finds the entry again by; NULL or "": nothing */
    bool outstanding;   /* nobody has waited for it yet: for journal_placed() */
    const char *token;  /* outstanding: the service's name for the change; NULL or "": none */
    const char *record;
    const char *zone;
    const char *zone_id; /* "" for none */
    const char *primary; /* the zone's primary server; "" where it is not known */
};

/* What journal_find() found. */
struct journal_place {
    char record[NAME_SIZE];
    char zone[NAME_SIZE];
    char zone_id[JOURNAL_ID_SIZE];
    char primary[NAME_SIZE];
};

/* What journal_list() found: an entry with its texts. */
struct journal_item {
    char provider[JOURNAL_ACCOUNT_SIZE];
    char host[NAME_SIZE];
    char value[JOURNAL_VALUE_SIZE];
    char client[JOURNAL_CLIENT_SIZE];
    char process[CALLER_SIZE]; /* who wrote it; "" where that is not known */
    bool at_name;
    bool outstanding;
    char token[JOURNAL_TOKEN_SIZE];
    bool placed;  /* that run came to its end, and left the value for a later one to take away */
    int64_t time; /* s since 1970, when it was written */
    struct journal_place place;
};

/* Opens the journal. Without a directory *journal is NULL, which every function here takes: nothing
 * is written then. DNSHOOK_OK, or DNSHOOK_NO_MEMORY. Warns where $STATE_DIRECTORY cannot be used.
 */
int journal_open(struct journal **journal);
void journal_close(struct journal *journal);

/* Writes an entry. *claimed: there was one already, from a run that did not come to its end.
 * DNSHOOK_OK also when it could not be written: then a warning has said so. DNSHOOK_NO_MEMORY. */
int journal_begin(struct journal *journal, const struct journal_entry *entry, bool *claimed);

/* Notes that the run which has written the entry came to its end, and the value is to stay. False
 * if that is not on record: where there was an entry, a warning has said so. */
bool journal_placed(struct journal *journal, const struct journal_entry *entry);

/* Removes an entry; nothing happens if there is none. */
void journal_end(struct journal *journal, const struct journal_entry *entry);

/* Looks an entry up by provider, host, value and at_name. */
bool journal_find(struct journal *journal, const struct journal_entry *entry,
                  struct journal_place *place);

/* Every entry that can be read, the oldest first, at most JOURNAL_LIST_MAX; *items is freed by the
 * caller. A file that is none is passed over with a warning. DNSHOOK_OK, also with none, or
 * DNSHOOK_NO_MEMORY. */
int journal_list(struct journal *journal, struct journal_item **items, size_t *count);

/* The entry is outstanding no more. */
void journal_settle(struct journal *journal, const struct journal_item *item);

#endif
