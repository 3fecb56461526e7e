#include "passes/calibrate/trained.h"

#include <algorithm>

#include "base/error.h"
#include "passes/reference/reference.h"
#include "passes/train/train.h"
#include "plan/permutation.h"

namespace sotto::passes {

std::map<std::string, ir::Array> trained_states(mlir::ModuleOp training, const Options& options) {
  const Arrays data = options.sample ? *options.sample : synthetic_data(training, kSyntheticRows);
  auto step = training.lookupSymbol<mlir::func::FuncOp>("step");
  Arrays states = initial_states(step, options.seed, data);
  const auto rows = static_cast<std::uint64_t>(data.at(options.training->data.name).shape()[0]);
  const auto order = plan::row_order(rows, options.seed, 0);
  for (std::int64_t done = 0; done < options.calibration_steps; ++done) {
    const auto chosen = plan::batch_rows(order, static_cast<std::uint64_t>(done),
                                         static_cast<std::uint64_t>(options.training->batch));
    if (mlir::failed(run_plainly(step, states, data, chosen)))
      throw Error(ErrorKind::kModel, "the float interpreter refuses the training of the model");
  }
  return states;
}

ir::Array repeated_rows(const ir::Array& sample, std::int64_t rows) {
  Shape shape = sample.shape();
  const std::size_t given = sample.size();
  shape[0] = rows;
  ir::Array repeated(sample.type(), shape);
  std::visit(
      [&]<class T>(std::vector<T>& out) {
        const auto& in = sample.as<T>();
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[i % given];
      },
      repeated.values());
  return repeated;
}

}  // namespace sotto::passes
