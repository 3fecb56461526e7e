// Windows become slices: element j of every window is one strided slice of the (padded) operand.
//
// | StableHLO                                        | becomes
// |--------------------------------------------------|--------------------------------------------------------
// | reduce_window(add)                               | the sum of the windows' slices
// | reduce_window(maximum) without padding           | a tournament of them: pairs, pairs of winners, ...
// | select_and_scatter(GE, add) of the same windows  | its source, handed down by the same bits
//
// Of equal elements the first wins, as select_and_scatter with GE has it. The bits of the forward pass decide
// the gradient: it compares nothing again.
#include "ir/sotto/dialect.h"
#include "passes/calibrate/range.h"
#include "passes/raise/patterns.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;

bool pads(const hlo::Window& window) {
  return llvm::any_of(window,
                      [](const auto& d) { return d.low != 0 || d.high != 0 || d.base_dilation != 1; });
}

class Slices {
 public:
  Slices(PatternRewriter& rewriter, mlir::Location location, const hlo::Window& window)
      : rewriter_(rewriter), location_(location), window_(window) {}

  int64_t count() const {
    int64_t product = 1;
    for (const auto& dimension : window_) product *= dimension.size;
    return product;
  }

  // Element `number` (in row-major order) of every window of a padded operand.
  Value take(Value padded, int64_t number) {
    llvm::SmallVector<int64_t> start = offsets(number), limit, strides, shape;
    for (auto [axis, dimension] : llvm::enumerate(window_)) {
      const int64_t room = shape_of(padded)[axis] - dimension.span();
      const int64_t places = room < 0 ? 0 : room / dimension.stride + 1;
      limit.push_back(start[axis] + (places - 1) * dimension.stride + 1);
      strides.push_back(dimension.stride);
      shape.push_back(places);
    }
    return rewriter_.create<hlo::SliceOp>(location_, tensor_type(padded).clone(shape), padded, start, limit,
                                          strides);
  }

  // The other way: a slice's elements at their places in a tensor of `like`'s shape, zeros elsewhere.
  Value put(Value slice, int64_t number, mlir::RankedTensorType like) {
    llvm::SmallVector<int64_t> low = offsets(number), high, interior;
    for (auto [axis, dimension] : llvm::enumerate(window_)) {
      const int64_t extent = (shape_of(slice)[axis] - 1) * dimension.stride + 1;
      high.push_back(like.getShape()[axis] - low[axis] - extent);
      interior.push_back(dimension.stride - 1);
    }
    return rewriter_.create<hlo::PadOp>(location_, like, slice, zero(like), low, high, interior);
  }

  Value padded(Value operand) {
    llvm::SmallVector<int64_t> low, high, interior, shape;
    if (!pads(window_)) return operand;
    for (auto [axis, dimension] : llvm::enumerate(window_)) {
      low.push_back(dimension.low);
      high.push_back(dimension.high);
      interior.push_back(dimension.base_dilation - 1);
      shape.push_back(dimension.padded(shape_of(operand)[axis]));
    }
    const auto type = tensor_type(operand).clone(shape);
    return rewriter_.create<hlo::PadOp>(location_, type, operand, zero(type), low, high, interior);
  }

 private:
  llvm::SmallVector<int64_t> offsets(int64_t number) const {
    llvm::SmallVector<int64_t> result(window_.size());
    for (std::size_t axis = window_.size(); axis-- > 0;) {
      result[axis] = number % window_[axis].size * window_[axis].dilation;
      number /= window_[axis].size;
    }
    return result;
  }
  Value zero(mlir::RankedTensorType like) {
    return splat(rewriter_, location_, like.clone(llvm::ArrayRef<int64_t>()), 0);
  }

  PatternRewriter& rewriter_;
  mlir::Location location_;
  const hlo::Window& window_;
};

// The windows' slices and who won; the gradient goes the same way back.
class Tournament {
 public:
  Value play(PatternRewriter& rewriter, mlir::Location location, llvm::SmallVector<Value> players) {
    while (players.size() > 1) {
      llvm::SmallVector<Value> winners, bits;
      for (std::size_t i = 0; i + 1 < players.size(); i += 2) {
        auto larger = rewriter.create<privacy::LargerOp>(location, players[i].getType(),
                                                         tensor_type(players[i]).clone(rewriter.getI1Type()),
                                                         players[i], players[i + 1]);
        winners.push_back(larger.getResult());
        bits.push_back(larger.getFirst());
      }
      if (players.size() % 2 == 1) winners.push_back(players.back());
      rounds_.push_back({bits, players.size()});
      players = winners;
    }
    return players.front();
  }

  // What each player gets of the winner's prize.
  llvm::SmallVector<Value> hand_down(PatternRewriter& rewriter, mlir::Location location, Value prize) const {
    llvm::SmallVector<Value> shares{prize};
    for (const Round& round : llvm::reverse(rounds_)) {
      llvm::SmallVector<Value> wider;
      for (auto [bit, share] : llvm::zip(round.bits, shares)) {
        Value first = rewriter.create<privacy::MaskOp>(location, share.getType(), bit, share);
        wider.push_back(first);
        wider.push_back(rewriter.create<hlo::SubtractOp>(location, share, first));
      }
      if (round.players % 2 == 1) wider.push_back(shares.back());
      shares = wider;
    }
    return shares;
  }

 private:
  struct Round {
    llvm::SmallVector<Value> bits;
    std::size_t players;
  };
  llvm::SmallVector<Round> rounds_;
};

bool same_windows(const hlo::Window& a, const hlo::Window& b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](const auto& pair) {
           const auto& [x, y] = pair;
           return x.size == y.size && x.stride == y.stride && x.low == y.low && x.high == y.high &&
                  x.dilation == y.dilation && x.base_dilation == y.base_dilation;
         });
}

struct RaiseWindowSum : mlir::OpRewritePattern<hlo::ReduceWindowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReduceWindowOp op, PatternRewriter& rewriter) const override {
    if (!is_window_reduction(op, "stablehlo.add") || !is_float(op.getResult(0))) return mlir::failure();
    const auto window = op.window();
    Slices slices(rewriter, op.getLoc(), window);
    const Value operand = slices.padded(op.getInputs().front());
    Value sum = slices.take(operand, 0);
    for (int64_t number = 1; number < slices.count(); ++number)
      sum = rewriter.create<hlo::AddOp>(op.getLoc(), sum, slices.take(operand, number));
    replace_and_keep_range(rewriter, op, sum);
    return mlir::success();
  }
};

struct RaiseWindowMaximum : mlir::OpRewritePattern<hlo::ReduceWindowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReduceWindowOp op, PatternRewriter& rewriter) const override {
    if (!is_window_reduction(op, "stablehlo.maximum") || !is_float(op.getResult(0))) return mlir::failure();
    const auto window = op.window();
    if (pads(window)) return rewriter.notifyMatchFailure(op, "padding would have to lose every comparison");
    const Value operand = op.getInputs().front();
    Slices slices(rewriter, op.getLoc(), window);
    llvm::SmallVector<Value> players;
    for (int64_t number = 0; number < slices.count(); ++number) {
      players.push_back(slices.take(operand, number));
      if (const auto range = range_of(operand)) widen_range(players.back(), *range);
    }
    Tournament tournament;
    const Value winner = tournament.play(rewriter, op.getLoc(), players);
    for (mlir::Operation* user : llvm::make_early_inc_range(operand.getUsers()))
      if (auto scatter = llvm::dyn_cast<hlo::SelectAndScatterOp>(user);
          scatter && op->isBeforeInBlock(scatter))
        hand_back(rewriter, scatter, operand, window, tournament);
    replace_and_keep_range(rewriter, op, winner);
    return mlir::success();
  }

 private:
  static void hand_back(PatternRewriter& rewriter, hlo::SelectAndScatterOp op, Value operand,
                        const hlo::Window& window, const Tournament& tournament) {
    if (op.getOperand() != operand || !same_windows(op.window(), window) || !is_window_maximum_gradient(op))
      return;
    const mlir::OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    Slices slices(rewriter, op.getLoc(), window);
    Value sum;
    for (auto [number, share] :
         llvm::enumerate(tournament.hand_down(rewriter, op.getLoc(), op.getSource()))) {
      const Value part = slices.put(share, static_cast<int64_t>(number), tensor_type(op));
      sum = sum ? Value(rewriter.create<hlo::AddOp>(op.getLoc(), sum, part)) : part;
    }
    replace_and_keep_range(rewriter, op, sum);
  }
};

}  // namespace

void add_pooling_patterns(mlir::RewritePatternSet& patterns) {
  patterns.add<RaiseWindowSum, RaiseWindowMaximum>(patterns.getContext());
}

}  // namespace sotto::passes
