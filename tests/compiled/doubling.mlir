// A state that doubles in every run, and a comparison of it: after enough runs it has outgrown every window that was
// chosen for what it was at first.
module @doubling {
  func.func public @main(%arg0: tensor<40xf32> loc("s"), %arg1: tensor<40xf32> loc("x")) -> (tensor<40xf32>, tensor<40xf32>) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<40xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<40xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<40xf32>
    %2 = stablehlo.maximum %1, %cst : tensor<40xf32>
    return %1, %2 : tensor<40xf32>, tensor<40xf32>
  }
}
