# A program of the user's own for each change.
EXEC_SOURCES = \
	providers/common/child.c providers/common/child.h \
	providers/common/environment.c providers/common/environment.h \
	providers/common/textfile.c providers/common/textfile.h \
	providers/exec/change.c \
	providers/exec/exec.c providers/exec/exec.h \
	providers/exec/program.c providers/exec/program.h \
	providers/exec/said.c providers/exec/said.h \
	providers/exec/settings.c providers/exec/settings.h
EXEC_CPPFLAGS = $(PROVIDER_CPPFLAGS) -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
EXEC_CFLAGS = $(PROVIDER_CFLAGS) $(OPENSSL_CFLAGS)

providermod_LTLIBRARIES += providers/exec.la
providers_exec_la_SOURCES = $(EXEC_SOURCES)
providers_exec_la_CPPFLAGS = $(EXEC_CPPFLAGS)
providers_exec_la_CFLAGS = $(EXEC_CFLAGS) -fvisibility=hidden
providers_exec_la_LDFLAGS = $(MODULE_LDFLAGS)
providers_exec_la_LIBADD = $(OPENSSL_LIBS)
