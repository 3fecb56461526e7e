// What a party should know before and after it takes part: which protocol protects what under which
// assumptions, who provides what, who learns what, what is published. From job and plan alone; nothing of it
// is secret.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/job.h"
#include "runtime/program.h"

namespace sotto::runtime {

struct SecurityCard {
  struct Party {
    std::string name, role, address, fingerprint;
  };
  struct Provided {
    std::string input, type, encoding;
    std::string party;  // empty: public, made by the initializer in `encoding`
  };
  struct Learnt {
    std::string name, type, purpose;
    std::string block, phases;         // where
    std::uint64_t times = 0;           // how often
    std::vector<std::string> parties;  // to whom
  };

  std::string protocol, model, assumptions;
  int parties_computing = 0, corruptible = 0;
  double log2_failure = 0;
  std::vector<Party> parties;  // in the plan's order
  std::vector<Provided> provided;
  std::vector<Learnt> learnt;
  std::vector<std::string> published;
  std::string plan, plan_digest, job_digest;
  std::string software;
  int wire_version = 0;
  std::uint32_t plan_format = 0;
};

// `parties` as parties_in_plan_order() gives them.
SecurityCard security_card(const Job& job, const Program& program, const std::vector<JobParty>& parties);

nlohmann::json card_json(const SecurityCard& card);

}  // namespace sotto::runtime
