/*
 * caller.h - which process this is, and which one called it: a text that no other process has,
 * also when the process id is used again.
 */
#ifndef CALLER_H
#define CALLER_H

#include <stdbool.h>

enum { CALLER_SIZE = 64 };

/* This process; "" where /proc does not tell. */
void caller_self(char out[CALLER_SIZE]);

/*
 * The process that has set an environment variable for this one: the nearest above it which was
 * not itself started with this value of it, however many shells are in between. False, with "",
 * where the variable is not set or /proc does not tell.
 */
bool caller_of_variable(const char *name, char out[CALLER_SIZE]);

/* True for a text that names a process. */
bool caller_is_process(const char *text);

/* False when the process has ended for certain; true also where nobody knows, as for one of another
 * PID namespace. */
bool caller_may_live(const char *text);

#endif
