#include "passes/rebatch/rowwise.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

namespace sotto::passes {
namespace {

using mlir::Value;

// What a value has to do with the rows of the batch: nothing; its first dimension is theirs; or anything.
enum class Rows : std::uint8_t { kNone, kFirst, kMixed };

bool spares_first(llvm::ArrayRef<int64_t> numbers, int64_t neutral) {
  return numbers.empty() || numbers.front() == neutral;
}

class Walk {
 public:
  Walk(mlir::func::FuncOp function, unsigned index) : function_(function) {
    rows_ = shape_of(function.getArgument(index))[0];
    of_[function.getArgument(index)] = Rows::kFirst;
  }

  llvm::SmallVector<bool> run() {
    for (mlir::Operation& op : function_.getBody().front()) {
      const bool touched = llvm::any_of(op.getOperands(), [&](Value v) { return of(v) != Rows::kNone; });
      for (Value result : op.getResults()) of_[result] = touched ? after(&op, result) : Rows::kNone;
    }
    llvm::SmallVector<bool> results;
    for (Value result : return_of(function_).getOperands()) results.push_back(of(result) == Rows::kFirst);
    return results;
  }

 private:
  Rows of(Value value) const { return of_.lookup(value); }
  bool untouched(Value value) const { return of(value) == Rows::kNone; }

  Rows after(mlir::Operation* op, Value result) const {
    const auto shape = shape_of(result);
    const bool mixed = llvm::any_of(op->getOperands(), [&](Value v) { return of(v) == Rows::kMixed; });
    return !mixed && !shape.empty() && shape[0] == rows_ && keeps(op) ? Rows::kFirst : Rows::kMixed;
  }

  // Whether the operation, of whose operands some have rows in their first dimension, makes row i of row i.
  bool keeps(mlir::Operation* op) const {
    if (op->hasTrait<mlir::OpTrait::Elementwise>()) return true;
    return llvm::TypeSwitch<mlir::Operation*, bool>(op)
        .Case([&](hlo::SelectOp o) { return untouched(o.getPred()) || !shape_of(o.getPred()).empty(); })
        .Case([&](hlo::ClampOp) { return true; })
        .Case([&](hlo::ReshapeOp) { return true; })  // of as many rows, in row-major order
        .Case([&](hlo::BroadcastInDimOp o) {
          return spares_first(o.getBroadcastDimensions(), 0) && shape_of(o.getOperand())[0] == rows_;
        })
        .Case([&](hlo::TransposeOp o) { return o.getPermutation().front() == 0; })
        .Case([&](hlo::DotGeneralOp o) { return product(o); })
        .Case([&](hlo::ConvolutionOp o) {
          const auto numbers = o.getDimensionNumbers();
          return untouched(o.getRhs()) && numbers.getInputBatchDimension() == 0 &&
                 numbers.getOutputBatchDimension() == 0 && o.getBatchGroupCount() == 1;
        })
        .Case([&](hlo::ReduceOp o) {
          return !llvm::is_contained(o.getDimensions(), 0) &&
                 llvm::all_of(o.getInitValues(), [&](Value v) { return untouched(v); });
        })
        .Case([&](hlo::ReduceWindowOp o) { return window(o); })
        .Case([&](hlo::SliceOp o) {
          return o.getStartIndices()[0] == 0 &&
                 o.getStrides()[0] == 1;  // and there are as many after as before
        })
        .Case([&](hlo::PadOp o) {
          return untouched(o.getPaddingValue()) && o.getEdgePaddingLow()[0] == 0 &&
                 o.getEdgePaddingHigh()[0] == 0 && o.getInteriorPadding()[0] == 0;
        })
        .Case([&](hlo::ConcatenateOp o) { return o.getDimension() != 0; })
        .Case([&](hlo::ReverseOp o) { return !llvm::is_contained(o.getDimensions(), 0); })
        .Default([](mlir::Operation*) { return false; });
  }

  bool product(hlo::DotGeneralOp op) const {
    const auto numbers = op.getDotDimensionNumbers();
    return untouched(op.getRhs()) && numbers.getLhsBatchingDimensions().empty() &&
           !llvm::is_contained(numbers.getLhsContractingDimensions(), 0);
  }

  bool window(hlo::ReduceWindowOp op) const {
    const auto plain = [](std::optional<llvm::ArrayRef<int64_t>> numbers) {
      return !numbers || spares_first(*numbers, 1);
    };
    const auto padding = op.getPadding();
    const bool padded = padding && !(*padding->value_begin<int64_t>() == 0 &&
                                     *std::next(padding->value_begin<int64_t>()) == 0);
    return op.getWindowDimensions()[0] == 1 && plain(op.getWindowStrides()) && plain(op.getBaseDilations()) &&
           plain(op.getWindowDilations()) && !padded &&
           llvm::all_of(op.getInitValues(), [&](Value v) { return untouched(v); });
  }

  mlir::func::FuncOp function_;
  llvm::DenseMap<Value, Rows> of_;
  int64_t rows_ = 0;
};

}  // namespace

llvm::SmallVector<bool> rowwise_results(mlir::func::FuncOp function, unsigned index) {
  return Walk(function, index).run();
}

}  // namespace sotto::passes
