// What a party learnt from a regression, in its own units, as files in its results directory:
//   model.csv        a line for each of its columns: weight of the column as it stands in its table, weight
//   as
//                    trained, mean and deviation; and, at the labels' owner, "(intercept)". The score of a
//                    row is the intercept and the sum of weight * value, but for what the other owners' means
//                    move: each owner's "(offset)" says its part, and only the owners together know the sum.
//                    Of a linear regression, others than the labels' owner have theirs in deviations of the
//                    label, which it alone knows.
//   predictions.csv  held-out rows, by id where there are ids, else by row number from 1
//   metrics.json     the last, and all if there was a curve
//   model.json, kept.json   what a later prediction needs (own_model.h)
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "learn/linear/inputs.h"
#include "learn/linear/job.h"

namespace sotto::learn {

// Where outputs of the run are found that are tensors.
std::filesystem::path output_file(const std::filesystem::path& work, const std::string& output);
// What the party is to learn, by the plan's names of outputs; without the measures.
std::vector<std::string> tensors_learnt(const LinearJob& job, const std::string& party, const OwnTable& own);
// Measures that a run opens.
std::vector<std::string> measures(const LinearJob& job);

// Writes what the party learnt and returns it: {party, metrics: {name: [..]}, files: [..]}; of a training
// also epochs, most_epochs; of a prediction rows, model, predictions_to: [..], kept: the store or "".
// `report`: the party's own of the run (runtime/report.h).
nlohmann::json write_outcome(const LinearJob& job, const std::string& party, const OwnTable& own,
                             const LinearSize& size, const nlohmann::json& report,
                             const std::filesystem::path& work);
// The same for people.
std::string outcome_text(const nlohmann::json& outcome);

}  // namespace sotto::learn
