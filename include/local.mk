dnshookincludedir = $(includedir)/dnshook
dnshookinclude_HEADERS = include/dnshook/provider.h

# For the builds of providers: `pkg-config --variable=providerdir dnshook`.
pkgconfig_DATA = dnshook.pc
