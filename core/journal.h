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

#include "name.h"

enum { JOURNAL_ID_SIZE = 256 };

struct journal;

/* Provider, host and value make an entry; the rest is where the value went. */
struct journal_entry {
    const char *provider;
    const char *host;
    const char *value;
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

/* Opens the journal. Without a directory *journal is NULL, which every function here takes: nothing
 * is written then. DNSHOOK_OK, or DNSHOOK_NO_MEMORY. Warns where $STATE_DIRECTORY cannot be used.
 */
int journal_open(struct journal **journal);
void journal_close(struct journal *journal);

/* Writes an entry. *claimed: there was one already, from a run that did not come to its end.
 * DNSHOOK_OK also when it could not be written: then a warning has said so. DNSHOOK_NO_MEMORY. */
int journal_begin(struct journal *journal, const struct journal_entry *entry, bool *claimed);

/* Removes an entry; nothing happens if there is none. */
void journal_end(struct journal *journal, const struct journal_entry *entry);

/* Looks an entry up by provider, host and value. */
bool journal_find(struct journal *journal, const struct journal_entry *entry,
                  struct journal_place *place);

#endif
