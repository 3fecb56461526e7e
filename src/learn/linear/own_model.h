// What a party keeps of a training or of a prediction beside its shares, in its results directory, so that
// what was learnt can be used later. Nobody else reads it; without the shares it says nothing that model.csv
// does not.
//   model.json       its columns in their order, how they were centred and scaled, and its weights where they
//                    were revealed
//   kept.json        of a prediction that kept its scores: which rows they are of, as a digest of their ids
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "learn/columns.h"
#include "learn/linear/job.h"

namespace sotto::learn {

struct OwnModel {
  std::string job, party;
  Regression kind = Regression::kLogistic;
  std::string sharing =
      {};  // of the shares that were stored with it (runtime/store.h), as hex; "" if none were
  std::vector<std::string> columns = {};
  std::vector<Scaling> scalings = {};
  Scaling label = {};                // of a linear regression, at the labels' owner
  std::vector<double> weights = {};  // of the columns as trained; empty where they are secret
  double intercept = 0;              // as trained; at the labels' owner, if it learnt it
};

struct KeptRows {
  std::string job, party, sharing;
  std::uint64_t rows = 0;
  std::string ids;     // SHA-256 of the column, as hex; "" of a table without ids
  Scaling label = {};  // as the model's
};

inline std::filesystem::path own_model_file(const std::filesystem::path& results) {
  return results / "model.json";
}
inline std::filesystem::path kept_rows_file(const std::filesystem::path& results) {
  return results / "kept.json";
}
std::string digest_of_rows(const std::vector<std::string>& ids);  // "" of none

std::string to_text(const OwnModel& model);
std::string to_text(const KeptRows& kept);
// Throw kData naming the file and what is wrong. Total on arbitrary bytes.
OwnModel parse_own_model(std::string_view text, const std::string& file);
KeptRows parse_kept_rows(std::string_view text, const std::string& file);

// The party's own of the job's earlier one. Throw kSystem: there is none; kData: it is damaged, or of another
// job, party or kind, and which.
OwnModel load_own_model(const LinearJob& job, const std::string& party);
KeptRows load_kept_rows(const LinearJob& job, const std::string& party);

}  // namespace sotto::learn
