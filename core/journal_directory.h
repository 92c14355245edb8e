/*
 * journal_directory.h - where the journal is kept: see journal.h.
 */
#ifndef JOURNAL_DIRECTORY_H
#define JOURNAL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

enum { JOURNAL_PATH_SIZE = 4096 };

/* Opens the directory, which the caller closes, and tells its path; -1 where none can be used.
 * Warns where $STATE_DIRECTORY cannot. */
int journal_directory(char path[JOURNAL_PATH_SIZE]);

/* The directories that are tried one after another, i from 0; false: no more. Nothing is made or
 * opened. */
bool journal_directory_candidate(size_t i, char path[JOURNAL_PATH_SIZE]);

#endif
