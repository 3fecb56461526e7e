// Runs a program at one party: the control list, block after block; a block is one root coroutine in which
// all operations run concurrently, each from its start round on.
//
// Every run is held against the plan: rounds and bytes of each operation, and what the links counted, must be
// those that were predicted; anything else is a bug of ours and ends the job.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "net/link.h"
#include "net/rounds.h"
#include "protocols/context.h"
#include "runtime/outputs.h"
#include "runtime/profile.h"
#include "runtime/program.h"

namespace sotto::runtime {

// What a party brings to a run. Everything outlives the executor.
struct Environment {
  net::Rounds* rounds = nullptr;
  const protocols::SessionKeys* keys = nullptr;
  std::vector<net::Link*> links;  // by party, null at this one: for the independent count
  // Encoded elements of an input that this party provides: [offset, offset + out.size()) in row-major order.
  std::function<void(const plan::wire::Input&, const plan::Value&, std::size_t offset,
                     std::span<ring::Element> out)>
      fill_input;
  // This party's share of an input that the plan takes from the share stores. Needed only where there are
  // such.
  std::function<protocols::Share(const plan::wire::Input&, const plan::Value&)> stored_share;
  // Called after each run of a block, with the bytes this party has sent in all. May be empty.
  std::function<void(const plan::wire::Control&, std::uint64_t done, std::uint64_t bytes_sent)> on_progress;
  // Called at every party at the same places, after each run of a block, with the number of runs so far: all
  // values of blocks are gone, states are complete, and the links are idle. May talk over `rounds`. May be
  // empty.
  std::function<void(std::uint64_t runs)> at_boundary;
  // Of the input that may come with fewer rows than the plan has room for (plan/partial_input.h): how many
  // its owner gave; all parties say the same. 0: all.
  std::uint64_t rows = 0;
};

// Where a run stands between two runs of blocks: all that another session needs to go on. What is not in it
// comes again from where it came: initial values from the plan's seed, inputs from their owners.
struct Snapshot {
  std::uint64_t runs = 0;                // of blocks, in the order of the control list, that are done
  std::vector<protocols::Share> states;  // of all states of the plan, in its order
  Outputs outputs;
  Profile profile;
};

// Runs of blocks that the whole control list asks for.
std::uint64_t total_runs(const plan::Plan& plan);

class Executor {
 public:
  Executor(const Program& program, Environment environment);

  // The whole control list, until every party is through. Once.
  void run();
  // The rest of the control list. Blocks that share inputs run again; all others that are done do not.
  // Randomness keeps its addresses: a run of a block has the step of its place in the control list, once in a
  // session, and the session's keys are new. Throws kData when the snapshot does not fit the plan.
  void resume(Snapshot from);
  Snapshot snapshot(std::uint64_t runs) const;
  // One run of a block outside of the control list (benchmarks); `iteration` of `control` selects the batch.
  void run_block(const plan::wire::Control& control, std::uint64_t iteration, PhaseProfile& phase);

  // This party's share of a state, for the share store.
  const protocols::Share& state(int index) const;
  const Outputs& outputs() const { return outputs_; }
  const Profile& profile() const { return profile_; }

 private:
  struct BlockRun;
  void set_initial_values();
  protocols::Share initial_share(const plan::wire::Input& input, const protocols::Context& context) const;
  void run_from(std::uint64_t start, const Snapshot* snapshot);
  void restore(const Snapshot& snapshot);
  PhaseProfile& phase_of(const plan::wire::Control& control);
  Task<void> block(BlockRun& run);
  Task<void> operation(BlockRun& run, std::size_t index);
  Task<void> special(BlockRun& run, std::size_t index, protocols::Context& context);
  Task<void> kernel(BlockRun& run, std::size_t index, protocols::Context& context);
  Task<void> share_input(std::uint32_t value, protocols::Context& context);
  Task<void> open(BlockRun& run, std::size_t index, protocols::Context& context);
  void keep_output(const plan::wire::Reveal& reveal, const plan::Value& value,
                   std::span<const std::uint64_t> words, bool of_rows);
  protocols::Share take(BlockRun& run, std::uint32_t value);
  void finish_block(BlockRun& run);
  void compare_with_plan(const BlockRun& run) const;
  void add_to_kinds(const BlockRun& run);
  std::vector<std::uint64_t> bytes_sent_to_each() const;
  std::uint64_t bytes_sent_by_links() const;
  std::uint64_t bytes_received_by_links() const;
  bool left_out(const plan::wire::Control& control) const;
  std::uint64_t runs_before(const plan::wire::Control& control) const;
  const std::vector<std::uint32_t>& order_of(const plan::wire::Control& control);

  const Program& program_;
  const plan::Plan& plan_;
  Environment environment_;
  int self_;
  std::vector<protocols::Share> values_;
  std::vector<bool> outlives_blocks_;
  std::vector<std::vector<kernels::Call>> calls_;  // by block and operation; operands only while running
  std::uint32_t step_ =
      0;  // number of block runs so far: never repeats, so neither do addresses of randomness
  std::vector<std::uint32_t> order_;
  std::uint64_t order_rows_ = 0, order_seed_ = 0, order_epoch_ = 0;
  Outputs outputs_;
  Profile profile_;
};

}  // namespace sotto::runtime
