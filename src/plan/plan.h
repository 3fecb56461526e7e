// The plan in memory: the generated message of plan.proto with what every user needs around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/shape.h"
#include "plan/plan.pb.h"

namespace sotto::plan {

using Plan = wire::Plan;
using Value = wire::Value;
using Operation = wire::Operation;
using Block = wire::Block;

// Larger files are refused before they are parsed.
inline constexpr std::size_t kMaximumPlanBytes = 64u << 20;
inline constexpr std::uint32_t kFormatVersion = 1;

// Throws ErrorKind::kPlan when the bytes are too many or no protobuf message; does not verify (see verify.h).
Plan parse(std::span<const std::byte> bytes);
// The same plan gives the same bytes.
std::string serialize(const Plan& plan);
// SHA-256 in lower-case hexadecimal: what job files pin and handshakes compare.
std::string digest(std::span<const std::byte> bytes);
using sotto::as_bytes;

// Parties of the protocol are the computing roles in order.
int party_count(const Plan& plan);
// The party a role is; empty for roles that do not compute.
std::optional<int> party_of_role(const Plan& plan, std::uint32_t role);
std::uint32_t role_of_party(const Plan& plan, int party);

Shape shape_of(const Value& value);
// "w1 (784, 128)" for messages.
std::string describe(const Plan& plan, std::uint32_t value);

// The attribute of that name or null.
const wire::Attribute* find_attribute(const Operation& operation, std::string_view name);
std::optional<std::int64_t> integer_attribute(const Operation& operation, std::string_view name);
std::optional<std::string> text_attribute(const Operation& operation, std::string_view name);

// Writing attributes: each appends one.
void set_attribute(Operation& operation, std::string_view name, std::int64_t value);
void set_attribute(Operation& operation, std::string_view name, double value);
void set_attribute(Operation& operation, std::string_view name, std::string_view value);
void set_attribute(Operation& operation, std::string_view name, const std::vector<std::int64_t>& values);
void set_attribute(Operation& operation, std::string_view name, const std::vector<double>& values);

// What a schedule says of run number `run` of its block, counted from 0 over the whole job.
std::int64_t scheduled_value(const wire::Schedule& schedule, std::uint64_t run);

// The operations that the runtime performs itself; everything else is a kernel.
enum class Special : std::uint8_t { kNone, kInput, kBatch, kReveal, kGuard };
Special special(const Operation& operation);

}  // namespace sotto::plan
