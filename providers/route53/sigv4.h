/*
 * sigv4.h - AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request"): pure
 * functions over bytes, without clock, environment or network, so that the published cases can be
 * run through them.
 */
#ifndef SIGV4_H
#define SIGV4_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SIGV4_DATE_SIZE = 17, /* "20150830T123600Z" */
    SIGV4_HEX_SIZE = 65   /* SHA-256 in hexadecimal */
};

/* A header as it is sent. Several of one name are joined by "," in the order of arrival. */
struct sigv4_header {
    const char *name;
    const char *value; /* blanks around and runs of blanks inside do not matter; line folds neither */
};

struct sigv4_request {
    const char *method;
    const char *path;  /* as it is sent, before the "?"; it is encoded (once more) when it is signed,
                          as every service but S3 has it */
    const char *query; /* as it is sent, after the "?"; "" for none */
    const struct sigv4_header *headers; /* every header that is signed: Host, X-Amz-Date, ... */
    size_t header_count;
    const void *body;
    size_t body_size;
    bool normalize;    /* take "." and ".." and doubled slashes out of the path first */
};

struct sigv4_scope {
    const char *access_key_id;
    const char *secret_access_key;
    const char *region;
    const char *service;
    const char *date; /* SIGV4_DATE_SIZE form */
};

/* What is computed. Each text is allocated with malloc(); sigv4_result_clear() wipes and frees. */
struct sigv4_result {
    char *canonical_request;
    char *string_to_sign;
    char signature[SIGV4_HEX_SIZE];
    char *authorization; /* the value of the Authorization header */
};

/* False when memory ran out or OpenSSL failed; the result is empty then. */
bool sigv4_sign(const struct sigv4_request *request, const struct sigv4_scope *scope,
                struct sigv4_result *result);
void sigv4_result_clear(struct sigv4_result *result);

/* Writes a time, in seconds since the epoch, in the form of X-Amz-Date. */
void sigv4_date(long long seconds, char out[SIGV4_DATE_SIZE]);

#endif
