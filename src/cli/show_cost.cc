// sotto cost.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/human.h"
#include "base/table.h"
#include "cli/plan_commands.h"
#include "cli/predict.h"
#include "cli/products.h"
#include "cli/variants.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

nlohmann::json as_json(const Counted& counted, const net::NetworkProfile& network) {
  return {{"name", counted.name},
          {"runs", counted.runs},
          {"rounds", counted.rounds},
          {"bytes_all", counted.bytes_all()},
          {"bytes", counted.bytes},
          {"peak_bytes", counted.peak_bytes},
          {"network_seconds", network_seconds(counted, network)}};
}

void print_phases(const plan::Plan& plan, const net::NetworkProfile& network) {
  TextTable table({"phase", "runs", "rounds/run", "sent by all/run", "busiest party/run", "memory",
                   "network/run", "network in all"});
  double total = 0;
  for (const auto& phase : phases_of(plan)) {
    const double seconds = network_seconds(phase, network);
    total += seconds * static_cast<double>(phase.runs);
    table.add_row({phase.name, fmt::format("{}", phase.runs), fmt::format("{}", phase.rounds),
                   human_bytes(phase.bytes_all()), human_bytes(phase.bytes_busiest(network.duplex)),
                   human_bytes(phase.peak_bytes), human_seconds(seconds),
                   human_seconds(seconds * static_cast<double>(phase.runs))});
  }
  table.add_rule();
  table.add_row({"all", "", "", "", "", "", "", human_seconds(total)});
  std::cout << table.text();
}

void print_links(const plan::Plan& plan, const Counted& phase) {
  std::cout << "  bytes on each link:";
  const int parties = plan::party_count(plan);
  for (int from = 0; from < parties; ++from)
    for (int to = 0; to < parties; ++to)
      if (from != to)
        std::cout << fmt::format("  {} to {} {}",
                                 plan.roles(static_cast<int>(plan::role_of_party(plan, from))).name(),
                                 plan.roles(static_cast<int>(plan::role_of_party(plan, to))).name(),
                                 phase.bytes[static_cast<std::size_t>(from * parties + to)]);
  std::cout << '\n';
}

void print_kernels(const plan::Plan& plan, const plan::Block& block) {
  TextTable table({"operation", "times", "rounds", "sent by all"});
  for (const auto& kernel : kernels_of(plan, block))
    table.add_row({kernel.name, fmt::format("{}", kernel.runs), fmt::format("{}", kernel.rounds),
                   human_bytes(kernel.bytes_all())});
  std::cout << fmt::format("\nblock {}: {} rounds; operations overlap, so theirs add up to more\n",
                           block.name(), block.rounds());
  print_links(plan, {block.name(), 1, block.rounds(), {block.bytes().begin(), block.bytes().end()}, 0});
  std::cout << table.text();
}

// One line for every operation that had a choice: what each implementation would cost, the chosen one marked.
void print_choices(const runtime::Program& program, int block, const net::NetworkProfile& network) {
  const auto choices = choices_of(program, block, network);
  if (choices.empty()) return;
  TextTable table({"#", "operation", "variant", "rounds", "sent by all", "alone on this network", ""});
  for (const auto& choice : choices) {
    const auto& operation = program.plan.blocks(block).operations(choice.operation);
    for (const auto& variant : choice.variants) {
      const bool first = &variant == &choice.variants.front();
      table.add_row({first ? fmt::format("{}", choice.operation) : "", first ? operation.kernel() : "",
                     variant.name, fmt::format("{}", variant.cost.rounds),
                     human_bytes(variant.cost.total_bytes()), human_seconds(variant.seconds),
                     variant.chosen ? "chosen" : ""});
    }
  }
  std::cout
      << "implementations it chose among, for the network it was compiled for (sotto compile --network)\n"
      << table.text();
}

std::string party_name(const plan::Plan& plan, int party) {
  return plan.roles(static_cast<int>(plan::role_of_party(plan, party))).name();
}

// The chosen way first, then the others; why it is this one, and which it would be on the network asked for.
void add_product(TextTable& table, const ExplainedProduct& product) {
  const auto& ways = product.ways;
  std::vector<std::string> head = {fmt::format("{}", product.operation), product.kind, product.shape(),
                                   product.cross_terms()};
  if (ways.ways.empty()) {
    head.insert(head.end(), {"local", "0 B", "0 B", "0", "", "", ""});
    return table.add_row(std::move(head));
  }
  const auto add = [&](std::size_t i) {
    const auto& way = ways.ways[i];
    std::string note = i == ways.chosen ? "chosen: " + product.reason() : "";
    if (way.name == ways.chosen_there && i != ways.chosen) note = "would be chosen for this network";
    head.insert(head.end(), {way.name, human_bytes(way.bytes[1]), human_bytes(way.bytes[2]),
                             fmt::format("{}", way.rounds),
                             human_seconds(static_cast<double>(way.work_nanoseconds) * 1e-9),
                             human_seconds(static_cast<double>(way.nanoseconds) * 1e-9), std::move(note)});
    table.add_row(std::move(head));
    head = {"", "", "", ""};
  };
  add(ways.chosen);
  for (std::size_t i = 0; i < ways.ways.size(); ++i)
    if (i != ways.chosen) add(i);
}

void print_products(const runtime::Program& program, int block, const net::NetworkProfile& network) {
  const auto products = products_of(program, block, network);
  if (products.empty()) return;
  const std::string first = party_name(program.plan, 0), second = party_name(program.plan, 1);
  TextTable table({"#", "product", "shape", "crossing", "way", first + " sends", second + " sends", "rounds",
                   "work", "on this network", ""});
  for (const std::size_t column : {1, 2, 3, 4, 10}) table.align_left(column);
  for (const auto& product : products) add_product(table, product);
  std::cout << fmt::format(
                   "products of what {} and {} hold: how each is made, and what the other ways would cost\n"
                   "  Both hold a part of a shared number; parts of one party times parts of the other's "
                   "cross, unless a "
                   "party knows a factor.\n"
                   "  encrypted: one party sends its part encrypted, the other multiplies without seeing it "
                   "(HE share). "
                   "transfers: bit by bit, for each product.\n"
                   "  Bytes and rounds are exact, of the product alone; work and seconds are the estimates "
                   "it was chosen "
                   "by.\n",
                   first, second)
            << table.text();
}

nlohmann::json as_json(const std::vector<ExplainedProduct>& products) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& product : products) {
    nlohmann::json ways = nlohmann::json::array();
    for (std::size_t i = 0; i < product.ways.ways.size(); ++i) {
      const auto& way = product.ways.ways[i];
      ways.push_back({{"name", way.name},
                      {"chosen", i == product.ways.chosen},
                      {"rounds", way.rounds},
                      {"bytes_each_way", {way.bytes[1], way.bytes[2]}},
                      {"work_seconds", static_cast<double>(way.work_nanoseconds) * 1e-9},
                      {"seconds", static_cast<double>(way.nanoseconds) * 1e-9}});
    }
    const auto known = [](const std::optional<std::string>& role) {
      return role ? nlohmann::json(*role) : nlohmann::json();
    };
    out.push_back(
        {{"operation", product.operation},
         {"product", product.kind},
         {"left", product.left},
         {"right", product.right},
         {"left_known_to", known(product.left_known_to)},
         {"right_known_to", known(product.right_known_to)},
         {"cross_terms", product.ways.cross_terms},
         {"square", product.ways.is_square},
         {"compiled_for",
          {{"megabit_per_second", static_cast<double>(product.compiled_for.kilobit_per_second) / 1000},
           {"one_way_ms", static_cast<double>(product.compiled_for.one_way_microseconds) / 1000},
           {"duplex", product.compiled_for.duplex}}},
         {"reason", product.reason()},
         {"chosen_for_this_network", product.ways.chosen_there},
         {"ways", std::move(ways)}});
  }
  return out;
}

nlohmann::json as_json(const std::vector<Choice>& choices) {
  nlohmann::json out = nlohmann::json::array();
  for (const auto& choice : choices) {
    nlohmann::json variants = nlohmann::json::array();
    for (const auto& variant : choice.variants)
      variants.push_back({{"name", variant.name},
                          {"rounds", variant.cost.rounds},
                          {"bytes_all", variant.cost.total_bytes()},
                          {"network_seconds", variant.seconds},
                          {"chosen", variant.chosen}});
    out.push_back({{"operation", choice.operation}, {"variants", std::move(variants)}});
  }
  return out;
}

}  // namespace

void show_cost(const std::filesystem::path& file, const std::string& network_name, bool json) {
  const auto network = net::parse_profile(network_name);
  // The costs are those that the runtime counts, not those that the file claims.
  const auto bytes = runtime::read_plan_file(file);
  const auto program = naming(file, [&] { return runtime::prepare(bytes); });
  if (json) {
    nlohmann::json out{{"plan", program.plan.name()}, {"digest", program.digest}, {"network", network_name}};
    double total = 0;
    for (const auto& phase : phases_of(program.plan)) {
      out["phases"].push_back(as_json(phase, network));
      total += network_seconds(phase, network) * static_cast<double>(phase.runs);
    }
    for (const auto& block : program.plan.blocks())
      for (const auto& kernel : kernels_of(program.plan, block))
        out["blocks"][block.name()].push_back(as_json(kernel, network));
    for (int block = 0; block < program.plan.blocks_size(); ++block) {
      const std::string& name = program.plan.blocks(block).name();
      out["choices"][name] = as_json(choices_of(program, block, network));
      out["products"][name] = as_json(products_of(program, block, network));
    }
    out["network_seconds"] = total;
    std::cout << out.dump(2) << '\n';
    return;
  }
  std::cout << fmt::format(
      "{} on {} ({} Mbit/s for each party{}, {} ms one way). Network time only: computing comes on top.\n\n",
      program.plan.name(), network_name, network.megabit_per_second, network.duplex ? " and direction" : "",
      network.one_way_ms);
  print_phases(program.plan, network);
  for (int block = 0; block < program.plan.blocks_size(); ++block) {
    print_kernels(program.plan, program.plan.blocks(block));
    print_choices(program, block, network);
    print_products(program, block, network);
  }
}

}  // namespace sotto::cli
