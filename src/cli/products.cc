#include "cli/products.h"

#include <fmt/format.h>

#include "kernels/product.h"
#include "plan/link.h"

namespace sotto::cli {
namespace {

using protocols::Contraction;

protocols::Contraction::Link link_of(const net::NetworkProfile& network) {
  const plan::Link link = plan::link_of(network.megabit_per_second, network.one_way_ms, network.duplex);
  return {.kilobit_per_second = link.kilobit_per_second,
          .one_way_microseconds = link.one_way_microseconds,
          .duplex = link.duplex};
}

Shape turned(Shape shape, bool transposed) {
  if (transposed) std::swap(shape[0], shape[1]);
  return shape;
}

std::string text_of(const Shape& shape) {
  return shape.empty() ? "1" : fmt::format("{}", fmt::join(shape, "x"));
}

std::optional<std::string> role_of(const plan::Plan& plan, const protocols::Share& share) {
  if (share.known_to < 0) return {};
  return plan.roles(static_cast<int>(plan::role_of_party(plan, share.known_to))).name();
}

}  // namespace

std::string ExplainedProduct::shape() const {
  return kind == "elementwise" ? text_of(left) : fmt::format("{} by {}", text_of(left), text_of(right));
}

std::string ExplainedProduct::cross_terms() const {
  if (ways.cross_terms == 2) return "2: both are shared";
  if (ways.cross_terms == 0) return fmt::format("none: {} knows both", left_known_to.value_or(""));
  if (ways.is_square && !left_known_to) return "1 of 2: a square";
  if (left_known_to && right_known_to)
    return fmt::format("1 of 2: {} knows one, {} the other", *left_known_to, *right_known_to);
  return fmt::format("1 of 2: {} knows the {} factor", left_known_to ? *left_known_to : *right_known_to,
                     left_known_to ? "left" : "right");
}

std::string ExplainedProduct::reason() const {
  if (ways.ways.empty()) return "";
  if (ways.is_small) return "less than a ciphertext";
  return "fastest on " + cli::text_of(compiled_for);
}

std::string text_of(const protocols::Contraction::Link& link) {
  return fmt::format("{} Mbit/s{}, {} ms", static_cast<double>(link.kilobit_per_second) / 1000,
                     link.duplex ? " each way" : "", static_cast<double>(link.one_way_microseconds) / 1000);
}

std::vector<ExplainedProduct> products_of(const runtime::Program& program, int block,
                                          const net::NetworkProfile& network) {
  std::vector<ExplainedProduct> products;
  const auto& explain = program.table->rows().ways_to_multiply;
  if (!explain) return products;
  const auto& operations = program.blocks[static_cast<std::size_t>(block)].operations;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].kernel == nullptr) continue;
    const auto contraction = kernels::product_of(*operations[i].kernel, operations[i].types);
    if (!contraction) continue;
    ExplainedProduct product{.operation = static_cast<int>(i),
                             .kind = kernels::text(operations[i].types.attributes, "product"),
                             .left = turned(contraction->a.shape, contraction->transpose_a),
                             .right = turned(contraction->b.shape, contraction->transpose_b),
                             .left_known_to = role_of(program.plan, contraction->a),
                             .right_known_to = role_of(program.plan, contraction->b),
                             .compiled_for = contraction->link,
                             .ways = explain(*contraction, link_of(network))};
    products.push_back(std::move(product));
  }
  return products;
}

}  // namespace sotto::cli
