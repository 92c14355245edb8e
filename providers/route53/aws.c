#include "aws.h"

#include <string.h>
#include <strings.h>

#include "profile.h"
#include "text.h"

bool aws_flag(const struct aws *aws, const char *param)
{
    const char *const value = aws->host->param(aws->host, param);

    return value != NULL && strcasecmp(value, "true") == 0;
}

const char *aws_setting(const struct aws *aws, const char *param, const char *property)
{
    const char *value = aws->host->param(aws->host, param);

    if (value == NULL && property != NULL)
        value = profiles_get(aws, PROFILE, profiles_chosen(aws), property);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

char *aws_copy_part(const struct aws *aws, const char *text, size_t size)
{
    char *const copy = aws->host->alloc(aws->host, size + 1);

    if (copy != NULL && size > 0)
        memcpy(copy, text, size);
    return copy;
}

char *aws_copy(const struct aws *aws, const char *text)
{
    return aws_copy_part(aws, text, strlen(text));
}

char *aws_query(const struct aws *aws, const struct aws_pair *pairs)
{
    struct text out = {0};
    char *copy = NULL;

    text_add(&out, "");
    for (size_t i = 0; pairs != NULL && pairs[i].name != NULL; i++) {
        text_add(&out, i > 0 ? "&" : "");
        text_add_encoded(&out, pairs[i].name, strlen(pairs[i].name), "");
        text_add(&out, "=");
        text_add_encoded(&out, pairs[i].value, strlen(pairs[i].value), "");
    }
    if (!out.failed)
        copy = aws_copy(aws, out.data);
    text_clear(&out);
    return copy;
}

int aws_no_memory(const struct aws *aws)
{
    return dnshook_fail(aws->host, DNSHOOK_NO_MEMORY, "out of memory");
}
