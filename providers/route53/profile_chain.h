/*
 * profile_chain.h - what a profile's credentials are made of: a base, and the roles that are
 * assumed from there on. Reads the profiles alone; asks nobody.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PROFILE_CHAIN_H
#define PROFILE_CHAIN_H

#include "profile.h"

enum { CHAIN_MAX = 16, CHAIN_WHY_SIZE = 384 };

enum chain_base {
    CHAIN_KEYS,
    CHAIN_WEB_IDENTITY,
    CHAIN_SSO,
    CHAIN_PROCESS,
    CHAIN_ENVIRONMENT, /* credential_source = Environment */
    CHAIN_CONTAINER,   /* credential_source = EcsContainer */
    CHAIN_IMDS         /* credential_source = Ec2InstanceMetadata */
};

struct profile_chain {
    bool empty;               /* the profile has nothing to do with credentials */
    char why[CHAIN_WHY_SIZE]; /* ... in what way */
    enum chain_base base;
    const char *profile;          /* that configures the base */
    const char *roles[CHAIN_MAX]; /* the profiles whose role_arn is to be assumed; the first one is
                                     assumed last */
    size_t role_count;
};

/* What an SSO profile says, itself or through its sso-session. */
struct profile_sso {
    const char *session; /* name of the sso-session; NULL: none, the profile says it all */
    const char *region;
    const char *start_url;
    const char *account_id; /* NULL: not said */
    const char *role_name;  /* NULL: not said */
};

/*
 * Resolves a profile: source_profile and credential_source are followed, the way that all AWS SDKs
 * do. DNSHOOK_OK, and `empty` when neither profile nor files say anything of credentials (unless
 * the user has chosen a profile that is not there); DNSHOOK_BAD_CONFIG, said, for what makes no
 * sense: halves of keys, loops, both or none of source_profile and credential_source, a profile
 * that is not there, mfa_serial. profiles_read() must have been called.
 */
int profile_chain_resolve(struct aws *aws, const char *profile, struct profile_chain *chain);

/* The SSO settings of a profile. DNSHOOK_OK, or DNSHOOK_BAD_CONFIG, said. */
int profile_chain_sso(struct aws *aws, const char *profile, struct profile_sso *sso);

/* A property of a profile; NULL if there is none or it is empty. */
const char *profile_chain_get(const struct aws *aws, const char *profile, const char *property);

#endif
