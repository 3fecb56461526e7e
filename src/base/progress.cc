#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "base/human.h"

namespace sotto {
namespace {

constexpr double kTerminalInterval = 0.1;
constexpr double kPlainInterval = 10;
constexpr std::int64_t kBarWidth = 24;

std::string bar(std::int64_t done, std::int64_t total) {
  const double part = static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(part * kBarWidth);
  return fmt::format("[{}{}] {:3}%", std::string(filled, '#'), std::string(kBarWidth - filled, '-'),
                     static_cast<int>(part * 100));
}

}  // namespace

ProgressOutput ProgressOutput::standard_error() {
  return {&std::cerr, isatty(STDERR_FILENO) == 1, [] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
          }};
}

Progress::Progress(std::string title, std::int64_t total, std::string unit, ProgressOutput output)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      output_(std::move(output)),
      started_(output_.seconds()),
      shown_(started_) {}

Progress::~Progress() {
  if (drawn_ && !finished_) *output_.stream << std::endl;
}

std::string Progress::figures(double elapsed) const {
  const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
  std::string text = title_;
  if (total_ > 0) {
    text += fmt::format(" {}  {}/{}", bar(std::clamp<std::int64_t>(done_, 0, total_), total_), done_, total_);
  } else {
    text += fmt::format(" {}", done_);
  }
  text += rate > 0 ? fmt::format("  {} {}/s", human_count(rate), unit_) : " " + unit_;
  if (bytes_sent_ > 0) text += "  " + human_bytes(bytes_sent_);
  return text;
}

void Progress::show(const std::string& line) {
  if (output_.terminal) {
    // Back to the first column, and erase what a longer line left.
    *output_.stream << '\r' << line << "\x1b[K" << std::flush;
    drawn_ = true;
  } else {
    *output_.stream << line << std::endl;
  }
}

void Progress::update(std::int64_t done, std::uint64_t bytes_sent) {
  done_ = done;
  bytes_sent_ = bytes_sent;
  const double now = output_.seconds();
  if (finished_ || now - shown_ < (output_.terminal ? kTerminalInterval : kPlainInterval)) return;
  shown_ = now;
  const double elapsed = now - started_;
  std::string line = figures(elapsed);
  if (total_ > 0 && done > 0) {
    line += "  ETA " + human_seconds(elapsed / static_cast<double>(done) *
                                     static_cast<double>(std::max<std::int64_t>(total_ - done, 0)));
  }
  show(line);
}

void Progress::finish() {
  if (finished_) return;
  const double elapsed = output_.seconds() - started_;
  show(figures(elapsed) + "  in " + human_seconds(elapsed));
  if (output_.terminal) *output_.stream << std::endl;
  finished_ = true;
}

}  // namespace sotto
