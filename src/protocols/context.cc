#include "protocols/context.h"

namespace sotto::protocols {

Site Context::begin() {
  SOTTO_ASSERT(sub_operations_ != 0xFFFF, "an operation of the plan has fewer than 2^16 protocol operations");
  prg::Address base;
  base.step = step_;
  base.operation = operation_;
  base.sub_operation = sub_operations_++;
  return Site{base};
}

}  // namespace sotto::protocols
