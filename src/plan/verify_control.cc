// The control list, followed once: what is shared before what uses it, and what is opened at all.
#include "plan/checks.h"

namespace sotto::plan::checks {
namespace {

std::string where_of(int entry) { return fmt::format("control {}", entry); }

// All parties must come to the same conclusion, so all must see the number.
void check_stop(const Plan& plan, int index) {
  const auto stop = plan.control(index).stop();
  if (stop == 0) return;
  if (!in_range(stop - 1, plan.reveals_size()))
    fail(fmt::format("{}: stop is reveal {}, which does not exist", where_of(index), stop - 1));
  const auto& reveal = plan.reveals(static_cast<int>(stop - 1));
  const auto& value = plan.values(static_cast<int>(reveal.value()));
  if (element_count(shape_of(value)) != 1)
    fail(fmt::format("{}: stop is reveal {}, which is not one number", where_of(index), stop - 1));
  if (reveal.roles_size() != party_count(plan))
    fail(fmt::format("{}: stop is reveal {}, which not every computing role learns", where_of(index),
                     stop - 1));
}

void check_entry(const Plan& plan, int index, std::uint64_t& runs) {
  const auto& entry = plan.control(index);
  if (!in_range(entry.block(), plan.blocks_size()))
    fail(fmt::format("{}: block {} does not exist", where_of(index), entry.block()));
  require_name(entry.phase(), where_of(index) + ": phase");
  constexpr std::uint64_t kMaximumRuns =
      0xffffffffu;  // a run's number is 32 bits of the address of randomness
  if (entry.repeat() < 1 || entry.repeat() > kMaximumRuns || runs + entry.repeat() > kMaximumRuns)
    fail(fmt::format("{}: repeat is {}, with {} block runs before it; at most {} in all", where_of(index),
                     entry.repeat(), runs, kMaximumRuns));
  runs += entry.repeat();
  check_stop(plan, index);
  if (entry.permutation_seed() > 0xffffffffu || entry.epoch() > 0xffffffffu)
    fail(fmt::format("{}: permutation_seed or epoch is more than 32 bits", where_of(index)));
  if (entry.first() > 0xffffffffu || (entry.first() > 0 && entry.batch() == 0))
    fail(fmt::format("{}: starts at batch {} of {} rows each", where_of(index), entry.first(), entry.batch()));
}

void check_batches(const Plan& plan, int index) {
  const auto& entry = plan.control(index);
  const auto& block = plan.blocks(static_cast<int>(entry.block()));
  for (int i = 0; i < block.operations_size(); ++i) {
    const auto& operation = block.operations(i);
    if (special(operation) != Special::kBatch) continue;
    const auto rows = plan.values(static_cast<int>(operation.operands(0))).shape(0);
    const auto batch = plan.values(static_cast<int>(operation.results(0))).shape(0);
    if (static_cast<std::uint64_t>(rows) != entry.rows() ||
        static_cast<std::uint64_t>(batch) != entry.batch() || rows > 0xffffffff || batch > rows)
      fail(fmt::format("{}: takes {} of {} rows, but {} takes {} of {}", where_of(index), entry.batch(),
                       entry.rows(), place(plan, static_cast<int>(entry.block()), i), batch, rows));
  }
}

class Walk {
 public:
  Walk(const Plan& plan, const Definitions& definitions)
      : plan_(plan),
        definitions_(definitions),
        there_(static_cast<std::size_t>(plan.inputs_size()), false),
        opened_(static_cast<std::size_t>(plan.reveals_size()), false),
        visited_(static_cast<std::size_t>(plan.blocks_size()), false) {
    for (int i = 0; i < plan.inputs_size(); ++i)
      there_[static_cast<std::size_t>(i)] = !plan.inputs(i).initializer().empty();
  }

  void run(int entry) {
    const auto block_index = plan_.control(entry).block();
    const Block& block = plan_.blocks(static_cast<int>(block_index));
    const bool again = visited_[block_index] || plan_.control(entry).repeat() > 1;
    if (visited_[block_index] && !has_input(block)) return;
    visited_[block_index] = true;
    for (int i = 0; i < block.operations_size(); ++i) {
      const auto& operation = block.operations(i);
      for (auto operand : operation.operands()) require_there(entry, operand);
      if (special(operation) == Special::kInput) {
        if (again)
          fail(fmt::format("{}: block \"{}\" shares inputs and runs more than once", where_of(entry),
                           block.name()));
        there_[static_cast<std::size_t>(definitions_.input[operation.results(0)])] = true;
      }
      if (special(operation) == Special::kReveal || special(operation) == Special::kGuard)
        opened_[static_cast<std::size_t>(definitions_.reveal[operation.operands(0)])] = true;
    }
    for (const auto& update : block.updates()) {
      require_there(entry, update.next());
      require_there(entry, plan_.states(static_cast<int>(update.state())).value());
    }
  }

  void finish() const {
    for (int i = 0; i < plan_.reveals_size(); ++i)
      if (!opened_[static_cast<std::size_t>(i)])
        fail(fmt::format("reveal {} \"{}\": no operation that runs opens it", i, plan_.reveals(i).name()));
  }

 private:
  static bool has_input(const Block& block) {
    for (const auto& operation : block.operations())
      if (special(operation) == Special::kInput) return true;
    return false;
  }

  void require_there(int entry, std::uint32_t value) const {
    const int input = definitions_.input[value];
    if (input >= 0 && !there_[static_cast<std::size_t>(input)])
      fail(fmt::format("{}: uses input \"{}\" before its role has shared it", where_of(entry),
                       plan_.inputs(input).name()),
           "Put an `input` operation for it into a block that runs before.");
  }

  const Plan& plan_;
  const Definitions& definitions_;
  std::vector<bool> there_, opened_, visited_;
};

}  // namespace

void check_control(const Plan& plan, const Definitions& definitions) {
  std::uint64_t runs = 0;
  Walk walk(plan, definitions);
  for (int entry = 0; entry < plan.control_size(); ++entry) {
    check_entry(plan, entry, runs);
    check_batches(plan, entry);
    walk.run(entry);
  }
  walk.finish();
}

}  // namespace sotto::plan::checks
