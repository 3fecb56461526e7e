// A state that doubles in every run, and the maxima of its negative's windows.
module @scaled_windows {
  func.func public @main(%arg0: tensor<1x8x8x1xf32> loc("s"), %arg1: tensor<1x8x8x1xf32> loc("x")) -> (tensor<1x8x8x1xf32>, tensor<1x4x4x1xf32>) {
    %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = stablehlo.add %arg0, %arg0 : tensor<1x8x8x1xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<1x8x8x1xf32>
    %2 = stablehlo.negate %1 : tensor<1x8x8x1xf32>
    %3 = "stablehlo.reduce_window"(%2, %lowest) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %m = stablehlo.maximum %a, %b : tensor<f32>
      stablehlo.return %m : tensor<f32>
    }) : (tensor<1x8x8x1xf32>, tensor<f32>) -> tensor<1x4x4x1xf32>
    return %1, %3 : tensor<1x8x8x1xf32>, tensor<1x4x4x1xf32>
  }
}
