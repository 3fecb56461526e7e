// What a ciphertext must go through before it returns to the owner of the key.
//
// Decryption shows the owner the noise, too: after products with weights it is a linear function of them, and
// enough of it gives the weights away. hide() adds a fresh public-key encryption of zero, so that the mask is
// independent of what was computed, and noise uniform in [-2^b, 2^b), where 2^b is 2^(40 + log2 of the
// coefficients that return in the job) times what the noise can be: all noise together is then within
// statistical distance 2^-40 of noise that depends on nothing (flooding; Asharov et al. 2012). The message
// itself is not hidden: it is masked by adding a share of it before.
#pragma once

#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {

inline constexpr double kHidingBits = 40;

// To ciphertexts in either form; the form stays. coefficients: how many return in the whole job. Throws
// ErrorKind::kUsage if that noise leaves no room for the codec's messages. Not for several threads at once.
class Hider {
 public:
  Hider(const Context& context, const PublicKey& key) : encryptor_(context, key) {}
  Hider(const Context& context, PublicKey&& key) = delete;
  void hide(const Codec& codec, Ciphertext& ciphertext, double coefficients);

 private:
  PublicEncryptor encryptor_;
  NoiseSource noise_;
};

}  // namespace sotto::lattice
