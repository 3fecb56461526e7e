#include "learn/linear/run_job_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "learn/linear/inputs.h"
#include "learn/linear/outcome.h"
#include "plan/verify.h"
#include "runtime/program.h"
#include "runtime/toml_text.h"

namespace sotto::learn {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

// Who learns what, by the plan's names.
std::vector<std::pair<std::string, std::vector<std::string>>> reveals_of(const LinearJob& job,
                                                                         const LinearSize& size) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reveals;
  for (const auto& measure : measures(job)) reveals.emplace_back(measure, job.reveals.metrics);
  if (job.reveals.model) {
    for (std::size_t i = 0; i < size.owners.size(); ++i)
      if (size.features[i] > 0)
        reveals.emplace_back(weights_name(size.owners[i]), std::vector{size.owners[i]});
    reveals.emplace_back(kIntercept, std::vector{job.training.label_at});
  }
  if (!job.reveals.predictions.empty()) reveals.emplace_back(kPredictions, job.reveals.predictions);
  std::vector<std::string> all;
  for (const auto& party : job.parties) all.push_back(party.name);
  if (job.training.early_stop) reveals.emplace_back(kStop, all);
  return reveals;
}

using runtime::toml_path, runtime::toml_quoted;

// What the labels' owner gives beside its columns.
std::vector<std::string> given_with_labels(const LinearJob& job) {
  std::vector<std::string> names;
  if (!job.applied) names.emplace_back(kLabels);
  if (!job.applied || job.measures()) names.emplace_back(kMeasures);
  if (!job.applied && job.training.weighted()) names.emplace_back(kRowWeights);
  if (job.applied && job.applied->scores == Scores::kOwn) names.emplace_back(kIntercept);
  return names;
}

std::string table_of(const std::map<std::string, std::filesystem::path>& files) {
  std::string text;
  for (const auto& [name, file] : files)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", toml_quoted(name), toml_path(file));
  return "{ " + text + " }";
}

// The plan's reveals: the guard's are among them.
std::string reveals_text(const plan::Plan& plan) {
  std::string text;
  for (const auto& reveal : plan.reveals()) {
    std::string names;
    for (auto role : reveal.roles())
      names += (names.empty() ? "" : ", ") + toml_quoted(plan.roles(static_cast<int>(role)).name());
    text += fmt::format("{} = [{}]\n", toml_quoted(reveal.name()), names);
  }
  return text;
}

std::string local_text(const LinearJob& job, const std::string& party, const std::filesystem::path& work,
                       const std::map<std::string, std::filesystem::path>& inputs,
                       const std::vector<std::string>& outputs) {
  const auto& local = job.local_of(party);
  std::map<std::string, std::filesystem::path> files;
  for (const auto& output : outputs) files[output] = output_file(work, output);
  std::string text =
      fmt::format("\n[local.{}]\nidentity = {}\ninputs = {}\noutputs = {}\n", toml_quoted(party),
                  toml_path(local.identity), table_of(inputs), table_of(files));
  for (const auto& [key, path] : {std::pair{"policy", local.policy},
                                  {"store", local.store},
                                  {"store_key", local.store_key},
                                  {"load", local.load},
                                  {"load_key", local.load_key}})
    if (path) text += fmt::format("{} = {}\n", key, toml_path(*path));
  return text;
}

}  // namespace

std::vector<std::string> compiler_arguments(const LinearJob& job, const LinearSize& size,
                                            const std::vector<Facts>& facts) {
  const auto& training = job.training;
  constexpr std::int64_t kCalibrationSteps = 200;
  std::vector<std::string> roles, words;
  for (const auto& party : job.parties) roles.push_back(party.name);
  const auto add = [&](const std::string& flag, const std::string& value) {
    words.insert(words.end(), {flag, value});
  };
  words.emplace_back("--course");
  add("--roles", joined(roles));
  add("--protocol", job.protocol);
  add("--network", job.network);
  add("--margin-bits", fmt::format("{}", job.margin_bits));
  add("--seed", fmt::format("{}", training.seed));
  add("--epochs", fmt::format("{}", training.epochs));
  add("--rows", fmt::format("{}", size.rows));
  add("--test-rows", fmt::format("{}", size.padded_test_rows));
  add("--calibration-steps", fmt::format("{}", kCalibrationSteps));
  if (training.every_epoch()) words.emplace_back("--evaluate-every-epoch");
  for (std::size_t i = 0; i < size.owners.size(); ++i)
    if (size.features[i] > 0) {
      const auto provided = data_name(size.owners[i]) + "=" + size.owners[i];
      add("--input", provided);
    }
  for (const auto& name : given_with_labels(job))
    add("--input", fmt::format("{}={}", name, training.label_at));
  for (const auto& [name, limit] : input_limits(job, facts))
    add("--limit", fmt::format("{}={}", name, limit));
  for (const auto& [name, learners] : reveals_of(job, size)) add("--reveal", name + ":" + joined(learners));
  return words;
}

std::string run_job_text(const LinearJob& job, const std::string& party,
                         const std::filesystem::path& plan_file,
                         const std::map<std::string, std::filesystem::path>& inputs,
                         const std::vector<std::string>& outputs) {
  const auto bytes = runtime::read_plan_file(plan_file);
  const auto plan = plan::parse_verified(bytes);
  std::string text = fmt::format("name = {}\nplan = {}\ndigest = \"{}\"\n", toml_quoted(job.name),
                                 toml_path(plan_file), plan::digest(bytes));
  for (const auto& member : job.parties)
    text +=
        fmt::format("\n[parties.{}]\nrole = {}\naddress = {}\nfingerprint = {}\n", toml_quoted(member.name),
                    toml_quoted(member.name), toml_quoted(member.address), toml_quoted(member.fingerprint));
  text += fmt::format("\n[timeouts]\nconnect = {}\nstall = {}\n", job.connect_seconds, job.stall_seconds);
  if (job.checkpoint.on()) {
    text += "\n[checkpoint]\n";
    if (job.checkpoint.every_steps > 0) text += fmt::format("every_steps = {}\n", job.checkpoint.every_steps);
    if (job.checkpoint.every_seconds > 0)
      text += fmt::format("every_seconds = {}\n", job.checkpoint.every_seconds);
  }
  text += "\n[reveals]\n" + reveals_text(plan);
  return text + local_text(job, party, plan_file.parent_path(), inputs, outputs);
}

}  // namespace sotto::learn
