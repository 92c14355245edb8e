/*
 * protocol.h - how ACME clients call a hook: which client a call is from, and its answer.
 *
 * Each client's protocol is a file of its own, protocol_NAME.c; nothing else knows one.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdio.h>

#include "run.h"

struct protocol;

/* The protocol that --protocol or DNSHOOK_PROTOCOL forces. DNSHOOK_OK, with *protocol NULL if
 * neither does; DNSHOOK_BAD_CONFIG, said, if there is none of that name. */
int protocol_forced(const struct run *run, const struct protocol **protocol);

/* True for the first word of a call of that client. */
bool protocol_has(const struct protocol *protocol, const char *word);

/* The protocol that is known by the first word of a call; NULL: none is. */
const struct protocol *protocol_of_word(const char *word);

/* The protocol of the client that the environment tells of, for a call of which the first word, or
 * NULL if there is none, is nobody's; NULL: it tells of none. */
const struct protocol *protocol_of_environment(const char *word);

/* Answers a call: argv[0] is its first word, which may be unknown or, with argc 0, missing.
 * Returns the exit status that this client expects. */
int protocol_answer(const struct protocol *protocol, const struct run *run, int argc,
                    char *const *argv);

/* At most `count` words by which a call is known, for "did you mean". Returns how many. */
size_t protocol_words(const char **words, size_t count);

/* The part of --help that lists the clients. */
void protocol_help(FILE *out);

#endif
