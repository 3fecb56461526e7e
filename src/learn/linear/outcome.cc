#include "learn/linear/outcome.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/table.h"
#include "learn/linear/own_model.h"
#include "learn/linear/program.h"
#include "runtime/data.h"
#include "runtime/store.h"

namespace sotto::learn {
namespace {

using nlohmann::json;

class File {
 public:
  explicit File(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::trunc) {}
  void line(const std::string& text) { stream_ << text << '\n'; }
  void text(const std::string& text) { stream_ << text; }
  void finish() {
    if (!stream_.flush())
      throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", path_.string()),
                  "Check the results directory and the space left.");
  }

 private:
  std::filesystem::path path_;
  std::ofstream stream_;
};

// As a field of a CSV file.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::vector<double> read_output(const std::filesystem::path& work, const std::string& output) {
  const auto numbers = runtime::parse_numbers(runtime::read_packed_file(output_file(work, output)));
  std::vector<double> values;
  for (std::size_t i = 0; i < numbers.size(); ++i) values.push_back(numbers.at(i));
  return values;
}

void write_model(const LinearJob& job, const std::string& party, const OwnTable& own,
                 const std::filesystem::path& work, const std::filesystem::path& path) {
  // A linear regression's label was scaled: weights go back to its units.
  const double unit = own.label.deviation;
  File file(path);
  file.line("column,weight,trained_weight,mean,deviation");
  const auto write = [&](const std::string& name, double weight, double trained, const Scaling& scaling) {
    file.line(fmt::format("{},{:.9g},{:.9g},{:.9g},{:.9g}", field(name), weight, trained, scaling.mean,
                          scaling.deviation));
  };
  double offset = 0;
  const auto weights =
      own.facts.features > 0 ? read_output(work, weights_name(party)) : std::vector<double>{};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double weight = unit * weights[i] / own.scalings[i].deviation;
    offset -= weight * own.scalings[i].mean;
    write(own.table.features[i], weight, weights[i], own.scalings[i]);
  }
  if (party == job.training.label_at) {
    const double intercept = read_output(work, kIntercept).front();
    write("(intercept)", unit * intercept + own.label.mean + offset, intercept, own.label);
  } else {
    write("(offset)", offset, 0, {});
  }
  file.finish();
}

void write_predictions(const LinearJob& job, const std::string& party, const OwnTable& own,
                       const std::filesystem::path& work, const std::filesystem::path& path) {
  const auto values = read_output(work, kPredictions);
  const bool logistic = job.kind == Regression::kLogistic, own_unit = party == job.training.label_at;
  File file(path);
  file.line(fmt::format("{},{}", own.table.ids.empty() ? "row" : "id",
                        logistic   ? "probability"
                        : own_unit ? "prediction"
                                   : "scaled_prediction"));
  const auto test = split_rows(own.facts.rows, job.training.holdout, job.training.seed).test;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto name = own.table.ids.empty() ? fmt::format("{}", test[i] + 1) : field(own.table.ids[test[i]]);
    file.line(fmt::format("{},{:.6f}", name,
                          logistic ? values.at(i) : values.at(i) * own.label.deviation + own.label.mean));
  }
  file.finish();
}

// Of every opening, in order.
json metrics_of(const LinearJob& job, const json& outputs) {
  json metrics = json::object();
  for (const auto& name : measures(job)) {
    if (!outputs.contains(name)) continue;
    for (const auto& opened : outputs.at(name)) metrics[name].push_back(opened.at("values").at(0));
  }
  return metrics;
}

// Epochs that were run: all phases of training together are one entry.
std::uint64_t epochs_of(const LinearJob& job, const json& report, const LinearSize& size) {
  for (const auto& phase : report.at("phases"))
    if (phase.at("phase") == "train") {
      const auto steps = static_cast<std::uint64_t>((size.rows + size.batch - 1) / size.batch);
      return phase.at("runs").get<std::uint64_t>() / steps;
    }
  return 0;
}

}  // namespace

std::filesystem::path output_file(const std::filesystem::path& work, const std::string& output) {
  return work / ("learnt." + output + ".npy");
}

std::vector<std::string> measures(const LinearJob& job) {
  if (job.reveals.metrics.empty()) return {};
  if (job.kind == Regression::kLinear) return {"loss"};
  return {"accuracy", "loss", "auc", "ks"};
}

std::vector<std::string> tensors_learnt(const LinearJob& job, const std::string& party, const OwnTable& own) {
  std::vector<std::string> tensors;
  if (job.reveals.model && own.facts.features > 0) tensors.push_back(weights_name(party));
  if (job.reveals.model && party == job.training.label_at) tensors.emplace_back(kIntercept);
  if (std::ranges::find(job.reveals.predictions, party) != job.reveals.predictions.end())
    tensors.emplace_back(kPredictions);
  return tensors;
}

namespace {

class Outcome {
 public:
  Outcome(const LinearJob& job, const std::string& party, const OwnTable& own, const json& report,
          const std::filesystem::path& work)
      : job_(job),
        party_(party),
        own_(own),
        report_(report),
        work_(work),
        results_(job.local_of(party).results) {
    outcome_ = {
        {"party", party}, {"metrics", metrics_of(job, report.at("outputs"))}, {"files", json::array()}};
  }

  json of_training(const LinearSize& size) {
    outcome_["epochs"] = epochs_of(job_, report_, size);
    outcome_["most_epochs"] = job_.training.epochs;
    if (has_table()) {
      if (job_.reveals.model) write_model(job_, party_, own_, work_, add("model.csv"));
      keep_own_model();
    }
    write_learnt({{"epochs", outcome_["epochs"]}});
    return outcome_;
  }

  json of_prediction(const LinearSize& size) {
    outcome_["rows"] = size.test_rows;
    outcome_["model"] = job_.applied->trained;
    outcome_["predictions_to"] = job_.reveals.predictions;
    outcome_["kept"] = job_.applied->keep ? job_.local_of(party_).store->string() : "";
    if (job_.applied->keep) keep_rows();
    write_learnt({{"rows", size.test_rows}, {"model", job_.applied->trained}});
    return outcome_;
  }

 private:
  bool has_table() const { return job_.parties[job_.index_of(party_)].table; }

  std::filesystem::path add(const char* name) {
    outcome_["files"].push_back((results_ / name).string());
    return results_ / name;
  }

  void write_learnt(json about) {
    if (std::ranges::find(job_.reveals.predictions, party_) != job_.reveals.predictions.end())
      write_predictions(job_, party_, own_, work_, add("predictions.csv"));
    if (outcome_["metrics"].empty()) return;
    about["metrics"] = outcome_["metrics"];
    write(add("metrics.json"), about.dump(2) + "\n");
  }

  // Of what this run stored, if it did.
  std::string sharing() const {
    const auto& local = job_.local_of(party_);
    return local.store ? to_hex(runtime::load_bundle(*local.store, *local.store_key).sharing) : "";
  }

  void keep_own_model() {
    OwnModel model{.job = job_.name,
                   .party = party_,
                   .kind = job_.kind,
                   .sharing = sharing(),
                   .columns = own_.table.features,
                   .scalings = own_.scalings,
                   .label = own_.label};
    if (job_.reveals.model && own_.facts.features > 0)
      model.weights = read_output(work_, weights_name(party_));
    if (job_.reveals.model && party_ == job_.training.label_at)
      model.intercept = read_output(work_, kIntercept).front();
    write(add("model.json"), to_text(model));
  }

  void keep_rows() {
    write(add("kept.json"), to_text(KeptRows{.job = job_.name,
                                             .party = party_,
                                             .sharing = sharing(),
                                             .rows = own_.facts.rows,
                                             .ids = digest_of_rows(own_.table.ids),
                                             .label = own_.label}));
  }

  static void write(const std::filesystem::path& path, const std::string& text) {
    File file(path);
    file.text(text);
    file.finish();
  }

  const LinearJob& job_;
  const std::string& party_;
  const OwnTable& own_;
  const json& report_;
  const std::filesystem::path& work_;
  std::filesystem::path results_;
  json outcome_;
};

// "bank, shop"; "nobody".
std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "nobody" : fmt::format("{}", fmt::join(names, ", "));
}

std::string head_of(const json& outcome) {
  const auto party = outcome.at("party").get<std::string>();
  if (outcome.contains("epochs"))
    return fmt::format("{}: {} of at most {} epochs\n", party, outcome.at("epochs").get<std::uint64_t>(),
                       outcome.at("most_epochs").get<std::uint64_t>());
  auto text = fmt::format("{}: {} rows by the model of job \"{}\"; learnt row by row: {}\n", party,
                          outcome.at("rows").get<std::uint64_t>(), outcome.at("model").get<std::string>(),
                          listed(outcome.at("predictions_to").get<std::vector<std::string>>()));
  if (const auto kept = outcome.at("kept").get<std::string>(); !kept.empty())
    text += fmt::format("  the scores stay secret: a share of them is in {}\n", kept);
  return text;
}

}  // namespace

json write_outcome(const LinearJob& job, const std::string& party, const OwnTable& own,
                   const LinearSize& size, const json& report, const std::filesystem::path& work) {
  Outcome outcome(job, party, own, report, work);
  return job.applied ? outcome.of_prediction(size) : outcome.of_training(size);
}

std::string outcome_text(const json& outcome) {
  std::string text = head_of(outcome);
  const auto& metrics = outcome.at("metrics");
  if (!metrics.empty()) {
    std::vector<std::string> header;
    const bool epochs = outcome.contains("epochs");
    if (epochs) header.emplace_back("epoch");
    for (const auto& [name, values] : metrics.items()) header.push_back(name);
    TextTable table(header);
    const auto rows = metrics.begin()->size();
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<std::string> cells;
      if (epochs)
        cells.push_back(fmt::format("{}", outcome.at("epochs").get<std::uint64_t>() - (rows - 1 - row)));
      for (const auto& [name, values] : metrics.items())
        cells.push_back(fmt::format("{:.4f}", values.at(row).get<double>()));
      table.add_row(cells);
    }
    text += table.text();
  }
  for (const auto& file : outcome.at("files")) text += "  wrote " + file.get<std::string>() + "\n";
  return text;
}

}  // namespace sotto::learn
