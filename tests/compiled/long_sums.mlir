// Activations of large variance, of products that leave few bits for their bounds.
module @long_sums {
  func.func public @main(%arg0: tensor<4096x128xf32> loc("s"), %arg1: tensor<128x4096xf32> loc("x")) -> (tensor<4096x128xf32>, tensor<128x128xf32>) {
    %z = stablehlo.dot_general %arg1, %arg0, contracting_dims = [1] x [0] : (tensor<128x4096xf32>, tensor<4096x128xf32>) -> tensor<128x128xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<128x128xf32>
    %2 = stablehlo.maximum %z, %cst : tensor<128x128xf32>
    %t = stablehlo.dot_general %arg1, %z, contracting_dims = [0] x [0] : (tensor<128x4096xf32>, tensor<128x128xf32>) -> tensor<4096x128xf32>
    %e = stablehlo.constant dense<0.0001> : tensor<4096x128xf32>
    %t2 = stablehlo.multiply %t, %e : tensor<4096x128xf32>
    %o = stablehlo.subtract %arg0, %t2 : tensor<4096x128xf32>
    return %o, %2 : tensor<4096x128xf32>, tensor<128x128xf32>
  }
}
