# Unit tests of the provider cloudflare, under a host with answers from a script.
if HAVE_CMOCKA
CLOUDFLARE_TESTS = tests/unit/test_cloudflare
check_PROGRAMS += $(CLOUDFLARE_TESTS)
TESTS += $(CLOUDFLARE_TESTS)

tests_unit_test_cloudflare_SOURCES = tests/unit/test_cloudflare.c $(CLOUDFLARE_SOURCES) \
	tests/unit/fake_http_host.c tests/unit/fake_http_host.h
tests_unit_test_cloudflare_CPPFLAGS = $(CLOUDFLARE_CPPFLAGS) -I$(top_srcdir)/tests/unit
tests_unit_test_cloudflare_CFLAGS = $(CLOUDFLARE_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_cloudflare_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=time,--wrap=getrandom
tests_unit_test_cloudflare_LDADD = $(JANSSON_LIBS) $(CMOCKA_LIBS)
endif
