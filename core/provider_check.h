/*
 * provider_check.h - what a provider file must hold before anything in it is used: the name, the
 * ABI, the sizes, the required members and the parameter table.
 */
#ifndef PROVIDER_CHECK_H
#define PROVIDER_CHECK_H

#include <stdbool.h>

#include "loader.h"
#include "provider.h"

enum { PROVIDER_NAME_SIZE = 33 }; /* with the final NUL */

/* Copies the name of the provider that the file `path`, NAME.so, would hold; false if NAME is no
 * provider's. */
bool provider_file_name(const char *path, char name[PROVIDER_NAME_SIZE]);

/* Refuses a provider that calls itself otherwise than its file: `why` then says so. */
bool provider_check_name(const struct dnshook_provider *op, const char *path,
                         char why[LOADER_WHY_SIZE]);

/*
 * Calls the module's entry function and fills `provider` from what it returns. DNSHOOK_OK, or
 * DNSHOOK_BAD_CONFIG or DNSHOOK_NO_MEMORY with the reason in `why`. params and path are the
 * caller's to free, also after a failure; both must be NULL before.
 */
int provider_check(const struct module *module, const char *path, struct provider *provider,
                   char why[LOADER_WHY_SIZE]);

#endif
