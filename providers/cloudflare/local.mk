# Cloudflare.
CLOUDFLARE_SOURCES = providers/cloudflare/cloudflare.c
CLOUDFLARE_CPPFLAGS = $(PROVIDER_CPPFLAGS) -DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
CLOUDFLARE_CFLAGS = $(PROVIDER_CFLAGS) $(JANSSON_CFLAGS)

providermod_LTLIBRARIES += providers/cloudflare.la
providers_cloudflare_la_SOURCES = $(CLOUDFLARE_SOURCES)
providers_cloudflare_la_CPPFLAGS = $(CLOUDFLARE_CPPFLAGS)
providers_cloudflare_la_CFLAGS = $(CLOUDFLARE_CFLAGS) -fvisibility=hidden
providers_cloudflare_la_LDFLAGS = $(MODULE_LDFLAGS)
providers_cloudflare_la_LIBADD = $(JANSSON_LIBS)
