// A party's identity: an Ed25519 key that never leaves its directory, and a self-signed certificate around
// it. Nobody issues certificates: each party pins the fingerprints (SHA-256 of the certificate's DER) of the
// others.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/connection.h"

extern "C" {
typedef struct x509_st X509;
typedef struct evp_pkey_st EVP_PKEY;
}

namespace sotto::net {

using Fingerprint = Digest;

inline constexpr const char* kKeyFile = "identity.key";
inline constexpr const char* kCertificateFile = "identity.crt";

// Lower-case hexadecimal.
std::string hex(std::span<const std::byte> bytes);
// 64 hexadecimal digits, colons between bytes allowed. Throws kIdentity.
Fingerprint parse_fingerprint(std::string_view text);
Fingerprint fingerprint_of(const X509& certificate);

// What a certificate says; nothing of it is secret.
struct CertificateText {
  std::string name;         // of the party that made it
  std::string fingerprint;  // what the other parties pin
  std::string not_before, not_after;
};

// Immutable; copies share the key.
class Identity {
 public:
  // Makes the key (mode 0600) and the certificate of party `name` in a directory, which is made if missing.
  // Throws kUsage on a bad name, kIdentity if either file exists (nothing is ever overwritten), kSystem on
  // file errors.
  static Identity create(const std::filesystem::path& directory, const std::string& name,
                         int valid_days = 3650);

  // Throws kIdentity saying which file is missing, malformed, open to others, expired, or does not belong.
  static Identity load(const std::filesystem::path& directory);

  const CertificateText& text() const { return text_; }
  const Fingerprint& fingerprint() const { return fingerprint_; }
  X509* certificate() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }

 private:
  Identity(std::shared_ptr<X509> certificate, std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<X509> certificate_;
  std::shared_ptr<EVP_PKEY> key_;
  CertificateText text_;
  Fingerprint fingerprint_;
};

// Reads a certificate alone, of this or another party; an expired one too. Throws kIdentity.
CertificateText show_certificate(const std::filesystem::path& file);

}  // namespace sotto::net
