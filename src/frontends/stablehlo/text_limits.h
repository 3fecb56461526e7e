// A look at the text before MLIR's parser sees it. The parser is recursive and trusts its input: text that
// would overflow its stack or make it allocate without bound is refused here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sotto::frontends::stablehlo {

struct TextProblem {
  unsigned line, column;  // from 1
  std::string message;
};

// The deepest nesting of brackets, and the longest chain of aliases counted with the brackets inside.
inline constexpr int kMaximumNesting = 256;
inline constexpr int kMaximumAliasDepth = 1024;
inline constexpr unsigned kMaximumResultNumber = 65535;

// The first reason to refuse `text`, if any: size, bytecode, nesting, alias chains, result numbers, affine
// expressions (whose parser recurses without brackets, and which StableHLO does not use).
std::optional<TextProblem> find_text_problem(std::string_view text);

// Newer printers end locations with a range, "model.py":12:4 to 13:20, which the parser does not know:
// overwrites ` to 13:20` by spaces, so that every other line and column stays where it is.
void blank_location_ranges(char* text, std::size_t size);

}  // namespace sotto::frontends::stablehlo
