/*
 * The program that a profile names with credential_process (AWS SDKs and Tools Reference Guide,
 * "Process credential provider").
 *
 * SPDX-License-Identifier: MIT
 */
#include "arguments.h"
#include "child.h"
#include "credentials_json.h"
#include "environment.h"
#include "profile_chain.h"
#include "textfile.h"

#include <errno.h>
#include <openssl/crypto.h>

#include <string.h>
#include <sys/wait.h>

enum {
    TIMEOUT = 60000, /* milliseconds */
    OUTPUT_MAX = 65536,
    STDERR_MAX = 255
};

/* What the program is not told: it is to bring credentials, not to be given any. */
static const char *const hidden[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    NULL,
};

/* The file that names the program decides what is run. */
static int check_file(struct aws *aws, const char *profile, const char *where)
{
    const char *const file = profiles_file(aws, PROFILE, profile, "credential_process");
    char why[TEXTFILE_WHY_SIZE] = "";

    if (file != NULL && textfile_may_name_code(file, why))
        return DNSHOOK_OK;
    return dnshook_fail(aws->host, DNSHOOK_DENIED,
                        "%s: credential_process is not run, because others could have named the "
                        "program: %s",
                        where, why);
}

/* The status for a program that was ended because time was over. */
static int fail_time(struct aws *aws, const char *where)
{
    const int why =
        aws->host->time_left(aws->host) > 0 ? DNSHOOK_UNREACHABLE : aws->host->sleep(aws->host, 1);

    return dnshook_fail(aws->host, why == DNSHOOK_OK ? DNSHOOK_DEADLINE : why,
                        "%s: credential_process did not end in time, and was ended", where);
}

/* Says how the program failed; DNSHOOK_OK if it did not. */
static int judge(struct aws *aws, const struct child_result *result, const char *where)
{
    char said[STDERR_MAX + 1];
    const int status = result->wait_status;

    credentials_show(result->complaints.text, result->complaints.size, said, sizeof said);
    if (result->too_long)
        return dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER,
                            "%s: credential_process wrote more than %d bytes", where, OUTPUT_MAX);
    if (result->timed_out)
        return fail_time(aws, where);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return DNSHOOK_OK;
    return dnshook_fail(aws->host, DNSHOOK_DENIED, "%s: credential_process ended with %s %d%s%s",
                        where, WIFSIGNALED(status) ? "signal" : "status",
                        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                        said[0] == '\0' ? "" : "; it said: ", said);
}

/* Takes what the program wrote. */
static int take(struct aws *aws, const struct child_result *result, const char *where,
                struct finding *finding)
{
    static const struct credentials_names names = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                                   "Expiration"};
    char why[CREDENTIALS_WHY_SIZE] = "";
    char source[CREDENTIALS_WHY_SIZE * 2];
    json_t *const object = credentials_json(result->output.text, result->output.size, why);
    int status;

    (void)snprintf(source, sizeof source, "credential_process of %s", where);
    if (object == NULL)
        status = dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER, "%s: what it wrote makes no sense: %s",
                              source, why);
    else if (json_integer_value(json_object_get(object, "Version")) != 1)
        status = dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER,
                              "%s: what it wrote has another Version than 1", source);
    else
        status = credentials_json_take(aws, object, &names, source, finding);
    credentials_json_free(object);
    return status;
}

/* POSIX lets posix_spawn() succeed and end the child with 127 where the program is not there. */
static bool was_not_found(const struct child_result *result)
{
    return WIFEXITED(result->wait_status) && WEXITSTATUS(result->wait_status) == 127 &&
           result->output.size == 0 && result->complaints.size == 0;
}

/* Runs the program and takes the credentials. */
static int run(struct aws *aws, char *const words[], const char *where, struct finding *finding)
{
    const struct dnshook_host *const host = aws->host;
    char complaints[STDERR_MAX + 1] = "";
    char **const environment = environment_without(host, hidden);
    const struct child_request request = {
        .words = words, .environment = environment, .timeout = TIMEOUT};
    struct child_result result = {
        .output = {.text = host->alloc(host, OUTPUT_MAX + 1), .max = OUTPUT_MAX},
        .complaints = {.text = complaints, .max = STDERR_MAX, .excess = CHILD_DROP_NEW}};
    int status;
    int error;

    error = environment == NULL || result.output.text == NULL ? ENOMEM
                                                              : child_run(host, &request, &result);
    if (error == 0 && was_not_found(&result))
        error = ENOENT;
    if (error == ENOMEM)
        status = aws_no_memory(aws);
    else if (error != 0)
        status =
            dnshook_fail(host, DNSHOOK_BAD_CONFIG, "%s: credential_process %s cannot be run: %s",
                         where, words[0], strerror(error));
    else
        status = judge(aws, &result, where);
    if (status == DNSHOOK_OK)
        status = take(aws, &result, where, finding);
    OPENSSL_cleanse(complaints, sizeof complaints);
    host->free(host, result.output.text);
    host->free(host, environment);
    return status;
}

int credentials_process(struct aws *aws, struct finding *finding)
{
    const char *const profile = finding->profile;
    char where[CREDENTIALS_WHY_SIZE];
    char *words[ARGUMENTS_MAX + 1];
    char *line;
    int count;
    int status;

    credentials_profile_text(aws, profile, "credential_process", where);
    status = check_file(aws, profile, where);
    if (status != DNSHOOK_OK)
        return status;
    line = aws_copy(aws, profile_chain_get(aws, profile, "credential_process"));
    if (line == NULL)
        return aws_no_memory(aws);
    count = arguments_split(line, words);
    if (count > 0)
        status = run(aws, words, where, finding);
    else
        status = dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s: credential_process %s", where,
                              count == -1  ? "has a quotation mark or backslash without an end"
                              : count == 0 ? "names no program"
                                           : "has too many words");
    aws->host->free(aws->host, line);
    return status;
}
