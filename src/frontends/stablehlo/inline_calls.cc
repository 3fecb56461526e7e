#include "frontends/stablehlo/inline_calls.h"

#include "frontends/stablehlo/read.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace sotto::frontends::stablehlo {
namespace {

using mlir::failure;
using mlir::LogicalResult;
using mlir::success;
using mlir::func::CallOp;
using mlir::func::FuncOp;

class Inliner {
 public:
  explicit Inliner(mlir::ModuleOp module) : module_(module), symbols_(module) {}

  LogicalResult run() {
    for (FuncOp function : module_.getOps<FuncOp>()) {
      if (failed(visit(function))) return failure();
    }
    for (FuncOp function : llvm::make_early_inc_range(module_.getOps<FuncOp>())) {
      if (function.isPrivate()) function.erase();
    }
    return success();
  }

 private:
  enum class State { kOpen, kDone };
  // A function on the way down the call graph, and the calls of it still to look at.
  struct Frame {
    FuncOp function;
    llvm::SmallVector<CallOp> calls;
    size_t next = 0;
  };

  // Depth first without recursion of our own: callees come out of visit free of calls before their callers.
  LogicalResult visit(FuncOp root) {
    if (states_.contains(root)) return success();
    std::vector<Frame> stack;
    push(stack, root);
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next == top.calls.size()) {
        if (failed(inline_into(top))) return failure();
        states_[top.function] = State::kDone;
        stack.pop_back();
        continue;
      }
      CallOp call = top.calls[top.next++];
      FuncOp callee = symbols_.lookup<FuncOp>(call.getCallee());
      if (!callee || callee.isExternal())
        return call.emitError() << "function @" << call.getCallee() << " has no body";
      auto state = states_.find(callee);
      if (state == states_.end()) {
        push(stack, callee);
      } else if (state->second == State::kOpen) {
        return call.emitError() << "function @" << call.getCallee()
                                << " calls itself; recursion is not supported";
      }
    }
    return success();
  }

  void push(std::vector<Frame>& stack, FuncOp function) {
    states_[function] = State::kOpen;
    Frame frame{.function = function, .calls = {}};
    function.walk([&](CallOp call) { frame.calls.push_back(call); });
    stack.push_back(std::move(frame));
  }

  LogicalResult inline_into(Frame& frame) {
    int64_t size = 0;
    frame.function.walk([&](mlir::Operation*) { ++size; });
    for (CallOp call : frame.calls) {
      FuncOp callee = symbols_.lookup<FuncOp>(call.getCallee());
      size += sizes_.lookup(callee);
      if (size > kMaximumOperations)
        return call.emitError() << "the program has more than " << kMaximumOperations
                                << " operations once its calls are expanded";
      expand(call, callee);
    }
    sizes_[frame.function] = size;
    return success();
  }

  static void expand(CallOp call, FuncOp callee) {
    mlir::OpBuilder builder(call);
    mlir::IRMapping mapping;
    mlir::Block& body = callee.getBody().front();
    for (auto [argument, operand] : llvm::zip(body.getArguments(), call.getOperands()))
      mapping.map(argument, operand);
    for (mlir::Operation& op : body.without_terminator()) builder.clone(op, mapping);
    for (auto [result, value] : llvm::zip(call.getResults(), body.getTerminator()->getOperands()))
      result.replaceAllUsesWith(mapping.lookup(value));
    call.erase();
  }

  mlir::ModuleOp module_;
  mlir::SymbolTable symbols_;
  llvm::DenseMap<mlir::Operation*, State> states_;
  llvm::DenseMap<mlir::Operation*, int64_t> sizes_;
};

}  // namespace

LogicalResult inline_calls(mlir::ModuleOp module) { return Inliner(module).run(); }

}  // namespace sotto::frontends::stablehlo
