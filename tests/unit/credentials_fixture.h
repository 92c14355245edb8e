/*
 * What the tests of credentials share: files in a folder of their own, and one instance at a fake
 * host.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CREDENTIALS_FIXTURE_H
#define CREDENTIALS_FIXTURE_H

#include "credentials.h"
#include "fake_aws_host.h"

#include <jansson.h>
#include <sys/types.h>

#include "check.h"

#define LATER "2099-01-02T03:04:05Z"
#define LATER_SECONDS 4071006245
#define IMDS "http://169.254.169.254"
#define ROLES "/latest/meta-data/iam/security-credentials/"
#define KEYS(id) "aws_access_key_id = " id "\naws_secret_access_key = " CANARY "Key\n"
#define JSON(id, expires)                                                                          \
    "{\"Code\":\"Success\",\"Version\":1,\"AccessKeyId\":\"" id "\",\"SecretAccessKey\":\"" CANARY \
    "Key\",\"Token\":\"" CANARY "Token\",\"SessionToken\":\"" CANARY                               \
    "Token\",\"Expiration\":\"" expires "\"}"
#define STS(operation, id)                                                                         \
    "<" operation "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" operation       \
    "Result><Credentials><AccessKeyId>" id "</AccessKeyId><SecretAccessKey>" CANARY                \
    "Key</SecretAccessKey><SessionToken>" CANARY "Token</SessionToken><Expiration>" LATER          \
    "</Expiration></Credentials></" operation "Result></" operation "Response>"

/* What an EC2 instance is asked: for a token, for its role, and then for more. */
#define TOKEN                                                                                      \
    {                                                                                              \
        "PUT", IMDS, NULL, NULL, DNSHOOK_OK, 200, "v2"                                             \
    }
#define ROLE                                                                                       \
    {                                                                                              \
        "GET", IMDS ROLES, NULL, NULL, DNSHOOK_OK, 200, "web"                                      \
    }
#define GET(code, body)                                                                            \
    {                                                                                              \
        "GET", IMDS ROLES, NULL, NULL, DNSHOOK_OK, code, body                                      \
    }

/* What is expected next, of an array. */
#define EXPECT(script) fake_aws_expect(fake, script, COUNT(script))

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
#define PUBLISHED(function, file)                                                                  \
    (fake_aws_vectors(file) != NULL                                                                \
         ? (struct CMUnitTest){#function, function, begin, end, NULL}                              \
         : (struct CMUnitTest){#function " # SKIP no shared/vectors/aws-profiles", no_vectors,     \
                               NULL, NULL, NULL})

extern char dir[];                        /* with no final slash */
extern struct fake_aws_host *fake;        /* of the present test */
extern const struct aws_credentials *got; /* what ask() brought */

/* Before and after all tests, and each of them. begin() leaves `config` to be written; the other
 * file is not there; $HOME is `dir`. */
int begin_all(void **state);
int end_all(void **state);
int begin(void **state);
int end(void **state);

/* The end of one test and the beginning of the next. */
void again(void **state);

/* In place of a test whose vectors are not there. */
void no_vectors(void **state);

/* A file of the shared vectors. */
json_t *load_vectors(const char *name);

/* The path of a file in `dir`; good for the next three calls. */
const char *path_of(const char *name);

/* Writes a file in `dir`; returns its path. */
const char *write_file(const char *name, const char *text, mode_t mode);

/* aws_credentials(), into `got`. */
int ask(bool fresh);

/* It works, and nothing is said of a failure. */
void assert_gives(const char *id, bool has_token);

/* It fails, with one message that has `what`. */
void assert_fails(int status, const char *what);

#endif
