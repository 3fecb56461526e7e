// Network A: handwritten digits by two hidden layers, 784-128-128-10, ReLU between, logits out. What
//
//   def network_a(w0, b0, w1, b1, w2, b2, x):
//       h = x.reshape((128, 784))
//       h = jax.nn.relu(h @ w0 + b0)
//       h = jax.nn.relu(h @ w1 + b1)
//       return h @ w2 + b2
//
//   print(jax.jit(network_a).lower(...).as_text(debug_info=True))
//
// gives for a batch of 128 images. Parameters come first, named w0 b0 w1 b1 w2 b2; the batch x is last, grey values in
// [0, 1]. 118,282 parameters.
module @jit_network_a attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<784x128xf32> loc("w0"), %arg1: tensor<128xf32> loc("b0"), %arg2: tensor<128x128xf32> loc("w1"), %arg3: tensor<128xf32> loc("b1"), %arg4: tensor<128x10xf32> loc("w2"), %arg5: tensor<10xf32> loc("b2"), %arg6: tensor<128x28x28x1xf32> loc("x")) -> (tensor<128x10xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.reshape %arg6 : (tensor<128x28x28x1xf32>) -> tensor<128x784xf32>
    %1 = stablehlo.dot_general %0, %arg0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x784xf32>, tensor<784x128xf32>) -> tensor<128x128xf32>
    %2 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<128xf32>) -> tensor<1x128xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0, 1] : (tensor<1x128xf32>) -> tensor<128x128xf32>
    %4 = stablehlo.add %1, %3 : tensor<128x128xf32>
    %5 = call @relu(%4) : (tensor<128x128xf32>) -> tensor<128x128xf32>
    %6 = stablehlo.dot_general %5, %arg2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x128xf32>, tensor<128x128xf32>) -> tensor<128x128xf32>
    %7 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<128xf32>) -> tensor<1x128xf32>
    %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1] : (tensor<1x128xf32>) -> tensor<128x128xf32>
    %9 = stablehlo.add %6, %8 : tensor<128x128xf32>
    %10 = call @relu(%9) : (tensor<128x128xf32>) -> tensor<128x128xf32>
    %11 = stablehlo.dot_general %10, %arg4, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x128xf32>, tensor<128x10xf32>) -> tensor<128x10xf32>
    %12 = stablehlo.broadcast_in_dim %arg5, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<128x10xf32>
    %14 = stablehlo.add %11, %13 : tensor<128x10xf32>
    return %14 : tensor<128x10xf32>
  }
  func.func private @relu(%arg0: tensor<128x128xf32>) -> tensor<128x128xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x128xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x128xf32>
    return %1 : tensor<128x128xf32>
  }
}
