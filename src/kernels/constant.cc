// constant: real numbers of the plan, rounded to nearest at the result's fraction bits. Local, 0 rounds.
// Error: half a unit. Valid for |value| below the result's bound.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

void check_constant(const Call& call) {
  const Check check("constant", call, 0, 0);
  check.numeric(check.result(), "the result");
  const auto values = reals(call.attributes, "values");
  const auto count = static_cast<std::size_t>(element_count(check.result().shape));
  check.require(values.size() == count || values.size() == 1, "one value per element, or one for all");
  const double bound = std::ldexp(1.0, check.result().bound_bits);
  for (double value : values)
    if (!(std::abs(value) <= bound)) check.fail(fmt::format("the value {} is beyond its bound", value));
}

Task<Shares> run_constant(Context& context, const Call& call) {
  const ValueType& type = call.result_types[0];
  Words words = context.words(static_cast<std::size_t>(element_count(type.shape)));
  context.local([&] {
    const auto values = reals(call.attributes, "values");
    const auto encoded = [&](double value) {
      return static_cast<ring::Element>(std::llrint(std::ldexp(value, type.fraction_bits)));
    };
    auto out = words.mutable_span();
    if (values.size() == 1) {
      std::fill(out.begin(), out.end(), encoded(values[0]));
    } else {
      std::transform(values.begin(), values.end(), out.begin(), encoded);
    }
  });
  Share share;
  share.kind = Kind::kPublic;
  share.shape = type.shape;
  share.parts[0] = std::move(words);
  co_return Shares{type.kind == Kind::kPublic ? share : secret(context, share)};
}

}  // namespace

const Kernel kConstant{"constant", check_constant, run_constant};

}  // namespace sotto::kernels
