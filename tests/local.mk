# Tests print TAP; `make check` sums them up.
TEST_EXTENSIONS = .sh .py
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_COMPILER = $(PYTHON3)
AM_TESTS_ENVIRONMENT = \
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	PREFIX='$(prefix)' LIBDIR='$(libdir)' BINDIR='$(bindir)' PROVIDERDIR='$(providerdir)' \
	CC='$(CC)' CXX='$(CXX)' MAKE='$(MAKE)' SANITIZERS='$(SAN_CFLAGS)' PYTHONDONTWRITEBYTECODE=1; \
	export TOP_SRCDIR TOP_BUILDDIR PREFIX LIBDIR BINDIR PROVIDERDIR CC CXX MAKE SANITIZERS \
	PYTHONDONTWRITEBYTECODE;

include tests/unit-cloudflare.mk
include tests/unit-core.mk
include tests/unit-loader.mk
include tests/unit-exec.mk
include tests/unit-rfc2136.mk
include tests/unit-route53.mk
include tests/unit-route53-changes.mk
include tests/unit-route53-credentials.mk
include tests/e2e.mk

# `make distcheck` builds a provider against what it has installed.
installcheck-local:
	BINDIR='$(bindir)' LIBDIR='$(libdir)' DESTDIR='$(DESTDIR)' MAKE='$(MAKE)' \
		sh $(top_srcdir)/tests/installcheck.sh
EXTRA_DIST += tests/installcheck.sh

# tests/e2e/test_abi.py has this from here.
EXTRA_DIST += tests/mocks/cxx.cc tests/abi/keep.sh tests/abi/layout.py tests/abi/1
