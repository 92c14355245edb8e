#include "http_ca.h"

#include <dirent.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static CURLcode set(CURL *easy, const char *file, const char *directory)
{
    const CURLcode code = curl_easy_setopt(easy, CURLOPT_CAINFO, file);

    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
}

/* True for the name of a certificate by its hash: 8 hexadecimal digits, a dot and a zero. */
static bool is_hash_name(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && strcmp(name + 8, ".0") == 0;
}

static bool is_hashed(const char *path)
{
    DIR *const directory = path != NULL ? opendir(path) : NULL;
    const struct dirent *entry;
    bool found = false;

    if (directory == NULL)
        return false;
    while (!found && (entry = readdir(directory)) != NULL)
        found = is_hash_name(entry->d_name);
    (void)closedir(directory);
    return found;
}

/* The system's directory of hashed CA certificates; NULL if there is none. */
static const char *system_directory(void)
{
    const curl_version_info_data *const curl = curl_version_info(CURLVERSION_NOW);
    const char *const places[] = {curl->capath, X509_get_default_cert_dir()};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (is_hashed(places[i]))
            return places[i];
    return NULL;
}

/* The value of an environment variable; NULL if it is empty. */
static const char *variable(const char *name)
{
    const char *const value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

CURLcode http_ca_set(CURL *easy, const char *bundle)
{
    const char *const file = bundle != NULL ? bundle : variable("CURL_CA_BUNDLE");
    const char *const ssl_file = variable("SSL_CERT_FILE"), *const ssl_directory =
                                                                variable("SSL_CERT_DIR");
    const char *directory;

    if (file != NULL)
        return set(easy, file, NULL);
    if (ssl_file != NULL || ssl_directory != NULL)
        return set(easy, ssl_file, ssl_directory);
    directory = system_directory();
    return directory != NULL ? set(easy, NULL, directory) : CURLE_OK;
}
