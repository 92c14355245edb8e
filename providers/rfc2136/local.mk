# Dynamic updates (RFC 2136) with TSIG (RFC 8945).
RFC2136_SOURCES = \
	providers/common/textfile.c providers/common/textfile.h \
	providers/rfc2136/base64.c providers/rfc2136/base64.h \
	providers/rfc2136/exchange.c providers/rfc2136/exchange.h \
	providers/rfc2136/keyfile.c providers/rfc2136/keyfile.h \
	providers/rfc2136/message.c providers/rfc2136/message.h \
	providers/rfc2136/names.c providers/rfc2136/names.h \
	providers/rfc2136/rfc2136.c providers/rfc2136/rfc2136.h \
	providers/rfc2136/settings.c providers/rfc2136/settings.h \
	providers/rfc2136/standing.c providers/rfc2136/standing.h \
	providers/rfc2136/statements.c providers/rfc2136/statements.h \
	providers/rfc2136/tsig.c providers/rfc2136/tsig.h \
	providers/rfc2136/update.c \
	providers/rfc2136/verdict.c \
	providers/rfc2136/wire.c providers/rfc2136/wire.h \
	providers/rfc2136/zone.c
RFC2136_CPPFLAGS = $(PROVIDER_CPPFLAGS) -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
RFC2136_CFLAGS = $(PROVIDER_CFLAGS) $(LDNS_CFLAGS) $(OPENSSL_CFLAGS)

providermod_LTLIBRARIES += providers/rfc2136.la
providers_rfc2136_la_SOURCES = $(RFC2136_SOURCES)
providers_rfc2136_la_CPPFLAGS = $(RFC2136_CPPFLAGS)
providers_rfc2136_la_CFLAGS = $(RFC2136_CFLAGS) -fvisibility=hidden
providers_rfc2136_la_LDFLAGS = $(MODULE_LDFLAGS)
providers_rfc2136_la_LIBADD = $(LDNS_LIBS) $(OPENSSL_LIBS)
