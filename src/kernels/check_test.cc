// Checks are total: whatever a plan says, the answer is yes or an error that says why.
#include <limits>
#include <map>

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t count) { return random_() % count; }

  std::int64_t integer() {
    const std::int64_t extremes[] = {std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max(),
                                     -1,
                                     0,
                                     1,
                                     2,
                                     3,
                                     18,
                                     63,
                                     64,
                                     std::int64_t{1} << 47,
                                     -(std::int64_t{1} << 31)};
    return extremes[below(std::size(extremes))];
  }

  double real() {
    const double extremes[] = {0,      -0.0,     1,         -1,  0.5, 2,       1e-300, 1e300,
                               -1e300, INFINITY, -INFINITY, NAN, 30,  0x1p-20, 0x1p20};
    return extremes[below(std::size(extremes))];
  }

  ValueType type() {
    ValueType type;
    type.kind = static_cast<Kind>(below(16) == 0 ? 77 : below(3));
    const std::uint64_t rank = below(20) == 0 ? 12 : below(4);
    for (std::uint64_t i = 0; i < rank; ++i)
      type.shape.push_back(below(4) == 0 ? integer() : static_cast<std::int64_t>(below(4)));
    type.fraction_bits = below(4) == 0 ? static_cast<int>(integer()) : static_cast<int>(below(24));
    type.bound_bits = below(4) == 0 ? static_cast<int>(integer()) : static_cast<int>(below(8));
    return type;
  }

  Attribute attribute() {
    switch (below(5)) {
      case 0:
        return integer();
      case 1:
        return real();
      case 2:
        return std::string(std::array{"matmul", "convolution", "GE"}[below(3)]);
      case 3: {
        std::vector<std::int64_t> list(below(4));
        for (auto& value : list) value = below(2) == 0 ? integer() : static_cast<std::int64_t>(below(3));
        return list;
      }
      default:
        return std::vector<double>(below(3), real());
    }
  }

  Call call() {
    Call call;
    const ValueType common = type();
    const auto some = [&] { return below(3) == 0 ? type() : common; };
    for (std::uint64_t i = below(4); i > 0; --i) call.operand_types.push_back(some());
    for (std::uint64_t i = below(3); i > 0; --i) call.result_types.push_back(some());
    for (const char* name : {"factor",
                             "axes",
                             "permutation",
                             "dimensions",
                             "start",
                             "limit",
                             "stride",
                             "axis",
                             "values",
                             "product",
                             "transpose_a",
                             "truncate",
                             "addend_scales",
                             "addend_rows",
                             "then",
                             "window",
                             "direction",
                             "minimum",
                             "maximum",
                             "range",
                             "padding",
                             "window_strides",
                             "window_reversal",
                             "lhs_dilation",
                             "rhs_dilation",
                             "lhs_dimensions",
                             "rhs_dimensions",
                             "result_dimensions",
                             "low",
                             "high",
                             "interior",
                             "precision"})
      if (below(2) == 0) call.attributes[name] = attribute();
    return call;
  }

 private:
  std::mt19937_64 random_;
};

// What passes must also run, or at least be counted, when it is small.
bool is_small(const Call& call) {
  std::int64_t elements = 0;
  for (const auto* types : {&call.operand_types, &call.result_types})
    for (const ValueType& type : *types) elements += element_count(type.shape);
  return elements < 4096;
}

// Nearly every call is refused, each by an exception, which sanitizers make dear: their builds try fewer, and
// the fuzz targets of plans and programs run under them.
#ifdef NDEBUG
constexpr int kHostileCalls = 15000;
#else
constexpr int kHostileCalls = 3000;
#endif

TEST(Checks, SurviveAnyPlan) {
  Hostile hostile(11);
  int passed = 0, refused = 0;
  for (int i = 0; i < kHostileCalls; ++i) {
    const Call call = hostile.call();
    for (const Kernel& kernel : all_kernels()) {
      try {
        kernel.check(call);
        ++passed;
      } catch (const Error& error) {
        ASSERT_EQ(error.kind(), ErrorKind::kPlan) << kernel.name << ": " << error.what();
        ASSERT_FALSE(error.message().empty());
        ++refused;
        continue;
      }
      if (is_small(call)) {
        for (const Table* table : protocols::all_tables())
          ASSERT_NO_THROW(count(*table, kernel, call, 3)) << kernel.name;
      }
    }
  }
  EXPECT_GT(passed, kHostileCalls / 30);
  EXPECT_GT(refused, 1000);
}

// Types and ranges that are no nonsense, for the kernels whose checks decide by what can be computed.
TEST(Checks, FunctionsThatPassRun) {
  Hostile hostile(12);
  const auto between = [&](int least, int most) {
    return least + static_cast<int>(hostile.below(static_cast<std::uint64_t>(most - least + 1)));
  };
  const char* names[] = {"exp", "reciprocal", "divide", "log", "rsqrt", "sqrt", "logistic", "tanh"};
  std::map<std::string, int> passed;
  for (int i = 0; i < 6000; ++i) {
    const Kernel& kernel = kernel_named(names[hostile.below(std::size(names))]);
    Call call;
    for (int operands = std::string(kernel.name) == "divide" ? 2 : 1; operands > 0; --operands)
      call.operand_types.push_back(number({3}, between(0, 40), between(-20, 40)));
    call.result_types = {number({3}, between(0, 40), between(-20, 30))};
    const double minimum = std::ldexp(1.0 + 0.01 * between(0, 99), between(-21, 10));
    call.attributes = {{"minimum", minimum},
                       {"maximum", minimum * std::exp2(0.25 * between(0, 120))},
                       {"precision", std::int64_t{between(6, 18)}},
                       {"effort", std::int64_t{between(0, 2)}}};
    try {
      kernel.check(call);
    } catch (const Error&) {
      continue;
    }
    ++passed[kernel.name];
    for (const Table* table : protocols::all_tables())
      ASSERT_NO_THROW(count(*table, kernel, call, 3)) << kernel.name;
    call.operands.clear();
  }
  for (const char* name : names) EXPECT_GT(passed[name], 20) << name;
}

TEST(Checks, NameTheKernelAndTheProblem) {
  const auto problem = [](const char* name, Call call) {
    return plan_error([&] { kernel_named(name).check(call); });
  };
  const auto has = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  Call call;
  has(problem("add", call), "kernel add: takes 2 to 2 operands, not 0");
  call.operand_types = {number({2}, 63, 0), number({2}, 18, 0)};
  call.result_types = {number({2}, 18, 0)};
  has(problem("add", call), "63 fraction bits");
  call.operand_types[0] = number({2}, 40, 40);
  has(problem("add", call), "overflows");
  call.operand_types[0] = number({-2}, 18, 0);
  has(problem("add", call), "negative extent");
  call.operand_types[0] = number({std::int64_t{1} << 40, std::int64_t{1} << 40}, 18, 0);
  has(problem("add", call), "elements");
  call.operand_types[0] = number({3}, 18, 0);
  has(problem("add", call), "shape (3,), not (2,)");
  call.operand_types[0] = number({2}, 20, 0);
  has(problem("add", call), "truncate it first");
  call.operand_types = {number({2}, 18, 4)};
  call.result_types = {bit({2})};
  call.attributes["window"] = std::int64_t{65};
  has(problem("sign", call), "window is 65");
  call.attributes["window"] = std::int64_t{10};
  has(problem("sign", call), "too narrow");
  call.attributes["window"] = std::string("wide");
  has(problem("sign", call), "attribute 'window' is missing or not an integer");
}

TEST(Checks, UnknownKernelsSuggestKnownOnes) {
  const std::string text = plan_error([] { kernel_named("softmx"); });
  EXPECT_NE(text.find("softmax"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
