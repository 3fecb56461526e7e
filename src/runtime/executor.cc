#include "runtime/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/bits.h"
#include "base/error.h"
#include "base/fixed_point.h"
#include "plan/initializer.h"
#include "plan/permutation.h"
#include "runtime/block_run.h"

namespace sotto::runtime {

using protocols::Context;
using protocols::Share;
using protocols::Words;

Executor::Executor(const Program& program, Environment environment)
    : program_(program),
      plan_(program.plan),
      environment_(std::move(environment)),
      self_(environment_.rounds->self()),
      values_(static_cast<std::size_t>(plan_.values_size())),
      outlives_blocks_(values_.size(), false) {
  SOTTO_ASSERT(environment_.rounds->parties() == program.table->parties(), "one link for each other party");
  for (const auto& input : plan_.inputs()) outlives_blocks_[input.value()] = true;
  for (const auto& block : program.blocks) {
    calls_.emplace_back();
    for (const auto& operation : block.operations) calls_.back().push_back(operation.types);
  }
  set_initial_values();
}

void Executor::set_initial_values() {
  const Context context(*program_.table, *environment_.rounds, environment_.keys, step_++, 0);
  for (const auto& input : plan_.inputs())
    if (!input.initializer().empty()) values_[input.value()] = initial_share(input, context);
}

Share Executor::initial_share(const plan::wire::Input& input, const Context& context) const {
  const auto& value = plan_.values(static_cast<int>(input.value()));
  const Shape shape = plan::shape_of(value);
  if (input.initializer() == plan::kStored) {
    SOTTO_ASSERT(environment_.stored_share, "whoever runs a plan with stored inputs brings the shares");
    return environment_.stored_share(input, value);
  }
  if (value.sharing() == plan::wire::BOOLEAN)  // the verifier lets them begin as zeros only
    return protocols::constant(context,
                               Words::zeros(bits::words_for(static_cast<std::size_t>(element_count(shape)))),
                               protocols::Kind::kBoolean, shape);
  const auto reals = plan::initial_values(input.initializer(), plan_.seed(), input.name(), shape);
  Words words = Words::allocate(reals.size());
  const double bound = std::ldexp(1.0, value.bound_bits()) - std::ldexp(1.0, -value.fraction_bits());
  encode(words.mutable_span(), reals, value.fraction_bits(), bound, "the initial value of " + input.name());
  return protocols::constant(context, std::move(words), protocols::Kind::kArithmetic, shape);
}

const Share& Executor::state(int index) const { return values_[plan_.states(index).value()]; }

namespace {

// Nobody is done before everybody is: else a party that only waits for nobody would report success of a run
// that failed.
Task<void> confirm_end(net::Rounds& rounds) {
  std::vector<std::byte> confirmations(static_cast<std::size_t>(rounds.parties()));
  constexpr std::byte kDone{1};
  for (int peer = 0; peer < rounds.parties(); ++peer) {
    if (peer == rounds.self()) continue;
    rounds.send(peer, &kDone, 1);
    rounds.receive(peer, &confirmations[static_cast<std::size_t>(peer)], 1);
  }
  co_await rounds.next();
}

}  // namespace

// All epochs of one phase are one entry of the profile.
PhaseProfile& Executor::phase_of(const plan::wire::Control& control) {
  const auto& block = plan_.blocks(static_cast<int>(control.block())).name();
  auto& phases = profile_.phases;
  const auto known = std::ranges::find_if(phases, [&](const PhaseProfile& phase) {
    return phase.phase == control.phase() && phase.block == block;
  });
  if (known != phases.end()) return *known;
  phases.emplace_back();
  phases.back().phase = control.phase();
  phases.back().block = block;
  return phases.back();
}

void Executor::run() { run_from(0, nullptr); }

void Executor::resume(Snapshot from) {
  profile_ = from.profile;
  run_from(from.runs, &from);
}

namespace {
bool shares_inputs(const plan::Block& block) {
  return std::ranges::any_of(block.operations(), [](const plan::Operation& operation) {
    return plan::special(operation) == plan::Special::kInput;
  });
}
}  // namespace

// `start` runs are done. Of them only those of blocks that share inputs are run again, unless nothing follows
// that could need the inputs.
void Executor::run_from(std::uint64_t start, const Snapshot* snapshot) {
  const bool finished = start == total_runs(plan_);
  std::uint64_t runs = 0;
  if (snapshot) outputs_ = snapshot->outputs;
  for (const auto& control : plan_.control()) {
    if (left_out(control)) {
      step_ += static_cast<std::uint32_t>(control.repeat());
      runs += control.repeat();
      continue;
    }
    const bool again = !finished && shares_inputs(plan_.blocks(static_cast<int>(control.block())));
    PhaseProfile& phase = phase_of(control);
    for (std::uint64_t i = 0; i < control.repeat(); ++i, ++runs) {
      if (runs < start && !again) {
        ++step_;
        continue;
      }
      if (snapshot && runs >= start) restore(*std::exchange(snapshot, nullptr));
      run_block(control, i, phase);
      if (environment_.on_progress) environment_.on_progress(control, i + 1, bytes_sent_by_links());
      if (environment_.at_boundary && runs >= start) environment_.at_boundary(runs + 1);
    }
  }
  if (snapshot) restore(*snapshot);
  environment_.rounds->run(confirm_end(*environment_.rounds));
}

// Every party has seen the same bit, so every party leaves out the same.
bool Executor::left_out(const plan::wire::Control& control) const {
  if (control.stop() == 0) return false;
  const auto opened = outputs_.find(plan_.reveals(static_cast<int>(control.stop()) - 1).name());
  return opened != outputs_.end() && opened->second.back().values.front() != 0;
}

void Executor::restore(const Snapshot& snapshot) {
  const auto fits = [](const Share& now, const Share& saved) {
    return now.kind == saved.kind && now.shape == saved.shape &&
           now.parts[0].size() == saved.parts[0].size() && now.parts[1].size() == saved.parts[1].size();
  };
  bool good = snapshot.states.size() == static_cast<std::size_t>(plan_.states_size());
  for (int i = 0; good && i < plan_.states_size(); ++i) {
    Share& now = values_[plan_.states(i).value()];
    const Share& saved = snapshot.states[static_cast<std::size_t>(i)];
    // After the last run nobody has shared the inputs again, and a state that was one has no value yet.
    good = now.parts[0].size() + now.parts[1].size() == 0 || fits(now, saved);
    now = saved;
  }
  if (!good)
    throw Error(ErrorKind::kData, "the saved states are not those of the plan",
                "Resume with the plan that the run was started with.");
}

Snapshot Executor::snapshot(std::uint64_t runs) const {
  Snapshot snapshot{runs, {}, outputs_, profile_};
  for (int i = 0; i < plan_.states_size(); ++i) snapshot.states.push_back(state(i));
  return snapshot;
}

std::uint64_t total_runs(const plan::Plan& plan) {
  std::uint64_t runs = 0;
  for (const auto& control : plan.control()) runs += control.repeat();
  return runs;
}

const std::vector<std::uint32_t>& Executor::order_of(const plan::wire::Control& control) {
  if (order_.empty() || order_rows_ != control.rows() || order_seed_ != control.permutation_seed() ||
      order_epoch_ != control.epoch()) {
    order_ = plan::row_order(control.rows(), control.permutation_seed(), control.epoch());
    order_rows_ = control.rows();
    order_seed_ = control.permutation_seed();
    order_epoch_ = control.epoch();
  }
  return order_;
}

// How often earlier entries of the control list run the entry's block. It follows from the list alone, so a
// resumed job goes on where it was. An entry that is not of the list (a benchmark's) starts at 0.
std::uint64_t Executor::runs_before(const plan::wire::Control& control) const {
  std::uint64_t runs = 0;
  for (const auto& entry : plan_.control()) {
    if (&entry == &control) return runs;
    if (entry.block() == control.block()) runs += entry.repeat();
  }
  return 0;
}

void Executor::run_block(const plan::wire::Control& control, std::uint64_t iteration, PhaseProfile& phase) {
  const auto start = std::chrono::steady_clock::now();
  net::Rounds& rounds = *environment_.rounds;
  BlockRun run;
  run.block = control.block();
  const auto operations = program_.blocks[run.block].operations.size();
  run.step = step_++;
  run.number = runs_before(control) + iteration;
  if (control.batch() > 0) run.rows = plan::batch_rows(order_of(control), control.first() + iteration, control.batch());
  run.uses_left = program_.blocks[run.block].uses;
  run.accounts.resize(operations);
  run.rounds_taken.resize(operations);
  run.first_round = rounds.completed();
  const auto sent_before = bytes_sent_to_each();
  run.sent_before = std::accumulate(sent_before.begin(), sent_before.end(), std::uint64_t{0});
  const auto received_before = bytes_received_by_links();
  rounds.keep_accounts(run.accounts);
  rounds.run(block(run));
  rounds.keep_accounts({});
  run.rounds = rounds.completed() - run.first_round;
  run.sent = bytes_sent_by_links() - run.sent_before;
  finish_block(run);
  compare_with_plan(run);
  add_to_kinds(run);

  const auto& declared = plan_.blocks(static_cast<int>(run.block));
  const int parties = rounds.parties();
  ++phase.runs;
  phase.rounds_predicted += declared.rounds();
  phase.rounds_measured += run.rounds;
  phase.links_predicted.resize(static_cast<std::size_t>(declared.bytes_size()));
  for (int entry = 0; entry < declared.bytes_size(); ++entry) {
    phase.links_predicted[static_cast<std::size_t>(entry)] += declared.bytes(entry);
    phase.bytes_all_predicted += declared.bytes(entry);
    if (entry / parties == self_) phase.bytes_predicted += declared.bytes(entry);
  }
  phase.bytes_measured += run.sent;
  const auto sent = bytes_sent_to_each();
  phase.links_measured.resize(sent.size());
  for (std::size_t to = 0; to < sent.size(); ++to) phase.links_measured[to] += sent[to] - sent_before[to];
  phase.bytes_received += bytes_received_by_links() - received_before;
  phase.seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

Task<void> Executor::block(BlockRun& run) {
  std::vector<Task<void>> tasks;
  const auto count = program_.blocks[run.block].operations.size();
  tasks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) tasks.push_back(operation(run, i));
  co_await when_all(std::move(tasks));
}

Task<void> Executor::operation(BlockRun& run, std::size_t index) {
  net::Rounds& rounds = *environment_.rounds;
  rounds.charge(index);
  const auto& wire = plan_.blocks(static_cast<int>(run.block)).operations(static_cast<int>(index));
  for (std::uint32_t i = 0; i < wire.start_round(); ++i) co_await rounds.next();
  const auto first_round = rounds.completed();
  Context context(*program_.table, rounds, environment_.keys, run.step, static_cast<std::uint16_t>(index));
  if (program_.blocks[run.block].operations[index].special == plan::Special::kNone)
    co_await kernel(run, index, context);
  else
    co_await special(run, index, context);
  run.rounds_taken[index] = rounds.completed() - first_round;
}

Task<void> Executor::kernel(BlockRun& run, std::size_t index, Context& context) {
  const auto& wire = plan_.blocks(static_cast<int>(run.block)).operations(static_cast<int>(index));
  kernels::Call& call = calls_[run.block][index];
  if (wire.schedule() > 0)
    call.attributes.insert_or_assign(
        "product_scale",
        plan::scheduled_value(plan_.schedules(static_cast<int>(wire.schedule()) - 1), run.number));
  call.operands.clear();
  for (auto operand : wire.operands()) {
    call.operands.push_back(take(run, operand));
    kernels::describe(call.operands.back(), call.operand_types[call.operands.size() - 1]);
  }
  auto results = co_await program_.blocks[run.block].operations[index].kernel->run(context, call);
  call.operands.clear();
  SOTTO_ASSERT(results.size() == static_cast<std::size_t>(wire.results_size()), "a kernel gives its results");
  for (std::size_t i = 0; i < results.size(); ++i) {
    SOTTO_ASSERT(results[i].shape == call.result_types[i].shape, "a kernel's result has its declared shape");
    const auto value = wire.results(static_cast<int>(i));
    if (run.uses_left[value] > 0) values_[value] = std::move(results[i]);
  }
}

// The share, and with its last use in this block the executor's hold on it.
Share Executor::take(BlockRun& run, std::uint32_t value) {
  if (--run.uses_left[value] == 0 && !outlives_blocks_[value]) return std::exchange(values_[value], Share{});
  return values_[value];
}

// All updates at once, from what the block computed.
void Executor::finish_block(BlockRun& run) {
  const auto& block = plan_.blocks(static_cast<int>(run.block));
  std::vector<Share> next;
  for (const auto& update : block.updates()) next.push_back(take(run, update.next()));
  for (int i = 0; i < block.updates_size(); ++i)
    values_[plan_.states(static_cast<int>(block.updates(i).state())).value()] =
        std::move(next[static_cast<std::size_t>(i)]);
}

std::vector<std::uint64_t> Executor::bytes_sent_to_each() const {
  std::vector<std::uint64_t> bytes;
  for (const auto* link : environment_.links) bytes.push_back(link ? link->traffic().bytes_sent : 0);
  return bytes;
}

std::uint64_t Executor::bytes_sent_by_links() const {
  const auto bytes = bytes_sent_to_each();
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

std::uint64_t Executor::bytes_received_by_links() const {
  std::uint64_t bytes = 0;
  for (const auto* link : environment_.links)
    if (link) bytes += link->traffic().bytes_received;
  return bytes;
}

namespace {
std::uint64_t sent_by(int party, int parties, const google::protobuf::RepeatedField<std::uint64_t>& bytes) {
  std::uint64_t sum = 0;
  for (int to = 0; to < parties; ++to) sum += bytes.Get(party * parties + to);
  return sum;
}
}  // namespace

void Executor::compare_with_plan(const BlockRun& run) const {
  const auto& block = plan_.blocks(static_cast<int>(run.block));
  const int parties = environment_.rounds->parties();
  const auto differs = [&](const std::string& what, std::uint64_t predicted, std::uint64_t measured) {
    throw Error(ErrorKind::kInternal,
                fmt::format("block \"{}\"{} were predicted as {} and measured as {}", block.name(), what,
                            predicted, measured),
                "This is a bug in Sotto; please report it with the plan.");
  };
  for (int i = 0; i < block.operations_size(); ++i) {
    const auto& operation = block.operations(i);
    const auto index = static_cast<std::size_t>(i);
    const auto name = fmt::format(", operation {} ({})", i, operation.kernel());
    if (run.rounds_taken[index] != operation.rounds())
      differs(name + ": rounds", operation.rounds(), run.rounds_taken[index]);
    const auto predicted = sent_by(self_, parties, operation.bytes());
    if (run.accounts[index].bytes_sent != predicted)
      differs(name + ": bytes sent", predicted, run.accounts[index].bytes_sent);
  }
  if (run.rounds != block.rounds()) differs(": rounds", block.rounds(), run.rounds);
  const auto predicted = sent_by(self_, parties, block.bytes());
  if (run.sent != predicted) differs(": bytes sent over the links", predicted, run.sent);
}

void Executor::add_to_kinds(const BlockRun& run) {
  const auto& block = plan_.blocks(static_cast<int>(run.block));
  for (int i = 0; i < block.operations_size(); ++i) {
    const auto& operation = block.operations(i);
    const auto index = static_cast<std::size_t>(i);
    KindProfile& kind = profile_.kinds[operation.kernel()];
    ++kind.runs;
    kind.rounds_predicted += operation.rounds();
    kind.rounds_measured += run.rounds_taken[index];
    kind.bytes_predicted += sent_by(self_, environment_.rounds->parties(), operation.bytes());
    kind.bytes_measured += run.accounts[index].bytes_sent;
    kind.seconds += run.accounts[index].seconds;
  }
}

}  // namespace sotto::runtime
