#include "cli/run_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "base/human.h"
#include "base/table.h"
#include "cli/page/report_page.h"
#include "cli/processes.h"
#include "cli/progress_lines.h"
#include "runtime/job.h"
#include "runtime/report.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

std::vector<Launch> launches_of(const runtime::Job& job, const std::filesystem::path& file,
                                bool show_progress, const std::vector<std::string>& party_flags) {
  std::vector<Launch> launches;
  for (const auto& party : job.parties) {
    Launch launch{party.name, "sotto-party", {"party", "--job", file.string(), "--as", party.name, "--json"}};
    launch.arguments.push_back(show_progress && launches.empty() ? "--progress-lines" : "--quiet");
    launch.arguments.insert(launch.arguments.end(), party_flags.begin(), party_flags.end());
    launches.push_back(std::move(launch));
  }
  return launches;
}

// [from * parties + to]: what each party sent, in the order of the plan's parties.
json merged_links(const json& parties, std::size_t phase) {
  json links = json::array();
  for (const auto& card : parties.at(0).at("security").at("parties"))
    for (const auto& party : parties)
      if (party.at("party") == card.at("name"))
        for (const auto& bytes : party.at("phases").at(phase).at("links_measured")) links.push_back(bytes);
  return links;
}

// A phase takes from the last party's end of the phases before to the last party's end of this one: whoever
// ends one early waits in the next, and the waiting counts once.
json merged_phases(const json& parties) {
  json phases = parties.at(0).at("phases");
  std::vector<double> spent(parties.size());
  double ended = 0;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    json& phase = phases[i];
    double median = 0;
    std::uint64_t bytes = 0;
    for (std::size_t p = 0; p < parties.size(); ++p) {
      const json& mine = parties.at(p).at("phases").at(i);
      spent[p] += mine.at("seconds").get<double>();
      median = std::max(median, mine.at("median_seconds").get<double>());
      bytes += mine.at("bytes_sent_measured").get<std::uint64_t>();
    }
    const double end = std::ranges::max(spent);
    phase["seconds"] = end - ended;
    ended = end;
    phase["median_seconds"] = median;
    phase["bytes_all_measured"] = bytes;
    phase["links_measured"] = merged_links(parties, i);
    for (const char* key : {"bytes_sent_predicted", "bytes_sent_measured", "bytes_received", "run_seconds"})
      phase.erase(key);
  }
  return phases;
}

json merged_operations(const json& parties) {
  json operations = json::object();
  for (const auto& [name, first] : parties.at(0).at("operations").items()) {
    json& merged = operations[name];
    merged = {{"runs", first.at("runs")},
              {"rounds_predicted", first.at("rounds_predicted")},
              {"rounds_measured", first.at("rounds_measured")}};
    double seconds = 0;
    std::uint64_t predicted = 0, measured = 0;
    for (const auto& party : parties) {
      const json& mine = party.at("operations").at(name);
      seconds += mine.at("seconds").get<double>();
      predicted += mine.at("bytes_sent_predicted").get<std::uint64_t>();
      measured += mine.at("bytes_sent_measured").get<std::uint64_t>();
    }
    merged["seconds"] = seconds;
    merged["bytes_all_predicted"] = predicted;
    merged["bytes_all_measured"] = measured;
  }
  return operations;
}

std::string both(std::uint64_t predicted, std::uint64_t measured, bool bytes) {
  const auto text = [bytes](std::uint64_t count) {
    return bytes ? human_bytes(count) : fmt::format("{}", count);
  };
  return predicted == measured ? text(measured)
                               : fmt::format("{} ({} predicted)", text(measured), text(predicted));
}

std::string rounds_of(const json& entry, std::uint64_t runs) {
  return both(entry.at("rounds_predicted").get<std::uint64_t>() / runs,
              entry.at("rounds_measured").get<std::uint64_t>() / runs, false);
}

std::string bytes_of(const json& entry, std::uint64_t runs) {
  return both(entry.at("bytes_all_predicted").get<std::uint64_t>() / runs,
              entry.at("bytes_all_measured").get<std::uint64_t>() / runs, true);
}

std::string outputs_text(const json& outputs, std::uint64_t evaluated_rows) {
  std::string text;
  for (const auto& [party, values] : outputs.items())
    for (const auto& [name, runs] : values.items()) {
      const json& last = runs.back();
      if (last.contains("values") && last.at("values").size() == 1)
        text +=
            fmt::format("{} learns {} = {}\n", party, name,
                        runtime::scalar_text(name, last.at("values").at(0).get<double>(), evaluated_rows));
      else
        text += fmt::format("{} learns {}: a tensor {}\n", party, name, last.at("shape").dump());
    }
  return text;
}

}  // namespace

json merged_report(const json& parties) {
  json report;
  for (const char* key :
       {"job", "finished", "plan_digest", "network", "evaluated_rows", "resumed_after", "security"})
    report[key] = parties.at(0).at(key);
  double seconds = 0;
  report["outputs"] = json::object();
  for (const auto& party : parties) {
    seconds = std::max(seconds, party.at("seconds").get<double>());
    if (!party.at("outputs").empty())
      report["outputs"][party.at("party").get<std::string>()] = party.at("outputs");
  }
  report["seconds"] = seconds;
  report["phases"] = merged_phases(parties);
  report["operations"] = merged_operations(parties);
  report["parties"] = parties;
  return report;
}

RunResult run_job(const std::filesystem::path& job_file, bool show_progress,
                  const std::function<void(const std::vector<int>& pids)>& on_started,
                  const std::vector<std::string>& party_flags) {
  const auto job = runtime::load_job(job_file);
  for (const auto& party : job.parties) job.local_of(party.name);
  ProgressBars bars;
  Watch watch;
  RunResult result;
  const auto say = [&](const std::string& line) {
    std::cerr << line << '\n';
    result.messages.push_back(line);
  };
  // On one machine a death is noticed at once; only who has not met the others yet would wait longer.
  watch.grace = std::chrono::seconds(3);
  watch.on_started = on_started;
  watch.on_error_line = [&](const std::string& name, const std::string& line) {
    if (const auto progress = parse_progress_line(line))
      bars.show(*progress);
    else
      say(fmt::format("[{}] {}", name, line));
  };
  const auto ended = run_processes(launches_of(job, job_file, show_progress, party_flags), watch);
  result.exit_code = combined_exit_code(ended);
  if (result.exit_code != 0) return result;
  json parties = json::array();
  for (const auto& party : ended) parties.push_back(json::parse(party.output));
  result.report = merged_report(parties);
  return result;
}

void write_run_page(const std::filesystem::path& file, const std::filesystem::path& job_file,
                    const RunResult& result) {
  if (file.empty()) return;
  write_page(file, result.exit_code == 0
                       ? result.report
                       : failure_report(runtime::load_job(job_file), result.exit_code, result.messages));
}

std::string report_text(const json& report) {
  TextTable phases({"phase", "runs", "time", "median run", "rounds/run", "sent by all/run", "sent by all"});
  for (const auto& phase : report.at("phases")) {
    const auto runs = std::max<std::uint64_t>(phase.at("runs").get<std::uint64_t>(), 1);
    phases.add_row({phase.at("phase").get<std::string>(), fmt::format("{}", runs),
                    human_seconds(phase.at("seconds").get<double>()),
                    human_seconds(phase.at("median_seconds").get<double>()), rounds_of(phase, runs),
                    bytes_of(phase, runs), bytes_of(phase, 1)});
  }
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [name, operation] : report.at("operations").items())
    order.emplace_back(operation.at("seconds").get<double>(), name);
  std::ranges::sort(order, std::greater<>());
  TextTable operations({"operation", "runs", "own work, all parties", "rounds/run", "sent by all"});
  for (const auto& [seconds, name] : order) {
    const json& operation = report.at("operations").at(name);
    const auto runs = std::max<std::uint64_t>(operation.at("runs").get<std::uint64_t>(), 1);
    operations.add_row({name, fmt::format("{}", runs), human_seconds(seconds), rounds_of(operation, runs),
                        bytes_of(operation, 1)});
  }
  return fmt::format(
      "job \"{}\": {}\n\n{}\nRounds and bytes are those predicted by the plan and measured by the links; "
      "where they "
      "differ, both are shown.\n\n{}\n{}",
      report.at("job").get<std::string>(), human_seconds(report.at("seconds").get<double>()), phases.text(),
      operations.text(),
      outputs_text(report.at("outputs"), report.at("evaluated_rows").get<std::uint64_t>()));
}

}  // namespace sotto::cli
