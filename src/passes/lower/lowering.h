// One function on its way from floats to fixed point. Internal to lower/.
#pragma once

#include "ir/sotto/dialect.h"
#include "llvm/ADT/DenseMap.h"
#include "passes/calibrate/range.h"
#include "passes/lower/expression.h"
#include "passes/lower/format.h"
#include "passes/lower/states.h"
#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

struct Bound {
  int bits;
  privacy::BoundStatus status;
};

// On a contract: the product's scale at each step; the last holds for all later ones.
inline constexpr llvm::StringLiteral kScheduleAttribute = "sotto.schedule";

enum class Then { kNothing, kRelu, kSelect };

// Projections that a contraction made of a value which itself is not there, and their limit; null where there
// are none. `proven`: the value's bound was not measured, so there is nothing to look for.
struct Probed {
  mlir::Value projection;
  int64_t limit = 0;
  bool proven = false;
};

class Lowering {
 public:
  Lowering(const Options& options, const StateTypes& states, mlir::func::FuncOp source,
           mlir::func::FuncOp target);
  mlir::LogicalResult run();

  // ---- For the rules of operations (rules.cc)
  // ------------------------------------------------------------------
  mlir::OpBuilder& builder() { return builder_; }
  const Precision& precision() const { return options_.precision; }

  Expression expression_of(mlir::Value value);
  void set(mlir::Value value, Expression expression);
  void set_share(mlir::Value value, mlir::Value share) {
    set(value, {.product = {}, .terms = {{.share = share}}});
  }
  mlir::Value bit_of(mlir::Value value) const { return bits_.lookup(value); }
  void set_bit(mlir::Value value, mlir::Value bit) { bits_[value] = bit; }

  // A share and the factor that is still missing. Makes the value if it is more than that.
  Term term_of(mlir::Value value);
  // The finished value, at `fraction_bits`, or at whatever it has (-1).
  mlir::Value share_of(mlir::Value value, int fraction_bits = -1);
  // Makes `expression` as the value `of` stands for. `selector` is for kSelect; kRelu gives two results.
  // `bound`: where the result is not what `of` says.
  privacy::ContractOp contract(mlir::Value of, const Expression& expression, int fraction_bits, Then then,
                               mlir::Value selector, std::optional<Bound> bound = {});
  Probed probes_of(mlir::Value value) const { return probes_.lookup(value); }
  // What is known of |value|, given what its operation proves.
  Bound bound_of(mlir::Value value, std::optional<Bound> proven) const;
  privacy::FixedType type_of(mlir::Value value, int fraction_bits, std::optional<Bound> proven) const;
  // The type of a value as the same kind of numbers in another shape.
  privacy::FixedType reshaped_type(mlir::Value share, llvm::ArrayRef<int64_t> shape) const;
  // Row terms repeated to the value's shape.
  mlir::Value spread(const Term& term, llvm::ArrayRef<int64_t> shape, mlir::Location location);
  mlir::Value constant(mlir::Location location, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<double> values);
  // But for the guard, which can do without the value.
  static bool used_once(mlir::Value value);

 private:
  mlir::LogicalResult lower_arguments();
  mlir::LogicalResult lower_results();
  privacy::FixedType argument_type(unsigned index);
  mlir::Value make(mlir::Value of, const Expression& expression, int fraction_bits);
  mlir::Value make_in_two(mlir::Value of, const Expression& expression, int fraction_bits);
  mlir::Value make_locally(mlir::Value of, const Expression& expression, int fraction_bits);
  struct Fit {
    privacy::FixedType type;
    RawFormat format;
  };
  std::optional<Fit> fit(mlir::Value of, const Expression& expression, int fraction_bits,
                         std::optional<Bound> bound);
  int64_t groups_of(mlir::Value of, const Fit& fit) const;
  int wanted_fraction(mlir::Value value) const;
  // Whether a relu or a pooling compares the value.
  static bool is_activation(mlir::Value value);

  const Options& options_;
  const StateTypes& states_;
  mlir::func::FuncOp source_, target_;
  mlir::OpBuilder builder_;
  llvm::DenseMap<mlir::Value, Expression> expressions_;
  llvm::DenseMap<mlir::Value, mlir::Value> bits_;
  llvm::DenseMap<mlir::Value, Probed> probes_;
  llvm::DenseMap<mlir::Value, privacy::FixedType> state_types_;  // of values that become states
  bool failed_ = false;
};

inline privacy::FixedType fixed(mlir::Value share) { return llvm::cast<privacy::FixedType>(share.getType()); }

// The guard's operations (guard.cc).
mlir::LogicalResult lower_count_outside(Lowering& lowering, privacy::CountOutsideOp op);
mlir::LogicalResult lower_count_beyond(Lowering& lowering, privacy::CountBeyondOp op);
mlir::LogicalResult lower_any_outside(Lowering& lowering, privacy::AnyOutsideOp op);

// Roots (roots.cc).
mlir::LogicalResult lower_rsqrt(Lowering& lowering, hlo::RsqrtOp op);
mlir::LogicalResult lower_sqrt(Lowering& lowering, hlo::SqrtOp op);

// Lowers one operation; every operand has been lowered.
mlir::LogicalResult lower_operation(Lowering& lowering, mlir::Operation* op);

}  // namespace sotto::passes
