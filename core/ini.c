#include "ini.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "dnshook/provider.h"
#include "file.h"
#include "log.h"

static const char blanks[] = " \t";

struct reader {
    const char *path;
    const struct ini_handler *handler;
    unsigned line;
    bool in_section;
};

static int refuse(const struct reader *reader, const char *why)
{
    log_error("%s:%u: %s", reader->path, reader->line, why);
    return DNSHOOK_BAD_CONFIG;
}

/* Cuts the blanks off both ends. */
static char *trim(char *text)
{
    size_t size;

    text += strspn(text, blanks);
    size = strlen(text);
    while (size > 0 && strchr(blanks, text[size - 1]) != NULL)
        size--;
    text[size] = '\0';
    return text;
}

/* The word of a section, or a key. Only lower case: what is said of a key names it, and a secret
 * that stands where a key belongs would be shown. */
static bool is_word(const char *text)
{
    const size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return size > 0 && text[size] == '\0' && size <= INI_WORD_MAX;
}

static int read_section(struct reader *reader, char *text)
{
    const size_t size = strlen(text);
    char *name;

    if (text[size - 1] != ']')
        return refuse(reader, "a section ends with \"]\" and nothing behind it: [word name]");
    text[size - 1] = '\0';
    text = trim(text + 1);
    name = text + strcspn(text, blanks);
    if (*name != '\0')
        *name++ = '\0';
    name = trim(name);
    if (!is_word(text) || strpbrk(name, "[]") != NULL)
        return refuse(reader, "this is no section: it is written [word] or [word name]");
    if (strlen(name) > INI_NAME_MAX)
        return refuse(reader, "the name of the section is too long");
    reader->in_section = true;
    return reader->handler->section(reader->handler->opaque, reader->line, text, name);
}

static int read_key(struct reader *reader, char *text)
{
    char *const equals = strchr(text, '=');
    const char *key;
    const char *value;

    if (equals == NULL)
        return refuse(reader, "this is neither [word name], nor key = value, nor a comment (#)");
    *equals = '\0';
    key = trim(text);
    value = trim(equals + 1);
    if (!is_word(key))
        return refuse(reader, "what stands before \"=\" is no key: keys are made of lower case "
                              "letters, digits and hyphens");
    if (!reader->in_section)
        return refuse(reader, "a key needs a section above it, as [account NAME]");
    if (*value == '\0') {
        log_error("%s:%u: %s has no value: write one, or take the line away", reader->path,
                  reader->line, key);
        return DNSHOOK_BAD_CONFIG;
    }
    return reader->handler->key(reader->handler->opaque, reader->line, key, value);
}

/* What is wrong with the bytes of a line; NULL if nothing is. */
static const char *check_bytes(const char *line, size_t size)
{
    if (size > INI_LINE_MAX)
        return "the line has more than 65536 bytes";
    for (size_t i = 0; i < size; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            return "the line holds a control byte";
    return NULL;
}

/* Reads one line, in which `end` may be written. */
static int read_line(struct reader *reader, char *line, char *end)
{
    const char *why;

    if (end > line && end[-1] == '\r')
        end--;
    why = check_bytes(line, (size_t)(end - line));
    if (why != NULL)
        return refuse(reader, why);
    *end = '\0';
    line = trim(line);
    if (*line == '\0' || *line == '#' || *line == ';')
        return DNSHOOK_OK;
    return *line == '[' ? read_section(reader, line) : read_key(reader, line);
}

int ini_parse(const char *path, char *text, size_t size, const struct ini_handler *handler)
{
    struct reader reader = {.path = path, .handler = handler};
    char *const last = text + size;
    char *at = text;

    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (at < last) {
        char *const feed = memchr(at, '\n', (size_t)(last - at));
        char *const end = feed != NULL ? feed : last;
        int status;

        if (++reader.line > INI_LINES_MAX)
            return refuse(&reader, "the file has more than 100000 lines");
        status = read_line(&reader, at, end);
        if (status != DNSHOOK_OK)
            return status;
        at = end + 1;
    }
    return DNSHOOK_OK;
}

int ini_read(const char *path, const struct ini_handler *handler, bool *found, bool *readable)
{
    char why[FILE_WHY_SIZE] = "";
    char *text = NULL;
    size_t size = 0;
    int status = file_read_most(path, FILE_TRUSTED, INI_FILE_MAX, &text, &size, readable, why);

    *found = text != NULL;
    if (status != DNSHOOK_OK) {
        log_error("%s", status == DNSHOOK_NO_MEMORY ? "out of memory" : why);
        return status;
    }
    if (text == NULL)
        return DNSHOOK_OK;
    status = ini_parse(path, text, size, handler);
    OPENSSL_cleanse(text, size);
    free(text);
    return status;
}
