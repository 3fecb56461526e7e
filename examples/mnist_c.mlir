// Network C: handwritten digits by two convolutions (5x5, no padding) of 20 and 50 maps, each followed by maxima over 2x2 and
// ReLU, then two dense layers, 800-500-10; logits out. It is network B (mnist_b.mlir) with more of everything. Parameters come
// first, named k0 b0 k1 b1 w2 b2 w3 b3; the batch x of 128 images is last, grey values in [0, 1]. 431,080 parameters.
module @jit_network_c attributes {jax.uses_shape_polymorphism = false, mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<5x5x1x20xf32> loc("k0"), %arg1: tensor<20xf32> loc("b0"), %arg2: tensor<5x5x20x50xf32> loc("k1"), %arg3: tensor<50xf32> loc("b1"), %arg4: tensor<800x500xf32> loc("w2"), %arg5: tensor<500xf32> loc("b2"), %arg6: tensor<500x10xf32> loc("w3"), %arg7: tensor<10xf32> loc("b3"), %arg8: tensor<128x28x28x1xf32> loc("x")) -> (tensor<128x10xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = stablehlo.convolution(%arg8, %arg0) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<128x28x28x1xf32>, tensor<5x5x1x20xf32>) -> tensor<128x24x24x20xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [3] : (tensor<20xf32>) -> tensor<1x1x1x20xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1, 2, 3] : (tensor<1x1x1x20xf32>) -> tensor<128x24x24x20xf32>
    %3 = stablehlo.add %0, %2 : tensor<128x24x24x20xf32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<f32>
    %5 = "stablehlo.reduce_window"(%3, %4) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg9: tensor<f32>, %arg10: tensor<f32>):
      %24 = stablehlo.maximum %arg9, %arg10 : tensor<f32>
      stablehlo.return %24 : tensor<f32>
    }) : (tensor<128x24x24x20xf32>, tensor<f32>) -> tensor<128x12x12x20xf32>
    %6 = call @relu(%5) : (tensor<128x12x12x20xf32>) -> tensor<128x12x12x20xf32>
    %7 = stablehlo.convolution(%6, %arg2) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]} : (tensor<128x12x12x20xf32>, tensor<5x5x20x50xf32>) -> tensor<128x8x8x50xf32>
    %8 = stablehlo.broadcast_in_dim %arg3, dims = [3] : (tensor<50xf32>) -> tensor<1x1x1x50xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2, 3] : (tensor<1x1x1x50xf32>) -> tensor<128x8x8x50xf32>
    %10 = stablehlo.add %7, %9 : tensor<128x8x8x50xf32>
    %11 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<f32>
    %12 = "stablehlo.reduce_window"(%10, %11) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%arg9: tensor<f32>, %arg10: tensor<f32>):
      %24 = stablehlo.maximum %arg9, %arg10 : tensor<f32>
      stablehlo.return %24 : tensor<f32>
    }) : (tensor<128x8x8x50xf32>, tensor<f32>) -> tensor<128x4x4x50xf32>
    %13 = call @relu_0(%12) : (tensor<128x4x4x50xf32>) -> tensor<128x4x4x50xf32>
    %14 = stablehlo.reshape %13 : (tensor<128x4x4x50xf32>) -> tensor<128x800xf32>
    %15 = stablehlo.dot_general %14, %arg4, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x800xf32>, tensor<800x500xf32>) -> tensor<128x500xf32>
    %16 = stablehlo.broadcast_in_dim %arg5, dims = [1] : (tensor<500xf32>) -> tensor<1x500xf32>
    %17 = stablehlo.broadcast_in_dim %16, dims = [0, 1] : (tensor<1x500xf32>) -> tensor<128x500xf32>
    %18 = stablehlo.add %15, %17 : tensor<128x500xf32>
    %19 = call @relu_1(%18) : (tensor<128x500xf32>) -> tensor<128x500xf32>
    %20 = stablehlo.dot_general %19, %arg6, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<128x500xf32>, tensor<500x10xf32>) -> tensor<128x10xf32>
    %21 = stablehlo.broadcast_in_dim %arg7, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %22 = stablehlo.broadcast_in_dim %21, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<128x10xf32>
    %23 = stablehlo.add %20, %22 : tensor<128x10xf32>
    return %23 : tensor<128x10xf32>
  }
  func.func private @relu(%arg0: tensor<128x12x12x20xf32>) -> tensor<128x12x12x20xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x12x12x20xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x12x12x20xf32>
    return %1 : tensor<128x12x12x20xf32>
  }
  func.func private @relu_0(%arg0: tensor<128x4x4x50xf32>) -> tensor<128x4x4x50xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x4x4x50xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x4x4x50xf32>
    return %1 : tensor<128x4x4x50xf32>
  }
  func.func private @relu_1(%arg0: tensor<128x500xf32>) -> tensor<128x500xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<128x500xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<128x500xf32>
    return %1 : tensor<128x500xf32>
  }
}
