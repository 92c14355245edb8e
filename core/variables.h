/*
 * variables.h - files of NAME=value lines as shells and systemd read them, never run.
 *
 * A line is blank, a comment (#), or NAME=value, `export` in front allowed. The value is bare (no
 * blank, no character that means something to a shell), 'quoted', or "quoted" without $, ` and \.
 */
#ifndef VARIABLES_H
#define VARIABLES_H

#include <stddef.h>

/* Receives a variable; name and value last for the call. A status other than DNSHOOK_OK ends the
 * reading and is returned. */
typedef int variables_fn(void *opaque, const char *name, const char *value);

/*
 * Reads `text` (which is changed) and hands its variables to `each`, in order. `shell` receives
 * the numbers of the lines that are none, as "3, 7, 8", cut where `size` ends; "" if there are
 * none.
 */
int variables_read(char *text, variables_fn *each, void *opaque, char *shell, size_t size);

#endif
