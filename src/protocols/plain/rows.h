// Pieces of the plain table that have a file of their own; private to this folder.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::plain {

Share empty_share(Kind kind, Shape shape);

// Boolean value >= 0, see is_non_negative().
Share sign_of(const Context& context, const Words& values, const Shape& shape, int window);

Task<Shares> contract(Context& context, Contraction contraction);

}  // namespace sotto::protocols::plain
