// Between MLIR's types and constants and the interpreter's arrays.
#include <cstring>

#include "base/error.h"
#include "ir/interpreter/interpreter.h"

namespace sotto::ir {

ElementType element_type(mlir::Type type) {
  if (auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type)) type = tensor.getElementType();
  if (type.isF16()) return ElementType::kF16;
  if (type.isBF16()) return ElementType::kBF16;
  if (type.isF32()) return ElementType::kF32;
  if (type.isF64()) return ElementType::kF64;
  auto integer = llvm::dyn_cast<mlir::IntegerType>(type);
  SOTTO_ASSERT(integer, "element type of the StableHLO dialect");
  switch (integer.getWidth()) {
    case 1:
      return ElementType::kBool;
    case 8:
      return integer.isUnsigned() ? ElementType::kU8 : ElementType::kI8;
    case 16:
      return integer.isUnsigned() ? ElementType::kU16 : ElementType::kI16;
    case 32:
      return integer.isUnsigned() ? ElementType::kU32 : ElementType::kI32;
    default:
      return integer.isUnsigned() ? ElementType::kU64 : ElementType::kI64;
  }
}

Shape shape_of(mlir::Type tensor) { return Shape(llvm::cast<mlir::RankedTensorType>(tensor).getShape()); }

Array to_array(mlir::DenseElementsAttr constant) {
  Array result(element_type(constant.getElementType()), shape_of(constant.getType()));
  if (result.type() == ElementType::kF32 && !constant.isSplat()) {
    llvm::ArrayRef<char> bytes = constant.getRawData();
    std::memcpy(result.as<float>().data(), bytes.data(), bytes.size());
  } else if (constant.isSplat()) {
    std::visit(
        [&](auto& values) {
          using T = typename std::decay_t<decltype(values)>::value_type;
          if constexpr (std::is_integral_v<T>) {
            auto value = constant.getSplatValue<llvm::APInt>();
            std::fill(
                values.begin(), values.end(),
                is_unsigned(result.type()) ? static_cast<T>(value.getZExtValue()) : value.getSExtValue());
          } else {
            auto value = constant.getSplatValue<llvm::APFloat>();
            std::fill(values.begin(), values.end(), static_cast<T>(value.convertToDouble()));
          }
        },
        result.values());
  } else if (is_float(result.type())) {
    std::size_t i = 0;
    for (const llvm::APFloat& value : constant.getValues<llvm::APFloat>()) {
      if (result.type() == ElementType::kF64) {
        result.as<double>()[i++] = value.convertToDouble();
      } else {
        result.as<float>()[i++] = static_cast<float>(value.convertToDouble());
      }
    }
  } else {
    std::size_t i = 0;
    for (const llvm::APInt& value : constant.getValues<llvm::APInt>())
      result.as<std::int64_t>()[i++] =
          is_unsigned(result.type()) ? static_cast<std::int64_t>(value.getZExtValue()) : value.getSExtValue();
  }
  return result;
}

static mlir::Type mlir_type(mlir::MLIRContext& context, ElementType type) {
  switch (type) {
    case ElementType::kF16:
      return mlir::Float16Type::get(&context);
    case ElementType::kBF16:
      return mlir::BFloat16Type::get(&context);
    case ElementType::kF32:
      return mlir::Float32Type::get(&context);
    case ElementType::kF64:
      return mlir::Float64Type::get(&context);
    case ElementType::kBool:
      return mlir::IntegerType::get(&context, 1);
    default:
      break;
  }
  // Widths 8, 16, 32, 64 in the enumeration's order, signed first.
  bool is_signed = type < ElementType::kU8;
  int exponent = static_cast<int>(type) - static_cast<int>(is_signed ? ElementType::kI8 : ElementType::kU8);
  return mlir::IntegerType::get(&context, 8u << exponent,
                                is_signed ? mlir::IntegerType::Signless : mlir::IntegerType::Unsigned);
}

mlir::DenseElementsAttr to_constant(mlir::MLIRContext& context, const Array& array) {
  mlir::Type element = mlir_type(context, array.type());
  auto type = mlir::RankedTensorType::get(array.shape(), element);
  if (array.type() == ElementType::kF32)
    return mlir::DenseElementsAttr::get(type, llvm::ArrayRef(array.as<float>()));
  llvm::SmallVector<mlir::Attribute> values;
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (is_float(array.type())) {
      values.push_back(mlir::FloatAttr::get(element, array.at(i)));
    } else {
      llvm::APInt bits(element.getIntOrFloatBitWidth(),
                       static_cast<std::uint64_t>(array.as<std::int64_t>()[i]),
                       /*isSigned=*/true);
      values.push_back(mlir::IntegerAttr::get(element, bits));
    }
  }
  return mlir::DenseElementsAttr::get(type, values);
}

}  // namespace sotto::ir
