/*
 * log.h - what the program says on standard error, and the one place where secrets are hidden.
 *
 * Every line begins with "dnshook: ". Control bytes and bytes over 126 are shown as \xNN, so that
 * nothing from the network reaches a terminal raw. A text that holds a registered secret shows
 * "[hidden]" in its place.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_ERROR = 0, LOG_WARNING = 1, LOG_INFO = 2, LOG_DEBUG = 3 };

/* Sets what is shown: this level and those below it. LOG_WARNING at first. */
void log_set_level(int level);
bool log_wants(int level);

/* One line. Says nothing if the level is not wanted. Cut at 4096 bytes. */
void log_text(int level, const char *text);

__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *format, ...);

/* Says that memory ran out and returns DNSHOOK_NO_MEMORY. Allocates nothing. */
int log_no_memory(void);

/* Registers a text that must never be shown. Keeps a copy until log_forget_secrets(). Texts under
 * 4 bytes are not worth hiding. False when memory ran out. */
bool log_add_secret(const char *secret);

/* Wipes and frees the registered secrets. */
void log_forget_secrets(void);

/* Copies `text` to `out`, made safe to show as a line of the log would be. */
void log_sanitize(char *out, size_t size, const char *text);

/* Hands errors and warnings, whatever level is shown, to `take` instead of standard error; NULL: no
 * more. The text is safe to show, as log_sanitize() makes it. */
void log_divert(void (*take)(void *opaque, int level, const char *text), void *opaque);

/* Calls `hook` before a line is written, so that a table drawn in place can be taken away; NULL
 * for none. */
void log_before_line(void (*hook)(void));

#endif
