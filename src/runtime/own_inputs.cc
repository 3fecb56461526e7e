#include "runtime/own_inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/fixed_point.h"
#include "plan/partial_input.h"

namespace sotto::runtime {
namespace {

NumberTensor read_numbers(const std::filesystem::path& file, Digest& digest) {
  const auto bytes = read_packed_file(file);
  digest = sha256(bytes);
  try {
    return parse_numbers(bytes);
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", file.string(), error.message()), error.hint());
  }
}

std::vector<std::string> own_inputs(const plan::Plan& plan, int self) {
  std::vector<std::string> names;
  for (const auto& input : plan.inputs())
    if (input.initializer().empty() && plan::party_of_role(plan, input.role()) == self)
      names.push_back(input.name());
  return names;
}

}  // namespace

OwnInputs::OwnInputs(const Program& program, const LocalFiles& files, int self, const std::string& name) {
  const auto own = own_inputs(program.plan, self);
  for (const auto& [input, file] : files.inputs)
    if (std::ranges::find(own, input) == own.end())
      throw Error(
          ErrorKind::kUsage,
          fmt::format("[local.{}] gives a file for \"{}\", which is no input of its role", name, input),
          own.empty() ? "It provides none; `sotto plan show` lists who provides what."
                      : fmt::format("It provides: {}.", fmt::join(own, ", ")));
  const auto index = plan::partial_input(program.plan);
  const auto* partial = index ? &program.plan.inputs(*index) : nullptr;
  for (const auto& input : program.plan.inputs()) {
    if (std::ranges::find(own, input.name()) == own.end()) continue;
    const auto file = files.inputs.find(input.name());
    if (file == files.inputs.end())
      throw Error(ErrorKind::kUsage,
                  fmt::format("[local.{}] gives no file for input \"{}\"", name, input.name()),
                  fmt::format("Add inputs = {{ \"{}\" = \"FILE\" }}.", input.name()));
    const auto& value = program.plan.values(static_cast<int>(input.value()));
    tensors_.try_emplace(input.name(), read_numbers(file->second, digests_[input.name()]), input.encoding(),
                         plan::shape_of(value), fmt::format("input \"{}\"", input.name()), &input == partial);
    if (&input == partial) rows_ = tensors_.at(input.name()).rows();
  }
}

void OwnInputs::fill(const plan::wire::Input& input, const plan::Value& value, std::size_t offset,
                     std::span<ring::Element> out) {
  numbers_.resize(out.size());
  tensors_.at(input.name()).read(offset, numbers_);
  const double bound = std::ldexp(1.0, value.bound_bits()) - std::ldexp(1.0, -value.fraction_bits());
  encode(out, numbers_, value.fraction_bits(), bound,
         fmt::format("input \"{}\" from element {}", input.name(), offset));
}

}  // namespace sotto::runtime
