// The doctor's findings: one line each, with the fact, and the fix where there is something to fix.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sotto::cli::doctor {

// kAway: nothing is wrong that can be seen from here, and nothing could be looked at: nobody is there yet.
enum class Verdict : std::uint8_t { kPass, kWarn, kFail, kAway };

struct Check {
  Verdict verdict;
  std::string name, fact, fix;
};

class Checks {
 public:
  void pass(std::string name, std::string fact);
  void warn(std::string name, std::string fact, std::string fix);
  void fail(std::string name, std::string fact, std::string fix);
  void away(std::string name, std::string fact, std::string fix);
  // Runs the function, which adds what it finds; an Error it throws becomes a failure of this name. False
  // then.
  bool attempt(const std::string& name, const std::function<void()>& function);

  bool failed() const;
  bool waits() const;  // for somebody who is away
  const std::vector<Check>& all() const { return checks_; }

 private:
  std::vector<Check> checks_;
};

// "PASS  name: fact", the fix below. Lines of names and facts from outside are one line each.
std::string text_of(const Checks& checks);
// {"passed": bool, "checks": [{"verdict", "name", "fact", "fix"}]}
nlohmann::json json_of(const Checks& checks);

}  // namespace sotto::cli::doctor
