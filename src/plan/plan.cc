#include "plan/plan.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"

namespace sotto::plan {

Plan parse(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaximumPlanBytes)
    throw Error(ErrorKind::kPlan,
                fmt::format("the plan has {} bytes, more than {}", bytes.size(), kMaximumPlanBytes),
                "Is this a plan? Make one with `sotto compile`.");
  Plan plan;
  google::protobuf::LogSilencer silent;  // our error says it
  if (!plan.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error(ErrorKind::kPlan, "these bytes are not a plan, or the file is cut short",
                "Make a plan with `sotto compile`, and compare its digest with the job's.");
  return plan;
}

std::string serialize(const Plan& plan) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    plan.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string digest(std::span<const std::byte> bytes) { return to_hex(sha256(bytes)); }

int party_count(const Plan& plan) {
  int parties = 0;
  for (const auto& role : plan.roles()) parties += role.computes();
  return parties;
}

std::optional<int> party_of_role(const Plan& plan, std::uint32_t role) {
  if (role >= static_cast<std::uint32_t>(plan.roles_size()) || !plan.roles(static_cast<int>(role)).computes())
    return std::nullopt;
  int party = 0;
  for (int i = 0; i < static_cast<int>(role); ++i) party += plan.roles(i).computes();
  return party;
}

std::uint32_t role_of_party(const Plan& plan, int party) {
  for (int i = 0; i < plan.roles_size(); ++i)
    if (plan.roles(i).computes() && party-- == 0) return static_cast<std::uint32_t>(i);
  SOTTO_ASSERT(false, "the plan has fewer computing roles");
}

std::int64_t scheduled_value(const wire::Schedule& schedule, std::uint64_t run) {
  const auto last = static_cast<std::uint64_t>(schedule.values_size()) - 1;
  return schedule.values(static_cast<int>(std::min(run, last)));
}

Shape shape_of(const Value& value) { return {value.shape().begin(), value.shape().end()}; }

std::string describe(const Plan& plan, std::uint32_t value) {
  if (value >= static_cast<std::uint32_t>(plan.values_size())) return fmt::format("value {}", value);
  const Value& v = plan.values(static_cast<int>(value));
  return fmt::format("value {} \"{}\" {}", value, v.name(), to_string(shape_of(v)));
}

const wire::Attribute* find_attribute(const Operation& operation, std::string_view name) {
  for (const auto& attribute : operation.attributes())
    if (attribute.name() == name) return &attribute;
  return nullptr;
}

std::optional<std::int64_t> integer_attribute(const Operation& operation, std::string_view name) {
  const auto* found = find_attribute(operation, name);
  if (!found || found->kind_case() != wire::Attribute::kInteger) return std::nullopt;
  return found->integer();
}

std::optional<std::string> text_attribute(const Operation& operation, std::string_view name) {
  const auto* found = find_attribute(operation, name);
  if (!found || found->kind_case() != wire::Attribute::kText) return std::nullopt;
  return found->text();
}

namespace {
wire::Attribute& append(Operation& operation, std::string_view name) {
  auto& attribute = *operation.add_attributes();
  attribute.set_name(std::string(name));
  return attribute;
}
}  // namespace

void set_attribute(Operation& operation, std::string_view name, std::int64_t value) {
  append(operation, name).set_integer(value);
}
void set_attribute(Operation& operation, std::string_view name, double value) {
  append(operation, name).set_real(value);
}
void set_attribute(Operation& operation, std::string_view name, std::string_view value) {
  append(operation, name).set_text(std::string(value));
}
void set_attribute(Operation& operation, std::string_view name, const std::vector<std::int64_t>& values) {
  append(operation, name).mutable_integers()->mutable_values()->Add(values.begin(), values.end());
}
void set_attribute(Operation& operation, std::string_view name, const std::vector<double>& values) {
  append(operation, name).mutable_reals()->mutable_values()->Add(values.begin(), values.end());
}

Special special(const Operation& operation) {
  if (operation.kernel() == "input") return Special::kInput;
  if (operation.kernel() == "batch") return Special::kBatch;
  if (operation.kernel() == "reveal") return Special::kReveal;
  if (operation.kernel() == "guard") return Special::kGuard;
  return Special::kNone;
}

}  // namespace sotto::plan
