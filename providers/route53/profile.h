/*
 * profile.h - the shared files of the AWS tools, ~/.aws/config and ~/.aws/credentials (AWS SDKs and
 * Tools Reference Guide, "Shared config and credentials files"), with every rule that the SDKs'
 * common parser tests have.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "aws.h"

/* What a section is. */
enum profile_kind { PROFILE, PROFILE_SSO_SESSION, PROFILE_SERVICES };

/* Reads both files, at the first use, from AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE or below
 * $HOME/.aws; a file that is not there is empty. Refuses files that others may write, and one with
 * a secret that everybody may read. DNSHOOK_OK, or DNSHOOK_BAD_CONFIG / DNSHOOK_DENIED, said with
 * file and line. */
int profiles_read(struct aws *aws);

/* The path of one of the two files, whether it is there or not; a copy that belongs to the
 * instance. NULL: memory ran out, or the user has no home directory. */
enum profile_file { PROFILE_CONFIG, PROFILE_CREDENTIALS };
char *profiles_path(const struct aws *aws, enum profile_file file);

/* The path of something below the user's home directory ($HOME, else the user database's). */
char *profiles_home_path(const struct aws *aws, const char *below);

/* The name of the chosen profile: parameter `profile`, or "default". */
const char *profiles_chosen(const struct aws *aws);

/* True when there is a section of this kind and name. profiles_read() must have been called. */
bool profiles_has(const struct aws *aws, enum profile_kind kind, const char *name);

/* The value of a property; NULL if there is none. "" is a value. Belongs to the instance. */
const char *profiles_get(const struct aws *aws, enum profile_kind kind, const char *name,
                         const char *property);

/* The same of a property below another one, as route_53 / endpoint_url in a services section. */
const char *profiles_get_nested(const struct aws *aws, enum profile_kind kind, const char *name,
                                const char *property, const char *nested);

/* True when there is any section of this kind. */
bool profiles_any(const struct aws *aws, enum profile_kind kind);

/* The file in which the property was found, for messages; NULL if there is none. `property` NULL:
 * the file that has the section, the credentials file if both do. */
const char *profiles_file(const struct aws *aws, enum profile_kind kind, const char *name,
                          const char *property);

#endif
