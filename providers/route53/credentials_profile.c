/*
 * Credentials of the chosen profile.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials.h"
#include "credentials_sts.h"
#include "profile_chain.h"

int credentials_profile_keys(struct aws *aws, struct finding *finding)
{
    const char *const profile = finding->profile;
    char source[CREDENTIALS_WHY_SIZE];
    const struct credentials_parts parts = {
        .access_key_id = profile_chain_get(aws, profile, "aws_access_key_id"),
        .secret_access_key = profile_chain_get(aws, profile, "aws_secret_access_key"),
        .session_token = profile_chain_get(aws, profile, "aws_session_token"),
        .source = source,
    };

    credentials_profile_text(aws, profile, "aws_access_key_id", source);
    return credentials_take(aws, &parts, finding);
}

int credentials_profile_web_identity(struct aws *aws, struct finding *finding)
{
    const char *const profile = finding->profile;
    char source[CREDENTIALS_WHY_SIZE];
    const struct sts_role role = {
        .arn = profile_chain_get(aws, profile, "role_arn"),
        .session_name = profile_chain_get(aws, profile, "role_session_name"),
        .duration = profile_chain_get(aws, profile, "duration_seconds"),
        .where = source,
    };

    credentials_profile_text(aws, profile, "web_identity_token_file", source);
    return sts_web_identity(aws, &role, profile_chain_get(aws, profile, "web_identity_token_file"),
                            finding);
}

/* Asks the base. */
static int ask_base(struct aws *aws, const struct profile_chain *chain, struct finding *finding)
{
    static credentials_fn *const sources[] = {
        [CHAIN_KEYS] = credentials_profile_keys,
        [CHAIN_WEB_IDENTITY] = credentials_profile_web_identity,
        [CHAIN_SSO] = credentials_sso,
        [CHAIN_PROCESS] = credentials_process,
        [CHAIN_ENVIRONMENT] = credentials_env,
        [CHAIN_CONTAINER] = credentials_container,
        [CHAIN_IMDS] = credentials_imds,
    };
    char source[CREDENTIALS_WHY_SIZE];
    int status;

    finding->profile = chain->profile;
    status = credentials_ask(aws, sources[chain->base], finding);
    finding->profile = NULL;
    if (status != DNSHOOK_OK || finding->found)
        return status;
    credentials_profile_text(aws, chain->profile, "credential_source", source);
    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s names %s as credential_source, but %s",
                        source, profile_chain_get(aws, chain->profile, "credential_source"),
                        finding->why);
}

/* Takes a role with the credentials that `finding` has, and puts the role's in their place. */
static int assume(struct aws *aws, const char *profile, struct finding *finding)
{
    char source[CREDENTIALS_WHY_SIZE];
    struct finding taken = {.found = false};
    const struct sts_role role = {
        .arn = profile_chain_get(aws, profile, "role_arn"),
        .session_name = profile_chain_get(aws, profile, "role_session_name"),
        .external_id = profile_chain_get(aws, profile, "external_id"),
        .duration = profile_chain_get(aws, profile, "duration_seconds"),
        .where = source,
    };
    int status;

    credentials_profile_text(aws, profile, "role_arn", source);
    status = sts_assume_role(aws, &role, &finding->credentials, &taken);
    credentials_drop(aws, &finding->credentials);
    *finding = taken;
    return status;
}

int credentials_profile(struct aws *aws, struct finding *finding)
{
    struct profile_chain chain;
    int status = profiles_read(aws);

    if (status == DNSHOOK_OK)
        status = profile_chain_resolve(aws, profiles_chosen(aws), &chain);
    if (status != DNSHOOK_OK)
        return status;
    if (chain.empty) {
        (void)snprintf(finding->why, sizeof finding->why, "%s", chain.why);
        return DNSHOOK_OK;
    }
    status = ask_base(aws, &chain, finding);
    for (size_t i = chain.role_count; status == DNSHOOK_OK && i-- > 0;)
        status = assume(aws, chain.roles[i], finding);
    return status;
}
