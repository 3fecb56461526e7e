// A small network, 8-8-4 with a ReLU between, for tests that train among three processes.
module @small_network {
  func.func public @main(%arg0: tensor<8x8xf32> loc("w0"), %arg1: tensor<8xf32> loc("b0"), %arg2: tensor<8x4xf32> loc("w1"), %arg3: tensor<4xf32> loc("b1"), %arg4: tensor<8x8xf32> loc("x")) -> tensor<8x4xf32> {
    %0 = stablehlo.dot_general %arg4, %arg0, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<8xf32>) -> tensor<8x8xf32>
    %2 = stablehlo.add %0, %1 : tensor<8x8xf32>
    %zero = stablehlo.constant dense<0.000000e+00> : tensor<8x8xf32>
    %3 = stablehlo.maximum %2, %zero : tensor<8x8xf32>
    %4 = stablehlo.dot_general %3, %arg2, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
    %5 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<4xf32>) -> tensor<8x4xf32>
    %6 = stablehlo.add %4, %5 : tensor<8x4xf32>
    return %6 : tensor<8x4xf32>
  }
}
