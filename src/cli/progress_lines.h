// How a party tells the front that started it how far it is: lines on standard error that begin with a mark.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace sotto::cli {

struct ProgressLine {
  std::string phase;
  std::uint64_t done = 0, total = 0, bytes = 0;
};

// At most about twenty lines a second; the last of a phase always.
void write_progress_line(std::ostream& stream, const ProgressLine& line);
// Nothing when the text is no such line.
std::optional<ProgressLine> parse_progress_line(std::string_view text);

// A bar for each phase, one after another.
class ProgressBars {
 public:
  void show(const ProgressLine& line);

 private:
  std::string phase_;
  std::uint64_t last_done_ = 0;
  std::unique_ptr<Progress> bar_;
};

}  // namespace sotto::cli
