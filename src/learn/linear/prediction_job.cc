#include "learn/linear/prediction_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "learn/linear/job_keys.h"
#include "runtime/schedules.h"

namespace sotto::learn {
namespace {

using runtime::TomlReader;

LinearJob load(const std::filesystem::path& file, bool may_keep);

class Reader {
 public:
  Reader(TomlReader& reader, std::filesystem::path directory)
      : reader_(reader), directory_(std::move(directory)) {}

  // `may_be_kept`: whether scores of another prediction may be what is applied.
  LinearJob read(bool may_be_kept) {
    kind_ = read_kind();
    const auto earlier = read_earlier(may_be_kept);
    job_ = earlier;
    job_.name = reader_.required_text("name");
    job_.margin_bits = margin_bits_or(reader_, job_.margin_bits);
    check_name(reader_, "name", job_.name);
    job_.applied.emplace();
    auto& applied = *job_.applied;
    applied.earlier = earlier.name;
    applied.trained = earlier.applied ? earlier.applied->trained : earlier.name;
    applied.agreement = agreement_of(earlier);
    applied.scores = earlier.applied ? Scores::kKept : read_scores(earlier);
    applied.keep = reader_.boolean_or("keep", false);
    if (applied.keep && earlier.applied)
      reader_.fail("keep", fmt::format("what \"{}\" kept is there already", earlier.name),
                   "Leave `keep` out.");
    // All rows are measured and predicted, once.
    auto& training = job_.training;
    training.epochs = 1, training.holdout = 0;
    training.early_stop.reset(), training.class_weights.reset();
    training.curve = training.balanced = false;
    job_.checkpoint = {};
    read_reveals();
    reader_.for_each_table("local", [&](const std::string& name, TomlReader& local) {
      if (!earlier.local.contains(name))
        local.fail("", fmt::format("is of a party of whom {} has no [local] table", earlier_file_));
      locals_[name] = read_local(earlier, name, local);
    });
    job_.local = std::move(locals_);
    check_learners();
    reader_.expect_no_more();
    return std::move(job_);
  }

 private:
  Regression read_kind() {
    const auto kind = reader_.required_text("kind");
    if (kind != "logistic" && kind != "linear")
      reader_.fail("kind", "must be \"logistic\" or \"linear\"", "It is what the model was trained as.");
    return kind == "logistic" ? Regression::kLogistic : Regression::kLinear;
  }

  LinearJob read_earlier(bool may_be_kept) {
    const auto trained = reader_.text_or("trained", ""), predicted = reader_.text_or("predicted", "");
    if (trained.empty() == predicted.empty())
      reader_.fail(trained.empty() ? "" : "trained",
                   "needs one of trained = \"JOB.toml\" and predicted = \"JOB.toml\"",
                   "The first applies a model to rows, the second uses scores that a prediction kept.");
    earlier_file_ = trained.empty() ? predicted : trained;
    if (!trained.empty()) return load_linear_job(kind_, directory_ / trained);
    if (!may_be_kept)
      reader_.fail("predicted", "is no job that trained, and this one kept nothing of its own");
    auto earlier = load(directory_ / predicted, false);
    if (earlier.kind != kind_)
      reader_.fail("kind", fmt::format("is not that of {}", predicted), "Give the same.");
    if (!earlier.applied->keep)
      reader_.fail("predicted", fmt::format("names {}, which keeps no scores", predicted),
                   "A prediction keeps them with keep = true and a `store` of every party.");
    return earlier;
  }

  Scores read_scores(const LinearJob& trained) {
    const auto model = reader_.text_or("model", trained.reveals.model ? "own" : "secret");
    if (model != "secret" && model != "own") reader_.fail("model", "must be \"secret\" or \"own\"");
    if (model == "own" && !trained.reveals.model)
      reader_.fail("model", fmt::format("is \"own\", but {} revealed no weights", earlier_file_),
                   "Use the shares of it: model = \"secret\".");
    return model == "own" ? Scores::kOwn : Scores::kStored;
  }

  void read_reveals() {
    job_.reveals = {};
    reader_.with_table("reveals", [&](TomlReader& reveals) {
      job_.reveals.metrics = reveals.texts("metrics");
      job_.reveals.predictions = reveals.texts("predictions");
    });
    if (job_.reveals.metrics.empty() && job_.reveals.predictions.empty() && !job_.applied->keep)
      reader_.fail("", "gives nobody anything",
                   "Name who learns `predictions` or `metrics` under [reveals], or keep = true.");
    runtime::read_schedules(reader_, job_.connect_seconds, job_.stall_seconds, job_.checkpoint);
    if (job_.checkpoint.on())
      reader_.fail("checkpoint", "is of trainings; a prediction is short", "Leave the table out.");
  }

  LinearLocal read_local(const LinearJob& earlier, const std::string& name, TomlReader& reader) {
    const auto& before = earlier.local_of(name);
    const auto optional = [&](std::string_view key) -> std::optional<std::filesystem::path> {
      const auto text = reader.text_or(key, "");
      return text.empty() ? std::nullopt : std::optional(directory_ / text);
    };
    LinearLocal local;
    local.identity = optional("identity").value_or(before.identity);
    local.policy = optional("policy");
    if (!local.policy) local.policy = before.policy;
    local.results = directory_ / reader.required_text("results");
    local.earlier_results = before.results;
    local.store = optional("store"), local.store_key = optional("store_key");
    if (local.store.has_value() != local.store_key.has_value())
      reader.fail(local.store ? "store" : "store_key", "needs both store and store_key");
    if (local.store.has_value() != job_.applied->keep)
      reader.fail(
          local.store ? "store" : "",
          local.store ? "names a store, but nothing is kept" : "needs store and store_key, for what is kept",
          "`keep = true` at the head of the file and every party's `store` belong together.");
    if (job_.applied->scores != Scores::kOwn) {
      if (!before.store)
        reader.fail("", fmt::format("loads {}'s share of the model, and {} stored none", name, earlier_file_),
                    fmt::format("Train with store = \"FILE\" and store_key = \"FILE\" in [local.{}].", name));
      local.load = before.store, local.load_key = before.store_key;
    }
    if (earlier.parties[earlier.index_of(name)].table) read_table(earlier, name, before, local, reader);
    return local;
  }

  void read_table(const LinearJob& earlier, const std::string& name, const LinearLocal& before,
                  LinearLocal& local, TomlReader& reader) {
    local.csv = directory_ / reader.required_text("csv");
    local.layout.id = reader.text_or("id", before.layout.id);
    if (name == earlier.training.label_at) local.layout.label = reader.text_or("label", before.layout.label);
    local.scale = before.scale;
  }

  void check_learners() {
    std::vector<std::string> names;
    for (const auto& party : job_.parties) names.push_back(party.name);
    for (const auto* learners : {&job_.reveals.metrics, &job_.reveals.predictions})
      for (const auto& name : *learners)
        if (std::ranges::find(names, name) == names.end())
          reader_.fail("reveals", fmt::format("names \"{}\", who is no party", name),
                       fmt::format("The parties are {}.", fmt::join(names, ", ")));
    for (const auto& name : job_.reveals.predictions)
      if (!job_.parties[job_.index_of(name)].table)
        reader_.fail("reveals", fmt::format("gives predictions to {}, which has no rows", name));
  }

  TomlReader& reader_;
  std::filesystem::path directory_;
  Regression kind_ = Regression::kLogistic;
  std::string earlier_file_;
  std::map<std::string, LinearLocal> locals_;
  LinearJob job_;
};

LinearJob load(const std::filesystem::path& file, bool may_be_kept) {
  const auto table = runtime::parse_toml(runtime::read_text_file(file.string(), 1 << 20), file.string());
  TomlReader reader(table, file.string(), "");
  return Reader(reader, file.parent_path()).read(may_be_kept);
}

}  // namespace

LinearJob load_prediction_job(const std::filesystem::path& file) { return load(file, true); }

}  // namespace sotto::learn
