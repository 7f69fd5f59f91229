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
static inline int gantry_keep_until_end(void) { return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }
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
static inline int tls_context_set_versions(SSL_CTX *context, int minimum, int maximum)
{
    return SSL_CTX_set_min_proto_version(context, minimum) == 1
        && SSL_CTX_set_max_proto_version(context, maximum) == 1;
}

// A context for one process, not for a browser: no renegotiation, no compression, buffers given back when idle.
static inline void tls_context_harden(SSL_CTX *context)
{
    SSL_CTX_set_options(context,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
}

static inline void tls_context_refuse_tickets(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

static inline void tls_context_cache_off(SSL_CTX *context)
{
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void tls_context_cache_client(SSL_CTX *context)
{
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
}

typedef int (*tls_server_name_function)(SSL *ssl, int *alert, void *argument);

static inline void tls_context_on_server_name(SSL_CTX *context, tls_server_name_function function, void *argument)
{
    SSL_CTX_set_tlsext_servername_callback(context, function);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline int tls_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }

static inline int tls_is_before(SSL *ssl) { return SSL_in_before(ssl); }

static inline void tls_bio_want_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void tls_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline STACK_OF(X509) *tls_chain_new(void) { return sk_X509_new_null(); }
static inline int tls_chain_push(STACK_OF(X509) *chain, X509 *certificate)
{
    if (!X509_up_ref(certificate)) return 0;
    if (sk_X509_push(chain, certificate)) return 1;
    X509_free(certificate);
    return 0;
}
static inline void tls_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }
static inline int tls_chain_count(const STACK_OF(X509) *chain) { return chain ? sk_X509_num(chain) : 0; }
static inline X509 *tls_chain_at(const STACK_OF(X509) *chain, int index) { return sk_X509_value(chain, index); }

static inline int tls_names_push(STACK_OF(X509_NAME) *names, X509_NAME *name)
{
    X509_NAME *copy = X509_NAME_dup(name);
    if (!copy) return 0;
    if (sk_X509_NAME_push(names, copy)) return 1;
    X509_NAME_free(copy);
    return 0;
}
static inline STACK_OF(X509_NAME) *tls_names_new(void) { return sk_X509_NAME_new_null(); }

static inline int tls_alert_of(int reason)
{
    return reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256 ? reason - SSL_AD_REASON_OFFSET : -1;
}

static inline int tls_ticket_mac(EVP_MAC_CTX *mac, const unsigned char *key, size_t count)
{
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, count);
    parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    parameters[2] = OSSL_PARAM_construct_end();
    return EVP_MAC_CTX_set_params(mac, parameters);
}

static inline void tls_context_limit_chain(SSL_CTX *context, long bytes) { SSL_CTX_set_max_cert_list(context, bytes); }
