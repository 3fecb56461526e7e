// The StableHLO dialect: tensor programs as JAX, TensorFlow and PyTorch/XLA export them.
//
// Written from the public specification, for the operations of dense networks and their training steps.
// Shapes are static: a private computation's cost and its messages depend on nothing but the program.
#ifndef SOTTO_IR_STABLEHLO_DIALECT_TD
#define SOTTO_IR_STABLEHLO_DIALECT_TD

include "mlir/IR/OpBase.td"

def StablehloDialect : Dialect {
  let name = "stablehlo";
  let cppNamespace = "::sotto::ir::stablehlo";
  let summary = "Tensor programs as machine-learning frameworks export them";
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    // Parses nothing: names the operation that is not supported and what is, at its own line and column.
    std::optional<ParseOpHook> getParseOperationHook(::llvm::StringRef name) const override;
  }];
}

// Element types. Unsigned integers have their own types (ui8 ...); signed ones are written i8 ...; i1 is a
// Boolean.
defvar StablehloFloats = [F16, BF16, F32, F64];
defvar StablehloIntegers = [I8, I16, I32, I64, UI8, UI16, UI32, UI64];

def StablehloTensor : StaticShapeTensorOf<!listconcat(StablehloFloats, StablehloIntegers, [I1])>;
def StablehloFloatTensor : StaticShapeTensorOf<StablehloFloats>;
def StablehloNumberTensor : StaticShapeTensorOf<!listconcat(StablehloFloats, StablehloIntegers)>;
def StablehloIntegerTensor : StaticShapeTensorOf<StablehloIntegers>;
def StablehloBitsTensor : StaticShapeTensorOf<!listconcat(StablehloIntegers, [I1])>;
def StablehloBooleanTensor : StaticShapeTensorOf<[I1]>;

class StablehloOp<string mnemonic, list<Trait> traits = []> : Op<StablehloDialect, mnemonic, traits>;

#endif
