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
#include <openssl/rand.h>
#include <openssl/rsa.h>

// primitives
static inline int gantry_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int gantry_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

// TLS
