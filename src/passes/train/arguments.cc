#include "passes/train/arguments.h"

#include <cmath>

#include "passes/calibrate/range.h"
#include "passes/optimizer/optimizer.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

class Annotator {
 public:
  Annotator(mlir::func::FuncOp function, const Options& options)
      : function_(function), options_(options), builder_(function.getContext()) {}

  mlir::LogicalResult run() {
    for (unsigned index = 0; index < function_.getNumArguments(); ++index)
      if (mlir::failed(annotate(index))) return mlir::failure();
    return mlir::success();
  }

 private:
  void set(unsigned index, llvm::StringRef name, mlir::Attribute value) {
    function_.setArgAttr(index, name, value);
  }
  void set(unsigned index, llvm::StringRef name, const std::string& text) {
    set(index, name, builder_.getStringAttr(text));
  }

  const Provision* provision_of(llvm::StringRef name) const {
    name.consume_front(kTestPrefix);
    if (options_.training)
      for (const Provision* provision : {&options_.training->data, &options_.training->labels})
        if (provision->name == name) return provision;
    for (const Provision& provision : options_.inputs)
      if (provision.name == name) return &provision;
    return nullptr;
  }

  mlir::LogicalResult annotate(unsigned index) {
    const std::string name = argument_name(function_, index);
    const bool state =
        function_.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute).getValue() == kState;
    const Provision* provision = provision_of(name);
    if (provision) return provide(index, *provision);
    if (state) return start(index, name), mlir::success();
    if (options_.prediction) return take_from_store(index, name), mlir::success();
    return function_.emitError() << "nobody provides the argument \"" << name
                                 << "\": say who with --input, that it is a "
                                    "state with --state, or that this is a forward model with --train";
  }

  mlir::LogicalResult provide(unsigned index, const Provision& provision) {
    if (!llvm::is_contained(options_.roles, provision.role))
      return function_.emitError() << "\"" << provision.name << "\" is provided by \"" << provision.role
                                   << "\", which is none of the roles";
    const llvm::StringRef name =
        function_.getArgAttrOfType<mlir::StringAttr>(index, kNameAttribute).getValue();
    set(index, kRoleAttribute, provision.role);
    set(index, kEncodingAttribute, provision.encoding);
    if (function_.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute).getValue() == kBatch) {
      set(index, kRowsAttribute, builder_.getI64IntegerAttr(rows_of(name)));
    }
    const bool pixels = provision.encoding == "pixels";
    const bool one_hot = llvm::StringRef(provision.encoding).starts_with("one_hot:");
    if (!provision.encoding.empty() && !pixels && !one_hot)
      return function_.emitError() << "\"" << provision.name << "\" has the unknown encoding \""
                                   << provision.encoding << "\"; known are pixels, one_hot:CLASSES and none";
    if (pixels || one_hot)
      return set_format(index, pixels ? options_.precision.pixel_fraction_bits : 0, {0, 1, 1}),
             mlir::success();
    auto integer =
        llvm::dyn_cast<mlir::IntegerType>(tensor_type(function_.getArgument(index)).getElementType());
    if (!integer) {
      const auto limit = options_.limits.find(provision.name);
      const double most = limit != options_.limits.end()
                              ? limit->second
                              : std::ldexp(0.99, options_.precision.input_bound_bits);
      return widen_range(function_.getArgument(index), {-most, most, 2 * most}), mlir::success();
    }
    if (integer.getWidth() == 1 || integer.getWidth() > kLargestInteger)
      return function_.emitError() << "\"" << provision.name << "\" is " << integer
                                   << "; private inputs are floats or integers of 8 or 16 bits";
    const double size = std::ldexp(1.0, static_cast<int>(integer.getWidth()));
    const double least = integer.isUnsigned() ? 0 : -size / 2;
    set_format(index, 0, {least, least + size - 1, size});
    return mlir::success();
  }
  static constexpr unsigned kLargestInteger = 16;

  std::int64_t rows_of(llvm::StringRef name) const {
    const bool test = name.starts_with(kTestPrefix);
    if (options_.course) return test ? options_.course->test_rows : options_.course->rows;
    return test ? options_.training->test_rows : options_.training->rows;
  }

  void set_format(unsigned index, int fraction_bits, const Range& range) {
    set(index, kFractionAttribute, builder_.getI32IntegerAttr(fraction_bits));
    widen_range(function_.getArgument(index), range);
  }

  // For calibration it starts as if it were to be trained.
  void take_from_store(unsigned index, llvm::StringRef name) {
    set(index, kKindAttribute, kState.str());
    set(index, kStoredAttribute, builder_.getUnitAttr());
    start(index, name);
    const auto limit = options_.limits.find(name.str());
    if (limit != options_.limits.end())
      widen_range(function_.getArgument(index), {-limit->second, limit->second, 2 * limit->second});
  }

  void start(unsigned index, llvm::StringRef name) {
    // A course says itself which states are parameters; all start at zero unless it says otherwise.
    if (options_.course) {
      if (!function_.getArgAttr(index, kInitializerAttribute))
        set(index, kInitializerAttribute, std::string("zeros"));
      return;
    }
    if (name == kCorrect) {
      // A count: whole numbers, as large as there are rows; or a sum of labels that need not be whole.
      const bool whole = options_.training->loss != Loss::kLogistic;
      set(index, kFractionAttribute,
          builder_.getI32IntegerAttr(whole ? 0 : options_.precision.fraction_bits));
      widen_range(function_.getArgument(index), {0, static_cast<double>(options_.training->test_rows), 0});
      return set(index, kInitializerAttribute, std::string("zeros"));
    }
    if (name == kLoss) return set(index, kInitializerAttribute, std::string("zeros"));
    if (options_.training && is_optimizer_state(name)) {
      if (const auto least = resolution(*options_.training, name))
        set(index, kResolutionAttribute, builder_.getF64FloatAttr(*least));
      return set(index, kInitializerAttribute, std::string("zeros"));
    }
    set(index, kParameterAttribute, builder_.getUnitAttr());
    set(index, kInitializerAttribute, initializer(index));
  }

  // "torch_linear" becomes "torch_linear:784"; what has its numbers already stays.
  std::string initializer(unsigned index) {
    const std::string& kind = options_.initializer;
    if (kind == "zeros" || kind.find(':') != std::string::npos) return kind;
    const auto inputs = std::max<std::int64_t>(fan_in(function_, index), 1);
    const auto shape = shape_of(function_.getArgument(index));
    if (kind == "torch_linear") return kind + ":" + std::to_string(inputs);
    // The others start biases at zero.
    if (shape.size() < 2) return "zeros";
    const auto outputs = std::max<std::int64_t>(fan_out(function_, index), 1);
    return kind + ":" + std::to_string(inputs) +
           (kind == "glorot_uniform" ? ":" + std::to_string(outputs) : "");
  }

  mlir::func::FuncOp function_;
  const Options& options_;
  mlir::Builder builder_;
};

}  // namespace

mlir::LogicalResult annotate_arguments(mlir::func::FuncOp function, const Options& options) {
  return Annotator(function, options).run();
}

}  // namespace sotto::passes
