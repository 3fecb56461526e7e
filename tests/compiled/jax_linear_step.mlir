// One step of gradient descent on logistic regression with ten classes, as JAX differentiates and prints
//
//   def loss(w, b, x, y):
//       return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(x @ w + b), axis=1))
//   def step(w, b, x, y):
//       value, (dw, db) = jax.value_and_grad(loss, argnums=(0, 1))(w, b, x, y)
//       return w - 0.1 * dw, b - 0.1 * db, value
module @jit_step {
  func.func public @main(%arg0: tensor<784x10xf32> loc("w"), %arg1: tensor<10xf32> loc("b"), %arg2: tensor<32x784xf32> loc("x"), %arg3: tensor<32x10xf32> loc("y")) -> (tensor<784x10xf32>, tensor<10xf32>, tensor<f32>) {
    %0 = stablehlo.dot_general %arg2, %arg0, contracting_dims = [1] x [0] : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<32x10xf32>
    %3 = stablehlo.add %0, %2 : tensor<32x10xf32>
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %4 = stablehlo.reduce(%3 init: %cst) applies stablehlo.maximum across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<32xf32>
    %5 = stablehlo.maximum %cst_0, %4 : tensor<32xf32>
    %6 = stablehlo.broadcast_in_dim %5, dims = [0] : (tensor<32xf32>) -> tensor<32x1xf32>
    %7 = stablehlo.broadcast_in_dim %6, dims = [0, 1] : (tensor<32x1xf32>) -> tensor<32x10xf32>
    %8 = stablehlo.subtract %3, %7 : tensor<32x10xf32>
    %9 = stablehlo.exponential %8 : tensor<32x10xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %10 = stablehlo.reduce(%9 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %11 = stablehlo.broadcast_in_dim %10, dims = [0] : (tensor<32xf32>) -> tensor<32x1xf32>
    %12 = stablehlo.log %11 : tensor<32x1xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<32x1xf32>) -> tensor<32x10xf32>
    %14 = stablehlo.subtract %8, %13 : tensor<32x10xf32>
    %15 = stablehlo.multiply %arg3, %14 : tensor<32x10xf32>
    %16 = stablehlo.reduce(%15 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %17 = stablehlo.reduce(%16 init: %cst_1) applies stablehlo.add across dimensions = [0] : (tensor<32xf32>, tensor<f32>) -> tensor<f32>
    %cst_2 = stablehlo.constant dense<3.200000e+01> : tensor<f32>
    %18 = stablehlo.divide %17, %cst_2 : tensor<f32>
    %19 = stablehlo.negate %18 : tensor<f32>
    %cst_3 = stablehlo.constant dense<-3.125000e-02> : tensor<f32>
    %20 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<32x10xf32>
    %21 = stablehlo.multiply %arg3, %20 : tensor<32x10xf32>
    %22 = stablehlo.negate %21 : tensor<32x10xf32>
    %23 = stablehlo.reduce(%22 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %24 = stablehlo.reshape %23 : (tensor<32xf32>) -> tensor<32x1xf32>
    %25 = stablehlo.divide %24, %11 : tensor<32x1xf32>
    %26 = stablehlo.broadcast_in_dim %25, dims = [0, 1] : (tensor<32x1xf32>) -> tensor<32x10xf32>
    %27 = stablehlo.multiply %26, %9 : tensor<32x10xf32>
    %28 = stablehlo.add %21, %27 : tensor<32x10xf32>
    %29 = stablehlo.reduce(%28 init: %cst_1) applies stablehlo.add across dimensions = [0] : (tensor<32x10xf32>, tensor<f32>) -> tensor<10xf32>
    %30 = stablehlo.dot_general %28, %arg2, contracting_dims = [0] x [0] : (tensor<32x10xf32>, tensor<32x784xf32>) -> tensor<10x784xf32>
    %31 = stablehlo.transpose %30, dims = [1, 0] : (tensor<10x784xf32>) -> tensor<784x10xf32>
    %cst_4 = stablehlo.constant dense<1.000000e-01> : tensor<f32>
    %32 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<784x10xf32>
    %33 = stablehlo.multiply %32, %31 : tensor<784x10xf32>
    %34 = stablehlo.subtract %arg0, %33 : tensor<784x10xf32>
    %35 = stablehlo.broadcast_in_dim %cst_4, dims = [] : (tensor<f32>) -> tensor<10xf32>
    %36 = stablehlo.multiply %35, %29 : tensor<10xf32>
    %37 = stablehlo.subtract %arg1, %36 : tensor<10xf32>
    return %34, %37, %19 : tensor<784x10xf32>, tensor<10xf32>, tensor<f32>
  }
}
