// Comparisons of an input, of a sum of inputs and of constants, all of which may be as large as their bounds.
module @declared {
  func.func public @main(%arg0: tensor<4xf32> loc("s"), %arg1: tensor<4xf32> loc("x")) -> (tensor<4xf32>, tensor<4xf32>) {
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<4xf32>
    %several = stablehlo.constant dense<[1.000000e+02, -1.000000e+00, 0.000000e+00, 1.000000e-01]> : tensor<4xf32>
    %1 = stablehlo.maximum %arg1, %zero : tensor<4xf32>
    %2 = stablehlo.maximum %arg1, %several : tensor<4xf32>
    %3 = stablehlo.add %arg1, %arg1 : tensor<4xf32>
    %4 = stablehlo.maximum %3, %zero : tensor<4xf32>
    %5 = stablehlo.add %1, %2 : tensor<4xf32>
    %6 = stablehlo.add %5, %4 : tensor<4xf32>
    %7 = stablehlo.add %arg0, %6 : tensor<4xf32>
    return %7, %6 : tensor<4xf32>, tensor<4xf32>
  }
}
