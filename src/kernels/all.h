// The kernels, each defined in the file of its name; collected in table.cc.
#pragma once

#include "kernels/kernel.h"

namespace sotto::kernels {

extern const Kernel kAdd, kSubtract, kNegate, kScale;          // linear.cc
extern const Kernel kSum;                                      // sum.cc
extern const Kernel kReshape, kTranspose, kBroadcast, kSlice;  // moves.cc
extern const Kernel kReverse, kPad;                            // moves.cc
extern const Kernel kConcatenate;                              // concatenate.cc
extern const Kernel kConstant;                                 // constant.cc
extern const Kernel kContract;                                 // contract.cc
extern const Kernel kSign, kNot, kFromBits;                    // bits.cc
extern const Kernel kCompare;                                  // compare.cc
extern const Kernel kSelect;                                   // select.cc
extern const Kernel kExp;                                      // exp.cc
extern const Kernel kProbe, kOutside;                          // probe.cc
extern const Kernel kReciprocal, kDivide;                      // reciprocal.cc
extern const Kernel kLogistic, kTanh;                          // logistic.cc
extern const Kernel kRsqrt, kSqrt;                             // roots.cc
extern const Kernel kLog;                                      // log.cc
extern const Kernel kMax, kArgmaxOneHot;                       // max.cc
extern const Kernel kSoftmax;                                  // softmax.cc

}  // namespace sotto::kernels
