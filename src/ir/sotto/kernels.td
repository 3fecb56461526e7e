// One operation per row of the kernel table; kernels/kernel.h says what each computes, and its check() is the verifier.
#ifndef SOTTO_IR_SOTTO_KERNELS_TD
#define SOTTO_IR_SOTTO_KERNELS_TD

include "ir/sotto/types.td"

class KernelOp<string mnemonic> : SottoOp<mnemonic, [Pure]>;

class UnaryKernel<string mnemonic, Type operand = FixedTensor, Type result = FixedTensor> : KernelOp<mnemonic> {
  let arguments = (ins operand:$operand);
  let results = (outs result:$result);
}

class BinaryKernel<string mnemonic> : KernelOp<mnemonic> {
  let arguments = (ins FixedTensor:$lhs, FixedTensor:$rhs);
  let results = (outs FixedTensor:$result);
}

def AddOp : BinaryKernel<"add"> { let summary = "Sum; local"; }
def SubtractOp : BinaryKernel<"subtract"> { let summary = "Difference; local"; }
def NegateOp : UnaryKernel<"negate"> { let summary = "Additive inverse; local"; }
def ScaleOp : UnaryKernel<"scale"> {
  let summary = "Product with a public integer; local";
  let arguments = (ins FixedTensor:$operand, I64Attr:$factor);
}
def SumOp : UnaryKernel<"sum"> {
  let summary = "Sum over axes; local";
  let arguments = (ins FixedTensor:$operand, DenseI64ArrayAttr:$axes);
}
def ReshapeOp : UnaryKernel<"reshape", SecretTensor, SecretTensor> { let summary = "Another shape; local"; }
def TransposeOp : UnaryKernel<"transpose", SecretTensor, SecretTensor> {
  let summary = "Axes in another order; local";
  let arguments = (ins SecretTensor:$operand, DenseI64ArrayAttr:$permutation);
}
def BroadcastOp : UnaryKernel<"broadcast", SecretTensor, SecretTensor> {
  let summary = "Repeats along new or unit axes; local";
  let arguments = (ins SecretTensor:$operand, DenseI64ArrayAttr:$dimensions);
}
def SliceOp : UnaryKernel<"slice"> {
  let summary = "A box; local";
  let arguments = (ins FixedTensor:$operand, DenseI64ArrayAttr:$start, DenseI64ArrayAttr:$limit,
                       DenseI64ArrayAttr:$stride);
}
def ReverseOp : UnaryKernel<"reverse", SecretTensor, SecretTensor> {
  let summary = "The other way round along axes; local";
  let arguments = (ins SecretTensor:$operand, DenseI64ArrayAttr:$axes);
}
def PadOp : UnaryKernel<"pad", SecretTensor, SecretTensor> {
  let summary = "Zeros around (negative: elements cut off) and between, per axis; local";
  let arguments = (ins SecretTensor:$operand, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
}
def ConcatenateOp : KernelOp<"concatenate"> {
  let summary = "Joined along one axis; local";
  let arguments = (ins Variadic<FixedTensor>:$parts, I64Attr:$axis);
  let results = (outs FixedTensor:$result);
}
def ConstantOp : KernelOp<"constant"> {
  let summary = "A public tensor; one value is a splat";
  let arguments = (ins DenseF64ArrayAttr:$values);
  let results = (outs FixedTensor:$result);
}

def ContractOp : SottoOp<"contract", [Pure, AttrSizedResultSegments]> {
  let summary = "(product_scale * (a op b) + sum of scaled addends) / 2^truncate, then relu or select";
  let description = [{
    Operands are `[a, b,] addends..., [selector]`: a and b unless `product` is "none", the selector only when `then` is
    "select". With `product` "convolution" the operation carries, where they differ from their defaults, the lists
    `window_strides`, `padding`, `lhs_dilation`, `rhs_dilation`, `window_reversal`, `lhs_dimensions`, `rhs_dimensions`
    and `result_dimensions` of kernels/convolution.h. One addend scale and one row flag per addend. `bit` is there with
    "relu", `projection` with `probes`.
  }];
  let arguments = (ins Variadic<SecretTensor>:$parts, StrAttr:$product, I64Attr:$transpose_a,
                       I64Attr:$transpose_b, I64Attr:$product_scale, DenseI64ArrayAttr:$addend_scales,
                       DenseI64ArrayAttr:$addend_rows, I64Attr:$truncate, StrAttr:$then, I64Attr:$window,
                       DefaultValuedAttr<I64Attr, "0">:$probes);
  let results = (outs FixedTensor:$result, Optional<BitsTensor>:$bit, Optional<FixedTensor>:$projection);
  let hasVerifier = 1;
}

def ProbeOp : UnaryKernel<"probe"> {
  let summary = "Random projections, see protocols/probes.h; local";
  let arguments = (ins FixedTensor:$operand, I64Attr:$probes);
}
def OutsideOp : UnaryKernel<"outside"> {
  let summary = "Zero exactly when all elements are in [-limit, limit) units of the last place";
  let arguments = (ins FixedTensor:$operand, I64Attr:$limit);
}

def SignOp : UnaryKernel<"sign", FixedTensor, BitsTensor> {
  let summary = "Whether a >= 0";
  let arguments = (ins FixedTensor:$operand, I64Attr:$window);
}
def CompareOp : KernelOp<"compare"> {
  let summary = "Compares each pair of elements";
  let arguments = (ins FixedTensor:$lhs, FixedTensor:$rhs, StrAttr:$direction, I64Attr:$window);
  let results = (outs BitsTensor:$result);
}
def NotOp : UnaryKernel<"not", BitsTensor, BitsTensor> { let summary = "Complement; local"; }
def FromBitsOp : UnaryKernel<"from_bits", BitsTensor, FixedTensor> { let summary = "1.0 where the bit is one"; }
def SelectOp : KernelOp<"select"> {
  let summary = "a where the bit is one, b (or zero) elsewhere";
  let arguments = (ins BitsTensor:$bit, Variadic<FixedTensor>:$choices);
  let results = (outs FixedTensor:$result);
}

def ExpOp : UnaryKernel<"exp"> { let summary = "e to the power of each element"; }

def LogisticOp : UnaryKernel<"logistic"> { let summary = "1 / (1 + e to the power of -a)"; }
def TanhOp : UnaryKernel<"tanh"> { let summary = "Hyperbolic tangent"; }

class RangedKernel<string mnemonic, string text> : KernelOp<mnemonic> {
  let summary = text;
  let arguments = (ins Variadic<FixedTensor>:$arguments, F64Attr:$minimum, F64Attr:$maximum);
  let results = (outs FixedTensor:$result);
}
def ReciprocalOp : RangedKernel<"reciprocal", "1 / a, for a in [minimum, maximum]">;
def DivideOp : RangedKernel<"divide", "a / b, for b in [minimum, maximum]">;
def LogOp : RangedKernel<"log", "Natural logarithm, for a in [minimum, maximum]">;
def RsqrtOp : RangedKernel<"rsqrt", "1 / square root of a, for a in [minimum, maximum]; below counts as about minimum">;
def SqrtOp : RangedKernel<"sqrt", "Square root, for a in [minimum, maximum]; below counts as about minimum">;

def MaxOp : UnaryKernel<"max"> {
  let summary = "Largest along the last axis, which is gone";
  let arguments = (ins FixedTensor:$operand, I64Attr:$window);
}
def ArgmaxOneHotOp : UnaryKernel<"argmax_one_hot", FixedTensor, BitsTensor> {
  let summary = "Bits: the first largest along the last axis";
  let arguments = (ins FixedTensor:$operand, I64Attr:$window);
}
def SoftmaxOp : UnaryKernel<"softmax"> {
  let summary = "Softmax along the last axis; max - min of a row <= range";
  let arguments = (ins FixedTensor:$operand, I64Attr:$window, F64Attr:$range);
}

#endif
