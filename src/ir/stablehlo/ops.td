// The whole StableHLO dialect.
include "ir/stablehlo/elementwise.td"
include "ir/stablehlo/movement.td"
include "ir/stablehlo/contraction.td"
include "ir/stablehlo/window.td"
