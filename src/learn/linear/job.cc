#include "learn/linear/job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/error.h"
#include "learn/linear/job_keys.h"
#include "runtime/schedules.h"

namespace sotto::learn {
namespace {

using runtime::TomlReader;

LinearParty read_party(const std::string& name, TomlReader& reader) {
  check_name(reader, "", name);
  LinearParty party{.name = name,
                    .address = reader.required_text("address"),
                    .fingerprint = reader.required_text("fingerprint")};
  party.table = reader.boolean_or("table", true);
  return party;
}

void read_class_weights(LinearTraining& training, TomlReader& reader) {
  constexpr double kLeast = 1e-3, kMost = 1e3;
  if (!reader.has("class_weights")) return;
  const auto weights = reader.numbers("class_weights", kLeast, kMost);
  if (!weights) {
    if (reader.required_text("class_weights") != "balanced")
      reader.fail("class_weights", "must be \"balanced\" or two numbers",
                  "The first of [1, 5] is of rows with label 0.");
    training.balanced = true;
    return;
  }
  if (weights->size() != 2) reader.fail("class_weights", "must be two numbers, of labels 0 and 1");
  training.class_weights = {(*weights)[0], (*weights)[1]};
}

LinearTraining read_training(TomlReader& reader, Regression kind) {
  LinearTraining training;
  training.label_at = reader.required_text("label_at");
  training.epochs = whole_number(reader, "epochs", training.epochs, 1, 10000);
  training.batch = whole_number(reader, "batch", training.batch, 1, 1 << 20);
  training.learning_rate = reader.number_or("learning_rate", training.learning_rate, 1e-6, 100);
  training.momentum = reader.number_or("momentum", training.momentum, 0, 0.999);
  training.l2 = reader.number_or("l2", training.l2, 0, 100);
  training.holdout = reader.number_or("holdout", training.holdout, 0, 0.9);
  training.curve = reader.boolean_or("curve", false);
  training.buckets = whole_number(reader, "buckets", training.buckets, 2, 1024);
  training.seed = static_cast<std::uint64_t>(whole_number(reader, "seed", 1, 1, 0xffffffff));
  if (kind == Regression::kLogistic) read_class_weights(training, reader);
  reader.with_table("early_stop", [&](TomlReader& stop) {
    training.early_stop.emplace();
    training.early_stop->patience = static_cast<int>(whole_number(stop, "patience", 3, 1, 100));
    training.early_stop->tolerance = stop.number_or("tolerance", 0.001, 0, 1);
  });
  return training;
}

LinearReveals read_reveals(TomlReader& reader) {
  LinearReveals reveals;
  reveals.metrics = reader.texts("metrics");
  reveals.predictions = reader.texts("predictions");
  const auto model = reader.text_or("model", "secret");
  if (model != "secret" && model != "own")
    reader.fail("model", "must be \"secret\" or \"own\"",
                "\"own\": each owner learns its own columns' weights, and the label's owner the intercept.");
  reveals.model = model == "own";
  return reveals;
}

LinearLocal read_local(TomlReader& reader, const std::filesystem::path& directory, bool table) {
  LinearLocal local;
  local.identity = directory / reader.required_text("identity");
  local.results = directory / reader.required_text("results");
  const auto optional = [&](std::string_view key) -> std::optional<std::filesystem::path> {
    const auto text = reader.text_or(key, "");
    return text.empty() ? std::nullopt : std::optional(directory / text);
  };
  local.policy = optional("policy");
  local.store = optional("store");
  local.store_key = optional("store_key");
  if (local.store.has_value() != local.store_key.has_value())
    reader.fail(local.store ? "store" : "store_key", "needs both store and store_key");
  if (!table) return local;
  local.csv = directory / reader.required_text("csv");
  local.layout = {.id = reader.text_or("id", ""),
                  .label = reader.text_or("label", ""),
                  .features = reader.texts("features"),
                  .without = reader.texts("without")};
  local.scale = reader.boolean_or("scale", true);
  return local;
}

class Checks {
 public:
  Checks(const LinearJob& job, TomlReader& reader) : job_(job), reader_(reader) {
    for (const auto& party : job.parties) names_.push_back(party.name);
  }

  void run() {
    if (job_.parties.size() < 2 || job_.parties.size() > 3)
      reader_.fail("parties", fmt::format("are {}", job_.parties.size()),
                   "Two or three can compute together.");
    const double step = job_.training.learning_rate / static_cast<double>(job_.training.batch);
    if (step < kSmallestStep)
      reader_.fail("training",
                   fmt::format("has a learning_rate / batch of {:.2g}, below {:.2g}", step, kSmallestStep),
                   "Give a larger rate or a smaller batch.");
    std::set<std::string> addresses;
    for (const auto& party : job_.parties)
      if (!addresses.insert(party.address).second)
        reader_.fail("parties", fmt::format("gives address {} to two parties", party.address),
                     "Each party listens at an address of its own.");
    require_known("training", {job_.training.label_at});
    if (!job_.parties[job_.index_of(job_.training.label_at)].table)
      reader_.fail("training",
                   fmt::format("says that {} has the labels, which brings no table", job_.training.label_at));
    require_known("reveals", job_.reveals.metrics);
    require_known("reveals", job_.reveals.predictions);
    for (const auto& name : job_.reveals.predictions)
      if (!job_.parties[job_.index_of(name)].table)
        reader_.fail("reveals", fmt::format("gives predictions to {}, which has no rows", name));
    for (const auto& [name, local] : job_.local) {
      require_known("local", {name});
      const bool labels = name == job_.training.label_at;
      if (labels == local.layout.label.empty())
        reader_.fail("local",
                     labels ? fmt::format("table of {} names no `label` column", name)
                            : fmt::format("table of {} names a `label` column, but label_at is {}", name,
                                          job_.training.label_at),
                     "The labels are one party's: training.label_at.");
    }
  }

 private:
  void require_known(const char* key, const std::vector<std::string>& names) {
    for (const auto& name : names)
      if (std::ranges::find(names_, name) == names_.end())
        reader_.fail(key, fmt::format("names \"{}\", who is no party", name),
                     fmt::format("The parties are {}.", fmt::join(names_, ", ")));
  }

  const LinearJob& job_;
  TomlReader& reader_;
  std::vector<std::string> names_;
};

}  // namespace

std::size_t LinearJob::index_of(std::string_view wanted) const {
  const auto found = std::ranges::find(parties, wanted, &LinearParty::name);
  if (found != parties.end()) return static_cast<std::size_t>(found - parties.begin());
  std::vector<std::string> names;
  for (const auto& party : parties) names.push_back(party.name);
  throw Error(ErrorKind::kUsage, fmt::format("the job has no party called \"{}\"", wanted),
              fmt::format("Its parties are: {}.", fmt::join(names, ", ")));
}

const LinearLocal& LinearJob::local_of(std::string_view wanted) const {
  const auto found = local.find(std::string(wanted));
  if (found != local.end()) return found->second;
  throw Error(ErrorKind::kUsage, fmt::format("the job file has no table [local.{}]", wanted),
              "It says where this party's identity and table are.");
}

LinearJob parse_linear_job(Regression kind, std::string_view text, const std::string& file_name,
                           const std::filesystem::path& directory) {
  const auto table = runtime::parse_toml(text, file_name);
  TomlReader reader(table, file_name, "");
  LinearJob job;
  job.kind = kind;
  job.name = reader.required_text("name");
  check_name(reader, "name", job.name);
  job.network = reader.text_or("network", "lan");
  job.margin_bits = margin_bits_or(reader, job.margin_bits);
  reader.for_each_table("parties", [&](const std::string& name, TomlReader& party) {
    job.parties.push_back(read_party(name, party));
  });
  job.protocol = reader.text_or("protocol", job.parties.size() == 2 ? "duo" : "rep3");
  if (!reader.has("training"))
    reader.fail("", "lacks the table [training]", "It says at least who has the labels: label_at.");
  reader.with_table("training", [&](TomlReader& training) { job.training = read_training(training, kind); });
  reader.with_table("reveals", [&](TomlReader& reveals) { job.reveals = read_reveals(reveals); });
  runtime::read_schedules(reader, job.connect_seconds, job.stall_seconds, job.checkpoint);
  reader.for_each_table("local", [&](const std::string& name, TomlReader& local) {
    const auto party = std::ranges::find(job.parties, name, &LinearParty::name);
    job.local[name] = read_local(local, directory, party == job.parties.end() || party->table);
  });
  Checks(job, reader).run();
  reader.expect_no_more();
  return job;
}

LinearJob load_linear_job(Regression kind, const std::filesystem::path& file) {
  return parse_linear_job(kind, runtime::read_text_file(file.string(), 1 << 20), file.string(),
                          file.parent_path());
}

Digest agreement_of(const LinearJob& job) {
  ByteWriter writer;
  writer.text("sotto learn linear 1");
  writer.number(static_cast<std::uint8_t>(job.kind));
  for (const auto* text : {&job.name, &job.protocol, &job.network}) writer.text(*text);
  for (const auto& party : job.parties) {
    writer.text(party.name);
    writer.text(party.fingerprint);
    writer.number(static_cast<std::uint8_t>(party.table));
  }
  writer.number(static_cast<std::uint8_t>(job.margin_bits));
  const auto& training = job.training;
  writer.text(training.label_at);
  for (auto number : {training.epochs, training.batch, training.buckets}) writer.number(number);
  for (double number : {training.learning_rate, training.momentum, training.l2, training.holdout})
    writer.real(number);
  writer.number(static_cast<std::uint8_t>(training.balanced));
  const auto weights = training.class_weights.value_or(std::pair{0.0, 0.0});
  const auto stop = training.early_stop.value_or(EarlyStop{0, 0});
  for (double number : {weights.first, weights.second, double(stop.patience), stop.tolerance})
    writer.real(number);
  writer.number(static_cast<std::uint8_t>(training.curve));
  writer.number(training.seed);
  for (const auto* learners : {&job.reveals.metrics, &job.reveals.predictions}) {
    writer.number(static_cast<std::uint64_t>(learners->size()));
    for (const auto& name : *learners) writer.text(name);
  }
  writer.number(static_cast<std::uint8_t>(job.reveals.model));
  if (job.applied) {
    writer.number(static_cast<std::uint8_t>(job.applied->scores));
    writer.number(static_cast<std::uint8_t>(job.applied->keep));
    writer.raw(job.applied->agreement);
  }
  writer.number(job.checkpoint.every_steps);
  writer.real(job.checkpoint.every_seconds);
  return sha256(writer.bytes());
}

}  // namespace sotto::learn
