/* check.h - cmocka, included after our own headers (it makes a macro of fail), and a few asserts
 * more. */
#ifndef CHECK_H
#define CHECK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails, with both texts, unless `part` occurs in `text`. */
static inline void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in: %s", part, text);
}

/* Fails, with both texts, if `part` occurs in `text`. */
static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("'%s' is in: %s", part, text);
}

static inline void check_skipped(void **state)
{
    (void)state;
}

/* A test of what only root can do: set up by `setup`, passed over, in TAP's words, by others. */
#define ROOT_TEST(function, setup)                                                                 \
    (geteuid() == 0                                                                                \
         ? (struct CMUnitTest)cmocka_unit_test_setup(function, setup)                              \
         : (struct CMUnitTest){.name = #function " # SKIP only root can give files away",          \
                               .test_func = check_skipped})

#endif
