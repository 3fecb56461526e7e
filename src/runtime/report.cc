#include "runtime/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/human.h"
#include "base/table.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kShownValues = 64;

std::string both(std::uint64_t predicted, std::uint64_t measured) {
  return predicted == measured ? fmt::format("{}", measured)
                               : fmt::format("{} ({} predicted)", measured, predicted);
}

std::string both_bytes(std::uint64_t predicted, std::uint64_t measured) {
  return predicted == measured
             ? human_bytes(measured)
             : fmt::format("{} ({} predicted)", human_bytes(measured), human_bytes(predicted));
}

std::string phases_text(const RunSummary& summary) {
  TextTable table({"phase", "runs", "time", "median run", "rounds/run", "sent", "sent/run", "received"});
  for (const auto& phase : summary.profile.phases) {
    const auto runs = std::max<std::uint64_t>(phase.runs, 1);
    table.add_row({phase.phase, fmt::format("{}", phase.runs), human_seconds(phase.total_seconds()),
                   human_seconds(median(phase.seconds)),
                   both(phase.rounds_predicted / runs, phase.rounds_measured / runs),
                   both_bytes(phase.bytes_predicted, phase.bytes_measured),
                   both_bytes(phase.bytes_predicted / runs, phase.bytes_measured / runs),
                   human_bytes(phase.bytes_received)});
  }
  return table.text();
}

std::string kinds_text(const RunSummary& summary) {
  TextTable table({"operation", "runs", "own work", "rounds", "sent"});
  std::vector<std::pair<std::string, KindProfile>> kinds(summary.profile.kinds.begin(),
                                                         summary.profile.kinds.end());
  std::ranges::sort(kinds, [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  KindProfile total;
  for (const auto& [name, kind] : kinds) {
    table.add_row({name, fmt::format("{}", kind.runs), human_seconds(kind.seconds),
                   both(kind.rounds_predicted, kind.rounds_measured),
                   both_bytes(kind.bytes_predicted, kind.bytes_measured)});
    total.runs += kind.runs;
    total.seconds += kind.seconds;
    total.bytes_predicted += kind.bytes_predicted;
    total.bytes_measured += kind.bytes_measured;
  }
  table.add_rule();
  table.add_row({"all", fmt::format("{}", total.runs), human_seconds(total.seconds), "",
                 both_bytes(total.bytes_predicted, total.bytes_measured)});
  return table.text();
}

std::string outputs_text(const RunSummary& summary) {
  std::string text;
  for (const auto& [name, revealed] : summary.outputs)
    for (const auto& output : revealed) {
      text +=
          output.values.size() == 1
              ? fmt::format("{} = {}\n", name, scalar_text(name, output.values[0], summary.evaluated_rows))
              : fmt::format("{}: a tensor {}\n", name, to_string(output.shape));
    }
  return text;
}

// Nothing when there were none.
std::string checkpoints_text(const RunSummary& summary) {
  std::string text;
  if (summary.resumed_after > 0)
    text += fmt::format("\nResumed after run {}; times, rounds and bytes are of all sessions together.\n",
                        summary.resumed_after);
  const auto& checkpoints = summary.checkpoints;
  if (checkpoints.written + checkpoints.failed > 0)
    text += fmt::format("{} checkpoints were written in {}{}.\n", checkpoints.written,
                        human_seconds(checkpoints.seconds),
                        checkpoints.failed > 0 ? fmt::format(", {} could not be", checkpoints.failed) : "");
  return text;
}

}  // namespace

std::uint64_t evaluated_rows(const plan::Plan& plan) {
  for (const auto& control : plan.control())
    if (control.phase() == "evaluate") return control.batch() * control.repeat();
  return 0;
}

std::string scalar_text(const std::string& output, double value, std::uint64_t evaluated_rows) {
  if (output != "correct" || evaluated_rows == 0) return fmt::format("{:.6g}", value);
  return fmt::format("{:.6g} of {} ({:.2f} %)", value, evaluated_rows,
                     100 * value / static_cast<double>(evaluated_rows));
}

std::string time_text(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

double PhaseProfile::total_seconds() const { return std::accumulate(seconds.begin(), seconds.end(), 0.0); }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::ranges::max_element(values.begin(), middle)) / 2;
}

std::string report_text(const RunSummary& summary) {
  return fmt::format(
      "{} of job \"{}\": {} (and {} to connect)\n\n{}\nRounds and bytes are what the plan predicted and the "
      "links "
      "measured; where they differ both are shown.\n{}\n{}{}{}",
      summary.party, summary.job, human_seconds(summary.seconds), human_seconds(summary.connect_seconds),
      phases_text(summary), checkpoints_text(summary), kinds_text(summary),
      summary.outputs.empty() ? "" : "\n", outputs_text(summary));
}

nlohmann::json report_json(const RunSummary& summary) {
  nlohmann::json json;
  json["job"] = summary.job;
  json["party"] = summary.party;
  json["plan_digest"] = summary.plan_digest;
  json["finished"] = summary.finished;
  json["seconds"] = summary.seconds;
  json["connect_seconds"] = summary.connect_seconds;
  json["resumed_after"] = summary.resumed_after;
  json["checkpoints"] = {{"written", summary.checkpoints.written},
                         {"failed", summary.checkpoints.failed},
                         {"seconds", summary.checkpoints.seconds}};
  json["phases"] = nlohmann::json::array();
  for (const auto& phase : summary.profile.phases)
    json["phases"].push_back({{"phase", phase.phase},
                              {"block", phase.block},
                              {"runs", phase.runs},
                              {"seconds", phase.total_seconds()},
                              {"median_seconds", median(phase.seconds)},
                              {"run_seconds", phase.seconds},
                              {"rounds_predicted", phase.rounds_predicted},
                              {"rounds_measured", phase.rounds_measured},
                              {"bytes_sent_predicted", phase.bytes_predicted},
                              {"bytes_sent_measured", phase.bytes_measured},
                              {"bytes_received", phase.bytes_received},
                              {"bytes_all_predicted", phase.bytes_all_predicted},
                              {"links_predicted", phase.links_predicted},
                              {"links_measured", phase.links_measured}});
  json["operations"] = nlohmann::json::object();
  for (const auto& [name, kind] : summary.profile.kinds)
    json["operations"][name] = {{"runs", kind.runs},
                                {"seconds", kind.seconds},
                                {"rounds_predicted", kind.rounds_predicted},
                                {"rounds_measured", kind.rounds_measured},
                                {"bytes_sent_predicted", kind.bytes_predicted},
                                {"bytes_sent_measured", kind.bytes_measured}};
  json["outputs"] = nlohmann::json::object();
  for (const auto& [name, revealed] : summary.outputs)
    for (const auto& output : revealed) {
      nlohmann::json entry{{"shape", output.shape}};
      if (output.values.size() <= kShownValues) entry["values"] = output.values;
      json["outputs"][name].push_back(std::move(entry));
    }
  json["network"] = summary.network;
  json["revealed_after"] = summary.revealed;
  json["evaluated_rows"] = summary.evaluated_rows;
  json["security"] = card_json(summary.security);
  return json;
}

}  // namespace sotto::runtime
