#include "learn/linear/own_model.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "learn/ids.h"
#include "runtime/toml_reader.h"

namespace sotto::learn {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kMostBytes = std::size_t{1} << 28;

[[noreturn]] void damaged(const std::string& file, const std::string& what) {
  throw Error(ErrorKind::kData, fmt::format("{} is damaged: {}", file, what),
              "It is what the job wrote into `results`; take it from a backup, or run that job again.");
}

json parsed(std::string_view text, const std::string& file) {
  const auto object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) damaged(file, "it is no JSON object");
  const auto format = object.find("format");
  if (format == object.end() || !format->is_number_integer() || *format != kFormat)
    damaged(file, fmt::format("it is not of format {}", kFormat));
  return object;
}

// Fields of an object, each of the type that it must have.
class Fields {
 public:
  Fields(const json& object, const std::string& file) : object_(object), file_(file) {}

  std::string text(const char* key) const {
    const auto& value = at(key);
    if (!value.is_string()) damaged(file_, fmt::format("\"{}\" is no text", key));
    return value.get<std::string>();
  }
  double number(const char* key) const {
    const auto& value = at(key);
    if (!value.is_number() || !std::isfinite(value.get<double>()))
      damaged(file_, fmt::format("\"{}\" is no number", key));
    return value.get<double>();
  }
  std::uint64_t count(const char* key) const {
    const auto& value = at(key);
    if (!value.is_number_unsigned()) damaged(file_, fmt::format("\"{}\" is no count", key));
    return value.get<std::uint64_t>();
  }
  const json& at(const char* key) const {
    const auto found = object_.is_object() ? object_.find(key) : object_.end();
    if (!object_.is_object() || found == object_.end()) damaged(file_, fmt::format("\"{}\" is missing", key));
    return *found;
  }
  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }

 private:
  const json& object_;
  const std::string& file_;
};

Scaling scaling_from(const json& object, const std::string& file) {
  const Fields fields(object, file);
  const Scaling scaling{fields.number("mean"), fields.number("deviation")};
  if (!(scaling.deviation > 0)) damaged(file, "a deviation is not positive");
  return scaling;
}

json to_json(const Scaling& scaling) { return {{"mean", scaling.mean}, {"deviation", scaling.deviation}}; }

std::string read_earlier(const std::filesystem::path& path, const std::string& job, const char* wrote) {
  if (std::filesystem::exists(path)) return runtime::read_text_file(path.string(), kMostBytes);
  throw Error(ErrorKind::kSystem, fmt::format("there is no {}", path.string()),
              fmt::format("The {} of job \"{}\" writes it into this party's `results`: was it run, and by "
                          "this party?",
                          wrote, job));
}

void check_origin(const std::filesystem::path& path, const std::string& job, const std::string& party,
                  const std::string& wanted_job, const std::string& wanted_party) {
  if (job != wanted_job)
    throw Error(ErrorKind::kData,
                fmt::format("{} is of job \"{}\", this is about \"{}\"", path.string(), job, wanted_job),
                "Jobs need a `results` directory of their own each; name the job file that made this one.");
  if (party != wanted_party)
    throw Error(ErrorKind::kData,
                fmt::format("{} is {}'s, this party is {}", path.string(), party, wanted_party),
                "Each party reads its own: see `results` in the earlier job's [local] table.");
}

}  // namespace

std::string digest_of_rows(const std::vector<std::string>& ids) {
  return ids.empty() ? "" : to_hex(digest_of_ids({}, ids));
}

std::string to_text(const OwnModel& model) {
  json columns = json::array();
  for (std::size_t i = 0; i < model.columns.size(); ++i) {
    json column{{"name", model.columns[i]},
                {"mean", model.scalings[i].mean},
                {"deviation", model.scalings[i].deviation}};
    if (!model.weights.empty()) column["weight"] = model.weights[i];
    columns.push_back(std::move(column));
  }
  return json{{"format", kFormat},
              {"job", model.job},
              {"party", model.party},
              {"kind", model.kind == Regression::kLogistic ? "logistic" : "linear"},
              {"sharing", model.sharing},
              {"columns", columns},
              {"label", to_json(model.label)},
              {"intercept", model.intercept}}
             .dump(2, ' ', false, json::error_handler_t::replace) +
         "\n";
}

OwnModel parse_own_model(std::string_view text, const std::string& file) {
  const auto object = parsed(text, file);
  const Fields fields(object, file);
  OwnModel model{.job = fields.text("job"), .party = fields.text("party")};
  const auto kind = fields.text("kind");
  if (kind != "logistic" && kind != "linear") damaged(file, "its kind is neither logistic nor linear");
  model.kind = kind == "logistic" ? Regression::kLogistic : Regression::kLinear;
  model.sharing = fields.text("sharing");
  model.label = scaling_from(fields.at("label"), file);
  model.intercept = fields.number("intercept");
  const auto& columns = fields.at("columns");
  if (!columns.is_array()) damaged(file, "\"columns\" is no list");
  for (const auto& column : columns) {
    const Fields of(column, file);
    model.columns.push_back(of.text("name"));
    model.scalings.push_back(scaling_from(column, file));
    if (of.has("weight")) model.weights.push_back(of.number("weight"));
  }
  if (!model.weights.empty() && model.weights.size() != model.columns.size())
    damaged(file, "some columns have a weight and others none");
  return model;
}

std::string to_text(const KeptRows& kept) {
  return json{{"format", kFormat},           {"job", kept.job},   {"party", kept.party},
              {"sharing", kept.sharing},     {"rows", kept.rows}, {"ids", kept.ids},
              {"label", to_json(kept.label)}}
             .dump(2) +
         "\n";
}

KeptRows parse_kept_rows(std::string_view text, const std::string& file) {
  const auto object = parsed(text, file);
  const Fields fields(object, file);
  return {fields.text("job"),   fields.text("party"), fields.text("sharing"),
          fields.count("rows"), fields.text("ids"),   scaling_from(fields.at("label"), file)};
}

OwnModel load_own_model(const LinearJob& job, const std::string& party) {
  const auto path = own_model_file(job.local_of(party).earlier_results);
  auto model = parse_own_model(read_earlier(path, job.applied->trained, "training"), path.string());
  check_origin(path, model.job, model.party, job.applied->trained, party);
  if (model.kind != job.kind)
    throw Error(ErrorKind::kData,
                fmt::format("{} is of a {} regression", path.string(),
                            model.kind == Regression::kLogistic ? "logistic" : "linear"),
                "Say so in the prediction's job file: kind = \"...\".");
  return model;
}

KeptRows load_kept_rows(const LinearJob& job, const std::string& party) {
  const auto path = kept_rows_file(job.local_of(party).earlier_results);
  auto kept = parse_kept_rows(read_earlier(path, job.applied->earlier, "prediction"), path.string());
  check_origin(path, kept.job, kept.party, job.applied->earlier, party);
  return kept;
}

}  // namespace sotto::learn
