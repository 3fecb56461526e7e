// One block: its operations in order, their rounds and bytes, its updates.
#include <algorithm>
#include <cmath>
#include <set>

#include "plan/checks.h"
#include "plan/partial_input.h"

namespace sotto::plan::checks {
namespace {

class BlockChecker {
 public:
  BlockChecker(const Plan& plan, const Definitions& definitions, int block, std::vector<bool>& defined)
      : plan_(plan),
        definitions_(definitions),
        index_(block),
        block_(plan.blocks(block)),
        defined_(defined),
        ready_(static_cast<std::size_t>(plan.values_size()), kNotHere) {}

  void run() {
    const auto where = fmt::format("block {}", index_);
    require_name(block_.name(), where);
    require_count(block_.operations_size(), kMaximumOperations,
                  fmt::format("operations in {}", where).c_str());
    for (int i = 0; i < block_.operations_size(); ++i) check_operation(i);
    check_updates(where);
    check_totals(where);
  }

 private:
  // Rounds at which values of this block are there.
  static constexpr std::uint32_t kNotHere = 0xffffffffu;

  void check_operation(int i) {
    const Operation& operation = block_.operations(i);
    if (!is_printable(operation.kernel(), kMaximumNameBytes) || operation.kernel().empty())
      fail(fmt::format("{}: kernel is empty or not printable", place(plan_, index_, i)));
    if (!is_printable(operation.variant(), kMaximumNameBytes) ||
        !is_printable(operation.source(), kMaximumSourceBytes))
      fail(fmt::format("{}: variant or source is too long or not printable", place(plan_, index_, i)));
    check_attributes(operation, i);
    for (auto operand : operation.operands()) check_operand(operation, i, operand);
    for (auto result : operation.results()) check_result(operation, i, result);
    check_special(operation, i);
    check_rows(operation, i);
    check_schedule(operation, i);
    check_cost(operation, i);
    for (auto result : operation.results()) ready_[result] = operation.start_round() + operation.rounds();
  }

  void check_attributes(const Operation& operation, int i) {
    if (operation.attributes_size() > 64)
      fail(fmt::format("{}: more than 64 attributes", place(plan_, index_, i)));
    std::set<std::string> names;
    for (const auto& attribute : operation.attributes()) {
      if (attribute.name().empty() || !is_printable(attribute.name(), kMaximumNameBytes))
        fail(fmt::format("{}: an attribute's name is empty or not printable", place(plan_, index_, i)));
      const auto bad = [&](const char* what) {
        fail(fmt::format("{}: attribute {} {}", place(plan_, index_, i), attribute.name(), what));
      };
      if (!names.insert(attribute.name()).second) bad("appears twice");
      if (attribute.kind_case() == wire::Attribute::KIND_NOT_SET) bad("has no value");
      if (attribute.kind_case() == wire::Attribute::kText &&
          !is_printable(attribute.text(), kMaximumSourceBytes))
        bad("is text that is too long or not printable");
      if (attribute.kind_case() == wire::Attribute::kReal && !std::isfinite(attribute.real()))
        bad("is not finite");
      for (double value : attribute.reals().values())
        if (!std::isfinite(value)) bad("is not finite");
    }
  }

  void check_operand(const Operation& operation, int i, std::uint32_t operand) {
    if (!in_range(operand, plan_.values_size()))
      fail(fmt::format("{}: operand {} does not exist", place(plan_, index_, i), operand));
    if (ready_[operand] == kNotHere) {
      if (definitions_.outlives_blocks(operand)) return;
      fail(fmt::format("{}: operand {} is not defined before it in this block", place(plan_, index_, i),
                       describe(plan_, operand)),
           "Operations stand in topological order; only inputs and states live across blocks.");
    }
    if (operation.start_round() < ready_[operand])
      fail(fmt::format("{}: start_round {} is before its operand {} is there, in round {}",
                       place(plan_, index_, i), operation.start_round(), describe(plan_, operand),
                       ready_[operand]));
  }

  void check_result(const Operation& operation, int i, std::uint32_t result) {
    if (!in_range(result, plan_.values_size()))
      fail(fmt::format("{}: result {} does not exist", place(plan_, index_, i), result));
    const bool input = special(operation) == Special::kInput;
    if (definitions_.input[result] >= 0 && !input)
      fail(fmt::format("{}: result {} is an input or a state", place(plan_, index_, i),
                       describe(plan_, result)),
           "A state changes by an update of its block.");
    if (defined_[result])
      fail(fmt::format("{}: result {} is defined twice", place(plan_, index_, i), describe(plan_, result)));
    defined_[result] = true;
  }

  void require_arity(const Operation& operation, int i, int operands, int results) {
    if (operation.operands_size() != operands || operation.results_size() != results)
      fail(fmt::format("{}: has {} operands and {} results, needs {} and {}", place(plan_, index_, i),
                       operation.operands_size(), operation.results_size(), operands, results));
  }

  const Value& value(std::uint32_t index) const { return plan_.values(static_cast<int>(index)); }

  void check_special(const Operation& operation, int i) {
    switch (special(operation)) {
      case Special::kNone:
        return;
      case Special::kInput:
        return check_input(operation, i);
      case Special::kBatch:
        return check_batch(operation, i);
      case Special::kReveal:
        return check_opening(operation, i);
      case Special::kGuard:
        return check_guard(operation, i);
    }
  }

  // Only a scale may change from run to run: costs, windows and truncations are the same in all.
  void check_schedule(const Operation& operation, int i) {
    if (operation.schedule() == 0) return;
    if (!in_range(operation.schedule() - 1, plan_.schedules_size()))
      fail(fmt::format("{}: schedule {} does not exist", place(plan_, index_, i), operation.schedule()));
    const auto product = text_attribute(operation, "product");
    if (operation.kernel() != "contract" || !product || *product == "none")
      fail(fmt::format("{}: only the scale of a contraction's product follows a schedule",
                       place(plan_, index_, i)));
  }

  void check_input(const Operation& operation, int i) {
    require_arity(operation, i, 0, 1);
    const int input = definitions_.input[operation.results(0)];
    if (input < 0 || !plan_.inputs(input).initializer().empty())
      fail(fmt::format("{}: {} is no input that a role provides", place(plan_, index_, i),
                       describe(plan_, operation.results(0))));
  }

  void check_batch(const Operation& operation, int i) {
    require_arity(operation, i, 1, 1);
    if (operation.rounds() != 0)
      fail(fmt::format("{}: taking rows needs no rounds", place(plan_, index_, i)));
    const int input = definitions_.input[operation.operands(0)];
    if (input < 0 || !plan_.inputs(input).dataset())
      fail(fmt::format("{}: {} is no data set", place(plan_, index_, i),
                       describe(plan_, operation.operands(0))));
    const Value& from = value(operation.operands(0));
    const Value& to = value(operation.results(0));
    const bool same_rows = from.shape_size() == to.shape_size() && to.shape_size() > 0 &&
                           std::equal(from.shape().begin() + 1, from.shape().end(), to.shape().begin() + 1);
    if (!same_rows || from.sharing() != to.sharing() || from.fraction_bits() != to.fraction_bits())
      fail(fmt::format("{}: {} does not consist of rows of {}", place(plan_, index_, i),
                       describe(plan_, operation.results(0)), describe(plan_, operation.operands(0))));
  }

  void check_opening(const Operation& operation, int i) {
    require_arity(operation, i, 1, 0);
    if (definitions_.reveal[operation.operands(0)] < 0)
      fail(fmt::format("{}: opens {}, which is not listed in reveals", place(plan_, index_, i),
                       describe(plan_, operation.operands(0))),
           "Everything that a plan opens must be listed, so that parties can agree to it.");
  }

  // Whose rows a reveal's rows are.
  void check_rows(const Operation& operation, int i) {
    if (find_attribute(operation, kRowsOf) == nullptr) return;
    const auto name = text_attribute(operation, kRowsOf);
    const auto input = std::ranges::find(plan_.inputs(), name.value_or(""), &wire::Input::name);
    if (special(operation) != Special::kReveal || input == plan_.inputs().end() ||
        !input->initializer().empty() || input->dataset())
      fail(fmt::format("{}: rows_of belongs to a reveal and names an input that a role provides",
                       place(plan_, index_, i)));
    const Value& rows = value(input->value());
    const Value& opened = value(operation.operands(0));
    if (rows.shape_size() < 1 || opened.shape_size() < 1 || rows.shape(0) != opened.shape(0))
      fail(fmt::format("{}: {} has not the rows of input \"{}\"", place(plan_, index_, i),
                       describe(plan_, operation.operands(0)), *name));
    // One input for the whole plan: partial_input finds the first that is named.
    for (const auto& block : plan_.blocks())
      for (const auto& other : block.operations())
        if (text_attribute(other, kRowsOf).value_or(*name) != *name)
          fail(fmt::format("{}: another reveal's rows are another input's", place(plan_, index_, i)));
  }

  void check_guard(const Operation& operation, int i) {
    check_opening(operation, i);
    const auto& reveal = plan_.reveals(definitions_.reveal[operation.operands(0)]);
    if (value(operation.operands(0)).sharing() != wire::BOOLEAN || reveal.roles_size() != party_count(plan_))
      fail(fmt::format("{}: a guard opens Boolean values, to every computing role", place(plan_, index_, i)));
  }

  void check_cost(const Operation& operation, int i) {
    if (operation.start_round() > kMaximumRounds || operation.rounds() > kMaximumRounds)
      fail(fmt::format("{}: start_round or rounds is more than {}", place(plan_, index_, i), kMaximumRounds));
    const auto parties = party_count(plan_);
    if (operation.bytes_size() != parties * parties)
      fail(fmt::format("{}: bytes has {} entries, needs {} for {} parties", place(plan_, index_, i),
                       operation.bytes_size(), parties * parties, parties));
    for (int entry = 0; entry < operation.bytes_size(); ++entry) {
      const bool to_itself = entry / parties == entry % parties;
      if (operation.bytes(entry) > (to_itself ? 0 : kMaximumBytes))
        fail(fmt::format("{}: bytes[{}] is {}, which cannot be", place(plan_, index_, i), entry,
                         operation.bytes(entry)));
    }
  }

  void check_updates(const std::string& where) {
    std::set<std::uint32_t> updated;
    for (const auto& update : block_.updates()) {
      if (!in_range(update.state(), plan_.states_size()))
        fail(fmt::format("{}: an update's state {} does not exist", where, update.state()));
      const auto& state = plan_.states(static_cast<int>(update.state()));
      if (!updated.insert(update.state()).second)
        fail(fmt::format("{}: state \"{}\" is updated twice", where, state.name()));
      if (!in_range(update.next(), plan_.values_size()))
        fail(fmt::format("{}: the next value {} of state \"{}\" does not exist", where, update.next(),
                         state.name()));
      if (ready_[update.next()] == kNotHere && !definitions_.outlives_blocks(update.next()))
        fail(fmt::format("{}: the next value of state \"{}\" is not defined in this block", where,
                         state.name()));
      const Value& before = value(state.value());
      const Value& after = value(update.next());
      if (shape_of(before) != shape_of(after) || before.sharing() != after.sharing() ||
          before.fraction_bits() != after.fraction_bits())
        fail(fmt::format("{}: state \"{}\" is updated with {}, which is of another type", where, state.name(),
                         describe(plan_, update.next())));
    }
  }

  void check_totals(const std::string& where) {
    std::uint32_t rounds = 0;
    const auto parties = party_count(plan_);
    std::vector<std::uint64_t> bytes(static_cast<std::size_t>(parties) * static_cast<std::size_t>(parties),
                                     0);
    for (const auto& operation : block_.operations()) {
      rounds = std::max(rounds, operation.start_round() + operation.rounds());
      for (std::size_t entry = 0; entry < bytes.size(); ++entry)
        bytes[entry] += operation.bytes(static_cast<int>(entry));
    }
    if (block_.rounds() != rounds)
      fail(fmt::format("{}: rounds is {}, its operations end in round {}", where, block_.rounds(), rounds));
    if (!std::equal(bytes.begin(), bytes.end(), block_.bytes().begin(), block_.bytes().end()))
      fail(fmt::format("{}: bytes is not the sum of its operations' bytes", where));
    if (block_.peak_bytes() > kMaximumBytes)
      fail(fmt::format("{}: peak_bytes is {}, more than {}", where, block_.peak_bytes(), kMaximumBytes));
  }

  const Plan& plan_;
  const Definitions& definitions_;
  int index_;
  const Block& block_;
  std::vector<bool>& defined_;
  std::vector<std::uint32_t> ready_;
};

}  // namespace

void check_block(const Plan& plan, const Definitions& definitions, int block, std::vector<bool>& defined) {
  BlockChecker(plan, definitions, block, defined).run();
}

}  // namespace sotto::plan::checks
