/*
 * Credentials in JSON.
 *
 * SPDX-License-Identifier: MIT
 */
#include "credentials_json.h"

#include <openssl/crypto.h>

#include <string.h>

json_t *credentials_json(const char *text, size_t size, char why[CREDENTIALS_WHY_SIZE])
{
    json_error_t error;
    json_t *root = NULL;

    if (size > CREDENTIALS_BODY_MAX) {
        (void)snprintf(why, CREDENTIALS_WHY_SIZE, "it is larger than %d bytes",
                       CREDENTIALS_BODY_MAX);
        return NULL;
    }
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) /* the error's text would quote it */
        (void)snprintf(why, CREDENTIALS_WHY_SIZE, "it is no JSON (line %d, column %d)", error.line,
                       error.column);
    OPENSSL_cleanse(&error, sizeof error);
    if (root != NULL && !json_is_object(root)) {
        (void)snprintf(why, CREDENTIALS_WHY_SIZE, "it is no JSON object");
        credentials_json_free(root);
        root = NULL;
    }
    return root;
}

const char *credentials_json_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* Reads a time of either kind; false: it is none. No time at all is fine. */
static bool read_expires(const json_t *value, int64_t *seconds)
{
    *seconds = 0;
    if (value == NULL || json_is_null(value))
        return true;
    if (json_is_integer(value)) {
        *seconds = (int64_t)json_integer_value(value) / 1000;
        return *seconds > 0;
    }
    return json_is_string(value) && credentials_time(json_string_value(value), seconds);
}

int credentials_json_take(struct aws *aws, const json_t *object,
                          const struct credentials_names *names, const char *source,
                          struct finding *finding)
{
    struct credentials_parts parts = {
        .access_key_id = credentials_json_text(object, names->access_key_id),
        .secret_access_key = credentials_json_text(object, names->secret_access_key),
        .session_token = credentials_json_text(object, names->session_token),
        .source = source,
    };

    if (parts.access_key_id == NULL || parts.secret_access_key == NULL)
        return dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER, "%s: the answer has no %s", source,
                            parts.access_key_id == NULL ? names->access_key_id
                                                        : names->secret_access_key);
    if (!read_expires(json_object_get(object, names->expires), &parts.expires))
        return dnshook_fail(aws->host, DNSHOOK_BAD_ANSWER, "%s: %s of the answer is no time",
                            source, names->expires);
    parts.refreshable = parts.expires != 0;
    return credentials_take(aws, &parts, finding);
}

/* Wipes the strings right in a value. */
static void wipe(json_t *value)
{
    const char *name;
    json_t *member;

    json_object_foreach(value, name, member)
    {
        if (json_is_string(member))
            OPENSSL_cleanse((void *)(uintptr_t)json_string_value(member),
                            json_string_length(member));
    }
}

void credentials_json_free(json_t *object)
{
    const char *name;
    json_t *member;

    json_object_foreach(object, name, member) wipe(member);
    wipe(object);
    json_decref(object);
}
