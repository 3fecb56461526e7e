#include "cli/page/view.h"

#include <algorithm>

namespace sotto::cli::page {

using nlohmann::json;

std::string View::sender() const {
  return of_all() ? "sent by all" : "sent by " + report_.value("party", std::string("this party"));
}

std::string View::bytes_key(bool predicted) const {
  return std::string(of_all() ? "bytes_all_" : "bytes_sent_") + (predicted ? "predicted" : "measured");
}

const json* View::training() const {
  if (!report_.contains("phases")) return nullptr;
  const json* longest = nullptr;
  for (const auto& phase : report_.at("phases")) {
    if (phase.at("phase") == "train") return &phase;
    if (longest == nullptr || phase.at("runs") > longest->at("runs")) longest = &phase;
  }
  return longest;
}

std::vector<double> View::run_seconds() const {
  const json* training = this->training();
  if (training == nullptr) return {};
  std::vector<double> shortest;
  const auto take = [&](const json& party) {
    for (const auto& phase : party.at("phases")) {
      if (phase.at("phase") != training->at("phase") || phase.at("block") != training->at("block")) continue;
      const auto seconds = phase.at("run_seconds").get<std::vector<double>>();
      if (shortest.empty()) shortest = seconds;
      for (std::size_t i = 0; i < std::min(shortest.size(), seconds.size()); ++i)
        shortest[i] = std::min(shortest[i], seconds[i]);
    }
  };
  if (!of_all())
    take(report_);
  else
    for (const auto& party : report_.at("parties")) take(party);
  return shortest;
}

std::uint64_t View::evaluated_rows() const { return report_.value("evaluated_rows", std::uint64_t{0}); }

std::vector<View::Series> View::series() const {
  std::vector<Series> found;
  const auto take = [&](const json& party) {
    for (const auto& [name, runs] : party.at("outputs").items()) {
      Series one{name, party.at("party").get<std::string>(), {}, {}};
      for (const auto& run : runs)
        if (run.contains("values") && run.at("values").size() == 1)
          one.values.push_back(run.at("values").at(0).get<double>());
      if (one.values.empty()) continue;
      one.after = party.at("revealed_after").value(name, std::vector<std::uint64_t>{});
      one.after.resize(one.values.size(), 0);
      const auto known = std::ranges::find(found, name, &Series::output);
      if (known == found.end())
        found.push_back(std::move(one));
      else
        known->parties += ", " + one.parties;
    }
  };
  if (failed()) return found;
  if (!of_all())
    take(report_);
  else
    for (const auto& party : report_.at("parties")) take(party);
  return found;
}

namespace {

void strip_party(json& party) {
  if (party.contains("phases"))
    for (auto& phase : party["phases"]) phase.erase("run_seconds");
  if (!party.contains("outputs")) return;
  for (auto& runs : party["outputs"])
    for (auto& run : runs)
      if (run.contains("values") && run["values"].size() > 1) run.erase("values");
}

}  // namespace

json embedded(const json& report) {
  json kept = report;
  if (!kept.contains("parties")) {
    strip_party(kept);
    return kept;
  }
  kept.erase("outputs");  // they stand below the parties
  for (auto& party : kept["parties"]) {
    strip_party(party);
    party.erase("security");  // the same for all
  }
  return kept;
}

std::string exact(const json& number) { return number.dump(); }

}  // namespace sotto::cli::page
