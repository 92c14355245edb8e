/*
 * The chain of sources, and what they share.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials.h"
#include "profile.h"
#include "textfile.h"

#include <openssl/crypto.h>

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { LIST_SIZE = DNSHOOK_TEXT_SIZE };

/* ---- texts ----------------------------------------------------------------------------------- */

bool credentials_is_header(const char *text)
{
    const char *at = text;

    while (*at >= 0x20 && *at <= 0x7e)
        at++;
    return *at == '\0' && at != text;
}

void credentials_show(const char *text, size_t length, char *out, size_t size)
{
    size_t used = 0;

    while (used < length && used + 1 < size && text[used] != '\n' && text[used] != '\r') {
        out[used] = text[used] >= 0x20 && text[used] <= 0x7e ? text[used] : '?';
        used++;
    }
    out[used] = '\0';
}

void credentials_profile_text(const struct aws *aws, const char *profile, const char *property,
                              char out[CREDENTIALS_WHY_SIZE])
{
    const char *const file = profiles_file(aws, PROFILE, profile, property);

    (void)snprintf(out, CREDENTIALS_WHY_SIZE, "profile %s in %s", profile,
                   file == NULL ? "~/.aws/config" : file);
}

int credentials_token(struct aws *aws, const char *what, const char *path, char **token)
{
    char why[TEXTFILE_WHY_SIZE] = "";
    struct textfile file;
    const int status =
        textfile_read(aws->host, path, TEXTFILE_OPEN, CREDENTIALS_TOKEN_MAX, &file, why);

    *token = NULL;
    if (status != DNSHOOK_OK)
        return dnshook_fail(aws->host, status, "%s: %s", what, why);
    if (file.text == NULL)
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s: there is no file %s", what, path);
    while (file.size > 0 && strchr(" \t\r\n", file.text[file.size - 1]) != NULL)
        file.text[--file.size] = '\0';
    if (!credentials_is_header(file.text)) {
        textfile_free(aws->host, &file);
        return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                            "%s: %s is empty, or holds more than one line of printable characters",
                            what, path);
    }
    *token = file.text;
    return DNSHOOK_OK;
}

/* ---- times ----------------------------------------------------------------------------------- */

/* A number of exactly `digits` digits; -1: there is none. Moves on. */
static int number(const char **text, int digits)
{
    int value = 0;

    for (int i = 0; i < digits; i++, ++*text) {
        if (**text < '0' || **text > '9')
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

/* Reads numbers with what stands between them. `shape`: "4-2-2" for four, two and two digits. */
static bool numbers(const char **text, const char *shape, int *out)
{
    for (; *shape != '\0'; shape++) {
        if (*shape < '0' || *shape > '9') {
            if (*(*text)++ != *shape)
                return false;
            continue;
        }
        *out = number(text, *shape - '0');
        if (*out++ < 0)
            return false;
    }
    return true;
}

/* Seconds east of UTC at the end of a time. */
static bool read_zone(const char *text, int *east)
{
    const char sign = *text;
    int part[2] = {0, 0};

    *east = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0 || strcmp(text, "UTC") == 0)
        return true;
    if (sign != '+' && sign != '-')
        return false;
    text++;
    if (!numbers(&text, strlen(text) == 4 ? "22" : "2:2", part) || *text != '\0' || part[0] > 23 ||
        part[1] > 59)
        return false;
    *east = (part[0] * 60 + part[1]) * (sign == '-' ? -60 : 60);
    return true;
}

bool credentials_time(const char *text, int64_t *seconds)
{
    int date[3], day[3], east = 0;
    struct tm parts = {.tm_isdst = 0};

    if (!numbers(&text, "4-2-2", date) || strchr("Tt ", *text) == NULL || *text++ == '\0' ||
        !numbers(&text, "2:2:2", day))
        return false;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (!read_zone(text, &east) || date[0] < 1970 || date[1] < 1 || date[1] > 12 || date[2] < 1 ||
        date[2] > 31 || day[0] > 23 || day[1] > 59 || day[2] > 60)
        return false;
    parts.tm_year = date[0] - 1900;
    parts.tm_mon = date[1] - 1;
    parts.tm_mday = date[2];
    parts.tm_hour = day[0];
    parts.tm_min = day[1];
    parts.tm_sec = day[2];
    *seconds = (int64_t)timegm(&parts) - east;
    return true;
}

/* ---- one set of credentials ------------------------------------------------------------------ */

void credentials_drop(struct aws *aws, struct aws_credentials *credentials)
{
    const char *const texts[] = {credentials->access_key_id, credentials->secret_access_key,
                                 credentials->session_token, credentials->source};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        aws->host->free(aws->host, (void *)(uintptr_t)texts[i]);
    *credentials = (struct aws_credentials){.source = NULL};
}

/* A key or token: printable, without blanks and quotes. */
static bool is_key(const char *text)
{
    return credentials_is_header(text) && strpbrk(text, " \"'") == NULL;
}

/* Says which part is no key; DNSHOOK_OK if all are. */
static int check_parts(struct aws *aws, const struct credentials_parts *parts)
{
    const struct {
        const char *name;
        const char *value;
    } rows[] = {
        {"access key id", parts->access_key_id},
        {"secret access key", parts->secret_access_key},
        {"session token", parts->session_token},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bool missing = rows[i].value == NULL || rows[i].value[0] == '\0';

        if (missing && i < 2)
            return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG, "%s: the %s is empty", parts->source,
                                rows[i].name);
        if (!missing && !is_key(rows[i].value))
            return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                                "%s: the %s holds a blank, a quotation mark or a character that is "
                                "not printable: copy it again, without quotation marks",
                                parts->source, rows[i].name);
    }
    return DNSHOOK_OK;
}

int credentials_take(struct aws *aws, const struct credentials_parts *parts,
                     struct finding *finding)
{
    struct aws_credentials *const out = &finding->credentials;
    const bool has_token = parts->session_token != NULL && parts->session_token[0] != '\0';
    const int status = check_parts(aws, parts);

    if (status != DNSHOOK_OK)
        return status;
    *out = (struct aws_credentials){
        .access_key_id = aws_copy(aws, parts->access_key_id),
        .secret_access_key = aws_copy(aws, parts->secret_access_key),
        .session_token = has_token ? aws_copy(aws, parts->session_token) : NULL,
        .source = aws_copy(aws, parts->source),
        .expires = parts->expires,
        .refreshable = parts->refreshable,
    };
    finding->found = out->access_key_id != NULL && out->secret_access_key != NULL &&
                     out->source != NULL && (out->session_token != NULL || !has_token);
    if (finding->found)
        return DNSHOOK_OK;
    credentials_drop(aws, out);
    return aws_no_memory(aws);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool has_expired(const struct aws *aws, const struct aws_credentials *credentials)
{
    return credentials->expires != 0 && credentials->refreshable &&
           credentials->expires <= (int64_t)time(NULL) + aws->clock_offset;
}

static int judge_expired(struct aws *aws, struct finding *finding)
{
    char when[32] = "";
    struct tm parts;
    const time_t expires = (time_t)finding->credentials.expires;
    int status;

    if (gmtime_r(&expires, &parts) == NULL ||
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        (void)snprintf(when, sizeof when, "%" PRId64, finding->credentials.expires);
    if (finding->keep_expired) {
        dnshook_log(aws->host, DNSHOOK_LOG_WARNING,
                    "%s: the credentials have expired at %s; they are tried all the same",
                    finding->credentials.source, when);
        return DNSHOOK_OK;
    }
    status = dnshook_fail(aws->host, DNSHOOK_DENIED,
                          "%s: the credentials have expired at %s, and asking again brought no "
                          "newer ones; is the clock of this machine right?",
                          finding->credentials.source, when);
    credentials_drop(aws, &finding->credentials);
    finding->found = false;
    return status;
}

int credentials_ask(struct aws *aws, credentials_fn *source, struct finding *finding)
{
    int status = source(aws, finding);

    if (status != DNSHOOK_OK || !finding->found || !has_expired(aws, &finding->credentials))
        return status;
    credentials_drop(aws, &finding->credentials);
    finding->found = false;
    status = source(aws, finding);
    if (status != DNSHOOK_OK || !finding->found || !has_expired(aws, &finding->credentials))
        return status;
    return judge_expired(aws, finding);
}

/* ---- the chain ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    credentials_fn *ask;
} chain[] = {
    {"environment", credentials_env},           {"profile", credentials_profile},
    {"web identity", credentials_web_identity}, {"container", credentials_container},
    {"EC2 instance", credentials_imds},
};

/* Asks one source after the other. */
static int search(struct aws *aws, struct finding *finding)
{
    char list[LIST_SIZE] = ""; /* what those said that were passed over */
    size_t used = 0;

    for (size_t i = 0; i < sizeof chain / sizeof *chain; i++) {
        const int status = credentials_ask(aws, chain[i].ask, finding);

        if (status != DNSHOOK_OK || finding->found)
            return status;
        dnshook_log(aws->host, DNSHOOK_LOG_DEBUG, "credentials: %s: %s", chain[i].name,
                    finding->why);
        used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s: %s", i == 0 ? "" : "; ",
                                 chain[i].name, finding->why);
        if (used >= LIST_SIZE)
            used = LIST_SIZE - 1;
    }
    return dnshook_fail(aws->host, DNSHOOK_BAD_CONFIG,
                        "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                        "one of the other sources. Looked at: %s",
                        list);
}

/* The same, and the role that the account takes on. */
static int search_role(struct aws *aws, struct finding *finding)
{
    const int status = search(aws, finding);

    return status == DNSHOOK_OK ? credentials_account_role(aws, finding) : status;
}

/* What the settings come to. Only a role's credentials are looked at once more: the sources have
 * seen to theirs. */
static int find(struct aws *aws, struct finding *finding)
{
    const int status = credentials_check_role(aws);

    if (status != DNSHOOK_OK)
        return status;
    if (aws->host->param(aws->host, "role-arn") == NULL)
        return search(aws, finding);
    return credentials_ask(aws, search_role, finding);
}

/* What does not come from the service asks the same source again: none of those before it is
 * configured, and that does not change while the program runs. */
int aws_credentials(struct aws *aws, bool fresh, const struct aws_credentials **credentials)
{
    struct finding finding = {.found = false};

    if (!aws->has_credentials || fresh) {
        const int status = find(aws, &finding);

        if (status != DNSHOOK_OK)
            return status;
        credentials_drop(aws, &aws->credentials);
        aws->credentials = finding.credentials;
        aws->has_credentials = true;
        dnshook_log(aws->host, DNSHOOK_LOG_INFO, "credentials: %s", aws->credentials.source);
    }
    *credentials = &aws->credentials;
    return DNSHOOK_OK;
}
