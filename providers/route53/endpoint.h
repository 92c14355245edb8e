/*
 * endpoint.h - where a service is, and with which region its calls are signed: a table of
 * partitions, FIPS and dual-stack names, and what the user sets in their place
 * (AWS_ENDPOINT_URL_ROUTE_53, AWS_ENDPOINT_URL, a profile's endpoint_url and services section).
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "aws.h"

struct endpoint {
    char url[AWS_URL_SIZE];       /* scheme, host, port and path prefix, without a final slash */
    char host[256];               /* the Host header: host, and port if it is not the scheme's own */
    char region[AWS_REGION_SIZE]; /* for the signature */
    char service[32];             /* for the signature: "route53", "sts", "awsssoportal" */
};

/* The endpoint of a service. Route 53 is one service a partition: any region of the partition
 * (AWS_REGION=eu-west-1) leads to it and is signed with the partition's own region; an unknown
 * region counts as the partition aws. `region`: as aws_request.region. DNSHOOK_OK, or
 * DNSHOOK_BAD_CONFIG, said (a custom endpoint with FIPS or dual-stack, a URL that is none). */
int endpoint_resolve(struct aws *aws, enum aws_service service, const char *region,
                     struct endpoint *endpoint);

#endif
