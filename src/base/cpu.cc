#include "base/cpu.h"

namespace sotto {
namespace {

Cpu detect() {
  Cpu found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  found.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  found.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  found.avx512_vbmi = found.avx512 && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni");
  found.avx512_ifma = found.avx512 && __builtin_cpu_supports("avx512ifma") &&
                      __builtin_cpu_supports("avx512vpopcntdq");
  found.aes = __builtin_cpu_supports("aes");
  found.vaes = found.aes && found.avx512 && __builtin_cpu_supports("vaes");
#endif
  return found;
}

}  // namespace

const Cpu& cpu() {
  static const Cpu found = detect();
  return found;
}

}  // namespace sotto
