/*
 * IAM Identity Center: the token that `aws sso login` has left in its cache is exchanged for a
 * role's credentials (IAM Identity Center Portal API, GetRoleCredentials).
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_json.h"
#include "profile_chain.h"
#include "textfile.h"

#include <openssl/evp.h>

#include <string.h>
#include <time.h>

enum { CACHE_MAX = 65536, HEX_SIZE = 41, BELOW_SIZE = 96 };

/* What is needed along the way. */
struct sso {
    struct aws *aws;
    const char *profile;
    struct profile_sso settings;
    char where[CREDENTIALS_WHY_SIZE];
    char *header; /* with the token, in memory of the host */
};

/* Says that somebody has to log in again. */
static int fail_login(const struct sso *sso, const char *why)
{
    return dnshook_fail(sso->aws->host, DNSHOOK_DENIED,
                        "%s: %s: run aws sso login --profile %s, as the user that runs this",
                        sso->where, why, sso->profile);
}

/* The cache's file is called after the SHA-1 of the session's name, or of the start URL. */
static char *cache_path(const struct sso *sso)
{
    const char *const key =
        sso->settings.session == NULL ? sso->settings.start_url : sso->settings.session;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    char hex[HEX_SIZE] = "";
    char below[BELOW_SIZE];

    if (EVP_Digest(key, strlen(key), digest, &size, EVP_sha1(), NULL) != 1 ||
        size * 2 >= sizeof hex)
        return NULL;
    for (unsigned i = 0; i < size; i++)
        (void)snprintf(hex + (size_t)i * 2, 3, "%02x", digest[i]);
    (void)snprintf(below, sizeof below, ".aws/sso/cache/%s.json", hex);
    return profiles_home_path(sso->aws, below);
}

static int make_header(struct sso *sso, const char *token)
{
    static const char name[] = "x-amz-sso_bearer_token: ";
    const size_t size = sizeof name + strlen(token);

    sso->header = sso->aws->host->alloc(sso->aws->host, size);
    if (sso->header == NULL)
        return aws_no_memory(sso->aws);
    (void)snprintf(sso->header, size, "%s%s", name, token);
    return DNSHOOK_OK;
}

/* Takes the token out of the cache's object, if it is still valid. */
static int take_token(struct sso *sso, const char *path, const json_t *object)
{
    const char *const token = credentials_json_text(object, "accessToken");
    const char *const expires = credentials_json_text(object, "expiresAt");
    int64_t seconds = 0;

    if (token == NULL || !credentials_is_header(token) || expires == NULL ||
        !credentials_time(expires, &seconds))
        return dnshook_fail(sso->aws->host, DNSHOOK_BAD_CONFIG,
                            "%s: %s has no accessToken with expiresAt: run aws sso login "
                            "--profile %s",
                            sso->where, path, sso->profile);
    if (seconds <= (int64_t)time(NULL) + sso->aws->clock_offset)
        return fail_login(sso, "the login has expired");
    return make_header(sso, token);
}

static int read_cache(struct sso *sso, const char *path)
{
    char why[TEXTFILE_WHY_SIZE] = "";
    struct textfile file;
    json_t *object;
    int status = textfile_read(sso->aws->host, path, TEXTFILE_SECRET, CACHE_MAX, &file, why);

    if (status != DNSHOOK_OK)
        return dnshook_fail(sso->aws->host, status, "%s: %s", sso->where, why);
    if (file.text == NULL)
        return fail_login(sso, "nobody has logged in");
    object = credentials_json(file.text, file.size, why);
    if (object == NULL)
        status =
            dnshook_fail(sso->aws->host, DNSHOOK_BAD_CONFIG, "%s: %s: %s", sso->where, path, why);
    else
        status = take_token(sso, path, object);
    credentials_json_free(object);
    textfile_free(sso->aws->host, &file);
    return status;
}

static int get_header(struct sso *sso)
{
    char *const path = cache_path(sso);
    const int status = path == NULL ? fail_login(sso, "the cache of logins cannot be found")
                                    : read_cache(sso, path);

    sso->aws->host->free(sso->aws->host, path);
    return status;
}

/* Takes the role's credentials from the portal's answer. */
static int take(struct sso *sso, const struct aws_response *response, struct finding *finding)
{
    static const struct credentials_names names = {"accessKeyId", "secretAccessKey", "sessionToken",
                                                   "expiration"};
    char why[CREDENTIALS_WHY_SIZE] = "";
    char source[CREDENTIALS_WHY_SIZE * 2];
    json_t *const object = credentials_json(response->body, response->body_size, why);
    const json_t *const role = json_object_get(object, "roleCredentials");
    int status;

    (void)snprintf(source, sizeof source, "role %s of account %s by IAM Identity Center, %s",
                   sso->settings.role_name, sso->settings.account_id, sso->where);
    if (!json_is_object(role))
        status = dnshook_fail(sso->aws->host, DNSHOOK_BAD_ANSWER,
                              "%s: the answer has no roleCredentials", source);
    else
        status = credentials_json_take(sso->aws, role, &names, source, finding);
    credentials_json_free(object);
    return status;
}

static int exchange(struct sso *sso, struct finding *finding)
{
    const char *const headers[] = {sso->header, NULL};
    const struct aws_pair query[] = {
        {"role_name", sso->settings.role_name},
        {"account_id", sso->settings.account_id},
        {NULL, NULL},
    };
    const struct aws_request request = {
        .service = AWS_SSO,
        .method = "GET",
        .path = "/federation/credentials",
        .query = query,
        .region = sso->settings.region,
        .unsigned_call = true,
        .headers = headers,
    };
    struct aws_response response;
    char what[CREDENTIALS_WHY_SIZE * 2];
    const int status = aws_call(sso->aws, &request, &response);

    if (status != DNSHOOK_OK)
        return status;
    if (response.code == 401)
        return fail_login(sso, "the login is no longer valid");
    if (response.error[0] == '\0')
        return take(sso, &response, finding);
    (void)snprintf(what, sizeof what, "role %s of account %s, %s", sso->settings.role_name,
                   sso->settings.account_id, sso->where);
    return aws_fail(sso->aws, &response, what, "sso:GetRoleCredentials", "");
}

int credentials_sso(struct aws *aws, struct finding *finding)
{
    struct sso sso = {.aws = aws, .profile = finding->profile};
    int status = profile_chain_sso(aws, sso.profile, &sso.settings);

    if (status != DNSHOOK_OK)
        return status;
    credentials_profile_text(aws, sso.profile,
                             sso.settings.session == NULL ? "sso_start_url" : "sso_session",
                             sso.where);
    if (sso.settings.account_id == NULL)
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                            "%s: sso_account_id and sso_role_name are missing: without a role the "
                            "login gives no AWS credentials",
                            sso.where);
    status = get_header(&sso);
    if (status == DNSHOOK_OK)
        status = exchange(&sso, finding);
    aws->host->free(aws->host, sso.header);
    return status;
}
