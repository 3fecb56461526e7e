#include "protocols/he/return_path.h"

#include "crypto/lattice/evaluate.h"
#include "crypto/lattice/hide.h"
#include "crypto/lattice/pack.h"
#include "protocols/he/keys.h"

namespace sotto::protocols::he {
namespace {

// Messages' room at a level; the codec's own bound asks for six bits.
double room_bits(const lattice::MessageSpace& space, std::size_t primes) {
  return context().modulus_bits(primes) - 1 - space.log2();
}

bool fits(const lattice::MessageSpace& space, std::size_t primes, const lattice::Noise& noise, double spare) {
  const double room = room_bits(space, primes);
  return room >= 6 && noise.bits() + spare < room;
}

// A reply is rounded once more and needs some room for that.
std::optional<std::size_t> reply_primes(const lattice::MessageSpace& space, const lattice::Noise& hidden,
                                        std::size_t packed) {
  for (std::size_t primes = 1; primes <= packed; ++primes)
    if (fits(space, primes, lattice::switched_noise(context(), hidden, packed, primes), 0.5)) return primes;
  return {};
}

// Of `product` at `fresh` primes; its reply is still missing.
ReturnPath packed_path(const lattice::Noise& product, std::size_t fresh, std::size_t together, int summands) {
  ReturnPath path{.fresh = fresh, .packed = std::min(fresh, context().parameters().switching_primes)};
  path.result = lattice::switched_noise(context(), product, fresh, path.packed);
  if (together > 1) path.result = lattice::packed_noise(context(), path.result, path.packed, together);
  path.result = path.result.times(summands);
  path.result.bound += 0.5 * summands;
  return path;
}

}  // namespace

std::optional<ReturnPath> return_path(const lattice::MessageSpace& space, const lattice::Noise& product,
                                      std::size_t together, int summands) {
  for (std::size_t fresh = 1; fresh <= context().primes(); ++fresh) {
    if (!fits(space, fresh, product, 0)) continue;
    ReturnPath path = packed_path(product, fresh, together, summands);
    lattice::Noise masked = path.result;
    masked.bound += 0.5;
    const lattice::Noise hidden = lattice::hidden_noise(context(), masked, kReturnedNumbers);
    if (!fits(space, path.packed, hidden, 0)) continue;
    if (const auto reply = reply_primes(space, hidden, path.packed)) {
      path.reply = *reply;
      path.returned = lattice::switched_noise(context(), hidden, path.packed, path.reply);
      return path;
    }
  }
  return {};
}

}  // namespace sotto::protocols::he
