// A maximum of a maximum: what the inner one gives is small while `a` is far below zero, and large when `a` has risen.
module @chained {
  func.func public @main(%arg0: tensor<40xf32> loc("s"), %arg1: tensor<40xf32> loc("x")) -> (tensor<40xf32>, tensor<40xf32>) {
    %hundred = stablehlo.constant dense<1.000000e+02> : tensor<40xf32>
    %more = stablehlo.add %arg1, %hundred : tensor<40xf32>
    %0 = stablehlo.add %arg0, %more : tensor<40xf32>
    %far = stablehlo.constant dense<1.500000e+03> : tensor<40xf32>
    %a = stablehlo.subtract %0, %far : tensor<40xf32>
    %1 = stablehlo.maximum %a, %arg1 : tensor<40xf32>
    %quarter = stablehlo.constant dense<2.500000e-01> : tensor<40xf32>
    %2 = stablehlo.maximum %1, %quarter : tensor<40xf32>
    return %0, %2 : tensor<40xf32>, tensor<40xf32>
  }
}
