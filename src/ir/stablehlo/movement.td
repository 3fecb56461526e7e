// Constants and operations that move elements without computing on them.
#ifndef SOTTO_IR_STABLEHLO_MOVEMENT_TD
#define SOTTO_IR_STABLEHLO_MOVEMENT_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "ir/stablehlo/attributes.td"

def ConstantOp : StablehloOp<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "output"]>]> {
  let summary = "A tensor known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs StablehloTensor:$output);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def IotaOp : StablehloOp<"iota", [Pure]> {
  let summary = "Each element is its own index along one dimension";
  let arguments = (ins I64Attr:$iota_dimension);
  let results = (outs StablehloNumberTensor:$output);
  let assemblyFormat = "`dim` `=` custom<Dimension>($iota_dimension) attr-dict `:` type($output)";
  let hasVerifier = 1;
}

def BroadcastInDimOp : StablehloOp<"broadcast_in_dim", [Pure, SameOperandsAndResultElementType]> {
  let summary = "Repeats an operand along new or unit dimensions";
  let description = [{
    Dimension i of the operand becomes dimension `broadcast_dimensions[i]` of the result; where its extent is
    1 the operand is repeated, and along every dimension not named.
  }];
  let arguments = (ins StablehloTensor:$operand, DenseI64ArrayAttr:$broadcast_dimensions);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $broadcast_dimensions attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def ReshapeOp : StablehloOp<"reshape", [Pure, SameOperandsAndResultElementType]> {
  let summary = "The same elements, in the same order, under another shape";
  let arguments = (ins StablehloTensor:$operand);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def TransposeOp : StablehloOp<"transpose", [Pure, SameOperandsAndResultElementType]> {
  let summary = "Dimension i of the result is dimension permutation[i] of the operand";
  let arguments = (ins StablehloTensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $permutation attr-dict `:` functional-type(operands, results)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$operand, "::llvm::ArrayRef<int64_t>":$permutation)>];
  let hasVerifier = 1;
}

def SliceOp : StablehloOp<"slice", [Pure, SameOperandsAndResultElementType]> {
  let summary = "A box of the operand: [start : limit : stride] along each dimension";
  let arguments = (ins StablehloTensor:$operand, DenseI64ArrayAttr:$start_indices,
                       DenseI64ArrayAttr:$limit_indices, DenseI64ArrayAttr:$strides);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand custom<SliceRanges>($start_indices, $limit_indices, $strides) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def ConcatenateOp : StablehloOp<"concatenate", [Pure, SameOperandsAndResultElementType]> {
  let summary = "Joins operands along one dimension";
  let arguments = (ins Variadic<StablehloTensor>:$inputs, I64Attr:$dimension);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    custom<OperandsThenDimension>($inputs, $dimension) attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def PadOp : StablehloOp<"pad", [Pure, SameOperandsAndResultElementType]> {
  let summary = "Surrounds an operand with a value, and spreads its elements";
  let description = [{
    Negative low or high padding removes elements; interior padding goes between elements.
  }];
  let arguments = (ins StablehloTensor:$operand, StablehloTensor:$padding_value,
                       DenseI64ArrayAttr:$edge_padding_low,
                       DenseI64ArrayAttr:$edge_padding_high, DenseI64ArrayAttr:$interior_padding);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand `,` $padding_value `,` `low` `=` $edge_padding_low `,` `high` `=` $edge_padding_high `,`
    `interior` `=` $interior_padding attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def ReverseOp : StablehloOp<"reverse", [Pure, SameOperandsAndResultType]> {
  let summary = "Turns the order around along the given dimensions";
  let arguments = (ins StablehloTensor:$operand, DenseI64ArrayAttr:$dimensions);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand `,` `dims` `=` $dimensions attr-dict `:` custom<SameTypes>(type($operand), type($result))
  }];
  let hasVerifier = 1;
}

def DynamicSliceOp : StablehloOp<"dynamic_slice", [Pure]> {
  let summary = "A box of fixed size at a place known when running";
  let description = [{ Start indices are clamped so that the box lies inside the operand. }];
  let arguments = (ins StablehloTensor:$operand, Variadic<StablehloIntegerTensor>:$start_indices,
                       DenseI64ArrayAttr:$slice_sizes);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $operand `,` custom<OperandsThenSizes>($start_indices, $slice_sizes) attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def DynamicUpdateSliceOp : StablehloOp<"dynamic_update_slice", [Pure, AllTypesMatch<["operand", "result"]>]> {
  let summary = "The operand with one box, at a place known when running, replaced";
  let description = [{ Start indices are clamped so that the box lies inside the operand. }];
  let arguments = (ins StablehloTensor:$operand, StablehloTensor:$update,
                       Variadic<StablehloIntegerTensor>:$start_indices);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif
