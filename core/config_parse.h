/*
 * config_parse.h - from the sections and keys of a file to a struct config; part of config.c.
 */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "config.h"
#include "ini.h"

struct config_parser;

/* Begins to fill `config`, which has a path and is otherwise empty. NULL when memory ran out, said;
 * else freed with config_parse_free(). */
struct config_parser *config_parse_new(struct config *config);
void config_parse_free(struct config_parser *parser);

/* What takes the sections and keys. */
struct ini_handler config_parse_handler(struct config_parser *parser);

/* Ends the last section and checks what only the whole file shows: that the accounts that are named
 * are there, and nothing twice. DNSHOOK_OK, DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY, said. */
int config_parse_end(struct config_parser *parser);

/* Gives every domain its account: wanted[i] is the name that domains[i] gives, NULL for the one of
 * [default], which `initial` names, NULL where there is none. Refuses domains that are there twice.
 * As config_parse_end(). */
int config_link(struct config *config, char *const *wanted, const char *initial);

/* Wipes and frees what an account holds. */
void config_clear_account(struct config_account *account);

#endif
