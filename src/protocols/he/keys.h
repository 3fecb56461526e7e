// What two parties hold to compute under encryption for a session: each its own secret key, and what the
// other has published of its.
//
// Published, once a session and of nothing but fresh randomness: the seed of masks, an encryption of zero,
// which is the public key, and switching keys for packing up to 1024 results (crypto/lattice/pack.h): 9.1 MB.
//
// What returns to a key's owner is flooded for 2^48 coefficients in a session (crypto/lattice/hide.h), more
// than eight years' at a million a second: EvaluationEnd counts them and refuses more, so that the
// statistical distance of all that a party sees stays below 2^-40.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "crypto/lattice/galois.h"
#include "crypto/lattice/hide.h"
#include "net/rounds.h"

namespace sotto::protocols::he {

// "shares-8192".
const lattice::Context& context();

inline constexpr std::size_t kMostPacked = 1024;
inline constexpr double kReturnedNumbers = 0x1p48;

// The owner of a key.
class KeyEnd {
 public:
  // Its keys for the generator, each for nothing else.
  struct Seeds {
    prg::Key secret, masks, noise;
    static Seeds random();
  };
  explicit KeyEnd(const Seeds& seeds);
  KeyEnd(const KeyEnd&) = delete;
  KeyEnd& operator=(const KeyEnd&) = delete;

  static std::size_t published_bytes();
  // To be sent once.
  Bytes publish();

  const lattice::SecretKey& key() const { return key_; }
  lattice::Encryptor& encryptor() { return encryptor_; }

 private:
  lattice::NoiseSource source_;
  lattice::SecretKey key_;
  lattice::Encryptor encryptor_;
};

struct Published;

// Who computes under the other's key.
class EvaluationEnd {
 public:
  struct Seeds {
    prg::Key noise, flood;
    static Seeds random();
  };
  // Throws ErrorKind::kPeer where `published` is not what publish() makes.
  EvaluationEnd(std::span<const std::byte> published, const Seeds& seeds);
  EvaluationEnd(const EvaluationEnd&) = delete;
  EvaluationEnd& operator=(const EvaluationEnd&) = delete;

  const lattice::MaskSource& masks() const { return masks_; }
  // Before a ciphertext of the peer's is expanded, in the order in which it made them: throws
  // ErrorKind::kPeer where its mask is not later than all before. (Two under one mask would be its loss, and
  // a mask drawn twice an assertion.)
  void expect_later(std::uint32_t mask_index);
  // For packing `count` ciphertexts, a power of two up to kMostPacked.
  std::span<const lattice::GaloisKey* const> packing_keys(std::size_t count) const;
  // Masks of crypto/lattice/hide.h; `numbers` of this ciphertext will be read by the key's owner.
  // Throws ErrorKind::kPlan when a session returns more than kReturnedNumbers.
  void hide(const lattice::Codec& codec, lattice::Ciphertext& ciphertext, std::size_t numbers);

 private:
  EvaluationEnd(Published published, const Seeds& seeds);

  lattice::MaskSource masks_;
  lattice::PublicKey public_key_;
  std::vector<lattice::GaloisKey> keys_;
  std::vector<const lattice::GaloisKey*> key_pointers_;
  lattice::Hider hider_;
  double returned_ = 0;
  std::uint64_t next_mask_ = 0;
};

// Both ends of a party.
struct Ends {
  std::unique_ptr<KeyEnd> own;
  std::unique_ptr<EvaluationEnd> other;
};

// Both parties publish at once: 1 round. Counting, nothing is made and the ends are empty.
Task<Ends> exchange_keys(net::Rounds& rounds);

}  // namespace sotto::protocols::he
