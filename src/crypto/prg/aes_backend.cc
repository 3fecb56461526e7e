#include "crypto/prg/aes_backend.h"

#include <array>

#include "base/cpu.h"

namespace sotto::prg {
namespace {

struct Choice {
  std::array<const Backend*, 3> backends{};
  std::size_t count = 0;

  Choice() {
#if defined(__x86_64__)
    if (cpu().vaes) backends[count++] = &kVaesBackend;
    if (cpu().aes) backends[count++] = &kAesNiBackend;
#endif
    backends[count++] = &kOpenSslBackend;
  }
};

}  // namespace

std::span<const Backend* const> available_backends() {
  static const Choice choice;
  return {choice.backends.data(), choice.count};
}

}  // namespace sotto::prg
