// Operations that work on each element by itself.
#ifndef SOTTO_IR_STABLEHLO_ELEMENTWISE_TD
#define SOTTO_IR_STABLEHLO_ELEMENTWISE_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "ir/stablehlo/attributes.td"

class UnaryOp<string mnemonic, Type type, string text> :
    StablehloOp<mnemonic, [Pure, Elementwise, SameOperandsAndResultType]> {
  let summary = text;
  let arguments = (ins type:$operand);
  let results = (outs type:$result);
  let assemblyFormat = "$operand attr-dict `:` custom<SameTypes>(type($operand), type($result))";
}

class BinaryOp<string mnemonic, Type type, string text, list<Trait> traits = []> :
    StablehloOp<mnemonic, !listconcat([Pure, Elementwise, SameOperandsAndResultType], traits)> {
  let summary = text;
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` custom<SameTypes>(type($lhs), type($rhs), type($result))
  }];
}

def AbsOp : UnaryOp<"abs", StablehloNumberTensor, "Absolute value"> {}
def CeilOp : UnaryOp<"ceil", StablehloFloatTensor, "Smallest integer not below"> {}
def CosineOp : UnaryOp<"cosine", StablehloFloatTensor, "Cosine"> {}
def ExponentialOp : UnaryOp<"exponential", StablehloFloatTensor, "e to the power of each element"> {}
def ExponentialMinusOneOp : UnaryOp<"exponential_minus_one", StablehloFloatTensor,
                                    "e^x - 1, also where x is tiny"> {}
def FloorOp : UnaryOp<"floor", StablehloFloatTensor, "Largest integer not above"> {}
def LogOp : UnaryOp<"log", StablehloFloatTensor, "Natural logarithm; -inf at 0, NaN below"> {}
def LogPlusOneOp : UnaryOp<"log_plus_one", StablehloFloatTensor, "log(1 + x), also where x is tiny"> {}
def LogisticOp : UnaryOp<"logistic", StablehloFloatTensor, "1 / (1 + e^-x)"> {}
def NegateOp : UnaryOp<"negate", StablehloNumberTensor, "Additive inverse"> {}
def NotOp : UnaryOp<"not", StablehloBitsTensor, "Complement: logical on i1, of every bit on integers"> {}
def RoundNearestAfzOp : UnaryOp<"round_nearest_afz", StablehloFloatTensor,
                                "Nearest integer, halves away from zero"> {}
def RsqrtOp : UnaryOp<"rsqrt", StablehloFloatTensor, "1 / square root"> {}
def SignOp : UnaryOp<"sign", StablehloNumberTensor, "-1, 0 or 1; keeps NaN and the sign of a zero"> {}
def SineOp : UnaryOp<"sine", StablehloFloatTensor, "Sine"> {}
def SqrtOp : UnaryOp<"sqrt", StablehloFloatTensor, "Square root; NaN below 0"> {}
def TanhOp : UnaryOp<"tanh", StablehloFloatTensor, "Hyperbolic tangent"> {}

def AddOp : BinaryOp<"add", StablehloTensor, "Sum; logical or on i1", [Commutative]> {}
def AndOp : BinaryOp<"and", StablehloBitsTensor, "Conjunction of bits", [Commutative]> {}
def DivideOp : BinaryOp<"divide", StablehloNumberTensor, "Quotient; integers round toward zero"> {}
def MaximumOp : BinaryOp<"maximum", StablehloTensor,
                        "Larger value, NaN if either is; or on i1", [Commutative]> {}
def MinimumOp : BinaryOp<"minimum", StablehloTensor,
                        "Smaller value, NaN if either is; and on i1", [Commutative]> {}
def MultiplyOp : BinaryOp<"multiply", StablehloTensor, "Product; logical and on i1", [Commutative]> {}
def OrOp : BinaryOp<"or", StablehloBitsTensor, "Disjunction of bits", [Commutative]> {}
def PowerOp : BinaryOp<"power", StablehloNumberTensor, "lhs to the power rhs"> {}
def SubtractOp : BinaryOp<"subtract", StablehloNumberTensor, "Difference"> {}
def XorOp : BinaryOp<"xor", StablehloBitsTensor, "Exclusive or of bits", [Commutative]> {}

def CompareOp : StablehloOp<"compare", [Pure, Elementwise, SameTypeOperands, SameOperandsAndResultShape]> {
  let summary = "Compares each pair of elements";
  let description = [{
    The type of comparison follows from the elements when it is absent: FLOAT for floats, UNSIGNED for i1 and
    unsigned integers, SIGNED otherwise. Every comparison with NaN is false but NE.
  }];
  let arguments = (ins StablehloTensor:$lhs, StablehloTensor:$rhs,
                       ComparisonDirectionAttr:$comparison_direction,
                       OptionalAttr<ComparisonTypeAttr>:$compare_type);
  let results = (outs StablehloBooleanTensor:$result);
  let assemblyFormat = [{
    $comparison_direction `,` $lhs `,` $rhs (`,` $compare_type^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs,
                                 "ComparisonDirection":$direction)>];
  let hasVerifier = 1;
}

def SelectOp : StablehloOp<"select", [Pure, AllTypesMatch<["on_true", "on_false", "result"]>]> {
  let summary = "on_true where pred holds, on_false elsewhere";
  let description = [{ `pred` has the result's shape, or is a scalar that chooses one operand as a whole. }];
  let arguments = (ins StablehloBooleanTensor:$pred, StablehloTensor:$on_true, StablehloTensor:$on_false);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` custom<SelectTypes>(type($pred), type($on_true), type($on_false), type($result))
  }];
  let hasVerifier = 1;
}

def ClampOp : StablehloOp<"clamp", [Pure, AllTypesMatch<["operand", "result"]>]> {
  let summary = "minimum(maximum(operand, min), max)";
  let description = [{ `min` and `max` have the operand's shape or are scalars. }];
  let arguments = (ins StablehloTensor:$min, StablehloTensor:$operand, StablehloTensor:$max);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = [{
    $min `,` $operand `,` $max attr-dict `:`
    custom<SameTypes>(type($min), type($operand), type($max), type($result))
  }];
  let hasVerifier = 1;
}

def ConvertOp : StablehloOp<"convert", [Pure, Elementwise, SameOperandsAndResultShape]> {
  let summary = "Changes the element type";
  let description = [{ To i1: whether the element differs from zero. Floats become integers toward zero. }];
  let arguments = (ins StablehloTensor:$operand);
  let results = (outs StablehloTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` custom<SameTypes>(type($operand), type($result))";
}

#endif
