// Ownership of OpenSSL's objects, and its error queue as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sotto::net {

template <auto release>
struct OpensslDeleter {
  template <typename Object>
  void operator()(Object* object) const {
    release(object);
  }
};

using BioPointer = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, OpensslDeleter<X509_free>>;
using SslContextPointer = std::unique_ptr<SSL_CTX, OpensslDeleter<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;

// The latest reason in this thread's error queue, which is emptied.
inline std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

}  // namespace sotto::net
