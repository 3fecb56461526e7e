#include "passes/reference/reference.h"

#include <algorithm>
#include <cmath>

#include "passes/support/tensors.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"
#include "plan/initializer.h"
#include "plan/splitmix.h"

namespace sotto::passes {
namespace {

std::string text_attribute(mlir::func::FuncOp function, unsigned index, llvm::StringRef name) {
  auto attribute = function.getArgAttrOfType<mlir::StringAttr>(index, name);
  return attribute ? attribute.str() : "";
}

// The same element type as the argument's, from doubles.
ir::Array array_like(mlir::Type type, const Shape& shape, const std::function<double(std::size_t)>& value) {
  ir::Array array(ir::element_type(llvm::cast<mlir::RankedTensorType>(type).getElementType()), shape);
  std::visit(
      [&]<class T>(std::vector<T>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(value(i));
      },
      array.values());
  array.normalise();
  return array;
}

ir::Array take_rows(const ir::Array& data, std::span<const std::uint32_t> rows, mlir::Type type) {
  const auto shape = ir::shape_of(type);
  ir::Array taken(data.type(), shape);
  const std::size_t width = rows.empty() ? 0 : taken.size() / rows.size();
  std::visit(
      [&]<class T>(std::vector<T>& out) {
        const auto& in = data.as<T>();
        for (std::size_t i = 0; i < rows.size(); ++i)
          std::copy_n(in.begin() + rows[i] * width, width, out.begin() + i * width);
      },
      taken.values());
  return taken;
}

}  // namespace

Arrays initial_states(mlir::func::FuncOp function, std::uint64_t seed, const Arrays& data) {
  Arrays states;
  for (unsigned index = 0; index < function.getNumArguments(); ++index) {
    if (text_attribute(function, index, kKindAttribute) != kState) continue;
    const auto name = argument_name(function, index);
    const auto type = function.getArgument(index).getType();
    const auto initializer = text_attribute(function, index, kInitializerAttribute);
    const bool stored = function.getArgAttr(index, kStoredAttribute) && data.contains(name);
    if (initializer.empty() || stored) {
      states.insert_or_assign(name, data.at(name).reshaped(ir::shape_of(type)));
      continue;
    }
    const auto values = plan::initial_values(initializer, seed, name, ir::shape_of(type));
    states.insert_or_assign(name,
                            array_like(type, ir::shape_of(type), [&](std::size_t i) { return values[i]; }));
  }
  return states;
}

mlir::FailureOr<std::vector<ir::Array>> run_plainly(mlir::func::FuncOp function, Arrays& states,
                                                    const Arrays& data, std::span<const std::uint32_t> rows,
                                                    const ir::Observer& observer) {
  std::vector<ir::Array> inputs;
  for (unsigned index = 0; index < function.getNumArguments(); ++index) {
    const auto kind = text_attribute(function, index, kKindAttribute), name = argument_name(function, index);
    const auto type = function.getArgument(index).getType();
    if (kind == kState)
      inputs.push_back(std::move(states.at(name)));
    else if (kind == kBatch)
      inputs.push_back(take_rows(data.at(name), rows, type));
    else
      inputs.push_back(data.at(name).reshaped(ir::shape_of(type)));
  }
  auto results = ir::evaluate(function, inputs, observer);
  // A state that no result replaces is as before.
  for (unsigned index = 0; index < function.getNumArguments(); ++index)
    if (text_attribute(function, index, kKindAttribute) == kState)
      states.insert_or_assign(argument_name(function, index), std::move(inputs[index]));
  if (mlir::failed(results)) return mlir::failure();
  std::vector<ir::Array> outputs;
  for (unsigned index = 0; index < function.getNumResults(); ++index) {
    auto next = function.getResultAttrOfType<mlir::StringAttr>(index, kNextAttribute);
    if (next)
      states.insert_or_assign(next.str(), std::move((*results)[index]));
    else
      outputs.push_back(std::move((*results)[index]));
  }
  return outputs;
}

Arrays synthetic_data(mlir::ModuleOp module, std::int64_t rows) {
  Arrays data;
  constexpr std::size_t kClasses = 10;
  constexpr double kBright = 0.2, kNoise = 0.3;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    for (unsigned index = 0; index < function.getNumArguments(); ++index) {
      const auto name = argument_name(function, index),
                 kind = text_attribute(function, index, kKindAttribute);
      const auto encoding = text_attribute(function, index, kEncodingAttribute);
      if ((kind == kState && encoding.empty() && function.getArgAttr(index, kInitializerAttribute)) ||
          data.contains(name))
        continue;
      const auto type = function.getArgument(index).getType();
      Shape shape = ir::shape_of(type);
      if (kind == kBatch) shape[0] = rows;
      const auto width =
          shape.empty() ? 1
                        : static_cast<std::size_t>(element_count(shape)) / std::max<std::size_t>(shape[0], 1);
      plan::SplitMix noise(index + 1);
      auto value = [&](std::size_t i) -> double {
        const std::size_t row = i / width, column = i % width;
        if (encoding.starts_with("one_hot")) return row % std::min(kClasses, width) == column;
        if (auto integer =
                llvm::dyn_cast<mlir::IntegerType>(tensor_type(function.getArgument(index)).getElementType()))
          return std::floor(std::ldexp(noise.unit(), static_cast<int>(std::min(integer.getWidth(), 15U))));
        if (encoding != "pixels") return 2 * noise.unit() - 1;
        // A class is a pattern of bright pixels, the same for every row of the class.
        const bool bright = plan::SplitMix((row % kClasses) * width + column).unit() < kBright;
        return std::clamp((bright ? 1.0 : 0.0) + kNoise * (noise.unit() - 0.5), 0.0, 1.0);
      };
      data.insert_or_assign(name, array_like(type, shape, value));
    }
  return data;
}

}  // namespace sotto::passes
