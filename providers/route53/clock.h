/*
 * clock.h - the time that a server states in its Date header.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Reads "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7: IMF-fixdate, whatever the locale) as
 * seconds since the epoch. False for anything else, NULL among it. */
bool clock_read(const char *date, int64_t *seconds);

#endif
