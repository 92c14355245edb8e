/*
 * What a profile's credentials are made of.
 *
 * SPDX-License-Identifier: MIT
 */
#include "profile_chain.h"

#include <string.h>
#include <strings.h>

const char *profile_chain_get(const struct aws *aws, const char *profile, const char *property)
{
    const char *const value = profiles_get(aws, PROFILE, profile, property);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool has(const struct aws *aws, const char *profile, const char *property)
{
    return profile_chain_get(aws, profile, property) != NULL;
}

/* Says what is wrong with a profile, and in which file it is. */
static int fail_profile(struct aws *aws, const char *profile, const char *what)
{
    const char *const file = profiles_file(aws, PROFILE, profile, NULL);

    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "profile %s in %s: %s", profile,
                        file == NULL ? "the shared files" : file, what);
}

/* ---- bases ----------------------------------------------------------------------------------- */

int profile_chain_sso(struct aws *aws, const char *profile, struct profile_sso *sso)
{
    const char *const session = profile_chain_get(aws, profile, "sso_session");
    const char *const region = profile_chain_get(aws, profile, "sso_region");
    const char *const url = profile_chain_get(aws, profile, "sso_start_url");
    char text[CHAIN_WHY_SIZE];

    *sso = (struct profile_sso){
        .session = session,
        .region = region,
        .start_url = url,
        .account_id = profile_chain_get(aws, profile, "sso_account_id"),
        .role_name = profile_chain_get(aws, profile, "sso_role_name"),
    };
    if (session != NULL && !profiles_has(aws, PROFILE_SSO_SESSION, session)) {
        (void)snprintf(text, sizeof text,
                       "sso-session named `%s` (referenced by profile `%s`) was not found", session,
                       profile);
        return fail_profile(aws, profile, text);
    }
    if (session != NULL) {
        sso->region = profiles_get(aws, PROFILE_SSO_SESSION, session, "sso_region");
        sso->start_url = profiles_get(aws, PROFILE_SSO_SESSION, session, "sso_start_url");
    }
    if (region != NULL && (sso->region == NULL || strcmp(region, sso->region) != 0))
        return fail_profile(aws, profile,
                            "`sso_region` can only be specified in the [sso-session] config when a "
                            "session name is given");
    if (url != NULL && (sso->start_url == NULL || strcmp(url, sso->start_url) != 0))
        return fail_profile(aws, profile,
                            "`sso_start_url` can only be specified in the [sso-session] config "
                            "when a session name is given");
    if (sso->account_id == NULL && sso->role_name != NULL)
        return fail_profile(aws, profile,
                            "if `sso_role_name` is set, then `sso_account_id` must also be set");
    if (sso->account_id != NULL && sso->role_name == NULL)
        return fail_profile(aws, profile,
                            "if `sso_account_id` is set, then `sso_role_name` must also be set");
    if (sso->region == NULL || sso->region[0] == '\0')
        return fail_profile(aws, profile, "`sso_region` was missing");
    if (sso->start_url == NULL || sso->start_url[0] == '\0')
        return fail_profile(aws, profile, "`sso_start_url` was missing");
    return DNSHOOK_OK;
}

static bool has_sso(const struct aws *aws, const char *profile)
{
    static const char *const properties[] = {"sso_session", "sso_account_id", "sso_region",
                                             "sso_role_name", "sso_start_url"};

    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (has(aws, profile, properties[i]))
            return true;
    return false;
}

static bool has_keys(const struct aws *aws, const char *profile)
{
    return has(aws, profile, "aws_access_key_id") && has(aws, profile, "aws_secret_access_key");
}

/* The base that credential_source names. */
static int named_base(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    static const struct {
        const char *name;
        enum chain_base base;
    } names[] = {
        {"Environment", CHAIN_ENVIRONMENT},
        {"EcsContainer", CHAIN_CONTAINER},
        {"Ec2InstanceMetadata", CHAIN_IMDS},
    };
    const char *const name = profile_chain_get(aws, profile, "credential_source");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            chain->base = names[i].base;
            return DNSHOOK_OK;
        }
    }
    return fail_profile(aws, profile,
                        "credential_source must be Environment, Ec2InstanceMetadata or "
                        "EcsContainer");
}

/* No base: that is an error where another profile leads here. */
static int no_base(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    const bool has_id = has(aws, profile, "aws_access_key_id");

    if (has_id || has(aws, profile, "aws_secret_access_key"))
        return fail_profile(aws, profile,
                            has_id ? "profile missing aws_secret_access_key: a key has both parts"
                                   : "profile missing aws_access_key_id: a key has both parts");
    (void)snprintf(chain->why, sizeof chain->why,
                   "profile `%s` did not contain credential information", profile);
    chain->empty = chain->role_count == 0;
    return chain->empty ? DNSHOOK_OK : fail_profile(aws, profile, chain->why);
}

static int keys_base(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    chain->base = CHAIN_KEYS;
    chain->profile = profile;
    return has_keys(aws, profile) ? DNSHOOK_OK : no_base(aws, profile, chain);
}

static int find_base(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    struct profile_sso sso;

    chain->profile = profile;
    if (has(aws, profile, "credential_source"))
        return named_base(aws, profile, chain);
    if (has(aws, profile, "web_identity_token_file")) {
        chain->base = CHAIN_WEB_IDENTITY;
        return has(aws, profile, "role_arn")
                   ? DNSHOOK_OK
                   : fail_profile(aws, profile,
                                  "`role_arn` was missing: web_identity_token_file needs it");
    }
    if (has_sso(aws, profile)) {
        chain->base = CHAIN_SSO;
        return profile_chain_sso(aws, profile, &sso);
    }
    chain->base = has_keys(aws, profile) ? CHAIN_KEYS : CHAIN_PROCESS;
    if (chain->base == CHAIN_KEYS || has(aws, profile, "credential_process"))
        return DNSHOOK_OK;
    return no_base(aws, profile, chain);
}

/* ---- roles ----------------------------------------------------------------------------------- */

/* Whether the profile is a role that is assumed with other credentials. */
static bool is_role(const struct aws *aws, const char *profile)
{
    return has(aws, profile, "role_arn") && !has(aws, profile, "web_identity_token_file");
}

/* Enters a role; *next is the profile to go on with: `profile` itself for its own keys, NULL for
 * what its credential_source names. */
static int add_role(struct aws *aws, const char *profile, struct profile_chain *chain,
                    const char **next)
{
    const char *const source = profile_chain_get(aws, profile, "source_profile");
    const bool named = has(aws, profile, "credential_source");

    if (source != NULL && named)
        return fail_profile(aws, profile,
                            "profile contained both source_profile and credential_source: take one "
                            "of them out");
    if (source == NULL && !named)
        return fail_profile(aws, profile,
                            "profile must contain `source_profile` or `credential_source`: with "
                            "whose credentials is role_arn to be assumed?");
    if (has(aws, profile, "mfa_serial"))
        return fail_profile(aws, profile,
                            "mfa_serial wants a code that somebody types, and nobody is there: use "
                            "a role that does not ask for it, or credential_process");
    chain->roles[chain->role_count++] = profile;
    *next = source != NULL && strcmp(source, profile) == 0 ? profile : source;
    return DNSHOOK_OK;
}

/* Whether `next` may follow `from`. */
static int check_next(struct aws *aws, const char *from, const char *next,
                      const struct profile_chain *chain)
{
    char text[CHAIN_WHY_SIZE];

    (void)snprintf(text, sizeof text, "could not find source profile %s referenced from %s", next,
                   from);
    if (!profiles_has(aws, PROFILE, next))
        return fail_profile(aws, from, text);
    for (size_t i = 0; i < chain->role_count; i++) {
        if (strcmp(chain->roles[i], next) == 0) {
            (void)snprintf(text, sizeof text,
                           "profile formed an infinite loop: its source_profile leads back to %s",
                           next);
            return fail_profile(aws, from, text);
        }
    }
    if (chain->role_count == CHAIN_MAX)
        return fail_profile(aws, from, "source_profile leads through more than 16 profiles");
    return DNSHOOK_OK;
}

/* The chosen profile is not there. That is an error only if the user has chosen it. */
static int no_profile(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    char *const config = profiles_path(aws, PROFILE_CONFIG);
    char *const credentials = profiles_path(aws, PROFILE_CREDENTIALS);

    (void)snprintf(chain->why, sizeof chain->why, "%s%s in %s or %s",
                   profiles_any(aws, PROFILE) ? "there is no profile " : "No profiles were defined",
                   profiles_any(aws, PROFILE) ? profile : "",
                   config == NULL ? "~/.aws/config" : config,
                   credentials == NULL ? "~/.aws/credentials" : credentials);
    chain->empty = true;
    aws->host->free(aws->host, config);
    aws->host->free(aws->host, credentials);
    if (aws->host->param(aws->host, "profile") == NULL)
        return DNSHOOK_OK;
    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "AWS_PROFILE is %s, but %s", profile,
                        chain->why);
}

/* From the second profile on, keys win over a role and everything else. */
static bool ends_at_keys(const struct aws *aws, const struct profile_chain *chain, const char *at)
{
    return chain->role_count > 0 && has_keys(aws, at);
}

int profile_chain_resolve(struct aws *aws, const char *profile, struct profile_chain *chain)
{
    const char *at = profile;

    *chain = (struct profile_chain){.empty = false};
    if (!profiles_has(aws, PROFILE, profile))
        return no_profile(aws, profile, chain);
    while (is_role(aws, at) && !ends_at_keys(aws, chain, at)) {
        const char *next = NULL;
        int status = add_role(aws, at, chain, &next);

        if (status == DNSHOOK_OK && next != NULL && next != at)
            status = check_next(aws, at, next, chain);
        if (status != DNSHOOK_OK)
            return status;
        if (next == NULL)
            return find_base(aws, at, chain);
        if (next == at)
            return keys_base(aws, at, chain);
        at = next;
    }
    return ends_at_keys(aws, chain, at) ? keys_base(aws, at, chain) : find_base(aws, at, chain);
}
