// Bits as a result: which values are positive.
module @signs {
  func.func public @main(%arg0: tensor<3x5xf32> loc("x")) -> tensor<3x5xi1> {
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<3x5xf32>
    %sum = stablehlo.add %arg0, %arg0 : tensor<3x5xf32>
    %0 = stablehlo.compare GT, %sum, %zero : (tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<3x5xi1>
    return %0 : tensor<3x5xi1>
  }
}
