// The operations that the runtime performs itself: input, batch, reveal, guard.
#include <fmt/format.h>

#include <algorithm>

#include "base/bits.h"
#include "base/error.h"
#include "base/fixed_point.h"
#include "kernels/boundary.h"
#include "plan/partial_input.h"
#include "runtime/block_run.h"
#include "runtime/executor.h"
#include "runtime/rows.h"

namespace sotto::runtime {

using protocols::Context;
using protocols::Share;

Task<void> Executor::special(BlockRun& run, std::size_t index, Context& context) {
  const auto& wire = plan_.blocks(static_cast<int>(run.block)).operations(static_cast<int>(index));
  switch (plan::special(wire)) {
    case plan::Special::kInput:
      co_await share_input(wire.results(0), context);
      break;
    case plan::Special::kBatch:
      values_[wire.results(0)] = take_rows(take(run, wire.operands(0)), run.rows);
      break;
    case plan::Special::kReveal:
    case plan::Special::kGuard:
      co_await open(run, index, context);
      break;
    case plan::Special::kNone:
      SOTTO_ASSERT(false, "kernels run elsewhere");
  }
}

Task<void> Executor::share_input(std::uint32_t value, Context& context) {
  const auto input = std::ranges::find(plan_.inputs(), value, &plan::wire::Input::value);
  const auto& type = plan_.values(static_cast<int>(value));
  values_[value] = co_await kernels::share_input(
      context, plan::party_of_role(plan_, input->role()).value_or(0), plan::shape_of(type),
      [this, input, &type](std::size_t offset, std::span<ring::Element> out) {
        environment_.fill_input(*input, type, offset, out);
      });
}

Task<void> Executor::open(BlockRun& run, std::size_t index, Context& context) {
  const auto& wire = plan_.blocks(static_cast<int>(run.block)).operations(static_cast<int>(index));
  const auto value = wire.operands(0);
  const unsigned mask = mask_of_reveal(plan_, value);
  const bool of_rows = environment_.rows > 0 && plan::find_attribute(wire, plan::kRowsOf) != nullptr;
  Share opened = take(run, value);
  if (of_rows) opened = only_first_rows(opened, environment_.rows);
  const auto words = co_await protocols::reveal(context, std::move(opened), mask);
  if ((mask >> self_ & 1) == 0) co_return;
  const auto reveal = std::ranges::find(plan_.reveals(), value, &plan::wire::Reveal::value);
  if (plan::special(wire) == plan::Special::kReveal)
    keep_output(*reveal, plan_.values(static_cast<int>(value)), words.materialised().span(), of_rows);
  else if (std::ranges::any_of(words.materialised().span(), [](std::uint64_t word) { return word != 0; }))
    throw Error(
        ErrorKind::kRange,
        fmt::format("guard \"{}\": a bound that was calibrated, not proven, was violated", reveal->name()),
        "Compile again with a larger calibration sample or margin (--margin-bits, or margin_bits of a "
        "regression's job); no result of this run can be trusted.");
}

void Executor::keep_output(const plan::wire::Reveal& reveal, const plan::Value& value,
                           std::span<const std::uint64_t> words, bool of_rows) {
  Revealed output;
  output.shape = plan::shape_of(value);
  if (of_rows) output.shape[0] = static_cast<std::int64_t>(environment_.rows);
  output.boolean = value.sharing() == plan::wire::BOOLEAN;
  const auto elements = static_cast<std::size_t>(element_count(output.shape));
  output.values.resize(elements);
  if (output.boolean) {
    std::vector<std::uint64_t> bits(elements);
    bits::expand(bits, words.first(bits::words_for(elements)));
    std::ranges::copy(bits, output.values.begin());
  } else {
    decode(output.values, words.first(elements), value.fraction_bits());
  }
  outputs_[reveal.name()].push_back(std::move(output));
}

}  // namespace sotto::runtime
