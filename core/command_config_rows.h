/*
 * command_config_rows.h - what `dnshook config` shows: rows of a name, a value, and where the value
 * comes from, as a JSON array.
 */
#ifndef COMMAND_CONFIG_ROWS_H
#define COMMAND_CONFIG_ROWS_H

#include <jansson.h>

#include "params.h"
#include "run.h"

/* Room for "PATH:LINE". */
enum { ROWS_SOURCE_SIZE = 4096 };

/* Adds a row. Each of these returns DNSHOOK_OK or DNSHOOK_NO_MEMORY, said, or as is told. A value
 * that is hidden is not kept; one that is NULL stands for none. */
int rows_add(json_t *rows, const char *name, const char *value, const char *source, bool hidden);

/* The same for a line of the file. */
int rows_add_line(json_t *rows, const char *name, const char *value, const struct config *config,
                  unsigned line);

/* The parameters that have a value, of the account of `origin`, which is checked, or where it has
 * none as the environment gives them. As params_read() and config_check_account(). */
int rows_add_params(json_t *rows, const struct params_origin *origin,
                    const struct provider *provider);

/* Deadline, resolvers and quorum, for a domain; `config` and `domain` may be NULL. `params` are
 * the rows of the parameters, which may have the deadline of `provider`; both may be NULL. */
int rows_add_waiting(json_t *rows, const struct run *run, const struct config *config,
                     const struct config_domain *domain, const json_t *params,
                     const struct provider *provider);

/* Prints them, indented. */
void rows_print(const json_t *rows);

#endif
