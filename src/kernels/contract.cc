// contract: v = (product_scale * (a op b) + sum of addend_scales * addends) / 2^truncate, then ReLU or
// selection.
//
// Domain: |v| before truncation < 2^62 (checked by the result's type); ReLU: |v| after it < 2^(window-1).
// Error: none without truncation, else strictly less than one unit in the last place with zero mean.
// With `probes` the last result holds random projections of v before truncation, for the kernel outside
// (probe.cc). Rounds (rep3): 1 for a product, 2 with truncation, 5 with ReLU, 2 with selection; see
// protocols/table.h.
#include <algorithm>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/convolution.h"
#include "kernels/local.h"
#include "kernels/probe.h"
#include "kernels/product.h"

namespace sotto::kernels {
namespace {

using protocols::Contraction;
using protocols::Then;
using Product = Contraction::Product;

// How a call's operands are laid out: [a, b,] addends..., [selector].
struct Layout {
  Product product;
  Then then;
  std::size_t first_addend, addends;
};

Layout layout_of(const Attributes& attributes, std::size_t operands) {
  Layout layout{.product = Product::kNone, .then = Then::kNothing, .first_addend = 0, .addends = 0};
  const std::string product = text_or(attributes, "product", "none"),
                    then = text_or(attributes, "then", "none");
  const auto unknown = [](const char* name, const std::string& value) {
    throw Error(ErrorKind::kPlan,
                std::string("kernel contract: unknown ") + name + " '" + value.substr(0, 32) + "'");
  };
  if (product == "elementwise")
    layout.product = Product::kElementwise;
  else if (product == "matmul")
    layout.product = Product::kMatmul;
  else if (product == "convolution")
    layout.product = Product::kConvolution;
  else if (product != "none")
    unknown("product", product);
  if (then == "relu")
    layout.then = Then::kRelu;
  else if (then == "select")
    layout.then = Then::kSelect;
  else if (then != "none")
    unknown("then", then);
  layout.first_addend = layout.product == Product::kNone ? 0 : 2;
  const std::size_t others = layout.first_addend + (layout.then == Then::kSelect ? 1 : 0);
  if (operands < others)
    throw Error(ErrorKind::kPlan, "kernel contract: operands are missing for its product or selection");
  layout.addends = operands - others;
  return layout;
}

void check_product(const Check& check, const Layout& layout, const Attributes& attributes) {
  const bool transpose_a = check.flag("transpose_a"), transpose_b = check.flag("transpose_b");
  if (layout.product == Product::kNone) return;
  const ValueType &a = check.operand(0), &b = check.operand(1), &y = check.result();
  check.numeric(a, "a");
  check.numeric(b, "b");
  check.require(layout.product == Product::kMatmul || (!transpose_a && !transpose_b),
                "only matrices are transposed");
  if (layout.product == Product::kConvolution) return check_convolution(check, attributes);
  if (layout.product == Product::kElementwise) {
    check.shape(a, y.shape, "a");
    check.shape(b, y.shape, "b");
    return;
  }
  check.require(a.shape.size() == 2 && b.shape.size() == 2, "a matrix product takes two matrices");
  const Shape left = transpose_a ? Shape{a.shape[1], a.shape[0]} : a.shape;
  const Shape right = transpose_b ? Shape{b.shape[1], b.shape[0]} : b.shape;
  check.require(left[1] == right[0], "the inner extents of a matrix product are equal");
  check.shape(y, {left[0], right[1]}, "the result");
}

void check_addends(const Check& check, const Layout& layout, const Attributes& attributes) {
  const auto scales = integers(attributes, "addend_scales"), rows = integers(attributes, "addend_rows");
  check.require(scales.empty() || scales.size() == layout.addends, "addend_scales has one entry per addend");
  check.require(rows.empty() || rows.size() == layout.addends, "addend_rows has one entry per addend");
  const Shape& shape = check.result().shape;
  for (std::size_t i = 0; i < layout.addends; ++i) {
    const ValueType& addend = check.operand(layout.first_addend + i);
    check.numeric(addend, "an addend");
    const std::int64_t row = rows.empty() ? 0 : rows[i];
    check.require(row == 0 || row == 1, "addend_rows are 0 or 1");
    check.require(row == 0 || !shape.empty(), "a scalar result takes no row addend");
    check.shape(addend, row == 1 ? Shape{shape.back()} : shape, "an addend");
  }
}

std::int64_t probe_groups(const Attributes& attributes) { return integer_or(attributes, "probes", 0); }

void check_contract(const Call& call) {
  const Layout layout = layout_of(call.attributes, call.operand_types.size());
  const bool probed = probe_groups(call.attributes) != 0;
  const std::size_t results = (layout.then == Then::kRelu ? 2 : 1) + (probed ? 1 : 0);
  const Check check("contract", call, layout.product == Product::kNone ? 1 : 2, 64, results);
  if (probed) check_probes(check, check.result(results - 1), check.result().shape);
  check.arithmetic(check.result(), "the result");
  check.require(layout.product != Product::kNone || layout.addends > 0, "there is nothing to sum");
  check_product(check, layout, call.attributes);
  check_addends(check, layout, call.attributes);
  integer_or(call.attributes, "product_scale", 1);
  check.within("link_kbit", 100'000, 10, 1'000'000'000);
  check.within("link_delay_us", 20'000, 0, 60'000'000);
  check.flag("link_duplex");
  const auto truncate = check.within("truncate", 0, 0, 61);
  const int window = check.window();
  const ValueType& y = check.result();
  check.require(y.fraction_bits + y.bound_bits + truncate <= kMaximumBits,
                "the value before truncation overflows 2^62");
  if (layout.then == Then::kSelect) {
    const ValueType& selector = call.operand_types.back();
    check.boolean(selector, "the selector");
    check.shape(selector, y.shape, "the selector");
    check.within("selector_origin", -1, -1, 0xFFFF);
  }
  if (layout.then == Then::kRelu) {
    check.boolean(check.result(1), "the second result");
    check.shape(check.result(1), y.shape, "the second result");
    check.effort();
    check.require(y.fraction_bits + y.bound_bits <= window - 1, "the window is too narrow for the result");
  }
}

// A share of the type, its words without data.
Share shape_only(const ValueType& type) {
  Share share;
  share.shape = type.shape;
  share.parts.fill(Words::shape_only(static_cast<std::size_t>(element_count(type.shape))));
  describe(share, type);
  return share;
}

// What multiplies, and how; a product there is, its factors are not set.
Contraction multiplying(const Call& call, const Layout& layout) {
  const Attributes& attributes = call.attributes;
  Contraction c;
  c.product = layout.product;
  c.shape = call.result_types[0].shape;
  c.transpose_a = integer_or(attributes, "transpose_a", 0) == 1;
  c.transpose_b = integer_or(attributes, "transpose_b", 0) == 1;
  c.same_operand = call.operand_types[1].same_as_first;
  if (layout.product == Product::kConvolution) c.convolution = convolution_of(attributes);
  c.product_scale = static_cast<ring::Element>(integer_or(attributes, "product_scale", 1));
  c.link.kilobit_per_second = integer_or(attributes, "link_kbit", c.link.kilobit_per_second);
  c.link.one_way_microseconds = integer_or(attributes, "link_delay_us", c.link.one_way_microseconds);
  c.link.duplex = integer_or(attributes, "link_duplex", c.link.duplex) == 1;
  return c;
}

Task<Shares> run_contract(Context& context, const Call& call) {
  const Layout layout = layout_of(call.attributes, call.operands.size());
  Contraction c;
  c.shape = call.result_types[0].shape;
  if (layout.product != Product::kNone) {
    c = multiplying(call, layout);
    c.a = secret(context, call.operands[0]);
    c.b = secret(context, call.operands[1]);
  }
  const auto scales = integers(call.attributes, "addend_scales"),
             rows = integers(call.attributes, "addend_rows");
  for (std::size_t i = 0; i < layout.addends; ++i)
    c.addends.push_back({.share = secret(context, call.operands[layout.first_addend + i]),
                         .scale = scales.empty() ? 1 : static_cast<ring::Element>(scales[i]),
                         .row = !rows.empty() && rows[i] == 1});
  c.truncate_bits = static_cast<int>(integer_or(call.attributes, "truncate", 0));
  c.then = layout.then;
  // After a truncation the value has lost its upper bits: a wider window says nothing more.
  const Comparing how = comparing(call.attributes);
  c.window = std::min(how.window, 64 - c.truncate_bits);
  c.effort = how.effort;
  c.probe_groups = static_cast<std::size_t>(probe_groups(call.attributes));
  if (layout.then == Then::kSelect) {
    c.selector = call.operands.back();
    const std::int64_t origin = integer_or(call.attributes, "selector_origin", -1);
    if (origin < 0)
      c.selector.selector = nullptr;
    else if (context.counting())
      c.selector.selector = selector_of_relu(context, c.shape, static_cast<std::uint16_t>(origin));
  }
  co_return co_await protocols::contract(context, std::move(c));
}

}  // namespace

const Kernel kContract{"contract", check_contract, run_contract};

std::optional<Contraction> product_of(const Kernel& kernel, const Call& types_only) {
  if (kernel.run != kContract.run) return {};
  const Layout layout = layout_of(types_only.attributes, types_only.operand_types.size());
  if (layout.product == Product::kNone) return {};
  Contraction c = multiplying(types_only, layout);
  c.a = shape_only(types_only.operand_types[0]);
  c.b = shape_only(types_only.operand_types[1]);
  return c;
}

}  // namespace sotto::kernels
