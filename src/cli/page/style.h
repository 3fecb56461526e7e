// The page's style sheet: light and dark, narrow and wide, screen and paper. It fetches nothing.
#pragma once

#include <string_view>

namespace sotto::cli::page {
extern const std::string_view kStyle;
}  // namespace sotto::cli::page
