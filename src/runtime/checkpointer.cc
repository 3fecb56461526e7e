#include "runtime/checkpointer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "runtime/opening.h"

namespace sotto::runtime {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

std::uint64_t runs_until_question(std::uint64_t runs, double elapsed, double interval) {
  const double left = std::max(interval - elapsed, 0.0);
  const double rate = static_cast<double>(runs) / std::max(elapsed, 1e-6);
  const double most = static_cast<double>(std::max<std::uint64_t>(runs, 1));
  return static_cast<std::uint64_t>(std::clamp(std::floor(left * rate), 1.0, most));
}

Checkpointer::Checkpointer(CheckpointDirectory& directory, const CheckpointSchedule& schedule,
                           net::Rounds& rounds, std::vector<std::string> names, SessionId session,
                           std::map<std::string, Digest> inputs)
    : directory_(directory),
      schedule_(schedule),
      rounds_(rounds),
      names_(std::move(names)),
      session_(session),
      inputs_(std::move(inputs)),
      last_time_(std::chrono::steady_clock::now()) {}

void Checkpointer::begin_after(std::uint64_t runs) {
  last_written_ = runs;
  next_question_ = runs + 1;
  last_time_ = std::chrono::steady_clock::now();
}

void Checkpointer::at_boundary(const Executor& executor, std::uint64_t runs, std::uint64_t total,
                               double seconds) {
  if (runs != total && !due(runs)) return;
  const auto start = std::chrono::steady_clock::now();
  write(executor, runs, seconds);
  begin_after(runs);
  statistics_.seconds += seconds_since(start);
}

bool Checkpointer::due(std::uint64_t runs) {
  if (schedule_.every_steps > 0 && runs - last_written_ >= schedule_.every_steps) return true;
  return schedule_.every_seconds > 0 && runs == next_question_ && due_by_clock(runs);
}

bool Checkpointer::due_by_clock(std::uint64_t runs) {
  const double elapsed = seconds_since(last_time_);
  ByteWriter writer;
  writer.number(static_cast<std::uint8_t>(elapsed >= schedule_.every_seconds));
  writer.number(runs_until_question(runs - last_written_, elapsed, schedule_.every_seconds));
  const auto answers = exchange_bytes(rounds_, writer.take());
  ByteReader first(answers.front());
  const bool now = first.number<std::uint8_t>() != 0;
  next_question_ = runs + std::max<std::uint64_t>(first.number<std::uint64_t>(), 1);
  return now;
}

void Checkpointer::write(const Executor& executor, std::uint64_t runs, double seconds) {
  const CheckpointMark mark{runs, session_};
  bool good = true;
  try {
    directory_.write_pending(mark, seconds, inputs_, executor.snapshot(runs));
  } catch (const Error& error) {
    log::warning("no checkpoint after run {}: {} {}", runs, error.message(), error.hint());
    good = false;
  }
  const auto answers = exchange_bytes(rounds_, Bytes{std::byte{good ? std::uint8_t{1} : std::uint8_t{0}}});
  std::vector<std::string> failed;
  for (std::size_t party = 0; party < answers.size(); ++party)
    if (answers[party].front() != std::byte{1}) failed.push_back(names_[party]);
  if (failed.empty()) {
    directory_.commit(mark);
    ++statistics_.written;
    return;
  }
  directory_.remove(mark);
  ++statistics_.failed;
  if (good)
    log::warning("no checkpoint after run {}: {} could not write it; the run goes on", runs,
                 fmt::join(failed, " and "));
}

}  // namespace sotto::runtime
