/*
 * options.h - the words before the command: `dnshook [OPTION ...] COMMAND [ARGUMENT ...]`.
 *
 * Options end at the first word that is none. What follows is never an option: a value may begin
 * with "-".
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { OPTIONS_TIMEOUT = 240, OPTIONS_TIMEOUT_MAX = 86400 /* s */ };

struct options {
    const char *provider;     /* name or file; NULL: not given */
    const char *provider_dir; /* absolute */
    const char *config;       /* the configuration file; NULL: not given */
    const char *protocol;     /* which client calls; NULL: not given */
    int64_t timeout;          /* ms */
    bool timeout_given;
    const char *ca; /* the certificate authority that CAA has to let in; NULL: any */
    bool json;
    bool no_dns; /* conform asks the provider alone */
    bool help;
    bool version;
    int verbose; /* -1 quiet, 0, 1, 2 */
};

/* Reads the options; *first is the index of the word after them, argc if there is none.
 * DNSHOOK_OK, or DNSHOOK_BAD_CONFIG, said. */
int options_read(struct options *options, int argc, char *const *argv, int *first);

/* The part of --help that lists them. */
void options_help(FILE *out);

#endif
