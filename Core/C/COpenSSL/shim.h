// What Swift cannot import of OpenSSL itself (function-like macros) stands here as inline wrappers.
#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// primitives
static inline int gantry_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int gantry_error_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline long gantry_bio_data(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
static inline EVP_PKEY *gantry_generate_rsa(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }
static inline EVP_PKEY *gantry_generate_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }
static inline EVP_PKEY *gantry_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }
static inline void gantry_free(void *memory) { OPENSSL_free(memory); }
static inline void gantry_clear_free(void *memory, size_t count) { OPENSSL_clear_free(memory, count); }
static inline int gantry_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int gantry_key_pair_selection(void) { return EVP_PKEY_KEYPAIR; }
static inline int gantry_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *gantry_names_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
static inline int gantry_names_push(GENERAL_NAMES *names, GENERAL_NAME *name) {
    return sk_GENERAL_NAME_push(names, name);
}
static inline int gantry_revoked_count(X509_CRL *list) { return sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list)); }
static inline X509_EXTENSION *gantry_extension(
    X509 *issuer, X509 *subject, X509_CRL *list, int nid, const char *value
) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, subject, NULL, list, 0);
    X509V3_set_ctx_nodb(&context);
    return X509V3_EXT_conf_nid(NULL, &context, nid, value);
}
static inline X509_EXTENSIONS *gantry_extensions_new(void) { return sk_X509_EXTENSION_new_null(); }
static inline void gantry_extensions_free(X509_EXTENSIONS *extensions) {
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

// TLS
