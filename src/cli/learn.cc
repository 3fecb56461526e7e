#include "cli/learn.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "cli/demo.h"
#include "cli/page/report_page.h"
#include "cli/processes.h"
#include "cli/progress_lines.h"
#include "cli/run_job.h"
#include "learn/introduction.h"
#include "learn/linear/inputs.h"
#include "learn/linear/outcome.h"
#include "learn/linear/prediction_job.h"
#include "learn/linear/program.h"
#include "learn/linear/run_job_file.h"
#include "learn/linear/sample.h"
#include "learn/linear/stored.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

learn::Introduction introduction_of(const learn::LinearJob& job, const std::string& name,
                                    const learn::OwnTable& own) {
  learn::Introduction introduction;
  auto& mesh = introduction.mesh;
  mesh.self = job.index_of(name);
  for (const auto& party : job.parties) {
    mesh.names.push_back(party.name);
    mesh.addresses.push_back(party.address);
    mesh.pins.push_back(net::parse_fingerprint(party.fingerprint));
  }
  const auto& local = job.local_of(name);
  mesh.identity_directory = local.identity;
  mesh.job = agreement_of(job);
  mesh.plan = sha256("sotto learn: no plan yet");
  mesh.software = SOTTO_VERSION;
  const auto milliseconds = [](double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  };
  mesh.connect_timeout = milliseconds(job.connect_seconds);
  mesh.tcp.stall_timeout = milliseconds(job.stall_seconds);
  introduction.mine = own.facts;
  introduction.ids = own.table.ids;
  introduction.table = local.csv.string();
  return introduction;
}

learn::LinearSize size_from(const learn::LinearJob& job, const std::vector<learn::Facts>& facts) {
  std::vector<std::string> owners;
  std::vector<std::int64_t> features;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].rows == 0) continue;
    owners.push_back(job.parties[i].name);
    features.push_back(static_cast<std::int64_t>(facts[i].features));
    rows = static_cast<std::int64_t>(facts[i].rows);
  }
  const bool kept = job.applied && job.applied->scores == learn::Scores::kKept;
  if (!kept && std::ranges::all_of(features, [](auto count) { return count == 0; }))
    throw Error(ErrorKind::kData, "no party brings a feature",
                "There is nothing to learn from labels alone.");
  return learn::size_of(job, std::move(owners), std::move(features), rows);
}

std::string write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::trunc);
  if (!(stream << text).flush())
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", file.string()),
                "Check the results directory and the space left.");
  return file.string();
}

// What the run leaves between its stages: only this party's own numbers and what is public.
std::filesystem::path work_directory(const learn::LinearLocal& local) {
  const auto work = local.results / "work";
  std::error_code code;
  std::filesystem::create_directories(work, code);
  if (!code) std::filesystem::permissions(work, std::filesystem::perms::owner_all, code);
  if (code)
    throw Error(ErrorKind::kSystem,
                fmt::format("cannot make the directory {}: {}", work.string(), code.message()),
                "`results` of the job file's [local] table must be a directory that can be written.");
  return work;
}

std::filesystem::path compile(const learn::LinearJob& job, const learn::LinearSize& size,
                              const std::vector<learn::Facts>& facts, const std::filesystem::path& work) {
  const auto program = write_text(work / (job.name + ".mlir"), program_text(job, size));
  const auto plan = work / (job.name + ".plan");
  auto arguments = learn::compiler_arguments(job, size, facts);
  arguments.insert(arguments.begin(), {"compile", program});
  arguments.insert(arguments.end(), {"--output", plan.string()});
  for (const auto& [name, file] : write_sample(job, size, work))
    arguments.insert(arguments.end(), {"--sample-of", name + "=" + file.string()});
  run_compiler(arguments);
  return plan;
}

learn::LinearJob load_job(const Learn& learn) {
  return learn.predict ? learn::load_prediction_job(learn.job)
                       : learn::load_linear_job(learn.kind, learn.job);
}

// The party itself, as a process; its report.
json run_party_process(const Learn& learn, const std::filesystem::path& job_file) {
  ProgressBars bars;
  Watch watch;
  watch.on_error_line = [&](const std::string&, const std::string& line) {
    const auto progress = parse_progress_line(line);
    if (progress && !learn.progress_lines)
      bars.show(*progress);
    else
      std::cerr << line << '\n';
  };
  Launch launch{
      learn.name, "sotto-party", {"party", "--job", job_file.string(), "--as", learn.name, "--json"}};
  launch.arguments.push_back(learn.json && !learn.progress_lines ? "--quiet" : "--progress-lines");
  if (!learn.page.empty()) launch.arguments.insert(launch.arguments.end(), {"--report", learn.page});
  for (const auto& word : learn.run.words()) launch.arguments.push_back(word);
  const auto ended = run_processes({launch}, watch).front();
  return ended.exit_code == 0 ? json::parse(ended.output) : json{{"exit_code", ended.exit_code}};
}

int learn_as(const Learn& learn) {
  log::set_party(learn.name);
  const auto job = load_job(learn);
  const auto& local = job.local_of(learn.name);
  const bool talks = !learn.json && !learn.progress_lines;
  const auto own = learn::read_own_table(job, learn.name);
  const auto stored = job.applied ? learn::read_stored(job, learn.name) : learn::Stored();
  const auto work = work_directory(local);
  if (talks)
    std::cerr << fmt::format("{} of job \"{}\": {} rows, {} columns; waiting at most {} s for the others\n",
                             learn.name, job.name, own.facts.rows, own.facts.features, job.connect_seconds);
  const auto facts = learn::introduce(introduction_of(job, learn.name, own));
  auto size = size_from(job, facts);
  size.stored = stored.formats;
  if (job.applied) learn::check_fit(job, size, size.stored);
  const auto inputs = write_inputs(job, size, learn.name, own, work);
  const auto plan = compile(job, size, facts, work);
  const auto file =
      write_text(work / (job.name + ".toml"),
                 run_job_text(job, learn.name, plan, inputs, tensors_learnt(job, learn.name, own)));
  if (learn.plan_only) {
    std::cout << plan.string() << '\n' << file << '\n';
    return 0;
  }
  const auto report = run_party_process(learn, file);
  if (report.contains("exit_code")) return report.at("exit_code").get<int>();
  const auto outcome = write_outcome(job, learn.name, own, size, report, work);
  if (learn.json)
    std::cout << json{{"learnt", outcome}, {"run", report}}.dump() << '\n';
  else
    std::cout << learn::outcome_text(outcome);
  return 0;
}

int learn_all(const Learn& learn) {
  const auto job = load_job(learn);
  for (const auto& party : job.parties) job.local_of(party.name);
  if (!learn.page.empty()) require_page_writable(learn.page);
  ProgressBars bars;
  Watch watch;
  watch.grace = std::chrono::seconds(3);
  watch.on_error_line = [&](const std::string& name, const std::string& line) {
    if (const auto progress = parse_progress_line(line)) {
      if (name == job.parties.front().name && !learn.json) bars.show(*progress);
    } else {
      std::cerr << fmt::format("[{}] {}\n", name, line);
    }
  };
  const std::string command = learn.predict                                ? "predict"
                              : learn.kind == learn::Regression::kLogistic ? "logistic"
                                                                           : "linear";
  std::vector<Launch> launches;
  for (const auto& party : job.parties) {
    Launch launch{party.name,
                  "sotto",
                  {"learn", command, "--job", learn.job, "--as", party.name, "--json", "--progress-lines"}};
    for (const auto& word : learn.run.words()) launch.arguments.push_back(word);
    launches.push_back(std::move(launch));
  }
  const auto ended = run_processes(launches, watch);
  if (const int code = combined_exit_code(ended); code != 0) return code;
  json all{{"learnt", json::array()}}, parties = json::array();
  for (const auto& party : ended) {
    const auto said = json::parse(party.output);
    all["learnt"].push_back(said.at("learnt"));
    parties.push_back(said.at("run"));
  }
  all["run"] = merged_report(parties);
  if (!learn.page.empty()) write_page(learn.page, all.at("run"));
  if (learn.json) {
    std::cout << all.dump() << '\n';
    return 0;
  }
  std::cout << report_text(all.at("run"));
  for (const auto& outcome : all.at("learnt")) std::cout << '\n' << learn::outcome_text(outcome);
  return 0;
}

}  // namespace

int run_learn(const Learn& learn) { return learn.name.empty() ? learn_all(learn) : learn_as(learn); }

}  // namespace sotto::cli
