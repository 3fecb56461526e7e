// Many exponentials over a wide domain.
module @exponentials {
  func.func public @main(%arg0: tensor<4000xf32> loc("s"), %arg1: tensor<4000xf32> loc("x")) -> (tensor<4000xf32>, tensor<4000xf32>) {
    %scale = stablehlo.constant dense<1.600000e+01> : tensor<4000xf32>
    %0 = stablehlo.multiply %arg1, %scale : tensor<4000xf32>
    %1 = stablehlo.exponential %0 : tensor<4000xf32>
    return %arg0, %1 : tensor<4000xf32>, tensor<4000xf32>
  }
}
