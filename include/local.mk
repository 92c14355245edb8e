dnshookincludedir = $(includedir)/dnshook
dnshookinclude_HEADERS = include/dnshook/provider.h
