# Amazon Route 53: signed calls, credentials, zones and changes.
ROUTE53_CALL_SOURCES = \
	providers/common/xml.c providers/common/xml.h \
	providers/route53/aws.c providers/route53/aws.h \
	providers/route53/call.c \
	providers/route53/call_lines.c providers/route53/call_lines.h \
	providers/route53/clock.c providers/route53/clock.h \
	providers/route53/endpoint.c providers/route53/endpoint.h \
	providers/route53/error.c providers/route53/error.h \
	providers/route53/sigv4.c providers/route53/sigv4.h \
	providers/route53/text.c providers/route53/text.h
include providers/route53/credentials.mk
include providers/route53/changes.mk
ROUTE53_SOURCES = $(ROUTE53_CALL_SOURCES) $(ROUTE53_CREDENTIALS_SOURCES) $(ROUTE53_CHANGE_SOURCES)
ROUTE53_CPPFLAGS = $(PROVIDER_CPPFLAGS) -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
ROUTE53_CFLAGS = $(PROVIDER_CFLAGS) $(LIBXML2_CFLAGS) $(JANSSON_CFLAGS) $(OPENSSL_CFLAGS)
ROUTE53_LIBS = $(LIBXML2_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS)

providermod_LTLIBRARIES += providers/route53.la
providers_route53_la_SOURCES = $(ROUTE53_SOURCES)
providers_route53_la_CPPFLAGS = $(ROUTE53_CPPFLAGS)
providers_route53_la_CFLAGS = $(ROUTE53_CFLAGS) -fvisibility=hidden
providers_route53_la_LDFLAGS = $(MODULE_LDFLAGS)
providers_route53_la_LIBADD = $(ROUTE53_LIBS)
