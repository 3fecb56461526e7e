#include "cli/kernel_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "protocols/table.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

constexpr int kFractionBits = 18;

// Writes one operation into the block; helpers make values as the row asks for them.
class Writer {
 public:
  Writer(plan::Plan& plan, plan::Block& block, std::int64_t elements, std::int64_t window)
      : plan_(plan), block_(block), elements_(elements), window_(window) {}

  std::int64_t elements() const { return elements_; }
  std::int64_t window() const { return window_; }

  std::uint32_t value(const Shape& shape, plan::wire::Sharing sharing = plan::wire::ARITHMETIC,
                      int bound_bits = 4) {
    auto& value = *plan_.add_values();
    value.set_name(fmt::format("v{}", plan_.values_size() - 1));
    value.mutable_shape()->Add(shape.begin(), shape.end());
    value.set_sharing(sharing);
    value.set_fraction_bits(sharing == plan::wire::BOOLEAN ? 0 : kFractionBits);
    value.set_bound_bits(sharing == plan::wire::BOOLEAN ? 1 : bound_bits);
    value.set_bound(plan::wire::DECLARED);
    return static_cast<std::uint32_t>(plan_.values_size() - 1);
  }

  // A value that role 0 provides, drawn between 0 and 1.
  std::uint32_t input(const Shape& shape) {
    const auto id = value(shape);
    auto& input = *plan_.add_inputs();
    input.set_name(fmt::format("x{}", plan_.inputs_size() - 1));
    input.set_value(id);
    input.set_encoding("pixels");
    return id;
  }

  plan::Operation& operation(const std::string& kernel, const std::vector<std::uint32_t>& operands,
                             const std::vector<std::uint32_t>& results) {
    auto& operation = *block_.add_operations();
    operation.set_kernel(kernel);
    operation.mutable_operands()->Add(operands.begin(), operands.end());
    operation.mutable_results()->Add(results.begin(), results.end());
    return operation;
  }

 private:
  plan::Plan& plan_;
  plan::Block& block_;
  std::int64_t elements_, window_;
};

Shape flat(const Writer& writer) { return {writer.elements()}; }
// Rows of ten, as a classifier has them.
Shape rows_of_ten(const Writer& writer) { return {std::max<std::int64_t>(writer.elements() / 10, 1), 10}; }

void contraction(Writer& writer, const std::string& product, const std::string& then, const Shape& a,
                 const Shape& b, const Shape& result) {
  const int bound = product == "matmul" ? 24 : 8;
  // What is compared fits into the window.
  const int compared = static_cast<int>(writer.window()) - 1 - kFractionBits;
  std::vector<std::uint32_t> results{
      writer.value(result, plan::wire::ARITHMETIC, then == "relu" ? std::min(bound, compared) : bound)};
  if (then == "relu") results.push_back(writer.value(result, plan::wire::BOOLEAN));
  std::vector<std::uint32_t> operands{writer.input(a)};
  if (product != "none") operands.push_back(writer.input(b));
  auto& operation = writer.operation("contract", operands, results);
  plan::set_attribute(operation, "product", std::string_view(product));
  plan::set_attribute(operation, "truncate", std::int64_t{product == "none" ? 0 : kFractionBits});
  plan::set_attribute(operation, "then", std::string_view(then));
  plan::set_attribute(operation, "window", writer.window());
  plan::set_attribute(operation, "product_scale", std::int64_t{1});
  plan::set_attribute(operation, "transpose_a", std::int64_t{0});
  plan::set_attribute(operation, "transpose_b", std::int64_t{0});
  const bool addend = product == "none";
  plan::set_attribute(operation, "addend_scales", std::vector<std::int64_t>(addend ? 1 : 0, 1));
  plan::set_attribute(operation, "addend_rows", std::vector<std::int64_t>(addend ? 1 : 0, 0));
}

void matmul(Writer& writer) {
  const auto n = std::max<std::int64_t>(std::llround(std::sqrt(static_cast<double>(writer.elements()))), 1);
  contraction(writer, "matmul", "none", {n, n}, {n, n}, {n, n});
}

void ranged(Writer& writer, const std::string& kernel, bool two, double minimum, double maximum) {
  const auto result = writer.value(flat(writer), plan::wire::ARITHMETIC, 8);
  std::vector<std::uint32_t> operands{writer.input(flat(writer))};
  if (two) operands.push_back(writer.input(flat(writer)));
  auto& operation = writer.operation(kernel, operands, {result});
  plan::set_attribute(operation, "minimum", minimum);
  plan::set_attribute(operation, "maximum", maximum);
}

void windowed(Writer& writer, const std::string& kernel, const Shape& shape, const Shape& result,
              plan::wire::Sharing sharing, int operands) {
  const auto to = writer.value(result, sharing);
  std::vector<std::uint32_t> from;
  for (int i = 0; i < operands; ++i) from.push_back(writer.input(shape));
  auto& operation = writer.operation(kernel, from, {to});
  plan::set_attribute(operation, "window", writer.window());
  if (kernel == "compare") plan::set_attribute(operation, "direction", std::string_view("GE"));
}

void select(Writer& writer) {
  const auto a = writer.input(flat(writer));
  const auto bit = writer.value(flat(writer), plan::wire::BOOLEAN);
  plan::set_attribute(writer.operation("sign", {a}, {bit}), "window", writer.window());
  writer.operation("select", {bit, a}, {writer.value(flat(writer))});
}

struct Row {
  const char* name;
  std::function<void(Writer&)> write;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"add",
       [](Writer& w) {
         const auto a = w.input(flat(w)), b = w.input(flat(w));
         w.operation("add", {a, b}, {w.value(flat(w), plan::wire::ARITHMETIC, 5)});
       }},
      {"multiply", [](Writer& w) { contraction(w, "elementwise", "none", flat(w), flat(w), flat(w)); }},
      {"multiply_relu", [](Writer& w) { contraction(w, "elementwise", "relu", flat(w), flat(w), flat(w)); }},
      {"matmul", matmul},
      {"relu", [](Writer& w) { contraction(w, "none", "relu", flat(w), {}, flat(w)); }},
      {"sign", [](Writer& w) { windowed(w, "sign", flat(w), flat(w), plan::wire::BOOLEAN, 1); }},
      {"compare", [](Writer& w) { windowed(w, "compare", flat(w), flat(w), plan::wire::BOOLEAN, 2); }},
      {"sign_select", select},
      {"exp",
       [](Writer& w) {
         const auto x = w.input(flat(w));
         w.operation("exp", {x}, {w.value(flat(w), plan::wire::ARITHMETIC, 24)});
       }},
      {"reciprocal", [](Writer& w) { ranged(w, "reciprocal", false, 1.0 / 256, 16); }},
      {"divide", [](Writer& w) { ranged(w, "divide", true, 1.0 / 256, 16); }},
      {"log", [](Writer& w) { ranged(w, "log", false, 1.0 / 256, 16); }},
      {"max",
       [](Writer& w) {
         const auto shape = rows_of_ten(w);
         windowed(w, "max", shape, {shape[0]}, plan::wire::ARITHMETIC, 1);
       }},
      {"argmax",
       [](Writer& w) {
         windowed(w, "argmax_one_hot", rows_of_ten(w), rows_of_ten(w), plan::wire::BOOLEAN, 1);
       }},
      {"softmax",
       [](Writer& w) {
         const auto x = w.input(rows_of_ten(w));
         auto& operation = w.operation("softmax", {x}, {w.value(rows_of_ten(w), plan::wire::ARITHMETIC, 1)});
         plan::set_attribute(operation, "window", w.window());
         plan::set_attribute(operation, "range", 16.0);
       }},
  };
  return kRows;
}

void add_row(plan::Plan& plan, plan::Block& block, const std::string& name, std::int64_t elements,
             std::int64_t window) {
  std::string known;
  Writer writer(plan, block, elements, window);
  for (const auto& row : rows()) {
    if (row.name == name) return row.write(writer);
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there is no benchmark of \"{}\"", name),
              fmt::format("Known are: {}.", known));
}

void add_control(plan::Plan& plan, std::uint32_t block, std::uint64_t repeat) {
  auto& control = *plan.add_control();
  control.set_block(block);
  control.set_repeat(repeat);
  control.set_phase(plan.blocks(static_cast<int>(block)).name());
}

}  // namespace

plan::Plan kernel_plan(const std::string& protocol, const std::string& operation, std::int64_t elements,
                       std::uint64_t repeats, std::int64_t bits) {
  plan::Plan plan;
  plan.set_format_version(plan::kFormatVersion);
  plan.set_name("kernel " + operation);
  plan.set_protocol(protocol);
  plan.set_log2_failure(-60);
  for (int i = 0; i < protocols::table_named(protocol).parties(); ++i) {
    auto& role = *plan.add_roles();
    role.set_name(fmt::format("party{}", i));
    role.set_computes(true);
  }
  plan.add_blocks()->set_name("load");
  plan.add_blocks()->set_name("step");
  add_row(plan, *plan.mutable_blocks(1), operation, elements, bits);
  for (const auto& input : plan.inputs()) {
    auto& share = *plan.mutable_blocks(0)->add_operations();
    share.set_kernel("input");
    share.add_results(input.value());
  }
  add_control(plan, 0, 1);
  add_control(plan, 1, repeats);
  runtime::declare_costs(plan);
  return plan;
}

}  // namespace sotto::cli
