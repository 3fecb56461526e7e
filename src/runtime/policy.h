// A party's own policy: what it allows, whatever the job says. TOML:
//
//   protocols = ["rep3"]                   # tables it takes part in
//   security = "semi-honest"               # the weakest model it accepts: plain or semi-honest
//   inputs = ["x", "test.x"]               # of its own that may be used
//   [reveals]
//   accuracy = ["alice", "bob"]            # who may learn what (party names)
//
// Missing keys allow nothing, but for `protocols` and `security`, whose defaults are every table that hides
// data and semi-honest security. Without a policy file the job's own list of reveals, which this party has,
// is the policy.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/table.h"
#include "runtime/job.h"

namespace sotto::runtime {

struct Policy {
  std::vector<std::string> protocols;  // empty: all
  protocols::Model security = protocols::Model::kSemiHonest;
  // Empty without a policy file.
  std::optional<std::vector<std::string>> inputs;
  std::optional<std::map<std::string, std::vector<std::string>>> reveals;
};

// Throw ErrorKind::kUsage with file, line and column.
Policy parse_policy(std::string_view text, const std::string& file_name);
Policy load_policy(const std::filesystem::path& file);

// Throws ErrorKind::kPolicy saying what is asked that `self` does not allow. `parties` in plan order.
void enforce(const Policy& policy, const plan::Plan& plan, const protocols::Table& table,
             const std::vector<JobParty>& parties, const std::string& self);

}  // namespace sotto::runtime
