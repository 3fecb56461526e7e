// What tests of differentiation share.
#pragma once

#include <cmath>

#include "ir/interpreter/interpreter.h"
#include "passes/differentiate/differentiate.h"
#include "passes/support/program_for_tests.h"
#include "plan/splitmix.h"

namespace sotto::passes {

// Gradients against central differences.
class GradientTest : public ProgramTest {
 protected:
  // The function gets its gradients at ones as further results.
  mlir::OwningOpRef<mlir::ModuleOp> with_gradients(llvm::StringRef text) {
    auto module = parse(text);
    auto f = function(*module);
    auto end = return_of(f);
    mlir::OpBuilder builder(end);
    const mlir::Value y = end.getOperand(0);
    const mlir::Value seed = splat(builder, y.getLoc(), y.getType(), 1);
    auto slopes = gradients(builder, y, seed, f.getArguments());
    if (mlir::failed(slopes)) return nullptr;
    llvm::SmallVector<mlir::Value> results{y};
    results.append(slopes->begin(), slopes->end());
    end->setOperands(results);
    f.setFunctionType(builder.getFunctionType(f.getArgumentTypes(), mlir::ValueRange(results).getTypes()));
    return module;
  }

  static std::vector<ir::Array> random_inputs(mlir::func::FuncOp f) {
    plan::SplitMix random(7);
    std::vector<ir::Array> inputs;
    for (mlir::Type type : f.getArgumentTypes()) {
      ir::Array array(ir::ElementType::kF64, ir::shape_of(type));
      for (double& value : array.as<double>()) value = 0.3 + random.unit();  // positive, away from kinks
      inputs.push_back(std::move(array));
    }
    return inputs;
  }

  static double sum(const ir::Array& array) {
    double total = 0;
    for (double value : array.as<double>()) total += value;
    return total;
  }

  // Every partial derivative against a central difference.
  void expect_right(llvm::StringRef text) {
    auto module = with_gradients(text);
    ASSERT_TRUE(module) << reported_;
    auto f = function(*module);
    auto inputs = random_inputs(f);
    const auto results = ir::evaluate(f, inputs);
    ASSERT_TRUE(mlir::succeeded(results)) << reported_;
    constexpr double kStep = 1e-5;
    for (std::size_t input = 0; input < inputs.size(); ++input)
      for (std::size_t i = 0; i < inputs[input].size(); ++i) {
        const double at = inputs[input].as<double>()[i];
        auto moved = [&](double to) {
          inputs[input].as<double>()[i] = to;
          return sum((*ir::evaluate(f, inputs))[0]);
        };
        const double expected = (moved(at + kStep) - moved(at - kStep)) / (2 * kStep);
        inputs[input].as<double>()[i] = at;
        EXPECT_NEAR((*results)[input + 1].as<double>()[i], expected, 1e-6 * (1 + std::fabs(expected)))
            << text.str() << "input " << input << " element " << i;
      }
  }
};

}  // namespace sotto::passes
