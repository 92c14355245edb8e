/* http_ca.h - which CAs are trusted. Part of the HTTP module. */
#ifndef HTTP_CA_H
#define HTTP_CA_H

#include <curl/curl.h>

/*
 * Sets the CAs of a transfer: the PEM file `bundle`; without it what CURL_CA_BUNDLE, or
 * SSL_CERT_DIR and SSL_CERT_FILE, name, as for the curl tool; else the system's. Of the system's, a
 * directory of hashed names (openssl-rehash(1)) is preferred: a whole bundle costs 25 ms to read.
 */
CURLcode http_ca_set(CURL *easy, const char *bundle);

#endif
