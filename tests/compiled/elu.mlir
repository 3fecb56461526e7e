// Exponential linear units: what is compared may be far larger than what has an exponential.
module @elu {
  func.func public @main(%arg0: tensor<6x4xf32> loc("s"), %arg1: tensor<5x6xf32> loc("x")) -> (tensor<6x4xf32>, tensor<5x4xf32>) {
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<5x4xf32>
    %one = stablehlo.constant dense<1.000000e+00> : tensor<5x4xf32>
    %0 = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [0] : (tensor<5x6xf32>, tensor<6x4xf32>) -> tensor<5x4xf32>
    %1 = stablehlo.minimum %0, %zero : tensor<5x4xf32>
    %2 = stablehlo.exponential %1 : tensor<5x4xf32>
    %3 = stablehlo.subtract %2, %one : tensor<5x4xf32>
    %4 = stablehlo.maximum %0, %zero : tensor<5x4xf32>
    %5 = stablehlo.add %4, %3 : tensor<5x4xf32>
    %6 = stablehlo.dot_general %arg1, %5, contracting_dims = [0] x [0] : (tensor<5x6xf32>, tensor<5x4xf32>) -> tensor<6x4xf32>
    %7 = stablehlo.add %arg0, %6 : tensor<6x4xf32>
    return %7, %5 : tensor<6x4xf32>, tensor<5x4xf32>
  }
}
