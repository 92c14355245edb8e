/*
 * conform_state.h - what a provider may not change in the process: read before a call, compared
 * after it.
 */
#ifndef CONFORM_STATE_H
#define CONFORM_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { STATE_SIGNALS = 65, STATE_LOCALE_SIZE = 256 };

struct process_state {
    mode_t umask;
    dev_t directory_device;
    ino_t directory;
    char locale[STATE_LOCALE_SIZE];
    uintptr_t handlers[STATE_SIGNALS];
    int flags[STATE_SIGNALS];
    sigset_t blocked;
    uint64_t environment; /* a digest */
    dev_t stream_devices[3];
    ino_t streams[3];
    int64_t alarm; /* when the watchdog's timer ends, ms of deadline_now(); 0: it does not run */
};

void process_state_read(struct process_state *state);

/* What differs, in a few words; NULL: nothing. */
const char *process_state_differs(const struct process_state *before,
                                  const struct process_state *after);

#endif
