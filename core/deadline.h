/*
 * deadline.h - the time that this run of the program has, and the signals that cut it short.
 *
 * A run has two phases. Work ends `reserve` before the whole time is over, or with the first
 * SIGINT, SIGTERM or SIGHUP. Cleaning up then has what is left of the whole time: at most 10 s
 * after a signal. A second signal ends the process at once. A call that hangs past the end is
 * ended by an alarm one second later at the latest, with the last words of deadline_last_words().
 *
 * All times are milliseconds of the monotonic clock.
 */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The monotonic clock. */
int64_t deadline_now(void);

/* Starts the run: `total` milliseconds from now on, of which `reserve` are kept for cleaning up.
 * Installs the signal handlers and ignores SIGPIPE. DNSHOOK_OK, or DNSHOOK_UNREACHABLE with an
 * error said when the system refuses a pipe or a timer. May be called again to change the times. */
int deadline_start(int64_t total, int64_t reserve);

/* Begins the second phase. */
void deadline_begin_cleanup(void);

/* Milliseconds left in this phase, 0 when it is over or a signal came in the first one. */
int64_t deadline_left(void);

/* The signal that came, 0 for none. */
int deadline_signal(void);

/* True in the first phase after a signal. */
bool deadline_interrupted(void);

/* DNSHOOK_INTERRUPTED after a signal in the first phase, else DNSHOOK_DEADLINE when no time is
 * left, else DNSHOOK_OK. */
int deadline_status(void);

/* A descriptor that becomes readable when a signal comes: to be polled for POLLIN beside others in
 * the first phase. -1 in the second: poll() passes over it. */
int deadline_fd(void);

/* Waits. DNSHOOK_OK; DNSHOOK_DEADLINE at once if the wait would reach the end of the phase;
 * DNSHOOK_INTERRUPTED as soon as a signal comes. */
int deadline_sleep(int64_t milliseconds);

/* What the process says on standard error if the alarm, or a second signal, ends it; without a
 * line feed, cut at 2559 bytes. */
void deadline_last_words(const char *text);

/* Says that the work is done and the exit status known: an alarm from here on, as in a provider
 * that hangs while it is closed, ends the process with it, until the clock is started anew. */
void deadline_outcome(int status);

#endif
