/* sandbox.h - a directory for one test program, and what it puts there. All of it fails the test
 * when it fails. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes the directory, mode 0700, and removes it with all that is in it. Group set-up and
 * tear-down of cmocka. */
int sandbox_setup(void **state);
int sandbox_teardown(void **state);

/* The path of `name` in the sandbox; one of eight texts that are used in turn. */
const char *sandbox_path(const char *name);

/* Makes a directory, or a file with this text. Returns its path. */
const char *sandbox_mkdir(const char *name, mode_t mode);
const char *sandbox_write(const char *name, const char *text);

/* Copies a mock or the HTTP module ("tests/mocks/.libs/good.so") to `name`, mode 0644. */
const char *sandbox_install(const char *module, const char *name);

/* Sends standard error to a file, until sandbox_release() gives what was said; the text stays until
 * the next time. */
void sandbox_capture(void);
const char *sandbox_release(void);

#endif
