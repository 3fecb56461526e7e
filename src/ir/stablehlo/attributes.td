// Enumerations and structured attributes of the StableHLO dialect.
#ifndef SOTTO_IR_STABLEHLO_ATTRIBUTES_TD
#define SOTTO_IR_STABLEHLO_ATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "ir/stablehlo/dialect.td"

class StablehloEnum<string name, string text, list<I32EnumAttrCase> cases> : I32EnumAttr<name, text, cases> {
  let genSpecializedAttr = 0;
  let cppNamespace = "::sotto::ir::stablehlo";
}

def ComparisonDirection : StablehloEnum<"ComparisonDirection", "which comparison", [
  I32EnumAttrCase<"EQ", 0>, I32EnumAttrCase<"NE", 1>, I32EnumAttrCase<"GE", 2>,
  I32EnumAttrCase<"GT", 3>, I32EnumAttrCase<"LE", 4>, I32EnumAttrCase<"LT", 5>]>;
def ComparisonDirectionAttr : EnumAttr<StablehloDialect, ComparisonDirection, "comparison_direction">;

def ComparisonType : StablehloEnum<"ComparisonType", "how elements are compared", [
  I32EnumAttrCase<"NOTYPE", 0>, I32EnumAttrCase<"FLOAT", 1>, I32EnumAttrCase<"TOTALORDER", 2>,
  I32EnumAttrCase<"SIGNED", 3>, I32EnumAttrCase<"UNSIGNED", 4>]>;
def ComparisonTypeAttr : EnumAttr<StablehloDialect, ComparisonType, "comparison_type">;

// A wish about hardware precision; the compiler keeps it and nothing in Sotto depends on it.
def Precision : StablehloEnum<"Precision", "wished precision of a product", [
  I32EnumAttrCase<"DEFAULT", 0>, I32EnumAttrCase<"HIGH", 1>, I32EnumAttrCase<"HIGHEST", 2>]>;
def PrecisionAttr : EnumAttr<StablehloDialect, Precision, "precision">;
def PrecisionArrayAttr : TypedArrayAttrBase<PrecisionAttr, "array of precisions">;

class StablehloAttr<string name, string mnemonicText> : AttrDef<StablehloDialect, name> {
  let mnemonic = mnemonicText;
  let hasCustomAssemblyFormat = 1;
}

def DotDimensionNumbersAttr : StablehloAttr<"DotDimensionNumbers", "dot"> {
  let summary = "Which dimensions of a product are shared, and which are summed over";
  let parameters = (ins
    ArrayRefParameter<"int64_t">:$lhsBatchingDimensions, ArrayRefParameter<"int64_t">:$rhsBatchingDimensions,
    ArrayRefParameter<"int64_t">:$lhsContractingDimensions,
    ArrayRefParameter<"int64_t">:$rhsContractingDimensions);
}

def GatherDimensionNumbersAttr : StablehloAttr<"GatherDimensionNumbers", "gather"> {
  let summary = "How start indices address slices of the operand";
  let parameters = (ins
    ArrayRefParameter<"int64_t">:$offsetDims, ArrayRefParameter<"int64_t">:$collapsedSliceDims,
    ArrayRefParameter<"int64_t">:$operandBatchingDims, ArrayRefParameter<"int64_t">:$startIndicesBatchingDims,
    ArrayRefParameter<"int64_t">:$startIndexMap, "int64_t":$indexVectorDim);
}

def ScatterDimensionNumbersAttr : StablehloAttr<"ScatterDimensionNumbers", "scatter"> {
  let summary = "How scatter indices address windows of the input";
  let parameters = (ins
    ArrayRefParameter<"int64_t">:$updateWindowDims, ArrayRefParameter<"int64_t">:$insertedWindowDims,
    ArrayRefParameter<"int64_t">:$inputBatchingDims, ArrayRefParameter<"int64_t">:$scatterIndicesBatchingDims,
    ArrayRefParameter<"int64_t">:$scatterDimsToOperandDims, "int64_t":$indexVectorDim);
}

def ConvDimensionNumbersAttr : StablehloAttr<"ConvDimensionNumbers", "conv"> {
  let summary = "What each dimension of a convolution's operands and result is";
  let description = [{
    Written `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`: batch, feature, input and output feature of the kernel; numbers
    are the spatial dimensions, which correspond by their number.
  }];
  let parameters = (ins
    "int64_t":$inputBatchDimension, "int64_t":$inputFeatureDimension,
    ArrayRefParameter<"int64_t">:$inputSpatialDimensions,
    "int64_t":$kernelInputFeatureDimension, "int64_t":$kernelOutputFeatureDimension,
    ArrayRefParameter<"int64_t">:$kernelSpatialDimensions,
    "int64_t":$outputBatchDimension, "int64_t":$outputFeatureDimension,
    ArrayRefParameter<"int64_t">:$outputSpatialDimensions);
}

#endif
