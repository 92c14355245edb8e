/*
 * route53.h - an instance of the provider, and what its parts call each other by.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ROUTE53_H
#define ROUTE53_H

#include "aws.h"

#include <libxml/tree.h>

enum {
    ROUTE53_ID_SIZE = 33, /* of a hosted zone, or a change, with its NUL */
    ROUTE53_PATH_SIZE = 96,
    ROUTE53_ARN_SIZE = 128
};

struct hosted; /* hosted.h */

/* What open() returns. */
struct route53 {
    struct aws aws;
    char (*ids)[ROUTE53_ID_SIZE]; /* hosted zones that the user named; NULL: none */
    size_t id_count;
    char chosen[ROUTE53_ID_SIZE];     /* the zone that was last found ... */
    char chosen_for[AWS_NAME_SIZE];   /* ... and for which name */
    struct hosted *zones; /* what the service has said of zones so far */
    bool all_listed;      /* every zone of the account is among them */
    char
        live[ROUTE53_ID_SIZE]; /* the change that was last seen INSYNC: one may carry many values */
    bool said;                 /* in a call with many changes: fail() has been called */
};

/* Takes an id from "Z...", "hostedzone/Z..." or "/hostedzone/Z..." (`kind` "hostedzone" or
 * "change"), and checks it: 1 to 32 capital letters and digits. False: it is none; out is "" then.
 */
bool route53_id(const char *text, const char *kind, char out[ROUTE53_ID_SIZE]);

/* The ARN of a resource, as "hostedzone/Z..." or "change/" and a star, in the partition of the
 * region that the user set. `self` NULL: the partition aws. */
void route53_arn(const struct route53 *self, const char *kind, const char *id,
                 char out[ROUTE53_ARN_SIZE]);

/* True when the service refuses these credentials this one action. */
bool route53_is_denied(const struct aws_response *response);

/* Asks for `path`. DNSHOOK_OK with an error of the service in `response`, or with the document in
 * *document, whose root is `root` and which the caller frees with xmlFreeDoc(). Else said. */
int route53_ask(struct route53 *self, const char *path, const struct aws_pair *query,
                const char *root, struct aws_response *response, xmlDoc **document);

/* Reads the document of an answer, whose root must be `root`. DNSHOOK_OK; DNSHOOK_BAD_ANSWER, said.
 */
int route53_read(struct route53 *self, const struct aws_response *response, const char *root,
                 xmlDoc **document);

/* The operations; contracts in dnshook/provider.h. */
int route53_apply(void *handle, struct dnshook_change *const *changes, size_t count);
int route53_change(void *handle, struct dnshook_change *change);
int route53_zones(void *handle, dnshook_zone_fn *each, void *opaque);
int route53_find_zone(void *handle, const char *name, const struct dnshook_zone *cut,
                      dnshook_zone_fn *each, void *opaque);
int route53_nameservers(void *handle, const struct dnshook_zone *zone, dnshook_name_fn *each,
                        void *opaque);
int route53_is_live(void *handle, const struct dnshook_change *change);
int route53_check(void *handle, const struct dnshook_zone *zone);
int route53_guide(void *handle, const char *name, dnshook_name_fn *each, void *opaque);

#endif
