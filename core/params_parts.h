/*
 * params_parts.h - what the files that read parameters share.
 */
#ifndef PARAMS_PARTS_H
#define PARAMS_PARTS_H

#include "params.h"

struct params {
    const struct provider *provider;
    char **values;  /* of the same index as provider->params */
    char **sources; /* where each comes from, for people */
    int64_t timeout;
    bool configured; /* they are those of an account */
};

/* Keeps a value and where it is from; an earlier one gives way. DNSHOOK_OK or
 * DNSHOOK_NO_MEMORY. */
int params_set(struct params *params, size_t i, const char *value, const char *source);

/* Calls `try` with each environment name of a parameter, the first one first, until it returns
 * something else than 0. */
int params_each_env(const struct dnshook_param *param, int (*try)(void *opaque, const char *name),
                    void *opaque);

/* Reads the provider's files of variables; what is set already stays. As params_read(). */
int params_read_files(struct params *params);

#endif
