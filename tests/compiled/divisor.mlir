// A state that doubles in every run, plus a constant, divides: from about that constant to far beyond what was measured.
module @divisor {
  func.func public @main(%arg0: tensor<40xf32> loc("s"), %arg1: tensor<40xf32> loc("x")) -> (tensor<40xf32>, tensor<40xf32>) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<40xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<40xf32>
    %cst = stablehlo.constant dense<3.200000e+01> : tensor<40xf32>
    %2 = stablehlo.add %1, %cst : tensor<40xf32>
    %3 = stablehlo.divide %arg1, %2 : tensor<40xf32>
    return %1, %3 : tensor<40xf32>, tensor<40xf32>
  }
}
