/*
 * fake_profiles.h - the AWS profiles (profile.h) from a table, and credentials without a source.
 */
#ifndef FAKE_PROFILES_H
#define FAKE_PROFILES_H

#include "profile.h"

struct fake_property {
    enum profile_kind kind;
    const char *name;
    const char *property;
    const char *nested; /* NULL: none */
    const char *value;
};

/* What the profiles hold; ends with a NULL name. NULL: nothing. */
extern const struct fake_property *fake_properties;

/* What profiles_read() returns. */
extern int fake_profiles_status;

/* What aws_credentials() gives: the first, and after it was asked for fresh ones the second. */
extern struct aws_credentials fake_credentials[2];
extern int fake_credentials_status[2];
extern unsigned fake_credentials_asked[2]; /* how often, without and with `fresh` */

/* Everything as at the beginning. */
void fake_profiles_reset(void);

#endif
