#include "crypto/prg/aes_backend.h"

#include "base/cpu.h"
#include "base/offers.h"

namespace sotto::prg {

std::span<const Backend* const> available_backends() {
  static const Offers<Backend> offers = [] {
    Offers<Backend> found;
#if defined(__x86_64__)
    found.offer(cpu().vaes, kVaesBackend);
    found.offer(cpu().aes, kAesNiBackend);
#endif
    return found.offer(true, kOpenSslBackend);
  }();
  return offers.all();
}

}  // namespace sotto::prg
