// A state that doubles in every run, looked up in the exponential.
module @exponent {
  func.func public @main(%arg0: tensor<40xf32> loc("s"), %arg1: tensor<40xf32> loc("x")) -> (tensor<40xf32>, tensor<40xf32>) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<40xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<40xf32>
    %2 = stablehlo.exponential %1 : tensor<40xf32>
    return %1, %2 : tensor<40xf32>, tensor<40xf32>
  }
}
