#include "runtime/security_card.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "net/handshake.h"
#include "plan/initializer.h"
#include "plan/openings.h"

namespace sotto::runtime {
namespace {

const std::string& party_of(const plan::Plan& plan, const std::vector<JobParty>& parties,
                            std::uint32_t role) {
  return parties[static_cast<std::size_t>(plan::party_of_role(plan, role).value_or(0))].name;
}

SecurityCard::Provided provided_by(const plan::Plan& plan, const std::vector<JobParty>& parties,
                                   const plan::wire::Input& input) {
  SecurityCard::Provided provided;
  provided.input = input.name();
  provided.type = plan::type_text(plan.values(static_cast<int>(input.value())));
  const bool is_public = !input.initializer().empty();
  const bool stored = input.initializer() == plan::kStored;
  provided.encoding = stored      ? "secret, from the parties' share stores"
                      : is_public ? input.initializer()
                                  : input.encoding();
  if (!is_public) provided.party = party_of(plan, parties, input.role());
  return provided;
}

SecurityCard::Learnt learnt_by(const plan::Plan& plan, const std::vector<JobParty>& parties,
                               const plan::Opening& opening) {
  SecurityCard::Learnt learnt;
  learnt.name = opening.name;
  learnt.type = plan::type_text(plan.values(static_cast<int>(opening.value)));
  learnt.purpose = plan::purpose_of(opening);
  learnt.block = plan.blocks(static_cast<int>(opening.block)).name();
  learnt.phases = fmt::format("{}", fmt::join(opening.phases, ", "));
  learnt.times = opening.times;
  for (auto role : opening.roles) learnt.parties.push_back(party_of(plan, parties, role));
  return learnt;
}

}  // namespace

SecurityCard security_card(const Job& job, const Program& program, const std::vector<JobParty>& parties) {
  const auto& plan = program.plan;
  SecurityCard card;
  card.protocol = program.table->name();
  card.model = protocols::to_string(program.table->model());
  card.assumptions = program.table->promise().assumptions;
  card.corruptible = program.table->promise().corruptible;
  card.parties_computing = program.table->parties();
  card.log2_failure = plan.log2_failure();
  for (const auto& party : parties)
    card.parties.push_back({party.name, party.role, party.address, party.fingerprint});
  for (const auto& input : plan.inputs()) card.provided.push_back(provided_by(plan, parties, input));
  for (const auto& opening : plan::openings_of(plan))
    card.learnt.push_back(learnt_by(plan, parties, opening));
  card.published.assign(plan.leakage().begin(), plan.leakage().end());
  card.plan = plan.name();
  card.plan_digest = program.digest;
  card.job_digest = net::hex(agreement_digest(job));
  card.software = SOTTO_VERSION;
  card.wire_version = net::kProtocolVersion;
  card.plan_format = plan.format_version();
  return card;
}

nlohmann::json card_json(const SecurityCard& card) {
  nlohmann::json json{{"protocol", card.protocol},
                      {"model", card.model},
                      {"assumptions", card.assumptions},
                      {"parties_computing", card.parties_computing},
                      {"corruptible", card.corruptible},
                      {"log2_failure", card.log2_failure},
                      {"plan", card.plan},
                      {"plan_digest", card.plan_digest},
                      {"job_digest", card.job_digest},
                      {"software", card.software},
                      {"wire_version", card.wire_version},
                      {"plan_format", card.plan_format},
                      {"published", card.published}};
  for (const char* list : {"parties", "provided", "learnt"}) json[list] = nlohmann::json::array();
  for (const auto& party : card.parties)
    json["parties"].push_back({{"name", party.name},
                               {"role", party.role},
                               {"address", party.address},
                               {"fingerprint", party.fingerprint}});
  for (const auto& input : card.provided)
    json["provided"].push_back(
        {{"input", input.input}, {"party", input.party}, {"type", input.type}, {"encoding", input.encoding}});
  for (const auto& learnt : card.learnt)
    json["learnt"].push_back({{"name", learnt.name},
                              {"type", learnt.type},
                              {"purpose", learnt.purpose},
                              {"block", learnt.block},
                              {"phases", learnt.phases},
                              {"times", learnt.times},
                              {"parties", learnt.parties}});
  return json;
}

}  // namespace sotto::runtime
