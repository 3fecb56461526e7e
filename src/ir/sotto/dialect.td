// The Sotto dialect: tensors that nobody sees, in fixed point, and the kernels that compute on them.
//
// Two levels live here. *Raised* operations (raised.td) work on ordinary float tensors and name what a StableHLO
// program means: relu, mask, softmax. *Kernel* operations (kernels.td) work on Sotto's own types, one per row of the
// kernel table (kernels/kernel.h), with the row's attributes under the row's names: emission copies, it never translates.
#ifndef SOTTO_IR_SOTTO_DIALECT_TD
#define SOTTO_IR_SOTTO_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def SottoDialect : Dialect {
  let name = "sotto";
  let cppNamespace = "::sotto::ir::privacy";
  let summary = "Secret tensors in fixed point and the kernels on them";
  let useDefaultTypePrinterParser = 1;
}

class SottoEnum<string name, string text, list<I32EnumAttrCase> cases> : I32EnumAttr<name, text, cases> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::sotto::ir::privacy";
}

class SottoOp<string mnemonic, list<Trait> traits = []> : Op<SottoDialect, mnemonic, traits> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif
