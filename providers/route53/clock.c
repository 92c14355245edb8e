#include "clock.h"

#include <string.h>
#include <time.h>

/* A number of exactly `digits` digits; -1: there is none. */
static int number(const char *text, int digits)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* 0 to 11; -1: no month. */
static int month(const char *text)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++)
        if (strncmp(names + (size_t)i * 3, text, 3) == 0)
            return i;
    return -1;
}

/* True when the text has the shape of the pattern: "0" stands for any byte, the rest for itself. */
static bool has_shape(const char *text, const char *pattern)
{
    if (text == NULL || strlen(text) != strlen(pattern))
        return false;
    for (size_t i = 0; pattern[i] != '\0'; i++)
        if (pattern[i] != '0' && pattern[i] != text[i])
            return false;
    return true;
}

bool clock_read(const char *date, int64_t *seconds)
{
    struct tm parts = {0};

    if (!has_shape(date, "000, 00 000 0000 00:00:00 GMT"))
        return false;
    parts.tm_mday = number(date + 5, 2);
    parts.tm_mon = month(date + 8);
    parts.tm_year = number(date + 12, 4) - 1900;
    parts.tm_hour = number(date + 17, 2);
    parts.tm_min = number(date + 20, 2);
    parts.tm_sec = number(date + 23, 2);
    if (parts.tm_mday < 1 || parts.tm_mday > 31 || parts.tm_mon < 0 || parts.tm_year < 70 ||
        parts.tm_hour < 0 || parts.tm_hour > 23 || parts.tm_min < 0 || parts.tm_min > 59 ||
        parts.tm_sec < 0 || parts.tm_sec > 60)
        return false;
    *seconds = timegm(&parts);
    return true;
}
