// A convolution of shares as a product of matrices: gathering and scattering are linear, so each party does
// them to its own part.
#pragma once

#include "base/ring_convolution.h"
#include "protocols/context.h"

namespace sotto::protocols::duo {

// result = patches (rows x inner) times factors (inner x columns), in the order of ConvolutionView.
struct ConvolutionMatrices {
  explicit ConvolutionMatrices(const ring::ConvolutionView& convolution) : view(convolution) {}

  std::size_t inner() const { return static_cast<std::size_t>(view.y.window * view.x.window * view.in); }
  // For each place of the result, what the window covers there.
  void gather_patches(std::span<ring::Element> patches, std::span<const ring::Element> lhs) const;
  void gather_factors(std::span<ring::Element> factors, std::span<const ring::Element> rhs) const;
  // Rows of features to the result's own layout.
  void scatter(std::span<ring::Element> result, std::span<const ring::Element> rows) const;

  ring::ConvolutionView view;
};

}  // namespace sotto::protocols::duo
