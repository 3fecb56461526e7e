// Network D: handwritten digits by one convolution of 5 maps (5x5, every second place, as many places as fit with padding) and
// two dense layers, 980-100-10, ReLU between; logits out. What
//
//   def network_d(k0, b0, w1, b1, w2, b2, x):
//       h = jax.lax.conv_general_dilated(x, k0, (2, 2), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
//       h = jax.nn.relu(h + b0)
//       h = jax.nn.relu(h.reshape((128, 980)) @ w1 + b1)
//       return h @ w2 + b2
//
//   print(jax.jit(network_d).lower(...).as_text(debug_info=True))
//
// gives for a batch of 128 images. Parameters come first, named k0 b0 w1 b1 w2 b2; the batch x is last, grey values in
// [0, 1]. 99,240 parameters.
module @jit_network_d attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<5x5x1x5xf32> loc("k0"), %arg1: tensor<5xf32> loc("b0"), %arg2: tensor<980x100xf32> loc("w1"), %arg3: tensor<100xf32> loc("b1"), %arg4: tensor<100x10xf32> loc("w2"), %arg5: tensor<10xf32> loc("b2"), %arg6: tensor<128x28x28x1xf32> loc("x")) -> (tensor<128x10xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.convolution(%arg6, %arg0) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2], pad = [[1, 2], [1, 2]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<128x28x28x1xf32>, tensor<5x5x1x5xf32>) -> tensor<128x14x14x5xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [3] : (tensor<5xf32>) -> tensor<1x1x1x5xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1, 2, 3] : (tensor<1x1x1x5xf32>) -> tensor<128x14x14x5xf32>
    %3 = stablehlo.add %0, %2 : tensor<128x14x14x5xf32>
    %4 = call @relu(%3) : (tensor<128x14x14x5xf32>) -> tensor<128x14x14x5xf32>
    %5 = stablehlo.reshape %4 : (tensor<128x14x14x5xf32>) -> tensor<128x980xf32>
    %6 = stablehlo.dot_general %5, %arg2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x980xf32>, tensor<980x100xf32>) -> tensor<128x100xf32>
    %7 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<100xf32>) -> tensor<1x100xf32>
    %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x100xf32>) -> tensor<128x100xf32>
    %9 = stablehlo.add %6, %8 : tensor<128x100xf32>
    %10 = call @relu_0(%9) : (tensor<128x100xf32>) -> tensor<128x100xf32>
    %11 = stablehlo.dot_general %10, %arg4, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x100xf32>, tensor<100x10xf32>) -> tensor<128x10xf32>
    %12 = stablehlo.broadcast_in_dim %arg5, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<128x10xf32>
    %14 = stablehlo.add %11, %13 : tensor<128x10xf32>
    return %14 : tensor<128x10xf32>
  }
  func.func private @relu(%arg0: tensor<128x14x14x5xf32>) -> tensor<128x14x14x5xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x14x14x5xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x14x14x5xf32>
    return %1 : tensor<128x14x14x5xf32>
  }
  func.func private @relu_0(%arg0: tensor<128x100xf32>) -> tensor<128x100xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x100xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x100xf32>
    return %1 : tensor<128x100xf32>
  }
}
