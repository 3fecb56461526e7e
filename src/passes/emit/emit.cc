#include "passes/emit/emit.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "base/error.h"
#include "passes/emit/block.h"
#include "passes/emit/costs.h"
#include "passes/rebatch/rowwise.h"
#include "passes/train/train.h"
#include "plan/partial_input.h"
#include "plan/verify.h"
#include "protocols/table.h"

namespace sotto::passes {
namespace {

// All masks of the protocols in use are perfect and all truncations exact: what is left is the failure of AES
// as a pseudo-random function and of the random generator, for which this stands; and that of the guard to
// see that a bound was violated.
constexpr double kLog2Failure = -128, kLog2Unseen = -protocols::kProbes;

// The output of a course that ends it.
constexpr const char* kStop = "stop";

class Emitter {
 public:
  Emitter(mlir::ModuleOp module, const Options& options)
      : module_(module), options_(options), tables_(plan_, options_) {}

  plan::Plan run() {
    plan_.set_format_version(plan::kFormatVersion);
    plan_.set_name(options_.name.empty() ? "program" : options_.name);
    plan_.set_protocol(options_.protocol);
    plan_.set_seed(options_.seed);
    for (const std::string& name : options_.roles) {
      auto& role = *plan_.add_roles();
      role.set_name(name);
      role.set_computes(true);
    }
    const int load = add_block("load");
    for (auto function : module_.getOps<mlir::func::FuncOp>()) {
      emit_block(plan_, tables_, function, outputs_);
      for (const auto& [name, value] : outputs_) block_of_output_.try_emplace(name, plan_.blocks_size() - 1);
    }
    fill_load(*plan_.mutable_blocks(load));
    if (const int guard = block_named("guard"); guard >= 0)
      open_value("guard", guard, "guard", outputs_.at("guard"), options_.roles);
    plan_.set_log2_failure(block_named("guard") >= 0 ? kLog2Unseen : kLog2Failure);
    const int finish = add_block("finish");
    for (const Reveal& reveal : options_.reveals) emit_reveal(finish, reveal);
    emit_control(load, finish);
    publish_leakage();
    set_costs(plan_, options_.network);
    plan::verify(plan_);
    return std::move(plan_);
  }

 private:
  int add_block(const char* name) {
    plan_.add_blocks()->set_name(name);
    return plan_.blocks_size() - 1;
  }
  int block_named(std::string_view name) const {
    for (int i = 0; i < plan_.blocks_size(); ++i)
      if (plan_.blocks(i).name() == name) return i;
    return -1;
  }

  void fill_load(plan::Block& block) {
    for (const auto& input : plan_.inputs()) {
      if (!input.initializer().empty()) continue;
      auto& operation = *block.add_operations();
      operation.set_kernel("input");
      operation.add_results(input.value());
    }
  }

  void open_value(const char* kernel, int block, const std::string& name, std::uint32_t value,
                  const std::vector<std::string>& roles) {
    auto& reveal = *plan_.add_reveals();
    reveal.set_name(name);
    reveal.set_value(value);
    for (const std::string& role : roles) reveal.add_roles(tables_.role(role));
    auto& operation = *plan_.mutable_blocks(block)->add_operations();
    operation.set_kernel(kernel);
    operation.add_operands(value);
  }

  // A sum that evaluation collects: opened at the end, or after each epoch, and then begun anew.
  void open_measure(int finish, const std::string& state, const std::vector<std::string>& roles) {
    const auto value = tables_.value_of_state(state);
    if (!options_.evaluate_every_epoch) return open_value("reveal", finish, state, value, roles);
    const int score = block_named("score") < 0 ? add_block("score") : block_named("score");
    open_value("reveal", score, state, value, roles);
    const plan::Value like = plan_.values(static_cast<int>(value));
    *plan_.add_values() = like;
    const auto zero = static_cast<std::uint32_t>(plan_.values_size() - 1);
    plan_.mutable_values(static_cast<int>(zero))->set_name(state + ".restart");
    auto& operation = *plan_.mutable_blocks(score)->add_operations();
    operation.set_kernel("subtract");
    operation.add_operands(value);
    operation.add_operands(value);
    operation.add_results(zero);
    auto& update = *plan_.mutable_blocks(score)->add_updates();
    update.set_state(tables_.state(state));
    update.set_next(zero);
  }

  // A state that has what the block's last run gave.
  std::uint32_t keep_result(int block, const std::string& name, std::uint32_t result) {
    const plan::Value like = plan_.values(static_cast<int>(result));
    const auto kept = static_cast<std::uint32_t>(plan_.values_size());
    *plan_.add_values() = like;
    const std::string kept_name = "result " + name;
    plan_.mutable_values(static_cast<int>(kept))->set_name(kept_name);
    auto& input = *plan_.add_inputs();
    input.set_name(kept_name);
    input.set_value(kept);
    input.set_initializer("zeros");
    auto& state = *plan_.add_states();
    state.set_name(kept_name);
    state.set_value(kept);
    auto& update = *plan_.mutable_blocks(block)->add_updates();
    update.set_state(static_cast<std::uint32_t>(plan_.states_size() - 1));
    update.set_next(result);
    return kept;
  }

  // What a summary or a prediction gives is opened when the guard has been.
  void open_course_result(const std::string& name, std::uint32_t result,
                          const std::vector<std::string>& roles) {
    const int block = block_of_output_.at(name);
    const char* results = block == block_named("summary")   ? "results"
                          : block == block_named("predict") ? "predictions"
                                                            : nullptr;
    if (block_named("guard") < 0 || results == nullptr)
      return open_value("reveal", block, name, result, roles);
    const auto kept = keep_result(block, name, result);
    open_value("reveal", block_named(results) < 0 ? add_block(results) : block_named(results), name, kept,
               roles);
  }

  // A result is opened when the guard of the run that gave it has been: until then a state keeps it. A
  // program that runs once reveals it at the end, another after each run.
  void open_result(int finish, const std::string& name, std::uint32_t result,
                   const std::vector<std::string>& roles) {
    const int step = block_named("step");
    if (block_named("guard") < 0) {
      open_value("reveal", step, name, result, roles);
      return mark_rows(step, name);
    }
    const auto kept = keep_result(step, name, result);
    int block = finish;
    if (options_.steps != 1)
      block = block_named("results") < 0 ? add_block("results") : block_named("results");
    open_value("reveal", block, name, kept, roles);
    mark_rows(block, name);
  }

  // What was just opened, where it has the rows of an input that may come with fewer.
  void mark_rows(int block, const std::string& name) {
    auto step = module_.lookupSymbol<mlir::func::FuncOp>("step");
    for (unsigned index = 0; index < step.getNumResults(); ++index) {
      const auto output = step.getResultAttrOfType<mlir::StringAttr>(index, kOutputAttribute);
      const auto input = step.getResultAttrOfType<mlir::StringAttr>(index, kRowsOfAttribute);
      auto& operations = *plan_.mutable_blocks(block)->mutable_operations();
      if (output && input && output.getValue() == name)
        plan::set_attribute(operations[operations.size() - 1], plan::kRowsOf, input.getValue().str());
    }
  }

  void emit_reveal(int finish, const Reveal& reveal) {
    if (reveal.name == "accuracy" && !options_.course)
      return open_measure(finish, kCorrect.str(), reveal.roles);
    if (reveal.name == "loss" && options_.training) return open_measure(finish, kLoss.str(), reveal.roles);
    if (reveal.name == "model") {
      for (const auto& state : plan_.states())
        if (state.parameter()) open_value("reveal", finish, state.name(), state.value(), reveal.roles);
      return;
    }
    for (const auto& state : plan_.states())
      if (options_.course && state.parameter() && state.name() == reveal.name)
        return open_value("reveal", finish, state.name(), state.value(), reveal.roles);
    const auto output = outputs_.find(reveal.name);
    if (output == outputs_.end())
      throw Error(ErrorKind::kModel, fmt::format("the program has no output \"{}\" to reveal", reveal.name),
                  "A trained model has \"accuracy\", \"loss\" and \"model\"; other programs have the numbers "
                  "of their "
                  "results.");
    if (options_.course) return open_course_result(reveal.name, output->second, reveal.roles);
    open_result(finish, reveal.name, output->second, reveal.roles);
  }

  void add_control(int block, const char* phase, std::uint64_t repeat) {
    auto& control = *plan_.add_control();
    control.set_block(static_cast<std::uint32_t>(block));
    control.set_phase(phase);
    control.set_repeat(repeat);
    const auto& name = plan_.blocks(block).name();
    unguarded_ |= name == "step" || name == "evaluate" || name == "summary" || name == "predict";
  }
  // Where something ran that no guard has spoken of.
  void add_guard() {
    if (const int guard = block_named("guard"); guard >= 0 && std::exchange(unguarded_, false))
      add_control(guard, "guard", 1);
  }
  void set_batches(std::int64_t batch, std::int64_t rows, std::uint64_t seed, std::uint64_t epoch) {
    auto& control = *plan_.mutable_control(plan_.control_size() - 1);
    control.set_batch(static_cast<std::uint64_t>(batch));
    control.set_rows(static_cast<std::uint64_t>(rows));
    control.set_permutation_seed(seed);
    control.set_epoch(epoch);
  }

  void emit_evaluation(int evaluate) {
    const Training& training = *options_.training;
    const auto batch = evaluation_batch(training.test_rows, training.batch);
    add_control(evaluate, "evaluate", static_cast<std::uint64_t>(training.test_rows / batch));
    set_batches(batch, training.test_rows, 0, 0);
    add_guard();
    if (const int score = block_named("score"); score >= 0) add_control(score, "score", 1);
  }

  // A program compiled as it is.
  void emit_steps() {
    const int step = block_named("step"), results = block_named("results");
    const char* phase = options_.prediction ? "predict" : "train";
    if (results < 0) return add_control(step, phase, static_cast<std::uint64_t>(options_.steps));
    constexpr std::int64_t kMostSteps = 20000;
    if (options_.steps > kMostSteps)
      throw Error(ErrorKind::kUsage,
                  fmt::format("each of {} steps would reveal a result behind its guard; at most {} can",
                              options_.steps, kMostSteps),
                  "Reveal states with --reveal model:ROLE at the end, or run fewer steps.");
    for (std::int64_t i = 0; i < options_.steps; ++i) {
      add_control(step, phase, 1);
      add_guard();
      add_control(results, "results", 1);
    }
  }

  // Runs a block over the data set that its batches come from, once; `epoch` counts where the order is drawn.
  void add_pass(const char* block, const char* phase, std::optional<std::int64_t> epoch) {
    const int index = block_named(block);
    if (index < 0) return;
    const auto sizes = batch_sizes(plan_.blocks(index));
    if (!sizes) return add_control(index, phase, 1);
    const auto [batch, rows] = *sizes;
    // The last batch of an epoch wraps around to the epoch's first rows.
    add_control(index, phase, static_cast<std::uint64_t>((rows + batch - 1) / batch));
    set_batches(batch, rows, epoch ? options_.seed : 0, static_cast<std::uint64_t>(epoch.value_or(0)));
  }
  // Rows of a batch, and of the data set it is from; nothing for a block that takes none.
  std::optional<std::pair<std::int64_t, std::int64_t>> batch_sizes(const plan::Block& block) const {
    for (const auto& operation : block.operations())
      if (plan::special(operation) == plan::Special::kBatch)
        return std::pair{plan_.values(static_cast<int>(operation.results(0))).shape(0),
                         plan_.values(static_cast<int>(operation.operands(0))).shape(0)};
    return std::nullopt;
  }

  // An epoch that follows the opening of a one under the name "stop" is left out.
  void emit_course() {
    const Course& course = *options_.course;
    std::uint32_t stop = 0;
    for (int i = 0; i < plan_.reveals_size(); ++i)
      if (plan_.reveals(i).name() == kStop) stop = static_cast<std::uint32_t>(i) + 1;
    for (std::int64_t epoch = 0; epoch < course.epochs; ++epoch) {
      const int first = plan_.control_size();
      add_pass("step", "train", epoch);
      if (options_.evaluate_every_epoch || epoch + 1 == course.epochs) {
        add_pass("evaluate", "evaluate", std::nullopt);
        add_pass("summary", "summary", std::nullopt);
      }
      add_guard();
      if (options_.evaluate_every_epoch || epoch + 1 == course.epochs)
        add_pass("results", "summary", std::nullopt);
      for (int entry = first; entry < plan_.control_size() && epoch > 0; ++entry)
        plan_.mutable_control(entry)->set_stop(stop);
    }
    emit_predictions();
  }

  // Where predictions wait for the guard, they do so batch by batch.
  void emit_predictions() {
    const int predict = block_named("predict"), predictions = block_named("predictions");
    if (predictions < 0) return add_pass("predict", "predict", std::nullopt);
    const auto sizes = batch_sizes(plan_.blocks(predict));
    const auto batches = sizes ? (sizes->second + sizes->first - 1) / sizes->first : 1;
    for (std::int64_t i = 0; i < batches; ++i) {
      add_control(predict, "predict", 1);
      if (sizes) set_batches(sizes->first, sizes->second, 0, 0);
      plan_.mutable_control(plan_.control_size() - 1)->set_first(static_cast<std::uint64_t>(i));
      add_guard();
      add_control(predictions, "predict", 1);
    }
  }

  void emit_control(int load, int finish) {
    if (plan_.blocks(load).operations_size() > 0) add_control(load, "load", 1);
    const int step = block_named("step"), evaluate = block_named("evaluate");
    if (options_.training) {
      const Training& training = *options_.training;
      // The last batch of an epoch wraps around to the epoch's first rows.
      const auto steps = static_cast<std::uint64_t>((training.rows + training.batch - 1) / training.batch);
      for (std::int64_t epoch = 0; epoch < training.epochs; ++epoch) {
        add_control(step, "train", steps);
        set_batches(training.batch, training.rows, options_.seed, static_cast<std::uint64_t>(epoch));
        add_guard();
        if (options_.evaluate_every_epoch || epoch + 1 == training.epochs) emit_evaluation(evaluate);
      }
    } else if (options_.course) {
      emit_course();
    } else {
      emit_steps();
    }
    add_guard();
    if (plan_.blocks(finish).operations_size() > 0) add_control(finish, "finish", 1);
  }

  void publish_leakage() {
    plan_.add_leakage("shapes of all tensors, numbers of rows, batch size, epochs and hyperparameters");
    if (const auto partial = plan::partial_input(plan_))
      plan_.add_leakage(fmt::format("how many rows the file of \"{}\" has", plan_.inputs(*partial).name()));
    for (const auto& value : plan_.values())
      if (value.bound() == plan::wire::CALIBRATED) {
        plan_.add_leakage("ranges of calibrated values, as powers of two with margin");
        return;
      }
  }

  mlir::ModuleOp module_;
  const Options& options_;
  plan::Plan plan_;
  Tables tables_;
  Outputs outputs_;
  bool unguarded_ = false;
  std::map<std::string, int> block_of_output_;
};

}  // namespace

plan::Plan emit_plan(mlir::ModuleOp module, const Options& options) { return Emitter(module, options).run(); }

}  // namespace sotto::passes
