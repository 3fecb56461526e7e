// What depends on the number of the step alone is computed here, once, for every step of the job: learning
// rates that change, Adam's bias corrections. The plan carries the numbers as a schedule; no party computes
// them, and a product with one costs what a product with a constant costs.
//
// Why not shared, or computed by the parties: a shared scalar would need a product and a truncation more for
// every weight; a quotient of roots computed by each party would have to come out alike on every machine.
//
// A state of @step is public if nobody provides its start and its next value depends on constants and public
// states only. Public states leave @step; where a value that depends on them meets a secret one, it becomes a
// sotto.tabulated. It must be one number, perhaps repeated. Other functions do not see public states.
#include <algorithm>
#include <map>

#include "ir/interpreter/interpreter.h"
#include "ir/sotto/dialect.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/reference/reference.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using mlir::Value;
using mlir::func::FuncOp;

// What @step computes from public states alone.
class PublicPart {
 public:
  explicit PublicPart(FuncOp step) : step_(step) {
    for (unsigned index = 0; index < step.getNumArguments(); ++index)
      if (const int next = next_of(index); next >= 0 && starts_publicly(index)) states_[index] = next;
    // Whatever turns out to depend on secrets takes others with it.
    for (std::size_t before = states_.size() + 1; states_.size() < before;) {
      before = states_.size();
      collect();
      std::erase_if(states_, [&](const auto& state) {
        return !contains(return_of(step_).getOperand(static_cast<unsigned>(state.second)));
      });
    }
    collect();
  }

  bool empty() const { return states_.empty(); }
  bool contains(Value value) const { return values_.contains(value); }
  const std::map<unsigned, int>& states() const { return states_; }  // arguments and their next results

  // Public operands of operations that are not public, of what is returned those that replace no public
  // state.
  llvm::SmallVector<mlir::OpOperand*> border() const {
    llvm::SmallVector<mlir::OpOperand*> uses;
    step_.walk([&](mlir::Operation* op) {
      if (op->getNumResults() > 0 && contains(op->getResult(0))) return;
      for (mlir::OpOperand& use : op->getOpOperands())
        if (contains(use.get()) && varies(use.get()) && !replaces_public_state(use)) uses.push_back(&use);
    });
    return uses;
  }

 private:
  int next_of(unsigned index) const {
    const auto name = argument_name(step_, index);
    for (unsigned result = 0; result < step_.getNumResults(); ++result)
      if (auto next = step_.getResultAttrOfType<mlir::StringAttr>(result, kNextAttribute);
          next && next.getValue() == name)
        return static_cast<int>(result);
    return -1;
  }

  bool starts_publicly(unsigned index) const {
    return !step_.getArgAttr(index, kRoleAttribute) && step_.getArgAttr(index, kInitializerAttribute);
  }

  void collect() {
    values_.clear(), varying_.clear();
    for (const auto& [index, next] : states_) {
      values_.insert(step_.getArgument(index));
      varying_.insert(step_.getArgument(index));
    }
    for (mlir::Operation& op : step_.getBody().front().without_terminator()) {
      if (!llvm::all_of(op.getOperands(), [&](Value operand) { return contains(operand); })) continue;
      const bool varies_here = llvm::any_of(op.getOperands(), [&](Value operand) { return varies(operand); });
      for (Value result : op.getResults()) {
        values_.insert(result);
        if (varies_here) varying_.insert(result);
      }
    }
  }
  bool varies(Value value) const { return varying_.contains(value); }
  bool replaces_public_state(mlir::OpOperand& use) const {
    return llvm::isa<mlir::func::ReturnOp>(use.getOwner()) && llvm::any_of(states_, [&](const auto& state) {
             return state.second == static_cast<int>(use.getOperandNumber());
           });
  }

  mutable FuncOp step_;  // asking it changes nothing, but its methods are not const
  std::map<unsigned, int> states_;
  llvm::DenseSet<Value> values_, varying_;  // public; and those of them that depend on a state
};

// The number that a value repeats.
Value one_number(Value value) {
  while (tensor_type(value).getNumElements() != 1) {
    auto repeat = value.getDefiningOp<hlo::BroadcastInDimOp>();
    if (!repeat) return {};
    value = repeat.getOperand();
  }
  return value;
}

struct Tabulate : mlir::PassWrapper<Tabulate, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Tabulate)
  explicit Tabulate(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "tabulate"; }
  void getDependentDialects(mlir::DialectRegistry& registry) const override {
    registry.insert<privacy::SottoDialect>();
  }

  void runOnOperation() override {
    auto step = getOperation().lookupSymbol<FuncOp>("step");
    if (!step) return;
    const PublicPart part(step);
    if (part.empty()) return;
    const auto border = part.border();
    llvm::MapVector<Value, std::vector<double>> numbers;
    for (mlir::OpOperand* use : border) {
      if (mlir::failed(check(step, *use))) return signalPassFailure();
      numbers.insert({one_number(use->get()), {}});
    }
    if (mlir::failed(compute(step, part, numbers))) return signalPassFailure();
    for (mlir::OpOperand* use : border) replace(*use, numbers[one_number(use->get())]);
    remove_states(step, part);
  }

 private:
  // Longer tables stop here: an error, unless the numbers have stopped changing.
  static constexpr std::int64_t kLongestTable = std::int64_t{1} << 20;

  std::int64_t steps() const {
    if (!options_.training) return options_.steps;
    const Training& training = *options_.training;
    return training.epochs * ((training.rows + training.batch - 1) / training.batch);
  }

  // Whether a table can stand here.
  static mlir::LogicalResult check(FuncOp step, mlir::OpOperand& use) {
    constexpr const char* kRemedy =
        "; a state that no role provides and nothing secret flows into is public: "
        "let a role provide its start if it is to be secret";
    if (llvm::isa<mlir::func::ReturnOp>(use.getOwner())) {
      auto next = step.getResultAttrOfType<mlir::StringAttr>(use.getOperandNumber(), kNextAttribute);
      auto output = step.getResultAttrOfType<mlir::StringAttr>(use.getOperandNumber(), kOutputAttribute);
      auto error = use.getOwner()->emitError();
      if (next)
        error << "state \"" << next.getValue() << "\" is replaced by";
      else
        error << "result \"" << (output ? output.getValue() : "") << "\" is";
      return error << " a value that changes from step to step and depends on nothing secret, which nobody "
                      "needs to compute together"
                   << kRemedy;
    }
    const Value number = one_number(use.get());
    if (number && is_float(number)) return mlir::success();
    return use.getOwner()->emitError()
           << "a public value that changes from step to step must be one number here; it is "
           << use.get().getType() << kRemedy;
  }

  // Runs the public part step by step until the job ends or its states stand still.
  mlir::LogicalResult compute(FuncOp step, const PublicPart& part,
                              llvm::MapVector<Value, std::vector<double>>& numbers) {
    llvm::SmallVector<Value> arguments, wanted;
    for (const auto& [index, next] : part.states()) {
      arguments.push_back(step.getArgument(index));
      wanted.push_back(return_of(step).getOperand(static_cast<unsigned>(next)));
    }
    for (const auto& [number, table] : numbers) wanted.push_back(number);
    auto alone = extracted(step, part, arguments, wanted);
    auto start = initial_states(alone, options_.seed, {});
    std::vector<ir::Array> states;
    for (unsigned index = 0; index < alone.getNumArguments(); ++index)
      states.push_back(start.at(argument_name(alone, index)));
    mlir::LogicalResult result = mlir::success();
    for (std::int64_t done = 0; done < steps(); ++done) {
      auto results = ir::evaluate(alone, states);
      if (mlir::failed(results) || done >= kLongestTable) {
        result = step.emitError("public states change in more steps than a plan has room for");
        break;
      }
      std::size_t at = states.size();
      for (auto& [number, table] : numbers) table.push_back((*results)[at++].at(0));
      results->resize(states.size(), ir::Array());
      const bool still = std::ranges::equal(
          states, *results, [](const ir::Array& a, const ir::Array& b) { return a.values() == b.values(); });
      states = std::move(*results);
      if (still) break;
    }
    alone.erase();
    return result;
  }

  // A function of the public states that gives the values wanted.
  FuncOp extracted(FuncOp step, const PublicPart& part, mlir::ValueRange arguments, mlir::ValueRange wanted) {
    mlir::OpBuilder builder(&getContext());
    auto alone = FuncOp::create(step.getLoc(), "public",
                                builder.getFunctionType(arguments.getTypes(), wanted.getTypes()));
    mlir::IRMapping copies;
    builder.setInsertionPointToStart(alone.addEntryBlock());
    copies.map(arguments, alone.getArguments());
    for (auto [number, argument] : llvm::enumerate(arguments))
      alone.setArgAttrs(number,
                        step.getArgAttrDict(llvm::cast<mlir::BlockArgument>(argument).getArgNumber()));
    for (mlir::Operation& op : step.getBody().front().without_terminator())
      if (llvm::all_of(op.getOperands(), [&](Value operand) { return copies.contains(operand); }) &&
          llvm::all_of(op.getResults(), [&](Value result) { return part.contains(result); }))
        builder.clone(op, copies);
    llvm::SmallVector<Value> results;
    for (Value value : wanted) results.push_back(copies.lookup(value));
    builder.create<mlir::func::ReturnOp>(step.getLoc(), results);
    return alone;
  }

  void replace(mlir::OpOperand& use, llvm::ArrayRef<double> table) {
    mlir::OpBuilder builder(use.getOwner());
    while (table.size() > 1 && table.back() == table[table.size() - 2]) table = table.drop_back();
    auto number = builder.create<privacy::TabulatedOp>(use.get().getLoc(), use.get().getType(), table);
    const auto [least, most] = std::ranges::minmax(table);
    widen_range(number, {least, most, 0});
    use.set(number);
  }

  void remove_states(FuncOp step, const PublicPart& part) {
    std::vector<unsigned> results;
    for (const auto& [index, next] : part.states()) results.push_back(static_cast<unsigned>(next));
    std::ranges::sort(results, std::greater<>());
    for (unsigned result : results) {
      step.eraseResult(result);
      return_of(step)->eraseOperand(result);
    }
    for (mlir::Operation& op : llvm::make_early_inc_range(llvm::reverse(step.getBody().front())))
      if (mlir::isOpTriviallyDead(&op)) op.erase();
    for (const auto& [index, next] : llvm::reverse(part.states())) step.eraseArgument(index);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> tabulate(const Options& options) { return std::make_unique<Tabulate>(options); }

}  // namespace sotto::passes
