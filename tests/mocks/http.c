/* An HTTP module of another version of dnshook. */
#include "http_curl.h"

DNSHOOK_EXPORT const struct http_module dnshook_http_module = {.version = "0.0.0-other"};
