// One linear output a row, for losses that take one number.
module @linear {
  func.func public @main(%w: tensor<6x1xf32>, %b: tensor<1xf32>, %x: tensor<16x6xf32>) -> tensor<16x1xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<16x6xf32>, tensor<6x1xf32>) -> tensor<16x1xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<1xf32>) -> tensor<16x1xf32>
    %2 = stablehlo.add %0, %1 : tensor<16x1xf32>
    return %2 : tensor<16x1xf32>
  }
}
