# Unit tests of the provider exec, under a host of their own.
if HAVE_CMOCKA
EXEC_TESTS = \
	tests/unit/test_exec_run \
	tests/unit/test_exec_settings
EXEC_TEST_CPPFLAGS = $(EXEC_CPPFLAGS) -I$(top_srcdir)/providers/exec -I$(top_srcdir)/tests/unit \
	-DMODULES='"$(abs_top_builddir)"'
EXEC_TEST_CFLAGS = $(EXEC_CFLAGS) $(CMOCKA_CFLAGS)
EXEC_TEST_LDADD = tests/unit/libexec.la $(OPENSSL_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += $(EXEC_TESTS)
TESTS += $(EXEC_TESTS)

# The provider's sources and the host, once for both of these tests.
check_LTLIBRARIES += tests/unit/libexec.la
tests_unit_libexec_la_SOURCES = $(EXEC_SOURCES) \
	tests/unit/exec_fixture.c tests/unit/exec_fixture.h \
	tests/unit/fake_host.c tests/unit/fake_host.h \
	tests/unit/sandbox.c tests/unit/sandbox.h
tests_unit_libexec_la_CPPFLAGS = $(EXEC_TEST_CPPFLAGS)
tests_unit_libexec_la_CFLAGS = $(EXEC_TEST_CFLAGS)

tests_unit_test_exec_run_SOURCES = tests/unit/test_exec_run.c
tests_unit_test_exec_run_CPPFLAGS = $(EXEC_TEST_CPPFLAGS)
tests_unit_test_exec_run_CFLAGS = $(EXEC_TEST_CFLAGS)
tests_unit_test_exec_run_LDADD = $(EXEC_TEST_LDADD)

tests_unit_test_exec_settings_SOURCES = tests/unit/test_exec_settings.c
tests_unit_test_exec_settings_CPPFLAGS = $(EXEC_TEST_CPPFLAGS)
tests_unit_test_exec_settings_CFLAGS = $(EXEC_TEST_CFLAGS)
tests_unit_test_exec_settings_LDADD = $(EXEC_TEST_LDADD)
endif
