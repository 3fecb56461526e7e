#include "net/tls.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace sotto::net {
namespace {

// AES-GCM keys are renewed long before their limit of 2^24.5 records (RFC 8446, section 5.5).
constexpr std::uint64_t kKeyUpdateBytes = std::uint64_t{64} << 30;

void check(bool done, const char* what) {
  if (!done) throw Error(ErrorKind::kInternal, fmt::format("TLS, {}: {}", what, openssl_reason()));
}

}  // namespace

struct TlsCallbacks {
  static int bio_write(BIO* bio, const char* data, int length) {
    auto* engine = static_cast<TlsEngine*>(BIO_get_data(bio));
    engine->output_.append(std::as_bytes(std::span(data, static_cast<std::size_t>(length))));
    return length;
  }

  static int bio_read(BIO* bio, char* into, int length) {
    auto* engine = static_cast<TlsEngine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (engine->input_.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t taken = std::min(static_cast<std::size_t>(length), engine->input_.size());
    std::memcpy(into, engine->input_.data(), taken);
    engine->input_.consume(taken);
    return static_cast<int>(taken);
  }

  static long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int bio_create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static const BIO_METHOD* bio_method() {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sotto byte queues");
      check(made != nullptr, "the transport");
      BIO_meth_set_write(made, bio_write);
      BIO_meth_set_read(made, bio_read);
      BIO_meth_set_ctrl(made, bio_control);
      BIO_meth_set_create(made, bio_create);
      return made;
    }();
    return method;
  }

  // The whole of certificate verification: the leaf is pinned and within its time of validity. That the peer
  // holds its key is proven by the handshake's signature, which OpenSSL checks.
  static int verify(X509_STORE_CTX* store, void*) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* engine = static_cast<TlsEngine*>(SSL_get_app_data(ssl));
    const X509* leaf = X509_STORE_CTX_get0_cert(store);
    try {
      if (leaf == nullptr) throw Error(ErrorKind::kIdentity, "presented no certificate");
      const Fingerprint presented = engine->peer_fingerprint_ = fingerprint_of(*leaf);
      if (std::find(engine->pins_.begin(), engine->pins_.end(), presented) == engine->pins_.end()) {
        std::string pinned = "no party here has that fingerprint";
        if (engine->pins_.size() == 1) pinned = fmt::format("{} is pinned", hex(engine->pins_[0]));
        throw Error(ErrorKind::kIdentity,
                    fmt::format("presented the certificate {}, but {}", hex(presented), pinned));
      }
      if (X509_cmp_current_time(X509_get0_notAfter(leaf)) <= 0) {
        throw Error(ErrorKind::kIdentity, "presented a certificate that has expired");
      }
      if (X509_cmp_current_time(X509_get0_notBefore(leaf)) >= 0) {
        throw Error(ErrorKind::kIdentity,
                    "presented a certificate that is not valid yet; are the clocks right?");
      }
    } catch (const std::exception& refusal) {
      engine->refusal_ = refusal.what();
      X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
      return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
  }
};

TlsContext::TlsContext(const Identity& identity) : context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  check(context != nullptr, "making a context");
  check(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
            SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
            SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384") == 1 &&
            SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1,
        "the versions and suites");
  check(SSL_CTX_use_certificate(context, identity.certificate()) == 1 &&
            SSL_CTX_use_PrivateKey(context, identity.key()) == 1,
        "the identity");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, TlsCallbacks::verify, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
}

TlsEngine::TlsEngine(const TlsContext& context, TlsRole role, std::vector<Fingerprint> pins)
    : pins_(std::move(pins)), ssl_(SSL_new(context.get())) {
  BIO* bio = BIO_new(TlsCallbacks::bio_method());
  check(ssl_ != nullptr && bio != nullptr, "making a connection");
  BIO_set_data(bio, this);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  role == TlsRole::kClient ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
}

bool TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return false;
  const std::string reason = openssl_reason();
  if (refusal_) throw Error(ErrorKind::kIdentity, *refusal_);
  throw Error(ErrorKind::kIdentity, fmt::format("did not complete the TLS handshake: {}", reason),
              "Do both sides pin each other's current fingerprints? sotto certs show prints them.");
}

void TlsEngine::write(std::span<const std::byte> plaintext) {
  if (plaintext.empty()) return;
  written_since_update_ += plaintext.size();
  if (written_since_update_ > kKeyUpdateBytes) {
    written_since_update_ = 0;
    check(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1, "renewing the key");
  }
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written);
  check(result == 1 && written == plaintext.size(), "encrypting");
}

std::size_t TlsEngine::read(std::span<std::byte> into) {
  if (into.empty()) return 0;
  ERR_clear_error();
  std::size_t length = 0;
  if (SSL_read_ex(ssl_.get(), into.data(), into.size(), &length) == 1) return length;
  const int error = SSL_get_error(ssl_.get(), 0);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN) return 0;
  const bool alert = ERR_GET_REASON(ERR_peek_last_error()) > SSL_AD_REASON_OFFSET;
  if (alert) {
    throw Error(ErrorKind::kIdentity, fmt::format("refuses this party's certificate: {}", openssl_reason()),
                "Does the other side pin this party's current fingerprint? sotto certs show prints it.");
  }
  throw Error(ErrorKind::kPeer,
              fmt::format("sent bytes that are not TLS of this connection: {}", openssl_reason()));
}

void TlsEngine::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsEngine::peer_closed() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

PairwiseKey TlsEngine::export_key(std::string_view label, std::span<const std::byte> context) {
  PairwiseKey key;
  const int done = SSL_export_keying_material(
      ssl_.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(), label.data(), label.size(),
      reinterpret_cast<const unsigned char*>(context.data()), context.size(), 1);
  check(done == 1, "exporting a key");
  return key;
}

}  // namespace sotto::net
