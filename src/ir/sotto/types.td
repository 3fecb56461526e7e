// Types: who may see a tensor, how many bits follow its point, and how large it gets.
#ifndef SOTTO_IR_SOTTO_TYPES_TD
#define SOTTO_IR_SOTTO_TYPES_TD

include "ir/sotto/dialect.td"

def BoundStatus : SottoEnum<"BoundStatus", "why a bound holds", [
  I32EnumAttrCase<"Proven", 1, "proven">,          // follows from the operands' bounds
  I32EnumAttrCase<"Declared", 2, "declared">,      // checked where the owner encodes
  I32EnumAttrCase<"Calibrated", 3, "calibrated">   // measured on a sample with margin, guarded while running
]>;

def Visibility : SottoEnum<"Visibility", "who may see a value", [
  I32EnumAttrCase<"Public", 1, "public">,          // everybody who has the plan
  I32EnumAttrCase<"Private", 2, "private">,        // the role that owns it
  I32EnumAttrCase<"Secret", 3, "secret">           // nobody; the computing roles hold shares
]>;

class SottoType<string name, string mnemonicText> : TypeDef<SottoDialect, name> {
  let mnemonic = mnemonicText;
}

def FixedType : SottoType<"Fixed", "fixed"> {
  let summary = "A tensor of fixed-point numbers over Z_2^64";
  let description = [{
    The ring element v stands for v * 2^-fraction_bits, and |value| < 2^bound_bits (which may be negative).
    `owner` names the role of a private tensor and is empty otherwise.
    Example: `!sotto.fixed<[128, 784], fraction = 12, bound = 1 declared, private "images">`.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "int32_t":$fractionBits, "int32_t":$boundBits,
                        EnumParameter<BoundStatus>:$status, EnumParameter<Visibility>:$visibility,
                        StringRefParameter<>:$owner);
  let assemblyFormat = [{
    `<` custom<Extents>($shape) `,` `fraction` `=` $fractionBits `,` `bound` `=` $boundBits $status `,`
    custom<Audience>($visibility, $owner) `>`
  }];
}

def BitsType : SottoType<"Bits", "bits"> {
  let summary = "A tensor of secret Booleans, one packed bit per element";
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape);
  let assemblyFormat = "`<` custom<Extents>($shape) `>`";
}

def FixedTensor : Type<CPred<"::llvm::isa<::sotto::ir::privacy::FixedType>($_self)">, "fixed-point tensor">;
def BitsTensor : Type<CPred<"::llvm::isa<::sotto::ir::privacy::BitsType>($_self)">, "tensor of secret bits">;
def SecretTensor : AnyTypeOf<[FixedTensor, BitsTensor]>;
def FloatTensor : StaticShapeTensorOf<[F16, BF16, F32, F64]>;
def BooleanTensor : StaticShapeTensorOf<[I1]>;

#endif
