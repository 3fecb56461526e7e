// How a plan's products are made by a protocol that can make them in several ways, for `sotto cost`: what the
// other ways would cost, and why it is this one. The protocol itself explains (protocols/table.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/shaped.h"
#include "runtime/program.h"

namespace sotto::cli {

struct ExplainedProduct {
  int operation = 0;  // index in its block
  std::string kind;   // as the attribute `product` says
  Shape left, right;  // as they are multiplied
  // Roles that know a factor in the clear.
  std::optional<std::string> left_known_to, right_known_to;
  protocols::Contraction::Link compiled_for;
  protocols::WaysToMultiply ways;

  // "128x784 by 784x10".
  std::string shape() const;
  // "2", "1 of 2: a square", "1 of 2: bank knows the left factor", "none: bank knows both".
  std::string cross_terms() const;
  // In a sentence; empty where nothing crosses.
  std::string reason() const;
};

// "100 Mbit/s, 20 ms", and " each direction" where it is duplex.
std::string text_of(const protocols::Contraction::Link& link);

// The products of a block, with seconds on the network; none where the protocol has one way only.
std::vector<ExplainedProduct> products_of(const runtime::Program& program, int block,
                                          const net::NetworkProfile& network);

}  // namespace sotto::cli
