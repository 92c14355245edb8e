/*
 * credentials_sts.h - roles, by the Security Token Service (AWS STS API 2011-06-15).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_STS_H
#define CREDENTIALS_STS_H

#include "credentials.h"

struct sts_role {
    const char *arn;
    const char *session_name; /* NULL: one of ours */
    const char *external_id;  /* NULL: none */
    const char *duration;     /* seconds as text; NULL: the service's default */
    const char *where;        /* for messages: "profile NAME in FILE" */
};

/* Takes the role with the credentials `by`. DNSHOOK_OK and `finding->found`; or said:
 * DNSHOOK_DENIED when the service refuses, DNSHOOK_BAD_CONFIG for a duration or name that is none,
 * and what aws_call() returns. */
int sts_assume_role(struct aws *aws, const struct sts_role *role, const struct aws_credentials *by,
                    struct finding *finding);

/* Takes the role with the token in a file, which is read now: whoever writes it renews it. */
int sts_web_identity(struct aws *aws, const struct sts_role *role, const char *token_file,
                     struct finding *finding);

#endif
