#include "runtime/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "runtime/toml_reader.h"

namespace sotto::runtime {
namespace {

[[noreturn]] void refuse(std::string message, std::string hint) {
  throw Error(ErrorKind::kPolicy, std::move(message), std::move(hint));
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

Policy parse_policy(std::string_view text, const std::string& file_name) {
  const auto table = parse_toml(text, file_name);
  TomlReader reader(table, file_name, "");
  Policy policy;
  policy.protocols = reader.texts("protocols");
  const auto security = reader.text_or("security", "semi-honest");
  if (security != "plain" && security != "semi-honest")
    reader.fail("security", "must be plain or semi-honest");
  policy.security = security == "plain" ? protocols::Model::kPlain : protocols::Model::kSemiHonest;
  policy.inputs = reader.texts("inputs");
  policy.reveals.emplace();
  reader.with_table("reveals", [&](TomlReader& reveals) {
    for (const auto& name : reveals.keys()) (*policy.reveals)[name] = reveals.texts(name);
  });
  reader.expect_no_more();
  return policy;
}

Policy load_policy(const std::filesystem::path& file) {
  return parse_policy(read_text_file(file.string(), 1 << 20), file.string());
}

void enforce(const Policy& policy, const plan::Plan& plan, const protocols::Table& table,
             const std::vector<JobParty>& parties, const std::string& self) {
  if (!policy.protocols.empty() && !contains(policy.protocols, table.name()))
    refuse(fmt::format("the policy of {} does not allow protocol {}", self, table.name()),
           fmt::format("It allows: {}.", fmt::join(policy.protocols, ", ")));
  if (static_cast<int>(table.model()) < static_cast<int>(policy.security))
    refuse(fmt::format("protocol {} is weaker than the security {} asks for", table.name(), self),
           "Compile the plan for another protocol, or write security = \"plain\" into the policy if that is "
           "meant.");
  for (const auto& input : plan.inputs()) {
    if (!input.initializer().empty() || !policy.inputs) continue;
    const auto owner = static_cast<std::size_t>(plan::party_of_role(plan, input.role()).value_or(0));
    if (parties[owner].name == self && !contains(*policy.inputs, input.name()))
      refuse(fmt::format("the policy of {} does not allow the use of its input \"{}\"", self, input.name()),
             "Add it to `inputs` in the policy if that is meant.");
  }
  if (!policy.reveals) return;
  for (const auto& reveal : plan.reveals())
    for (auto role : reveal.roles()) {
      const auto& learner =
          parties[static_cast<std::size_t>(plan::party_of_role(plan, role).value_or(0))].name;
      const auto allowed = policy.reveals->find(reveal.name());
      if (allowed == policy.reveals->end() || !contains(allowed->second, learner))
        refuse(fmt::format("the policy of {} does not allow \"{}\" to be revealed to {}", self, reveal.name(),
                           learner),
               "Add it under [reveals] in the policy if that is meant.");
    }
}

}  // namespace sotto::runtime
