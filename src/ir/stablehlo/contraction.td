// Products, reductions, indexed access, and calls out.
#ifndef SOTTO_IR_STABLEHLO_CONTRACTION_TD
#define SOTTO_IR_STABLEHLO_CONTRACTION_TD

include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "ir/stablehlo/attributes.td"

def DotGeneralOp : StablehloOp<"dot_general", [Pure]> {
  let summary = "Product of tensors, summed over contracting dimensions";
  let description = [{
    The result's dimensions are the batching dimensions, then what is left of lhs, then what is left of rhs.
    `lhs` and `rhs` may differ in element type from the result.
  }];
  let arguments = (ins StablehloTensor:$lhs, StablehloTensor:$rhs,
                       DotDimensionNumbersAttr:$dot_dimension_numbers,
                       OptionalAttr<PrecisionArrayAttr>:$precision_config);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs `,` custom<DotConfiguration>($dot_dimension_numbers, $precision_config) attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [
    // The result's type follows from the operands; its elements are lhs's.
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs, "::llvm::ArrayRef<int64_t>":$lhs_contracting,
                   "::llvm::ArrayRef<int64_t>":$rhs_contracting,
                   CArg<"::llvm::ArrayRef<int64_t>", "{}">:$lhs_batching,
                   CArg<"::llvm::ArrayRef<int64_t>", "{}">:$rhs_batching)>];
  let hasVerifier = 1;
}

def ReduceOp : StablehloOp<"reduce", [Pure, SameVariadicOperandSize, IsolatedFromAbove, SingleBlock]> {
  let summary = "Folds elements along dimensions with a body that takes two values (or two tuples of them)";
  let description = [{
    The body takes the accumulators, then the elements; it must be associative: the order of folding is free.
    It uses nothing defined outside. A body of one operation is written `applies stablehlo.add`.
  }];
  let arguments = (ins Variadic<StablehloTensor>:$inputs, Variadic<StablehloTensor>:$init_values,
                       DenseI64ArrayAttr:$dimensions);
  let results = (outs Variadic<StablehloTensor>);
  let regions = (region SizedRegion<1>:$body);
  let builders = [
    // One input, folded by one operation of the dialect such as "stablehlo.add".
    OpBuilder<(ins "::mlir::Value":$input, "::mlir::Value":$init_value,
                   "::llvm::ArrayRef<int64_t>":$dimensions,
                   "::llvm::StringRef":$operation)>];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    // The name of the only operation of the body, applied to its arguments in order; otherwise nullopt.
    std::optional<::llvm::StringRef> single_operation();
  }];
}

def GatherOp : StablehloOp<"gather", [Pure]> {
  let summary = "Slices of the operand at places given by a tensor of indices";
  let description = [{ Indices are clamped so that every slice lies inside the operand. }];
  let arguments = (ins StablehloTensor:$operand, StablehloIntegerTensor:$start_indices,
                       GatherDimensionNumbersAttr:$dimension_numbers, DenseI64ArrayAttr:$slice_sizes,
                       OptionalAttr<BoolAttr>:$indices_are_sorted);
  let results = (outs StablehloTensor:$result);
  let hasVerifier = 1;
}

def ScatterOp : StablehloOp<"scatter", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "The input with updates folded in at places given by a tensor of indices";
  let description = [{
    The body takes the value that is there and the update. An update outside the input is dropped.
  }];
  let arguments = (ins StablehloTensor:$input, StablehloIntegerTensor:$scatter_indices,
                       StablehloTensor:$update, ScatterDimensionNumbersAttr:$scatter_dimension_numbers,
                       OptionalAttr<BoolAttr>:$indices_are_sorted, OptionalAttr<BoolAttr>:$unique_indices);
  let results = (outs StablehloTensor:$result);
  let regions = (region SizedRegion<1>:$update_computation);
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def CustomCallOp : StablehloOp<"custom_call"> {
  let summary = "A call out of the dialect";
  let description = [{
    The frontend accepts only the checks of conformance programs, `check.expect_eq`, `check.expect_close` and
    `check.expect_almost_eq`, which the interpreter evaluates.
  }];
  let arguments = (ins Variadic<StablehloTensor>:$inputs, StrAttr:$call_target_name);
  let results = (outs Variadic<StablehloTensor>);
  let assemblyFormat = [{
    custom<CallTarget>($call_target_name) `(` $inputs `)` attr-dict `:` functional-type(operands, results)
  }];
}

def ReturnOp : StablehloOp<"return", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends a body and gives its values";
  let arguments = (ins Variadic<StablehloTensor>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` type($results))?";
}

#endif
