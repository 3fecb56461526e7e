// What one owner brings to a regression: its table, checked, centred and scaled, as the numbers that
// program.h asks of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "learn/columns.h"
#include "learn/introduction.h"
#include "learn/linear/job.h"
#include "learn/linear/program.h"

namespace sotto::learn {

struct OwnTable {
  Table table;  // centred and scaled; labels 0 and 1, or of deviation 1
  Split split;
  std::vector<Scaling> scalings;  // of the features
  Scaling label;                  // of a linear regression's label
  double intercept = 0;           // of a model whose weights the owners know, at the labels' owner
  Facts facts;
};

// Reads and checks the party's table; an empty one for a party that brings none. Of a job that applies a
// model: the columns that it was trained on, scaled as then (own_model.h). Throws kData and kUsage naming
// file, column and row: what table.h and columns.h refuse, labels that are neither 0 nor 1 (or -1 and 1),
// labels of one class only, too few of one class to weigh or to measure, fewer training rows than a batch.
OwnTable read_own_table(const LinearJob& job, const std::string& party);

// The party's inputs as files in a directory, by the plan's names.
std::map<std::string, std::filesystem::path> write_inputs(const LinearJob& job, const LinearSize& size,
                                                          const std::string& party, const OwnTable& own,
                                                          const std::filesystem::path& directory);

// Every input's largest magnitude, which its owner promises: public, from the facts.
std::map<std::string, double> input_limits(const LinearJob& job, const std::vector<Facts>& facts);

}  // namespace sotto::learn
