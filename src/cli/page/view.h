// What the sections of a page read: the report of one party or the merged one of all parties.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sotto::cli::page {

class View {
 public:
  // The report outlives the view.
  explicit View(const nlohmann::json& report) : report_(report) {}

  const nlohmann::json& report() const { return report_; }
  bool failed() const { return report_.contains("failure"); }
  // Of all parties together, or of one.
  bool of_all() const { return report_.contains("parties"); }
  // "sent by all" or "sent by NAME".
  std::string sender() const;
  std::string bytes_key(bool predicted) const;

  // The phase whose runs are the training (or, without one, the one with the most runs); null without phases.
  const nlohmann::json* training() const;
  // Seconds of each of its runs, at the party that began it last: the others' include waiting for it.
  std::vector<double> run_seconds() const;

  // Scalars revealed one after another: by output, with the training runs before each, and who learnt them.
  struct Series {
    std::string output, parties;
    std::vector<std::uint64_t> after;
    std::vector<double> values;
  };
  std::vector<Series> series() const;
  std::uint64_t evaluated_rows() const;

 private:
  const nlohmann::json& report_;
};

// The report as the page carries it for machines: without the times of single runs and without tensors.
nlohmann::json embedded(const nlohmann::json& report);

// Exact, as JSON writes it.
std::string exact(const nlohmann::json& number);

}  // namespace sotto::cli::page
