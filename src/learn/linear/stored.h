// What a party's share store has for a prediction: known before anybody is asked, and in which format, which
// all parties' stores agree on.
#pragma once

#include <map>
#include <string>

#include "learn/linear/job.h"
#include "learn/linear/program.h"

namespace sotto::learn {

struct Stored {
  std::map<std::string, StoredFormat> formats;  // by the program's names; empty where nothing is loaded
  std::string sharing;                          // hex
};

// Throws kSystem and kData naming the store, whose it is, of which job, and what is missing.
Stored read_stored(const LinearJob& job, const std::string& party);

// Throws kData where a party brings other columns than the model has, or scores are of other rows.
void check_fit(const LinearJob& job, const LinearSize& size,
               const std::map<std::string, StoredFormat>& stored);

}  // namespace sotto::learn
