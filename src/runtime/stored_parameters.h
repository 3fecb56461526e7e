// This party's shares of a trained model, for a plan whose parameters come from the parties' share stores: to
// predict, or to evaluate. Nobody ever sees them; what the plan reveals is all that anybody learns.
#pragma once

#include <optional>
#include <string>

#include "runtime/job.h"
#include "runtime/program.h"
#include "runtime/store.h"

namespace sotto::runtime {

class StoredParameters {
 public:
  // Loads the store when the plan takes something from it, before anybody is contacted. Throws kUsage: no
  // store is named, or one is that the plan does not use; kData: it is damaged or not what the plan wants,
  // and how; kSystem: it cannot be read.
  StoredParameters(const Program& program, const LocalFiles& files, int self, const std::string& name);

  // The sharing that the store is of, which must be the same at all parties; nothing when none is used.
  std::optional<SessionId> sharing() const;

  // The share of a stored input at the value's fraction bits: exact, since they are never fewer than the
  // stored ones.
  protocols::Share share(const plan::wire::Input& input, const plan::Value& value) const;

 private:
  void check(const Program& program, int self) const;
  const StoredShare& named(const std::string& input) const;

  std::filesystem::path file_;
  std::optional<Bundle> bundle_;
};

}  // namespace sotto::runtime
