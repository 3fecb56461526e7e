#include "runtime/stored_parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/ring.h"
#include "plan/initializer.h"
#include "protocols/operations.h"

namespace sotto::runtime {
namespace {

bool is_stored(const plan::wire::Input& input) { return input.initializer() == plan::kStored; }

protocols::Words scaled(const protocols::Words& part, ring::Element factor) {
  if (part.size() == 0 || part.is_zero()) return part;
  const auto result = protocols::Words::allocate(part.size());
  ring::scale(result.mutable_span(), part.span(), factor);
  return result;
}

// The lengths of the parts that a share of so many words has at this party.
std::array<std::size_t, 2> part_sizes(const Program& program, int self, const Shape& shape) {
  auto rounds = net::Rounds::counting(self, program.table->parties());
  const protocols::Context context(*program.table, rounds, nullptr, 0, 0);
  const auto share =
      protocols::constant(context, protocols::Words::zeros(static_cast<std::size_t>(element_count(shape))),
                          protocols::Kind::kArithmetic, shape);
  return {share.parts[0].size(), share.parts[1].size()};
}

}  // namespace

StoredParameters::StoredParameters(const Program& program, const LocalFiles& files, int self,
                                   const std::string& name) {
  if (!std::ranges::any_of(program.plan.inputs(), is_stored)) {
    if (files.load)
      throw Error(ErrorKind::kUsage,
                  fmt::format("[local.{}] loads a share store, but the plan takes nothing from one", name),
                  "Compile a plan for a trained model with `sotto compile --predict`, or leave `load` out.");
    return;
  }
  if (!files.load)
    throw Error(
        ErrorKind::kUsage,
        fmt::format("the plan takes its parameters from the share stores, and [local.{}] names none", name),
        "Add load = \"FILE\" and load_key = \"FILE\": the store and store_key of the job that trained.");
  file_ = *files.load;
  bundle_ = load_bundle(file_, *files.load_key);
  check(program, self);
}

void StoredParameters::check(const Program& program, int self) const {
  const auto refuse = [&](const std::string& what, const std::string& hint) {
    throw Error(ErrorKind::kData, fmt::format("{}, of job \"{}\": {}", file_.string(), bundle_->job, what),
                hint);
  };
  if (bundle_->protocol != program.plan.protocol())
    refuse(fmt::format("its shares are of protocol {}, the plan's is {}", bundle_->protocol,
                       program.plan.protocol()),
           "Compile the plan for the protocol that trained.");
  if (bundle_->party_index != self)
    refuse(fmt::format("it is the store of {}, party {} of its job, and this is party {}", bundle_->party,
                       bundle_->party_index, self),
           "Each party loads its own, and roles keep their order: see --roles of `sotto compile`.");
  for (const auto& input : program.plan.inputs()) {
    if (!is_stored(input)) continue;
    const auto& value = program.plan.values(static_cast<int>(input.value()));
    const auto& stored = named(input.name());
    const auto shape = plan::shape_of(value);
    if (stored.share.shape != shape || stored.share.kind != protocols::Kind::kArithmetic)
      refuse(fmt::format("\"{}\" is {}, the plan wants {}", input.name(), to_string(stored.share.shape),
                         to_string(shape)),
             "Is the plan compiled from the model that was trained?");
    if (stored.fraction_bits > value.fraction_bits())
      refuse(fmt::format("\"{}\" has {} fraction bits, more than the plan's {}", input.name(),
                         stored.fraction_bits, value.fraction_bits()),
             fmt::format("Compile the plan with --state-fraction-bits {}.", stored.fraction_bits));
    if (stored.bound_bits > value.bound_bits())
      refuse(fmt::format("\"{}\" is bounded by 2^{}, the plan expects less than 2^{}", input.name(),
                         stored.bound_bits, value.bound_bits()),
             fmt::format("Compile the plan with --limit {}={}.", input.name(),
                         std::uint64_t{1} << stored.bound_bits));
    if (part_sizes(program, self, shape) !=
        std::array{stored.share.parts[0].size(), stored.share.parts[1].size()})
      refuse(fmt::format("\"{}\" is no share of protocol {}", input.name(), bundle_->protocol), "");
  }
}

const StoredShare& StoredParameters::named(const std::string& input) const {
  const auto found = std::ranges::find(bundle_->shares, input, &StoredShare::name);
  if (found != bundle_->shares.end()) return *found;
  std::vector<std::string> names;
  for (const auto& stored : bundle_->shares) names.push_back(stored.name);
  throw Error(ErrorKind::kData,
              fmt::format("{}, of job \"{}\", has no parameter \"{}\"", file_.string(), bundle_->job, input),
              fmt::format("It has: {}. Is the plan compiled from the model that was trained?",
                          fmt::join(names, ", ")));
}

std::optional<SessionId> StoredParameters::sharing() const {
  return bundle_ ? std::optional(bundle_->sharing) : std::nullopt;
}

protocols::Share StoredParameters::share(const plan::wire::Input& input, const plan::Value& value) const {
  const auto& stored = named(input.name());
  auto share = stored.share;
  const auto factor = ring::Element{1} << (value.fraction_bits() - stored.fraction_bits);
  if (factor != 1)
    for (auto& part : share.parts) part = scaled(part, factor);
  return share;
}

}  // namespace sotto::runtime
