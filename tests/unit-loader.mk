# Unit tests of the loader, of the checks of a provider, and of HTTP.
if HAVE_CMOCKA
LOADER_TESTS = tests/unit/test_loader tests/unit/test_provider tests/unit/test_http
check_PROGRAMS += $(LOADER_TESTS)
TESTS += $(LOADER_TESTS)

LOADER_TEST_CPPFLAGS = $(CORE_CPPFLAGS) -DMODULES='"$(abs_top_builddir)"' \
	-DSOURCES='"$(abs_top_srcdir)"'
LOADER_TEST_LDADD = core/libcore.a $(CORE_LIBS) $(CMOCKA_LIBS)

tests_unit_test_loader_SOURCES = tests/unit/test_loader.c tests/unit/sandbox.c tests/unit/sandbox.h
tests_unit_test_loader_CPPFLAGS = $(LOADER_TEST_CPPFLAGS)
tests_unit_test_loader_CFLAGS = $(CORE_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_loader_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
tests_unit_test_loader_LDADD = $(LOADER_TEST_LDADD)

tests_unit_test_provider_SOURCES = tests/unit/test_provider.c tests/unit/sandbox.c \
	tests/unit/sandbox.h
tests_unit_test_provider_CPPFLAGS = $(LOADER_TEST_CPPFLAGS)
tests_unit_test_provider_CFLAGS = $(CORE_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_provider_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
tests_unit_test_provider_LDADD = $(LOADER_TEST_LDADD)

tests_unit_test_http_SOURCES = tests/unit/test_http.c tests/unit/sandbox.c tests/unit/sandbox.h
tests_unit_test_http_CPPFLAGS = $(LOADER_TEST_CPPFLAGS) -DPYTHON3='"$(PYTHON3)"'
tests_unit_test_http_CFLAGS = $(CORE_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_http_LDFLAGS = $(AM_LDFLAGS) $(PIE_LDFLAGS) -no-install
tests_unit_test_http_LDADD = $(LOADER_TEST_LDADD)
endif
EXTRA_DIST += tests/unit/http_server.py

# The shelf of mocks, one right provider and many wrong ones: tests/mocks/.libs/NAME.so. Modules
# that are not installed become shared only with a -rpath.
MOCK_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
MOCK_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere

check_LTLIBRARIES += \
	tests/mocks/good.la \
	tests/mocks/newer.la \
	tests/mocks/older.la \
	tests/mocks/many.la \
	tests/mocks/marker.la \
	tests/mocks/undefined.la \
	tests/mocks/no-entry.la \
	tests/mocks/null.la \
	tests/mocks/abi.la \
	tests/mocks/abi-0.la \
	tests/mocks/short.la \
	tests/mocks/cut.la \
	tests/mocks/zero.la \
	tests/mocks/absurd.la \
	tests/mocks/no-name.la \
	tests/mocks/no-version.la \
	tests/mocks/no-description.la \
	tests/mocks/no-params.la \
	tests/mocks/no-open.la \
	tests/mocks/no-close.la \
	tests/mocks/no-add.la \
	tests/mocks/no-remove.la \
	tests/mocks/bad-name.la \
	tests/mocks/param-bad-name.la \
	tests/mocks/param-null-name.la \
	tests/mocks/param-twice.la \
	tests/mocks/param-no-help.la \
	tests/mocks/param-small.la \
	tests/mocks/param-huge.la \
	tests/mocks/param-two-sizes.la \
	tests/mocks/param-no-end.la \
	tests/mocks/http.la

tests_mocks_good_la_SOURCES = tests/mocks/mock.c
tests_mocks_good_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=good
tests_mocks_good_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_good_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_newer_la_SOURCES = tests/mocks/mock.c
tests_mocks_newer_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=newer -DMOCK_PARAMS=params_later
tests_mocks_newer_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_newer_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_older_la_SOURCES = tests/mocks/mock.c
tests_mocks_older_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=older -DMOCK_SIZE=UPTO_REMOVE -DMOCK_POISON -DMOCK_PARAMS=params_none
tests_mocks_older_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_older_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_many_la_SOURCES = tests/mocks/mock.c
tests_mocks_many_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=many -DMOCK_SIZE='sizeof(struct dnshook_provider)' -DMOCK_PARAMS=params_128
tests_mocks_many_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_many_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_marker_la_SOURCES = tests/mocks/mock.c
tests_mocks_marker_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=marker -DMOCK_MARKER
tests_mocks_marker_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_marker_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_undefined_la_SOURCES = tests/mocks/mock.c
tests_mocks_undefined_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=undefined -DMOCK_UNDEFINED
tests_mocks_undefined_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_undefined_la_LDFLAGS = $(MOCK_LDFLAGS) -Wl,-z,lazy

tests_mocks_no_entry_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_entry_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-entry -DMOCK_NO_ENTRY
tests_mocks_no_entry_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_entry_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_null_la_SOURCES = tests/mocks/mock.c
tests_mocks_null_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=null -DMOCK_NULL
tests_mocks_null_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_null_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_abi_la_SOURCES = tests/mocks/mock.c
tests_mocks_abi_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=abi -DMOCK_ABI=7
tests_mocks_abi_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_abi_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_abi_0_la_SOURCES = tests/mocks/mock.c
tests_mocks_abi_0_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=abi-0 -DMOCK_ABI=0
tests_mocks_abi_0_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_abi_0_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_short_la_SOURCES = tests/mocks/mock.c
tests_mocks_short_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=short -DMOCK_SIZE='offsetof(struct dnshook_provider, remove)'
tests_mocks_short_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_short_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_cut_la_SOURCES = tests/mocks/mock.c
tests_mocks_cut_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=cut -DMOCK_SIZE='UPTO_REMOVE + 4'
tests_mocks_cut_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_cut_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_zero_la_SOURCES = tests/mocks/mock.c
tests_mocks_zero_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=zero -DMOCK_SIZE=0
tests_mocks_zero_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_zero_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_absurd_la_SOURCES = tests/mocks/mock.c
tests_mocks_absurd_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=absurd -DMOCK_SIZE=0x10008
tests_mocks_absurd_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_absurd_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_name_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_name_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-name -DMOCK_NAME_TEXT=NULL
tests_mocks_no_name_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_name_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_version_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_version_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-version -DMOCK_VERSION=NULL
tests_mocks_no_version_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_version_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_description_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_description_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-description -DMOCK_DESCRIPTION=NULL
tests_mocks_no_description_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_description_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_params_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_params_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-params -DMOCK_PARAMS=NULL
tests_mocks_no_params_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_params_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_open_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_open_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-open -DMOCK_OPEN=NULL
tests_mocks_no_open_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_open_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_close_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_close_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-close -DMOCK_CLOSE=NULL
tests_mocks_no_close_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_close_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_add_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_add_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-add -DMOCK_ADD=NULL
tests_mocks_no_add_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_add_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_no_remove_la_SOURCES = tests/mocks/mock.c
tests_mocks_no_remove_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=no-remove -DMOCK_REMOVE=NULL
tests_mocks_no_remove_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_no_remove_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_bad_name_la_SOURCES = tests/mocks/mock.c
tests_mocks_bad_name_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=bad-name -DMOCK_NAME_TEXT='"Bad Name"'
tests_mocks_bad_name_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_bad_name_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_bad_name_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_bad_name_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-bad-name -DMOCK_PARAMS=params_bad_name
tests_mocks_param_bad_name_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_bad_name_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_null_name_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_null_name_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-null-name -DMOCK_PARAMS=params_null_name
tests_mocks_param_null_name_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_null_name_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_twice_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_twice_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-twice -DMOCK_PARAMS=params_twice
tests_mocks_param_twice_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_twice_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_no_help_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_no_help_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-no-help -DMOCK_PARAMS=params_no_help
tests_mocks_param_no_help_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_no_help_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_small_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_small_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-small -DMOCK_PARAMS=params_small
tests_mocks_param_small_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_small_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_huge_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_huge_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-huge -DMOCK_PARAMS=params_huge
tests_mocks_param_huge_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_huge_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_two_sizes_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_two_sizes_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-two-sizes -DMOCK_PARAMS=params_two_sizes
tests_mocks_param_two_sizes_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_two_sizes_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_param_no_end_la_SOURCES = tests/mocks/mock.c
tests_mocks_param_no_end_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME=param-no-end -DMOCK_PARAMS=params_no_end
tests_mocks_param_no_end_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_param_no_end_la_LDFLAGS = $(MOCK_LDFLAGS)

tests_mocks_http_la_SOURCES = tests/mocks/http.c
tests_mocks_http_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/core
tests_mocks_http_la_CFLAGS = $(MOCK_CFLAGS)
tests_mocks_http_la_LDFLAGS = $(MOCK_LDFLAGS)
