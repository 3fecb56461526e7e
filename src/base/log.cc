#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>
#include <mutex>

#include "base/error.h"

namespace sotto::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

// The logger is replaced whole, so that a line being written keeps its own.
class State {
 public:
  State() { replace(std::make_shared<spdlog::sinks::stderr_color_sink_mt>()); }

  std::shared_ptr<spdlog::logger> logger() {
    const std::scoped_lock lock(mutex_);
    return logger_;
  }
  void replace(spdlog::sink_ptr sink) {
    const std::scoped_lock lock(mutex_);
    sink_ = std::move(sink);
    rebuild();
  }
  void set_party(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    party_ = name;
    rebuild();
  }
  void set_level(Level level) {
    const std::scoped_lock lock(mutex_);
    level_ = level;
    rebuild();
  }

 private:
  void rebuild() {
    auto logger = std::make_shared<spdlog::logger>(party_, sink_);
    logger->set_level(to_spdlog(level_));
    logger->set_pattern(party_.empty() ? "%Y-%m-%d %H:%M:%S.%e %^%l%$ %v"
                                       : "%Y-%m-%d %H:%M:%S.%e %^%l%$ [%n] %v");
    logger->flush_on(spdlog::level::info);
    logger_ = std::move(logger);
  }

  std::mutex mutex_;
  std::string party_;
  Level level_ = Level::kInfo;
  spdlog::sink_ptr sink_;
  std::shared_ptr<spdlog::logger> logger_;
};

State& state() {
  static State state;
  return state;
}

}  // namespace

Level level_from(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Level>, 5> kNames{{{"debug", Level::kDebug},
                                                                             {"info", Level::kInfo},
                                                                             {"warning", Level::kWarning},
                                                                             {"error", Level::kError},
                                                                             {"off", Level::kOff}}};
  for (const auto& [known, level] : kNames)
    if (name == known) return level;
  throw Error(ErrorKind::kUsage, fmt::format("there is no log level '{}'", name),
              "choose debug, info, warning, error or off");
}

void set_level(Level level) { state().set_level(level); }
bool enabled(Level level) { return level != Level::kOff && state().logger()->should_log(to_spdlog(level)); }
void set_party(std::string_view name) { state().set_party(name); }

void set_file(const std::string& path) {
  try {
    state().replace(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
  } catch (const spdlog::spdlog_ex& problem) {
    throw Error(ErrorKind::kSystem, fmt::format("cannot write the log file '{}'", path), problem.what());
  }
}

void write(Level level, std::string_view message) {
  state().logger()->log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace sotto::log
