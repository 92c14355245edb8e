#include "name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LABEL_MAX = 63, CHALLENGE_LABEL = sizeof "_acme-challenge." - 1 };

static bool is_ldh(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* What is wrong with one label of a name; NULL if nothing is. */
static const char *check_label(const char *label, size_t size, bool underscores)
{
    if (size == 0)
        return "has an empty label";
    if (size > LABEL_MAX)
        return "has a label of more than 63 bytes";
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)label[i] > 0x7e)
            return "is not ASCII: write international names as A-labels (xn--...)";
        if ((unsigned char)label[i] < 0x21)
            return "holds a space or a control byte";
        if (!is_ldh(label[i]) && !(underscores && label[i] == '_'))
            return underscores
                       ? "holds a character that does not belong (letters, digits, hyphens and "
                         "underscores only)"
                       : "holds a character that no host name has (letters, digits and hyphens "
                         "only)";
    }
    if (label[0] == '-' || label[size - 1] == '-')
        return "has a label that begins or ends with a hyphen";
    return NULL;
}

/* Checks each label of `size` bytes, and copies them. */
static const char *check_labels(const char *name, size_t size, bool underscores,
                                char out[NAME_SIZE])
{
    size_t last = 0; /* where the last label begins */

    for (size_t start = 0; start <= size;) {
        const char *const dot = memchr(name + start, '.', size - start);
        const size_t end = dot != NULL ? (size_t)(dot - name) : size;
        const char *const why = check_label(name + start, end - start, underscores);

        if (why != NULL)
            return why;
        last = start;
        start = end + 1;
    }
    if (strspn(name + last, "0123456789") >= size - last)
        return "is an address, or ends like one: a name is needed";
    for (size_t i = 0; i < size; i++)
        out[i] = (char)tolower((unsigned char)name[i]);
    out[size] = '\0';
    return NULL;
}

/* The size of a name without its final dot. */
static size_t size_of(const char *name)
{
    const size_t size = strlen(name);

    return size > 1 && name[size - 1] == '.' ? size - 1 : size;
}

const char *name_check_host(const char *host, char out[NAME_SIZE])
{
    const size_t size = size_of(host);

    if (strncmp(host, "*.", 2) == 0)
        return "is a wildcard: give the name without \"*.\", its challenge is the same";
    if (size == 0)
        return "is empty";
    if (size + CHALLENGE_LABEL > NAME_MAX_TEXT)
        return "is too long: with _acme-challenge. in front it has more than 253 bytes";
    return check_labels(host, size, false, out);
}

const char *name_check_record(const char *record, char out[NAME_SIZE])
{
    const size_t size = size_of(record);

    if (size == 0)
        return "is empty";
    if (size > NAME_MAX_TEXT)
        return "is longer than 253 bytes";
    return check_labels(record, size, true, out);
}

const char *name_parent(const char *name)
{
    if (strcmp(name, ".") == 0 || *name == '\0')
        return NULL;
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '.')
            return c[1] != '\0' ? c + 1 : ".";
    }
    return ".";
}

bool name_equal(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

bool name_is_within(const char *name, const char *zone)
{
    for (const char *at = name; at != NULL; at = name_parent(at))
        if (name_equal(at, zone))
            return true;
    return false;
}

bool name_is_below(const char *name, const char *zone)
{
    return !name_equal(name, zone) && name_is_within(name, zone);
}

/* True when an odd number of backslashes stands before the byte. */
static bool is_escaped(const char *text, size_t at)
{
    size_t before = 0;

    while (before < at && text[at - 1 - before] == '\\')
        before++;
    return before % 2 == 1;
}

bool name_normalize(const char *text, char out[NAME_SIZE])
{
    size_t size = strlen(text);

    if (size == 0 || size >= NAME_SIZE)
        return false;
    for (size_t i = 0; i < size; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
    if (size > 1 && out[size - 1] == '.' && !is_escaped(out, size - 1))
        size--;
    out[size] = '\0';
    return true;
}
