#include "cli/doctor/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace sotto::cli::doctor {
namespace {

const char* word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "PASS";
    case Verdict::kWarn:
      return "WARN";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kAway:
      return "AWAY";
  }
  return "";
}

}  // namespace

void Checks::pass(std::string name, std::string fact) {
  checks_.push_back({Verdict::kPass, std::move(name), std::move(fact), ""});
}
void Checks::warn(std::string name, std::string fact, std::string fix) {
  checks_.push_back({Verdict::kWarn, std::move(name), std::move(fact), std::move(fix)});
}
void Checks::fail(std::string name, std::string fact, std::string fix) {
  checks_.push_back({Verdict::kFail, std::move(name), std::move(fact), std::move(fix)});
}
void Checks::away(std::string name, std::string fact, std::string fix) {
  checks_.push_back({Verdict::kAway, std::move(name), std::move(fact), std::move(fix)});
}

bool Checks::attempt(const std::string& name, const std::function<void()>& function) {
  try {
    function();
    return true;
  } catch (const Error& error) {
    fail(name, error.message(), error.hint());
  } catch (const std::exception& error) {
    fail(name, error.what(), "");
  }
  return false;
}

bool Checks::failed() const {
  return std::ranges::any_of(checks_, [](const Check& check) { return check.verdict == Verdict::kFail; });
}

bool Checks::waits() const {
  return std::ranges::any_of(checks_, [](const Check& check) { return check.verdict == Verdict::kAway; });
}

std::string text_of(const Checks& checks) {
  std::size_t width = 0;
  for (const Check& check : checks.all()) width = std::max(width, check.name.size());
  std::string text;
  for (const Check& check : checks.all()) {
    std::string fact = check.fact;
    std::ranges::replace(fact, '\n', ' ');
    text += fmt::format("{}  {:<{}}  {}\n", word_of(check.verdict), check.name, width, fact);
    if (!check.fix.empty()) text += fmt::format("      {:<{}}  fix: {}\n", "", width, check.fix);
  }
  return text;
}

nlohmann::json json_of(const Checks& checks) {
  nlohmann::json list = nlohmann::json::array();
  for (const Check& check : checks.all())
    list.push_back({{"verdict", word_of(check.verdict)},
                    {"name", check.name},
                    {"fact", check.fact},
                    {"fix", check.fix}});
  return {{"passed", !checks.failed() && !checks.waits()}, {"checks", std::move(list)}};
}

}  // namespace sotto::cli::doctor
