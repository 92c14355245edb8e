# The module that links libcurl: see core/http.h.
providermod_LTLIBRARIES += providers/_http.la
providers__http_la_SOURCES = \
	core/http_answer.c core/http_answer.h \
	core/http_ca.c core/http_ca.h \
	core/http_curl.c core/http_curl.h \
	core/http_url.c core/http_url.h
providers__http_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden $(LIBCURL_CFLAGS) $(OPENSSL_CFLAGS)
providers__http_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/core
providers__http_la_LDFLAGS = $(MODULE_LDFLAGS)
providers__http_la_LIBADD = $(LIBCURL_LIBS) $(OPENSSL_LIBS)
