/* The AWS profiles from a table. */
#include "fake_profiles.h"

#include <string.h>

const struct fake_property *fake_properties;
int fake_profiles_status;
struct aws_credentials fake_credentials[2];
int fake_credentials_status[2];
unsigned fake_credentials_asked[2];

void fake_profiles_reset(void)
{
    static const struct aws_credentials credentials[2] = {
        {.access_key_id = "AKIDEXAMPLE",
         .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
         .source = "the environment (AWS_ACCESS_KEY_ID)"},
        {.access_key_id = "ASIASECOND",
         .secret_access_key = "second/secret/second/secret/second/secret",
         .session_token = "second-session-token",
         .refreshable = true,
         .source = "the second source"}};

    fake_properties = NULL;
    fake_profiles_status = DNSHOOK_OK;
    memcpy(fake_credentials, credentials, sizeof credentials);
    memset(fake_credentials_status, 0, sizeof fake_credentials_status);
    memset(fake_credentials_asked, 0, sizeof fake_credentials_asked);
}

int profiles_read(struct aws *aws)
{
    return fake_profiles_status == DNSHOOK_OK
               ? DNSHOOK_OK
               : dnshook_fail(aws->host, fake_profiles_status, "the profiles are broken");
}

const char *profiles_chosen(const struct aws *aws)
{
    const char *const name = aws->host->param(aws->host, "profile");

    return name != NULL ? name : "default";
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *profiles_get_nested(const struct aws *aws, enum profile_kind kind, const char *name,
                                const char *property, const char *nested)
{
    (void)aws;
    for (const struct fake_property *p = fake_properties; p != NULL && p->name != NULL; p++)
        if (p->kind == kind && same(p->name, name) && same(p->property, property) &&
            same(p->nested, nested))
            return p->value;
    return NULL;
}

const char *profiles_get(const struct aws *aws, enum profile_kind kind, const char *name,
                         const char *property)
{
    return profiles_get_nested(aws, kind, name, property, NULL);
}

int aws_credentials(struct aws *aws, bool fresh, const struct aws_credentials **credentials)
{
    fake_credentials_asked[fresh]++;
    if (fake_credentials_status[fresh] != DNSHOOK_OK)
        return dnshook_fail(aws->host, fake_credentials_status[fresh], "no credentials");
    aws->credentials = fake_credentials[fresh];
    aws->has_credentials = true;
    *credentials = &aws->credentials;
    return DNSHOOK_OK;
}
