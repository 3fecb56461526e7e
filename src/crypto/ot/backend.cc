#include "crypto/ot/backend.h"

#include "base/cpu.h"
#include "base/offers.h"

namespace sotto::ot {

std::span<const Backend* const> available_backends() {
  static const Offers<Backend> offers = [] {
    Offers<Backend> found;
#if defined(__x86_64__)
    found.offer(cpu().vaes, kVaesBackend);
    found.offer(cpu().aes && cpu().avx2, kAesNiBackend);
#endif
    return found.offer(true, kPortableBackend);
  }();
  return offers.all();
}

}  // namespace sotto::ot
