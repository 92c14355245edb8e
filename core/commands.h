/*
 * commands.h - the words that a person types: `dnshook test`, `dnshook check` and so on.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdio.h>

#include "run.h"

struct command {
    const char *word;
    const char *usage; /* the arguments */
    const char *help;
    int least; /* arguments after the word */
    int most;
    int (*run)(const struct run *run, int argc, char *const *argv); /* argv[0] is the word; returns
                                                                       the exit status */
};

/* The command of that word; NULL if there is none. */
const struct command *commands_find(const char *word);

/* The word, also of a client, that is nearest to one that is none; NULL if none is near. */
const char *commands_nearest(const char *word);

/* The part of --help that lists them. */
void commands_help(FILE *out);

int command_add(const struct run *run, int argc, char *const *argv);
int command_remove(const struct run *run, int argc, char *const *argv);
int command_clean(const struct run *run, int argc, char *const *argv);
int command_test(const struct run *run, int argc, char *const *argv);
int command_check(const struct run *run, int argc, char *const *argv);
int command_doctor(const struct run *run, int argc, char *const *argv);
int command_providers(const struct run *run, int argc, char *const *argv);
int command_info(const struct run *run, int argc, char *const *argv);
int command_new_provider(const struct run *run, int argc, char *const *argv);
int command_zones(const struct run *run, int argc, char *const *argv);
int command_config(const struct run *run, int argc, char *const *argv);
int command_conform(const struct run *run, int argc, char *const *argv);

#endif
