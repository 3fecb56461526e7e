// Operations that slide a window over their operand.
#ifndef SOTTO_IR_STABLEHLO_WINDOW_TD
#define SOTTO_IR_STABLEHLO_WINDOW_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "ir/stablehlo/attributes.td"

// Attributes that are left out say 1 for strides and dilations, 0 for padding, false for reversal;
// window.h reads them all into one form.
def ConvolutionOp : StablehloOp<"convolution", [Pure]> {
  let summary = "Products of a kernel with every window of the input, summed";
  let description = [{
    The input is spread by `lhs_dilation`, padded with zeros, and seen through the kernel, itself spread by
    `rhs_dilation` and turned around along dimensions that `window_reversal` marks; windows are
    `window_strides` apart. With feature groups the input's features, with batch groups its examples, are split into as many
    groups as the kernel's output features, and each group meets its own.
  }];
  let arguments = (ins StablehloTensor:$lhs, StablehloTensor:$rhs,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<I64ElementsAttr>:$padding,
                       OptionalAttr<DenseI64ArrayAttr>:$lhs_dilation,
                       OptionalAttr<DenseI64ArrayAttr>:$rhs_dilation,
                       OptionalAttr<DenseBoolArrayAttr>:$window_reversal,
                       ConvDimensionNumbersAttr:$dimension_numbers,
                       I64Attr:$feature_group_count, I64Attr:$batch_group_count,
                       OptionalAttr<PrecisionArrayAttr>:$precision_config);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    `(` operands `)` `dim_numbers` `=` custom<ConvolutionDimensions>($dimension_numbers) `,`
    `window` `=` custom<WindowAttributes>($window_strides, $padding, $lhs_dilation, $rhs_dilation,
    $window_reversal) attr-dict `:` functional-type(operands, results)
  }];
  let builders = [
    // The result's type follows; its elements are lhs's. The sizes of `window` are the kernel's. REQUIRES: it fits.
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs, "ConvDimensionNumbersAttr":$dimension_numbers,
                   "const Window&":$window, CArg<"int64_t", "1">:$feature_group_count,
                   CArg<"int64_t", "1">:$batch_group_count)>];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    // One entry for each spatial dimension. REQUIRES: verified.
    Window window();
  }];
}

def ReduceWindowOp : StablehloOp<"reduce_window",
                                 [Pure, SameVariadicOperandSize, IsolatedFromAbove, SingleBlock]> {
  let summary = "Folds the elements of every window with a body that takes two values (or two tuples of them)";
  let description = [{
    The body takes the accumulators, then the elements, and is associative with the initial values neutral. Padding and the gaps of
    `base_dilations` hold the initial values.
  }];
  let arguments = (ins Variadic<StablehloTensor>:$inputs, Variadic<StablehloTensor>:$init_values,
                       DenseI64ArrayAttr:$window_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<DenseI64ArrayAttr>:$base_dilations,
                       OptionalAttr<DenseI64ArrayAttr>:$window_dilations,
                       OptionalAttr<I64ElementsAttr>:$padding);
  let results = (outs Variadic<StablehloTensor>);
  let regions = (region SizedRegion<1>:$body);
  let builders = [
    // One input, folded by one operation of the dialect such as "stablehlo.maximum".
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$init_value, "const Window&":$window,
                   "::llvm::StringRef":$operation)>];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    // One entry for each dimension. REQUIRES: verified.
    Window window();
    // The name of the only operation of the body, applied to its arguments in order; otherwise nullopt.
    std::optional<::llvm::StringRef> single_operation();
  }];
}

def SelectAndScatterOp : StablehloOp<"select_and_scatter", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "Adds each element of the source where its window of the operand has its chosen element";
  let description = [{
    Of every window `select` chooses one element: it takes the one chosen so far and the next, and says whether to keep
    the former; padding is never chosen. The result starts as `init_value`; `scatter` folds in the
    element of `source` that belongs to the window. With GE and add it is the gradient of a maximum over windows.
  }];
  let arguments = (ins StablehloTensor:$operand, StablehloTensor:$source, StablehloTensor:$init_value,
                       OptionalAttr<DenseI64ArrayAttr>:$window_dimensions,
                       OptionalAttr<DenseI64ArrayAttr>:$window_strides,
                       OptionalAttr<I64ElementsAttr>:$padding);
  let results = (outs StablehloTensor:$result);
  let regions = (region SizedRegion<1>:$select, SizedRegion<1>:$scatter);
  let builders = [
    // Chooses by GE and adds: the first of equals.
    OpBuilder<(ins "::mlir::Value":$operand, "::mlir::Value":$source, "::mlir::Value":$init_value,
                   "const Window&":$window)>];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    // One entry for each dimension. REQUIRES: verified.
    Window window();
    // How the chosen element and the next are compared, when `select` is that one comparison; otherwise nullopt.
    std::optional<ComparisonDirection> select_direction();
    // As ReduceWindowOp::single_operation, of `scatter`.
    std::optional<::llvm::StringRef> scatter_operation();
  }];
}

#endif
