// The security card: everything a data owner's lawyer may ask.
#include <fmt/format.h>

#include "cli/page/html.h"
#include "cli/page/sections.h"

namespace sotto::cli::page {
namespace {

using nlohmann::json;

Cell code_cell(const json& text) { return {"", "", "<code>" + escaped(text.get<std::string>()) + "</code>"}; }

std::string parties_table(const json& card) {
  HtmlTable table("Parties, and the certificates that were accepted of them",
                  {"party", "role in the plan", "address", "certificate, SHA-256"}, 4);
  for (const auto& party : card.at("parties"))
    table.add_row({text_cell(party.at("name")), text_cell(party.at("role")), text_cell(party.at("address")),
                   code_cell(party.at("fingerprint"))});
  return table.html();
}

std::string provided_table(const json& card) {
  HtmlTable table("Who provides what", {"input", "from", "shape, fraction bits, bound", "as"}, 4);
  for (const auto& input : card.at("provided")) {
    const auto party = input.at("party").get<std::string>();
    table.add_row({text_cell(input.at("input")),
                   text_cell(party.empty() ? "nobody: public, from the plan's seed" : party + ", secret"),
                   text_cell(input.at("type")), text_cell(input.at("encoding"))});
  }
  return table.html();
}

std::string learnt_table(const json& card) {
  HtmlTable table("Who learns what: every value that any party ever sees",
                  {"value", "learnt by", "why", "shape, fraction bits, bound", "opened in", "times"}, 5);
  for (const auto& learnt : card.at("learnt")) {
    std::string parties;
    for (const auto& party : learnt.at("parties"))
      parties += (parties.empty() ? "" : ", ") + party.get<std::string>();
    table.add_row({text_cell(learnt.at("name")), text_cell(parties), text_cell(learnt.at("purpose")),
                   text_cell(learnt.at("type")),
                   text_cell(fmt::format("{} (block {})", learnt.at("phases").get<std::string>(),
                                         learnt.at("block").get<std::string>())),
                   number_cell(exact(learnt.at("times")), exact(learnt.at("times")))});
  }
  return table.html();
}

std::string published_list(const json& card) {
  std::string items;
  for (const auto& line : card.at("published"))
    items += "<li>" + escaped(line.get<std::string>()) + "</li>\n";
  items += "<li>public starting values and the order of rows, from seeds in the plan</li>\n";
  return "<h3>Published to all parties</h3>\n<ul>\n" + items + "</ul>\n";
}

std::string pinned_table(const json& card) {
  HtmlTable table("What was pinned", {"what", "value"}, 2);
  table.add_row({text_cell("plan " + card.at("plan").get<std::string>() + ", SHA-256"),
                 code_cell(card.at("plan_digest"))});
  table.add_row({text_cell("the job's agreement, SHA-256"), code_cell(card.at("job_digest"))});
  table.add_row({text_cell("software"), text_cell("Sotto " + card.at("software").get<std::string>())});
  table.add_row(
      {text_cell("protocol between parties"), text_cell("version " + exact(card.at("wire_version")))});
  table.add_row({text_cell("plan format"), text_cell("version " + exact(card.at("plan_format")))});
  return table.html();
}

}  // namespace

std::string security_section(const View& view) {
  if (!view.report().contains("security")) return "";
  const json& card = view.report().at("security");
  const auto list =
      facts({{"protocol", card.at("protocol").get<std::string>()},
             {"adversary", card.at("model").get<std::string>()},
             {"may be corrupted", fmt::format("{} of {} parties", exact(card.at("corruptible")),
                                              exact(card.at("parties_computing")))},
             {"a violated range goes unseen",
              fmt::format("with probability at most 2^{:.0f}", card.at("log2_failure").get<double>())},
             {"links", "mutual TLS 1.3, pinned certificates"}});
  return section("security", "Security card",
                 list + paragraph(card.at("assumptions").get<std::string>()) + learnt_table(card) +
                     published_list(card) + provided_table(card) + parties_table(card) + pinned_table(card));
}

}  // namespace sotto::cli::page
