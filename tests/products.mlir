// Products that two parties make in different ways: of factors that each knows, of numbers both have a part
// of, and a square.
module @products {
  func.func public @main(%arg0: tensor<16x200xf32> loc("x"), %arg1: tensor<200x8xf32> loc("w"), %arg2: tensor<2400xf32> loc("u"), %arg3: tensor<2400xf32> loc("v")) -> (tensor<16x8xf32>, tensor<2400xf32>, tensor<2400xf32>) {
    %0 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<16x200xf32>, tensor<200x8xf32>) -> tensor<16x8xf32>
    %1 = stablehlo.add %arg2, %arg3 : tensor<2400xf32>
    %2 = stablehlo.subtract %arg2, %arg3 : tensor<2400xf32>
    %3 = stablehlo.multiply %1, %2 : tensor<2400xf32>
    %4 = stablehlo.multiply %1, %1 : tensor<2400xf32>
    return %0, %3, %4 : tensor<16x8xf32>, tensor<2400xf32>, tensor<2400xf32>
  }
}
