#include "crypto/ot/backend.h"

#include <array>

#include "base/cpu.h"

namespace sotto::ot {
namespace {

struct Choice {
  std::array<const Backend*, 3> backends{};
  std::size_t count = 0;

  Choice() {
#if defined(__x86_64__)
    if (cpu().vaes) backends[count++] = &kVaesBackend;
    if (cpu().aes && cpu().avx2) backends[count++] = &kAesNiBackend;
#endif
    backends[count++] = &kPortableBackend;
  }
};

}  // namespace

std::span<const Backend* const> available_backends() {
  static const Choice choice;
  return {choice.backends.data(), choice.count};
}

}  // namespace sotto::ot
