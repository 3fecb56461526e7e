#include "runtime/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "kernels/boundary.h"
#include "plan/knowledge.h"
#include "plan/verify.h"

namespace sotto::runtime {
namespace {

std::string place(const plan::Plan& plan, int block, int operation) {
  const auto& b = plan.blocks(block);
  const auto& o = b.operations(operation);
  const auto source = o.source().empty() ? "" : fmt::format(" from {}", o.source());
  return fmt::format("block \"{}\", operation {} ({}){}", b.name(), operation, o.kernel(), source);
}

kernels::Attributes attributes_of(const plan::Operation& operation) {
  kernels::Attributes attributes;
  for (const auto& attribute : operation.attributes()) {
    kernels::Attribute& slot = attributes[attribute.name()];
    switch (attribute.kind_case()) {
      case plan::wire::Attribute::kInteger:
        slot = attribute.integer();
        break;
      case plan::wire::Attribute::kReal:
        slot = attribute.real();
        break;
      case plan::wire::Attribute::kText:
        slot = attribute.text();
        break;
      case plan::wire::Attribute::kIntegers:
        slot = std::vector<std::int64_t>(attribute.integers().values().begin(),
                                         attribute.integers().values().end());
        break;
      case plan::wire::Attribute::kReals:
        slot = std::vector<double>(attribute.reals().values().begin(), attribute.reals().values().end());
        break;
      case plan::wire::Attribute::KIND_NOT_SET:
        break;
    }
  }
  return attributes;
}

PreparedOperation resolve(const plan::Plan& plan, const plan::Operation& operation,
                          const std::vector<int>& known_to) {
  PreparedOperation prepared;
  prepared.special = plan::special(operation);
  for (auto operand : operation.operands()) {
    prepared.types.operand_types.push_back(type_of(plan.values(static_cast<int>(operand))));
    auto& type = prepared.types.operand_types.back();
    type.known_to = known_to[operand];
    type.same_as_first = prepared.types.operand_types.size() > 1 && operand == operation.operands(0);
  }
  for (auto result : operation.results())
    prepared.types.result_types.push_back(type_of(plan.values(static_cast<int>(result))));
  prepared.types.attributes = attributes_of(operation);
  if (prepared.special != plan::Special::kNone) return prepared;
  if (operation.variant() != kernels::variant_of(prepared.types.attributes))
    throw Error(ErrorKind::kPlan, fmt::format("no variant is called \"{}\"", operation.variant()),
                "Compile the plan with this version of Sotto.");
  prepared.kernel = &kernels::kernel_named(operation.kernel());
  prepared.kernel->check(prepared.types);
  return prepared;
}

std::vector<std::uint32_t> count_uses(const plan::Plan& plan, const plan::Block& block) {
  std::vector<std::uint32_t> uses(static_cast<std::size_t>(plan.values_size()), 0);
  for (const auto& operation : block.operations())
    for (auto operand : operation.operands()) ++uses[operand];
  for (const auto& update : block.updates()) ++uses[update.next()];
  return uses;
}

std::string text_of(const std::vector<std::uint64_t>& bytes) {
  return fmt::format("[{}]", fmt::join(bytes, ", "));
}

// Declared cost is counted cost; what the operation needs of the setup is noted.
void require_honest_cost(Program& program, int block, int operation) {
  const auto& declared = program.plan.blocks(block).operations(operation);
  const kernels::Cost counted = counted_cost(program, block, operation);
  program.setup_needs |= counted.needs;
  if (declared.rounds() != counted.rounds)
    throw Error(ErrorKind::kPlan,
                fmt::format("{} declares {} rounds, counted are {}", place(program.plan, block, operation),
                            declared.rounds(), counted.rounds),
                "The plan was made by another version; compile it again with `sotto compile`.");
  const std::vector<std::uint64_t> bytes(declared.bytes().begin(), declared.bytes().end());
  if (bytes != counted.bytes)
    throw Error(ErrorKind::kPlan,
                fmt::format("{} declares bytes {}, counted are {}", place(program.plan, block, operation),
                            text_of(bytes), text_of(counted.bytes)),
                "The plan was made by another version; compile it again with `sotto compile`.");
}

// Calls function(block, operation) for all, naming the operation in the errors of those who do not know it.
template <class Function>
void for_each_operation(const plan::Plan& plan, Function function) {
  for (int block = 0; block < plan.blocks_size(); ++block)
    for (int operation = 0; operation < plan.blocks(block).operations_size(); ++operation) {
      try {
        function(block, operation);
      } catch (const Error& error) {
        if (error.message().starts_with("block ")) throw;
        throw Error(ErrorKind::kPlan, place(plan, block, operation) + ": " + error.message(), error.hint());
      }
    }
}

}  // namespace

kernels::ValueType type_of(const plan::Value& value) {
  kernels::ValueType type;
  type.kind = value.sharing() == plan::wire::PUBLIC    ? protocols::Kind::kPublic
              : value.sharing() == plan::wire::BOOLEAN ? protocols::Kind::kBoolean
                                                       : protocols::Kind::kArithmetic;
  type.shape = plan::shape_of(value);
  type.fraction_bits = value.fraction_bits();
  type.bound_bits = value.bound_bits();
  return type;
}

unsigned mask_of_reveal(const plan::Plan& plan, std::uint32_t value) {
  unsigned mask = 0;
  for (const auto& reveal : plan.reveals())
    if (reveal.value() == value)
      for (auto role : reveal.roles()) mask |= 1u << plan::party_of_role(plan, role).value_or(0);
  return mask;
}

kernels::Cost counted_cost(const Program& program, int block, int operation) {
  const auto& wire = program.plan.blocks(block).operations(operation);
  const PreparedOperation& prepared =
      program.blocks[static_cast<std::size_t>(block)].operations[static_cast<std::size_t>(operation)];
  const auto index = static_cast<std::uint16_t>(operation);
  const auto parties = static_cast<std::size_t>(program.table->parties());
  switch (prepared.special) {
    case plan::Special::kNone:
      return kernels::count(*program.table, *prepared.kernel, prepared.types, index);
    case plan::Special::kBatch:
      return {0, std::vector<std::uint64_t>(parties * parties, 0)};
    case plan::Special::kInput: {
      for (const auto& input : program.plan.inputs())
        if (input.value() == wire.results(0))
          return kernels::count_input(*program.table,
                                      plan::party_of_role(program.plan, input.role()).value_or(0),
                                      prepared.types.result_types[0].shape, index);
      break;
    }
    case plan::Special::kReveal:
    case plan::Special::kGuard: {
      const auto& type = prepared.types.operand_types[0];
      return kernels::count_reveal(*program.table, type.kind, type.shape,
                                   mask_of_reveal(program.plan, wire.operands(0)), index);
    }
  }
  SOTTO_ASSERT(false, "the verifier found an input for every input operation");
}

namespace {

// Everything but the costs.
Program resolve_all(plan::Plan plan, std::string digest) {
  Program program;
  program.plan = std::move(plan);
  program.digest = std::move(digest);
  program.table = &protocols::table_named(program.plan.protocol());
  if (program.table->parties() != plan::party_count(program.plan))
    throw Error(ErrorKind::kPlan,
                fmt::format("{} roles compute, but protocol {} runs among {} parties",
                            plan::party_count(program.plan), program.table->name(), program.table->parties()),
                "Mark as computing only the roles that hold shares.");
  for (const auto& block : program.plan.blocks())
    program.blocks.push_back({{}, count_uses(program.plan, block)});
  const std::vector<int> known_to = plan::known_to(program.plan);
  for_each_operation(program.plan, [&](int block, int operation) {
    program.blocks[static_cast<std::size_t>(block)].operations.push_back(
        resolve(program.plan, program.plan.blocks(block).operations(operation), known_to));
  });
  return program;
}

}  // namespace

Program prepare(plan::Plan plan, std::string digest) {
  plan::verify(plan);
  Program program = resolve_all(std::move(plan), std::move(digest));
  for_each_operation(program.plan,
                     [&](int block, int operation) { require_honest_cost(program, block, operation); });
  return program;
}

Program prepare(std::span<const std::byte> bytes) { return prepare(plan::parse(bytes), plan::digest(bytes)); }

std::vector<std::byte> read_plan_file(const std::filesystem::path& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  std::ifstream stream(file, std::ios::binary);
  if (code || !stream)
    throw Error(ErrorKind::kUsage, fmt::format("cannot read the plan {}", file.string()),
                "Make one with `sotto compile`.");
  if (size > plan::kMaximumPlanBytes)
    throw Error(ErrorKind::kPlan, fmt::format("{} has {} bytes: no plan is that large", file.string(), size),
                "Is this the right file?");
  std::vector<std::byte> bytes(size);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  return bytes;
}

void declare_costs(plan::Plan& plan) {
  const Program program = resolve_all(plan, "");
  const auto entries = static_cast<std::size_t>(program.table->parties() * program.table->parties());
  for (int b = 0; b < plan.blocks_size(); ++b) {
    auto& block = *plan.mutable_blocks(b);
    std::vector<std::uint32_t> ready(static_cast<std::size_t>(plan.values_size()), 0);
    std::vector<std::uint64_t> sum(entries, 0);
    block.set_rounds(0);
    for (int i = 0; i < block.operations_size(); ++i) {
      auto& operation = *block.mutable_operations(i);
      const auto cost = counted_cost(program, b, i);
      operation.set_start_round(0);
      for (auto operand : operation.operands())
        operation.set_start_round(std::max(operation.start_round(), ready[operand]));
      operation.set_rounds(cost.rounds);
      operation.mutable_bytes()->Assign(cost.bytes.begin(), cost.bytes.end());
      for (std::size_t entry = 0; entry < entries; ++entry) sum[entry] += cost.bytes[entry];
      const auto end = operation.start_round() + cost.rounds;
      for (auto result : operation.results()) ready[result] = end;
      block.set_rounds(std::max(block.rounds(), end));
    }
    block.mutable_bytes()->Assign(sum.begin(), sum.end());
  }
}

}  // namespace sotto::runtime
