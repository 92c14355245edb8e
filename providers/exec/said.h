/*
 * said.h - what a program has written.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXEC_SAID_H
#define EXEC_SAID_H

#include <dnshook/provider.h>

enum { SAID_SIZE = 768 };

/* Makes one text of `size` bytes and a NUL: no other NUL, no carriage return. */
void said_clean(char *text, size_t size);

/* The effect that the last line which is "changed" or "unchanged", and nothing else, tells. */
uint32_t said_effect(const char *text);

/* The last lines that are not blank, at most three, with " / " between them; "" if there are none.
 * What is too long loses its beginning. */
void said_last(const char *text, char out[SAID_SIZE]);

/* Logs the last lines, at most 50 of them, each with `who` in front. */
void said_log(const struct dnshook_host *host, int level, const char *who, const char *text);

#endif
