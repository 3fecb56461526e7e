// The whole Sotto dialect.
include "ir/sotto/types.td"
include "ir/sotto/raised.td"
include "ir/sotto/kernels.td"
