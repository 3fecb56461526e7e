// What a StableHLO program means, recognised by passes/raise: operations on float tensors that one kernel computes.
#ifndef SOTTO_IR_SOTTO_RAISED_TD
#define SOTTO_IR_SOTTO_RAISED_TD

include "ir/sotto/types.td"

def ReluOp : SottoOp<"relu", [Pure]> {
  let summary = "y = max(x, 0) and the bit x >= 0, which the gradient uses again";
  let arguments = (ins FloatTensor:$operand);
  let results = (outs FloatTensor:$result, BooleanTensor:$positive);
}

def MaskOp : SottoOp<"mask", [Pure]> {
  let summary = "The operand where the bit is one, zero elsewhere";
  let arguments = (ins BooleanTensor:$bit, FloatTensor:$operand);
  let results = (outs FloatTensor:$result);
}

def LargerOp : SottoOp<"larger", [Pure]> {
  let summary = "max(a, b) and the bit a >= b, which the gradient uses again";
  let arguments = (ins FloatTensor:$lhs, FloatTensor:$rhs);
  let results = (outs FloatTensor:$result, BooleanTensor:$first);
}

def RowSoftmaxOp : SottoOp<"row_softmax", [Pure]> {
  let summary = "exp(x - m) / sum exp(x - m) along the last axis";
  let arguments = (ins FloatTensor:$operand);
  let results = (outs FloatTensor:$result);
}

def RowMaximumOp : SottoOp<"row_maximum", [Pure]> {
  let summary = "The largest element along the last axis, which is gone from the result";
  let arguments = (ins FloatTensor:$operand);
  let results = (outs FloatTensor:$result);
}

def RowArgmaxOp : SottoOp<"row_argmax", [Pure]> {
  let summary = "One bit per element: whether it is the first largest along the last axis";
  let arguments = (ins FloatTensor:$operand);
  let results = (outs BooleanTensor:$result);
}

def TabulatedOp : SottoOp<"tabulated", [Pure]> {
  let summary = "A public number that depends on the number of the step alone; every element is that number";
  let description = [{
    `values[i]` is the number at step i of the job, counted from 0; the last one holds for all later steps. Made by
    passes/tabulate.
  }];
  let arguments = (ins DenseF64ArrayAttr:$values);
  let results = (outs FloatTensor:$result);
}

def CountOutsideOp : SottoOp<"count_outside", [Pure]> {
  let summary = "Zero while the operand keeps the bound that comparisons of it rely on";
  let description = [{
    How many of the operand's random projections are larger than a tensor within the bound can make them (protocols/probes.h).
    An element beyond the bound makes the count positive but for a probability of 2^-48.
  }];
  let arguments = (ins FloatTensor:$operand);
  let results = (outs FloatTensor:$result);
}

def CountBeyondOp : SottoOp<"count_beyond", [Pure]> {
  let summary = "Zero while every element lies where a function of it was fitted";
  let description = [{
    Compares each element: `positive` with both ends of its measured range and margin, as divisors and logarithms have it; else
    with its bound. For operands of functions, which are few and may lie anywhere in their range.
  }];
  let arguments = (ins FloatTensor:$operand, BoolAttr:$positive);
  let results = (outs FloatTensor:$result);
}

def AnyOutsideOp : SottoOp<"any_outside", [Pure]> {
  let summary = "One bit: whether the count is positive";
  let arguments = (ins FloatTensor:$count);
  let results = (outs BooleanTensor:$result);
}

#endif
