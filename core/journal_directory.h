/*
 * journal_directory.h - where the journal is kept: see journal.h.
 */
#ifndef JOURNAL_DIRECTORY_H
#define JOURNAL_DIRECTORY_H

enum { JOURNAL_PATH_SIZE = 4096 };

/* Opens the directory, which the caller closes, and tells its path; -1 where none can be used.
 * Warns where $STATE_DIRECTORY cannot. */
int journal_directory(char path[JOURNAL_PATH_SIZE]);

#endif
