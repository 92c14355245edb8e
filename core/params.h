/*
 * params.h - the values of a provider's parameters: from an account of the configuration; or from
 * the environment, from a file that a NAME_FILE variable names, from the provider's files of
 * variables; or the initial value.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include "config.h"
#include "provider.h"

#define PARAMS_INITIAL "initial value"

struct params;

/* An account of a configuration. Its parameters come from there alone, but for those of the
 * environment that the platform sets (DNSHOOK_PARAM_AMBIENT). */
struct params_origin {
    const struct config *config;
    const struct config_account *account;
    const struct config_domain *domain; /* its zone wins over the account's; NULL: none */
};

/* Looks all of them up and registers the secrets with the log; `origin` is NULL where they come
 * from the environment. DNSHOOK_OK; DNSHOOK_BAD_CONFIG or DNSHOOK_DENIED, said; DNSHOOK_NO_MEMORY.
 * The caller frees *params with params_free(). */
int params_read(const struct provider *provider, const struct params_origin *origin,
                struct params **params);

/* True when the environment, or a file of variables, gives a provider anything, be it
 * wrong. */
bool params_any(const struct provider *provider);

/* Wipes and frees. NULL is fine. */
void params_free(struct params *params);

/* The value of a parameter; NULL if there is none. Valid until params_free(). */
const char *params_get(const struct params *params, const char *name);

/* Where that value comes from, for people, PARAMS_INITIAL for an initial value; NULL if there is
 * none. Valid until params_free(). */
const char *params_source(const struct params *params, const char *name);

/* A provider's messages name variables of the environment, which an account does not read: says
 * which key each of those in `text` is. Nothing for parameters that are no account's. */
void params_explain(const struct params *params, const char *text);

/* The value of the parameter with DNSHOOK_PARAM_TIMEOUT in milliseconds; 0 if there is none. */
int64_t params_timeout(const struct params *params);

#endif
