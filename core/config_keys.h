/*
 * config_keys.h - the words of the configuration file and what they take: every key but those of
 * accounts, which the providers know. Part of config.c.
 */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "config.h"

enum { CONFIG_WORDS_SIZE = 512, CONFIG_ACCOUNT_NAME_MAX = 32 };

/* The sections, as bits. */
enum config_section { IN_ACCOUNT = 1, IN_DOMAIN = 2, IN_DEFAULT = 4, IN_PROPAGATION = 8 };

/* For messages. */
struct config_place {
    const char *path;
    unsigned line;
};

/* The keys of one section: a text or a number each, and the line; 0 where it is not given. */
struct config_values {
    char *texts[CONFIG_KEYS]; /* the holder's */
    int64_t numbers[CONFIG_KEYS];
    unsigned lines[CONFIG_KEYS];
};

/* Says "PATH:LINE: TEXT" and returns DNSHOOK_BAD_CONFIG. */
__attribute__((format(printf, 2, 3))) int config_refuse(const struct config_place *place,
                                                        const char *format, ...);

/* Says that `what` stands in the line `earlier` already. */
int config_twice(const struct config_place *place, const char *what, unsigned earlier);

/* The end of a message about a wrong word: the nearest one that is known, and all of them, cut
 * where there is no more room. */
const char *config_known(const char *word, const char *const *words, size_t count,
                         char out[CONFIG_WORDS_SIZE]);

/* Copies; DNSHOOK_OK, or DNSHOOK_NO_MEMORY, said. */
int config_keep(char **text, const char *value);

/* True for ^[a-z0-9][a-z0-9_-]{0,31}$, the names of providers and accounts. */
bool config_is_account_name(const char *name);

/* What is wrong with a name that a record may have, as the end of a sentence; NULL if nothing. */
const char *config_check_name(const char *name);

/* Takes a key of [section], whose bit is `bit`. DNSHOOK_OK, DNSHOOK_BAD_CONFIG or
 * DNSHOOK_NO_MEMORY, said. */
int config_keys_take(const struct config_place *place, const char *section, unsigned bit,
                     const char *key, const char *value, struct config_values *values);

#endif
