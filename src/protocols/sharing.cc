#include "protocols/sharing.h"

#include <fmt/format.h>

#include "base/bits.h"

namespace sotto::protocols {

unsigned Sharing::knowers(int parties) const {
  if (form == Form::kPublic) return (1u << parties) - 1;
  return form == Form::kPrivate ? 1u << party : 0;
}

std::string to_string(const Sharing& sharing) {
  switch (sharing.form) {
    case Form::kPublic:
      return "public";
    case Form::kPrivate:
      return fmt::format("private({})", sharing.party);
    case Form::kArithmetic:
      return "arithmetic";
    case Form::kBoolean:
      return fmt::format("Boolean({})", sharing.bits);
    case Form::kEncrypted:
      return fmt::format("encrypted({})", sharing.party);
  }
  return "";
}

std::size_t plane_words(const Shape& shape) {
  return bits::words_for(static_cast<std::size_t>(element_count(shape)));
}

Shape planes_shape(const Shape& shape, int bits) {
  return {bits, static_cast<std::int64_t>(64 * plane_words(shape))};
}

}  // namespace sotto::protocols
