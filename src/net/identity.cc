#include "net/identity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "net/frame.h"
#include "net/openssl.h"

namespace sotto::net {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaximumFileBytes = 64 * 1024;
constexpr const char* kDamaged =
    "The file is damaged or another one: put back a copy, or move the directory away, run `sotto certs init` "
    "and give "
    "the others the new fingerprint.";
constexpr std::size_t kMaximumNameLength = 64;

[[noreturn]] void throw_identity(const std::string& message, const std::string& hint = "") {
  throw Error(ErrorKind::kIdentity, message, hint);
}

void check(bool done, const char* what) {
  if (!done) throw Error(ErrorKind::kInternal, fmt::format("{}: {}", what, openssl_reason()));
}

std::string common_name(const X509& certificate) {
  char name[kMaximumNameLength + 1] = {};
  X509_NAME* subject = X509_get_subject_name(&certificate);
  if (X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof(name)) < 0) return "";
  return sanitised(std::string_view(name));
}

std::string time_text(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(time, &broken_down) != 1) return "unknown";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", broken_down.tm_year + 1900, broken_down.tm_mon + 1,
                     broken_down.tm_mday, broken_down.tm_hour, broken_down.tm_min);
}

CertificateText text_of(const X509& certificate) {
  return {.name = common_name(certificate),
          .fingerprint = hex(fingerprint_of(certificate)),
          .not_before = time_text(X509_get0_notBefore(&certificate)),
          .not_after = time_text(X509_get0_notAfter(&certificate))};
}

// The file's text; its buffer is wiped, since it may be a key.
struct FileText {
  std::vector<char> bytes;
  ~FileText() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

FileText read_bounded(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw_identity(fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)),
                   "Make this party's identity with: sotto certs init");
  }
  FileText text{std::vector<char>(kMaximumFileBytes + 1)};
  stream.read(text.bytes.data(), static_cast<std::streamsize>(text.bytes.size()));
  const auto length = static_cast<std::size_t>(stream.gcount());
  if (length > kMaximumFileBytes)
    throw_identity(fmt::format("{} is too large for an identity", file.string()), kDamaged);
  text.bytes.resize(length);
  return text;
}

CertificatePointer read_certificate(const fs::path& file) {
  FileText text = read_bounded(file);
  BioPointer bio(BIO_new_mem_buf(text.bytes.data(), static_cast<int>(text.bytes.size())));
  CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    throw_identity(fmt::format("{} is not a certificate in PEM: {}", file.string(), openssl_reason()),
                   kDamaged);
  }
  return certificate;
}

void check_key_mode(const fs::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return;  // reading it says why
  if (!S_ISREG(status.st_mode))
    throw_identity(fmt::format("{} is not a regular file", file.string()), kDamaged);
  if ((status.st_mode & 0077) != 0) {
    throw_identity(fmt::format("the key file {} is open to other users (mode {:04o})", file.string(),
                               status.st_mode & 07777),
                   fmt::format("If nobody else has read it: chmod 600 {}", file.string()));
  }
}

KeyPointer read_key(const fs::path& file) {
  check_key_mode(file);
  FileText text = read_bounded(file);
  BioPointer bio(BIO_new_mem_buf(text.bytes.data(), static_cast<int>(text.bytes.size())));
  // An empty passphrase rather than a prompt on the terminal.
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key) {
    throw_identity(fmt::format("{} is not a private key in PEM: {}", file.string(), openssl_reason()),
                   kDamaged);
  }
  return key;
}

CertificatePointer self_signed(EVP_PKEY& key, const std::string& name, int valid_days) {
  CertificatePointer certificate(X509_new());
  X509* x509 = certificate.get();
  check(x509 != nullptr && X509_set_version(x509, X509_VERSION_3) == 1, "making a certificate");
  std::uint64_t serial = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1, "randomness");
  check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) == 1, "the serial number");
  // Clocks of the parties differ a little: valid since an hour ago.
  check(X509_gmtime_adj(X509_getm_notBefore(x509), -3600) != nullptr &&
            X509_time_adj_ex(X509_getm_notAfter(x509), valid_days, 0, nullptr) != nullptr,
        "the time of validity");
  X509_NAME* subject = X509_get_subject_name(x509);
  const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
  check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
            X509_set_issuer_name(x509, subject) == 1 && X509_set_pubkey(x509, &key) == 1 &&
            X509_sign(x509, &key, nullptr) != 0,
        "signing the certificate");
  return certificate;
}

// A new file with exactly this text; it is removed again if that fails.
void write_new(const fs::path& file, BIO& text, mode_t mode) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (descriptor < 0) {
    if (errno == EEXIST) {
      throw_identity(
          file.string() + " exists already and is not overwritten",
          "A new identity needs a new fingerprint in every job; to make one, move the old files away.");
    }
    throw Error(ErrorKind::kSystem, fmt::format("cannot make {}: {}", file.string(), std::strerror(errno)));
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(&text, &data);
  const bool written = ::write(descriptor, data, static_cast<std::size_t>(length)) == length &&
                       ::fchmod(descriptor, mode) == 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (::close(descriptor) != 0 || !written) {
    ::unlink(file.c_str());
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}: {}", file.string(), std::strerror(error)));
  }
}

void check_name(const std::string& name) {
  if (name.empty() || name.size() > kMaximumNameLength || name != sanitised(name)) {
    throw Error(ErrorKind::kUsage, "a party's name is 1 to 64 printable ASCII characters");
  }
}

void check_validity(const X509& certificate, const fs::path& file) {
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) <= 0) {
    throw_identity(fmt::format("the certificate {} expired on {}", file.string(),
                               time_text(X509_get0_notAfter(&certificate))),
                   "Move the old identity away, run sotto certs init, and tell the others its fingerprint.");
  }
  if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) >= 0) {
    throw_identity(fmt::format("the certificate {} is not valid before {}", file.string(),
                               time_text(X509_get0_notBefore(&certificate))),
                   "Check this machine's clock.");
  }
}

}  // namespace

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

Fingerprint parse_fingerprint(std::string_view text) {
  Fingerprint fingerprint{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == ':' && digits % 2 == 0) continue;
    const int value = OPENSSL_hexchar2int(static_cast<unsigned char>(c));
    if (value < 0 || digits == 2 * fingerprint.size()) {
      digits = 0;
      break;
    }
    fingerprint[digits / 2] |= static_cast<std::byte>(digits % 2 == 0 ? value << 4 : value);
    ++digits;
  }
  ERR_clear_error();
  if (digits != 2 * fingerprint.size()) {
    throw_identity(fmt::format("'{}' is not a fingerprint: 64 hexadecimal digits are expected",
                               sanitised(text.substr(0, 100))),
                   "sotto certs show prints the fingerprint of a certificate.");
  }
  return fingerprint;
}

Fingerprint fingerprint_of(const X509& certificate) {
  Fingerprint fingerprint;
  unsigned int length = 0;
  check(X509_digest(&certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(fingerprint.data()),
                    &length) == 1 &&
            length == fingerprint.size(),
        "the certificate's fingerprint");
  return fingerprint;
}

Identity::Identity(std::shared_ptr<X509> certificate, std::shared_ptr<EVP_PKEY> key)
    : certificate_(std::move(certificate)),
      key_(std::move(key)),
      text_(text_of(*certificate_)),
      fingerprint_(fingerprint_of(*certificate_)) {}

Identity Identity::create(const fs::path& directory, const std::string& name, int valid_days) {
  check_name(name);
  std::error_code failure;
  if (fs::create_directories(directory, failure)) fs::permissions(directory, fs::perms::owner_all, failure);
  if (failure) {
    throw Error(ErrorKind::kSystem,
                fmt::format("cannot make the directory {}: {}", directory.string(), failure.message()));
  }
  KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  check(key != nullptr, "making a key");
  CertificatePointer certificate = self_signed(*key, name, valid_days);
  BioPointer key_text(BIO_new(BIO_s_secmem())), certificate_text(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
            PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1,
        "writing the identity");
  // The certificate first: an existing one means that the key beside it, even if hidden, is in use.
  write_new(directory / kCertificateFile, *certificate_text, 0644);
  try {
    write_new(directory / kKeyFile, *key_text, 0600);
  } catch (...) {
    ::unlink((directory / kCertificateFile).c_str());
    throw;
  }
  return Identity({certificate.release(), X509_free}, {key.release(), EVP_PKEY_free});
}

Identity Identity::load(const fs::path& directory) {
  const fs::path certificate_file = directory / kCertificateFile, key_file = directory / kKeyFile;
  std::error_code ignored;
  if (!fs::exists(certificate_file, ignored) && !fs::exists(key_file, ignored))
    throw_identity(
        fmt::format("{} is no identity: {}", directory.string(),
                    !fs::exists(directory, ignored)         ? "there is no such directory"
                    : !fs::is_directory(directory, ignored) ? "it is a file"
                                                            : "neither file of one is in it"),
        fmt::format("An identity is the directory that `sotto certs init DIRECTORY --name NAME` made, "
                    "with {} and {} in it.",
                    kCertificateFile, kKeyFile));
  CertificatePointer certificate = read_certificate(certificate_file);
  KeyPointer key = read_key(key_file);
  check_validity(*certificate, certificate_file);
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    throw_identity(fmt::format("the key {} does not belong to the certificate {}", key_file.string(),
                               certificate_file.string()),
                   "Put back the pair that `sotto certs init` made together, or make a new identity.");
  }
  return Identity({certificate.release(), X509_free}, {key.release(), EVP_PKEY_free});
}

CertificateText show_certificate(const fs::path& file) { return text_of(*read_certificate(file)); }

}  // namespace sotto::net
