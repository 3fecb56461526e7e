#include "passes/optimizer/optimizer.h"

namespace sotto::passes {

llvm::SmallVector<llvm::StringRef> optimizer_states(const Training& training) {
  switch (training.optimizer) {
    case Optimizer::kSgd:
      return training.momentum != 0 ? llvm::SmallVector<llvm::StringRef>{kMomentumPrefix}
                                    : llvm::SmallVector<llvm::StringRef>{};
    case Optimizer::kAdam:
      return {kFirstMomentPrefix, kSecondMomentPrefix};
    case Optimizer::kAmsgrad:
      return {kFirstMomentPrefix, kSecondMomentPrefix, kLargestMomentPrefix};
  }
  llvm_unreachable("every optimizer has its states");
}

llvm::SmallVector<llvm::StringRef> public_states(const Training& training) {
  if (training.optimizer == Optimizer::kSgd) return {};
  return {kCorrection1, kCorrection2};
}

bool is_optimizer_state(llvm::StringRef name) {
  for (llvm::StringRef prefix :
       {kMomentumPrefix, kFirstMomentPrefix, kSecondMomentPrefix, kLargestMomentPrefix})
    if (name.starts_with(prefix)) return true;
  return name == kCorrection1 || name == kCorrection2;
}

std::optional<double> resolution(const Training& training, llvm::StringRef state) {
  if (training.optimizer == Optimizer::kSgd) return std::nullopt;
  // Below its sixty-fourth the offset under the root hides whatever there is.
  constexpr double kHidden = 1.0 / 64;
  if (state.starts_with(kSecondMomentPrefix) || state.starts_with(kLargestMomentPrefix))
    return kHidden * adam_offset(training);
  return std::nullopt;
}

PublicStep public_step(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
                       mlir::ValueRange states) {
  if (training.optimizer == Optimizer::kSgd) return {};
  return adam_public_step(builder, location, training, states);
}

Updated update(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
               const Parameter& parameter, mlir::Value rate) {
  if (training.optimizer == Optimizer::kSgd) return sgd(builder, location, training, parameter);
  return adam(builder, location, training, parameter, rate);
}

}  // namespace sotto::passes
