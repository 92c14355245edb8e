/*
 * command_config.h - the two parts of `dnshook config`.
 */
#ifndef COMMAND_CONFIG_H
#define COMMAND_CONFIG_H

#include "config.h"
#include "run.h"

/* `dnshook config DOMAIN`: the road that a name takes. `config` may be NULL. Returns a status. */
int config_show_road(const struct run *run, const struct config *config, const char *host);

#endif
