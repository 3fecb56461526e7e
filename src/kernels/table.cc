#include <array>

#include "kernels/all.h"

namespace sotto::kernels {

std::span<const Kernel> all_kernels() {
  static const std::array table = {
      kAdd,   kSubtract, kNegate, kScale,       kSum,          kReshape,  kTranspose, kBroadcast,
      kSlice, kReverse,  kPad,    kConcatenate, kConstant,     kContract, kSign,      kCompare,
      kNot,   kFromBits, kSelect, kExp,         kReciprocal,   kDivide,   kLog,       kRsqrt,
      kSqrt,  kLogistic, kTanh,   kMax,         kArgmaxOneHot, kSoftmax,  kProbe,     kOutside};
  return table;
}

}  // namespace sotto::kernels
