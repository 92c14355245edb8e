/*
 * credentials_container.h - the address of a container's endpoint for credentials.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_CONTAINER_H
#define CREDENTIALS_CONTAINER_H

#include "aws.h"

enum { SHOWN_SIZE = 272 };

struct container {
    const char *variable;   /* that named the address; NULL: none is configured */
    char url[AWS_URL_SIZE]; /* its path is as good as a password where it is ECS's */
    char shown[SHOWN_SIZE]; /* ... without it, for messages */
    uint32_t flags;         /* DNSHOOK_HTTP_* */
};

/* Reads container-credentials-relative-uri, else container-credentials-full-uri, and checks the
 * latter: https:, or a host that is the machine or beside it. DNSHOOK_OK or DNSHOOK_BAD_CONFIG,
 * said. */
int container_read(const struct dnshook_host *host, struct container *container);

#endif
