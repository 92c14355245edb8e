/*
 * BIND's `key` statements.
 *
 * SPDX-License-Identifier: MIT
 */
#include "statements.h"

#include <string.h>

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_SEMICOLON, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct span span;
};

struct reader {
    const char *at;
    const char *end;
    unsigned line;
    struct statements_error *error;
};

/* Notes the first thing that is wrong. Returns false. */
static bool wrong(const struct reader *reader, const char *what)
{
    if (reader->error->what == NULL) {
        reader->error->what = what;
        reader->error->line = reader->line;
    }
    return false;
}

/* Moves on by one character and counts lines. */
static void step(struct reader *reader)
{
    if (*reader->at++ == '\n')
        reader->line++;
}

static bool looks_at(const struct reader *reader, const char *text)
{
    const size_t length = strlen(text);

    return (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, text, length) == 0;
}

static void skip_line(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at != '\n')
        step(reader);
}

/* False: the comment does not end. */
static bool skip_block(struct reader *reader)
{
    for (reader->at += 2; reader->at < reader->end; step(reader)) {
        if (looks_at(reader, "*/")) {
            reader->at += 2;
            return true;
        }
    }
    return wrong(reader, "a comment /* does not end");
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Skips white space and comments. */
static bool skip_blank(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (is_space(*reader->at))
            step(reader);
        else if (*reader->at == '#' || looks_at(reader, "//"))
            skip_line(reader);
        else if (!looks_at(reader, "/*"))
            return true;
        else if (!skip_block(reader))
            return false;
    }
    return true;
}

/* A text in quotes, on one line. */
static struct token quoted(struct reader *reader)
{
    const char *const begin = ++reader->at;

    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\n')
        reader->at++;
    if (reader->at == reader->end || *reader->at != '"') {
        (void)wrong(reader, "a quotation mark is missing");
        return (struct token){.kind = TOKEN_BAD};
    }
    return (struct token){TOKEN_WORD, {begin, (size_t)(reader->at++ - begin)}};
}

/* A text without quotes. A "//" inside is not a comment: base64 may hold it. */
static struct token bare(struct reader *reader)
{
    const char *const begin = reader->at;

    while (reader->at < reader->end && !is_space(*reader->at) &&
           memchr("{};\"#", *reader->at, 5) == NULL)
        reader->at++;
    return (struct token){TOKEN_WORD, {begin, (size_t)(reader->at - begin)}};
}

static struct token next(struct reader *reader)
{
    static const struct {
        char character;
        enum token_kind kind;
    } marks[] = {{'{', TOKEN_OPEN}, {'}', TOKEN_CLOSE}, {';', TOKEN_SEMICOLON}};

    if (!skip_blank(reader))
        return (struct token){.kind = TOKEN_BAD};
    if (reader->at == reader->end)
        return (struct token){.kind = TOKEN_END};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (*reader->at == marks[i].character) {
            reader->at++;
            return (struct token){.kind = marks[i].kind};
        }
    }
    return *reader->at == '"' ? quoted(reader) : bare(reader);
}

static bool expect(struct reader *reader, enum token_kind kind, const char *what)
{
    return next(reader).kind == kind || wrong(reader, what);
}

static bool is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && token->span.length == strlen(word) &&
           memcmp(token->span.text, word, token->span.length) == 0;
}

/* The value of a clause, up to its semicolon. */
static bool read_value(struct reader *reader, struct span *out)
{
    const struct token value = next(reader);

    if (out->text != NULL)
        return wrong(reader, "a clause stands twice in one key");
    if (value.kind != TOKEN_WORD || value.span.length == 0)
        return wrong(reader, "a value is missing");
    *out = value.span;
    return expect(reader, TOKEN_SEMICOLON, "a semicolon is missing after a value");
}

/* The clauses between the braces, and the closing brace. */
static bool read_clauses(struct reader *reader, struct keyfile_entry *key)
{
    for (;;) {
        const struct token token = next(reader);
        bool good = false;

        if (token.kind == TOKEN_CLOSE)
            break;
        if (is_word(&token, "algorithm"))
            good = read_value(reader, &key->algorithm);
        else if (is_word(&token, "secret"))
            good = read_value(reader, &key->secret);
        else
            good = wrong(reader, token.kind == TOKEN_END
                                     ? "a closing brace is missing"
                                     : "only algorithm and secret may stand in a key");
        if (!good)
            return false;
    }
    if (key->algorithm.text == NULL)
        return wrong(reader, "the key has no algorithm");
    return key->secret.text != NULL || wrong(reader, "the key has no secret");
}

/* One statement after its first word. */
static bool read_key(struct reader *reader, struct keyfile_entry *key)
{
    const struct token name = next(reader);

    if (name.kind != TOKEN_WORD || name.span.length == 0)
        return wrong(reader, "the key has no name");
    key->name = name.span;
    return expect(reader, TOKEN_OPEN, "an opening brace is missing after the key's name") &&
           read_clauses(reader, key) &&
           expect(reader, TOKEN_SEMICOLON, "a semicolon is missing after the closing brace");
}

bool statements_read(const char *text, size_t length, struct keyfile_entry keys[STATEMENTS_MAX],
                     size_t *count, struct statements_error *error)
{
    struct reader reader = {text, text + length, 1, error};

    *error = (struct statements_error){NULL, 1};
    for (*count = 0;; ++*count) {
        const struct token token = next(&reader);

        if (token.kind == TOKEN_END)
            return *count > 0 || wrong(&reader, "there is no key");
        if (!is_word(&token, "key"))
            return wrong(&reader, "only statements like key \"name\" { algorithm hmac-sha256; "
                                  "secret \"...\"; }; may stand here");
        if (*count == STATEMENTS_MAX)
            return wrong(&reader, "there are more than 64 keys");
        keys[*count] = (struct keyfile_entry){.name = {NULL, 0}};
        if (!read_key(&reader, &keys[*count]))
            return false;
    }
}
