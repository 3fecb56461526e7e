// The plan's tables while it is written. Internal to emit/.
#pragma once

#include <map>

#include "ir/sotto/dialect.h"
#include "passes/options.h"
#include "passes/support/tensors.h"
#include "plan/plan.h"

namespace sotto::passes {

// Adds values, inputs and states to a plan; each named value once, however many functions take it.
class Tables {
 public:
  Tables(plan::Plan& plan, const Options& options) : plan_(plan), options_(options) {}

  std::uint32_t add_value(const std::string& name, mlir::Type type);
  // The value an argument stands for: a state, an input, or the whole data set a batch is from.
  std::uint32_t argument(mlir::func::FuncOp function, unsigned index);
  // By name; throws Error(kModel) when there is none.
  std::uint32_t state(const std::string& name) const;
  std::uint32_t value_of_state(const std::string& name) const {
    return plan_.states(static_cast<int>(state(name))).value();
  }
  std::uint32_t role(const std::string& name) const;
  // The index of the schedule with these values; equal ones are written once.
  std::uint32_t schedule(llvm::ArrayRef<std::int64_t> values);

 private:
  void require_same_format(std::uint32_t id, mlir::Type type) const;
  void add_input(mlir::func::FuncOp function, unsigned index, const std::string& name, std::uint32_t value);

  plan::Plan& plan_;
  const Options& options_;
  std::map<std::string, std::uint32_t> named_;
};

}  // namespace sotto::passes
