#include "cli/progress_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <ostream>

namespace sotto::cli {
namespace {
constexpr std::string_view kMark = "\x1eprogress ";
}

void write_progress_line(std::ostream& stream, const ProgressLine& line) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point last;
  const auto now = Clock::now();
  if (line.done != line.total && now - last < std::chrono::milliseconds(50)) return;
  last = now;
  stream << fmt::format("{}{} {} {} {}\n", kMark, line.done, line.total, line.bytes, line.phase)
         << std::flush;
}

std::optional<ProgressLine> parse_progress_line(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  ProgressLine line;
  for (auto* number : {&line.done, &line.total, &line.bytes}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  line.phase = std::string(text);
  return line;
}

void ProgressBars::show(const ProgressLine& line) {
  if (line.total <= 1) return;
  if (!bar_ || line.phase != phase_ || line.done < last_done_) {
    phase_ = line.phase;
    bar_ = std::make_unique<Progress>(phase_, static_cast<std::int64_t>(line.total));
  }
  last_done_ = line.done;
  bar_->update(static_cast<std::int64_t>(line.done), line.bytes);
  if (line.done == line.total) {
    bar_->finish();
    bar_.reset();
  }
}

}  // namespace sotto::cli
