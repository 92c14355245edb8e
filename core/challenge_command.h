/*
 * challenge_command.h - the command that takes a value away later, for messages.
 */
#ifndef CHALLENGE_COMMAND_H
#define CHALLENGE_COMMAND_H

#include "challenge.h"

enum { CHALLENGE_COMMAND_SIZE = 3392 };

/* The command, for a POSIX shell; the challenge has its account. */
void challenge_command(const struct challenge *challenge, char *out, size_t size);

/* Leaves it as what the process says if it has to end in the middle of a call. */
void challenge_last_words(const struct challenge *challenge);

#endif
