// A program compiled and run, beside the same program interpreted: for tests of the compiler as a whole.
#pragma once

#include <cmath>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "frontends/stablehlo/read.h"
#include "passes/pipeline.h"
#include "passes/reference/reference.h"
#include "passes/reference/train_plainly.h"
#include "passes/support/tensors.h"
#include "plan/permutation.h"
#include "runtime/in_process_for_tests.h"

namespace sotto::tests {

using passes::Arrays;
using passes::Options;

inline std::string source_file(const std::string& path) { return std::string(SOTTO_SOURCE_DIR) + "/" + path; }

inline void set_names(mlir::func::FuncOp function, const std::vector<std::string>& names) {
  for (unsigned index = 0; index < names.size(); ++index)
    function.setArgAttr(index, passes::kNameAttribute,
                        mlir::StringAttr::get(function.getContext(), names[index]));
}

// The same job twice: compiled and run, and interpreted.
class CompiledJob {
 public:
  // `change`, if any, makes other data of the synthetic ones before they are calibrated on.
  CompiledJob(const std::string& path, Options options, const std::vector<std::string>& names = {},
              const std::function<void(Arrays&)>& change = {})
      : options_(std::move(options)) {
    frontends::stablehlo::load_dialects(context_);
    module_ = frontends::stablehlo::read_file_or_throw(context_, path);
    auto entry = frontends::stablehlo::entry_function(*module_);
    std::vector<std::string> all = names;
    for (unsigned index = 0; names.empty() && index < entry.getNumArguments(); ++index)
      all.push_back(frontends::stablehlo::argument_name(entry, index));
    set_names(entry, all);
    mlir::OwningOpRef<mlir::ModuleOp> compiled = module_->clone();
    passes::prepare_program(*module_, options_);
    const std::int64_t rows =
        options_.training ? std::max(options_.training->rows, options_.training->test_rows) : 0;
    data_ = passes::synthetic_data(*module_, rows);
    // Both see the pixels that fixed point can write: what encoding loses is not what is tested here.
    for (auto& [name, array] : data_)
      for (float& value : array.as<float>()) value = std::nearbyint(std::ldexp(value, 12)) * 0x1p-12F;
    if (change) change(data_);
    options_.sample = std::make_shared<const Arrays>(data_);
    plan_ = passes::compile(*compiled, options_);
  }

  const plan::Plan& plan() const { return plan_; }
  const Arrays& data() const { return data_; }
  // What it runs on from now on; calibration is over.
  void set_data(const std::string& name, ir::Array array) { data_.insert_or_assign(name, std::move(array)); }

  // After each epoch of training in plain.
  std::vector<double> plain_losses() {
    std::vector<double> losses;
    passes::train_plainly(*module_, options_, data_,
                          [&](const passes::PlainEpoch& epoch) { losses.push_back(epoch.loss); });
    return losses;
  }

  // States after the control list, as numbers; party `party`'s share must be the value (plain) or all shares
  // are summed.
  Arrays run_compiled() {
    const auto bytes = plan::serialize(plan_);
    const auto program = runtime::prepare(plan::as_bytes(bytes));
    std::mutex mutex;
    std::vector<std::vector<std::uint64_t>> sums(static_cast<std::size_t>(plan_.states_size()));
    const auto fill = [&](const plan::wire::Input& input, const plan::Value& value, std::size_t offset,
                          std::span<ring::Element> out) {
      const auto& array = data_.at(input.name());
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] =
            static_cast<ring::Element>(std::llround(std::ldexp(array.at(offset + i), value.fraction_bits())));
    };
    const auto outcomes = runtime::run_in_process(program, fill, [&](int, runtime::Executor& executor) {
      executor.run();
      const std::lock_guard lock(mutex);
      for (int i = 0; i < plan_.states_size(); ++i)
        add(sums[static_cast<std::size_t>(i)], executor.state(i).parts[0]);
    });
    for (const auto& outcome : outcomes)
      if (outcome.exception) std::rethrow_exception(outcome.exception);
    outputs_ = outcomes[0].outputs;
    Arrays states;
    for (int i = 0; i < plan_.states_size(); ++i) {
      const auto& value = plan_.values(static_cast<int>(plan_.states(i).value()));
      ir::Array array(ir::ElementType::kF64, plan::shape_of(value));
      for (std::size_t j = 0; j < array.size(); ++j)
        array.as<double>()[j] =
            std::ldexp(static_cast<double>(static_cast<std::int64_t>(sums[static_cast<std::size_t>(i)][j])),
                       -value.fraction_bits());
      states.insert_or_assign(plan_.states(i).name(), std::move(array));
    }
    return states;
  }

  // What the first party learnt in run_compiled().
  const runtime::Outputs& outputs() const { return outputs_; }

  Arrays start() { return passes::initial_states(step(), options_.seed, data_); }

  // The same control list on the interpreter.
  Arrays run_plainly() {
    Arrays states = start();
    for (const auto& control : plan_.control()) {
      auto function =
          module_->lookupSymbol<mlir::func::FuncOp>(plan_.blocks(static_cast<int>(control.block())).name());
      if (!function) continue;
      for (auto& [name, state] : passes::initial_states(function, options_.seed, data_))
        states.try_emplace(name, std::move(state));
      const auto order = plan::row_order(control.rows(), control.permutation_seed(), control.epoch());
      for (std::uint64_t i = 0; i < control.repeat(); ++i) {
        std::vector<std::uint32_t> rows;
        if (control.batch() > 0) rows = plan::batch_rows(order, i, control.batch());
        if (mlir::failed(passes::run_plainly(function, states, data_, rows)))
          throw Error(ErrorKind::kModel, "the interpreter failed");
      }
    }
    return states;
  }

 private:
  mlir::func::FuncOp step() { return module_->lookupSymbol<mlir::func::FuncOp>("step"); }
  static void add(std::vector<std::uint64_t>& sum, const protocols::Words& words) {
    const auto present = words.materialised();
    sum.resize(present.size(), 0);
    for (std::size_t i = 0; i < present.size(); ++i) sum[i] += present.span()[i];
  }

  Options options_;
  mlir::MLIRContext context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  Arrays data_;
  plan::Plan plan_;
  runtime::Outputs outputs_;
};

}  // namespace sotto::tests
