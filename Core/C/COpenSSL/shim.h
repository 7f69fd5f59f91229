// What Swift cannot import of OpenSSL itself (function-like macros) stands here as inline wrappers.
#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
