// Which of many values are positive: 256 rows of 4096.
module @loud_row {
  func.func public @main(%arg0: tensor<256x4096xf32> loc("x")) -> tensor<256x4096xf32> {
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<256x4096xf32>
    %sum = stablehlo.add %arg0, %arg0 : tensor<256x4096xf32>
    %0 = stablehlo.maximum %sum, %zero : tensor<256x4096xf32>
    return %0 : tensor<256x4096xf32>
  }
}
