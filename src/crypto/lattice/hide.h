// What a ciphertext must go through before it returns to the owner of the key.
//
// Decryption shows the owner the noise, too: after products with weights it is a linear function of them, and
// enough of it gives the weights away. hide() adds a fresh public-key encryption of zero, so that the mask is
// independent of what was computed, and floods the noise (Asharov et al. 2012): it adds the sum of three
// numbers uniform in [-2^b, 2^b), where 2^b is 2^40 sqrt(n) times what the noise can be, n being how many
// coefficients return in the job. The message itself is not hidden: it is masked by adding a share of it
// before.
//
// Why the root: let e bound the noise, B = 2^b. The sum of three has a density whose Fisher information is
// 1.141 / B^2 (the sum of two has none, and flat noise needs n for sqrt(n)). A shift by e moves it by a
// squared Hellinger distance of at most 1.141 e^2 / (8 B^2), whatever e depends on; over n coefficients these
// add up; and the statistical distance is at most sqrt(2) times the root of that, 0.54 e sqrt(n) / B < 2^-40
// for all of them.
#pragma once

#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {

inline constexpr double kHidingBits = 40;

// What hide() makes of this noise.
Noise hidden_noise(const Context& context, const Noise& noise, double coefficients);

// To ciphertexts in either form; the form stays. coefficients: how many return in the whole job. Throws
// ErrorKind::kUsage if that noise leaves no room for the codec's messages. Not for several threads at once.
class Hider {
 public:
  Hider(const Context& context, const PublicKey& key)
      : Hider(context, key, prg::random_key(), prg::random_key()) {}
  // Noise of encryptions, and what floods it, out of two keys that nothing else uses.
  Hider(const Context& context, const PublicKey& key, const prg::Key& noise_key, const prg::Key& flood_key)
      : encryptor_(context, key, noise_key), noise_(flood_key) {}
  Hider(const Context& context, PublicKey&& key) = delete;
  void hide(const Codec& codec, Ciphertext& ciphertext, double coefficients);

 private:
  PublicEncryptor encryptor_;
  NoiseSource noise_;
};

}  // namespace sotto::lattice
