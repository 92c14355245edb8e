# Every provider is built as providers/NAME.la, so that all of them lie in providers/.libs.
PROVIDER_CFLAGS = $(AM_CFLAGS)
PROVIDER_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/providers/common

include providers/cloudflare/local.mk
include providers/exec/local.mk
include providers/rfc2136/local.mk
include providers/route53/local.mk
