#include "runtime/checkpoint.h"

#include <fmt/format.h>

#include "base/error.h"
#include "runtime/share_bytes.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kMaximumText = 4096;

template <class T, class Write>
void write_list(ByteWriter& writer, const T& list, Write write) {
  writer.number(static_cast<std::uint64_t>(list.size()));
  for (const auto& entry : list) write(entry);
}

template <class Read>
void read_list(ByteReader& reader, Read read) {
  const auto count = reader.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) read();  // which throws at the end of the bytes
}

void write_outputs(ByteWriter& writer, const Outputs& outputs) {
  write_list(writer, outputs, [&](const auto& named) {
    writer.text(named.first);
    write_list(writer, named.second, [&](const Revealed& revealed) {
      write_list(writer, revealed.shape, [&](std::int64_t extent) { writer.number(extent); });
      writer.number(static_cast<std::uint8_t>(revealed.boolean));
      write_list(writer, revealed.values, [&](double value) { writer.real(value); });
    });
  });
}

Outputs read_outputs(ByteReader& reader) {
  Outputs outputs;
  read_list(reader, [&] {
    auto& named = outputs[reader.text(kMaximumText)];
    read_list(reader, [&] {
      Revealed revealed;
      read_list(reader, [&] { revealed.shape.push_back(reader.number<std::int64_t>()); });
      revealed.boolean = reader.number<std::uint8_t>() != 0;
      read_list(reader, [&] { revealed.values.push_back(reader.real()); });
      named.push_back(std::move(revealed));
    });
  });
  return outputs;
}

// A new field must be written and read here too.
static_assert(sizeof(KindProfile) == 6 * 8);
static_assert(sizeof(PhaseProfile) == 2 * sizeof(std::string) + 7 * 8 + 3 * sizeof(std::vector<double>));

// The fields of a profile's entries, once for both directions.
template <class Kind, class Visit>
void visit_kind(Kind& kind, Visit visit) {
  for (auto* number : {&kind.runs, &kind.rounds_predicted, &kind.rounds_measured, &kind.bytes_predicted,
                       &kind.bytes_measured})
    visit(*number);
}
template <class Phase, class Visit>
void visit_phase(Phase& phase, Visit visit) {
  for (auto* number : {&phase.runs, &phase.rounds_predicted, &phase.rounds_measured, &phase.bytes_predicted,
                       &phase.bytes_measured, &phase.bytes_received, &phase.bytes_all_predicted})
    visit(*number);
}

void write_profile(ByteWriter& writer, const Profile& profile) {
  const auto number = [&](std::uint64_t value) { writer.number(value); };
  write_list(writer, profile.kinds, [&](const auto& named) {
    writer.text(named.first);
    visit_kind(named.second, number);
    writer.real(named.second.seconds);
  });
  write_list(writer, profile.phases, [&](const PhaseProfile& phase) {
    writer.text(phase.phase);
    writer.text(phase.block);
    visit_phase(phase, number);
    for (const auto* links : {&phase.links_predicted, &phase.links_measured})
      write_list(writer, *links, number);
    write_list(writer, phase.seconds, [&](double seconds) { writer.real(seconds); });
  });
}

Profile read_profile(ByteReader& reader) {
  const auto number = [&](std::uint64_t& value) { value = reader.number<std::uint64_t>(); };
  Profile profile;
  read_list(reader, [&] {
    auto& kind = profile.kinds[reader.text(kMaximumText)];
    visit_kind(kind, number);
    kind.seconds = reader.real();
  });
  read_list(reader, [&] {
    auto& phase = profile.phases.emplace_back();
    phase.phase = reader.text(kMaximumText);
    phase.block = reader.text(kMaximumText);
    visit_phase(phase, number);
    for (auto* links : {&phase.links_predicted, &phase.links_measured})
      read_list(reader, [&] { links->push_back(reader.number<std::uint64_t>()); });
    read_list(reader, [&] { phase.seconds.push_back(reader.real()); });
  });
  return profile;
}

template <std::size_t N>
void read_into(ByteReader& reader, std::array<std::byte, N>& into) {
  std::ranges::copy(reader.raw(N), into.begin());
}

}  // namespace

Bytes to_bytes(const Checkpoint& checkpoint) {
  ByteWriter writer;
  const auto& owner = checkpoint.owner;
  for (const auto* text : {&owner.job, &owner.plan_digest, &owner.computation, &owner.party})
    writer.text(*text);
  writer.number(static_cast<std::uint32_t>(owner.party_index));
  writer.number(checkpoint.mark.runs);
  writer.raw(checkpoint.mark.session);
  writer.real(checkpoint.seconds);
  write_list(writer, checkpoint.inputs, [&](const auto& input) {
    writer.text(input.first);
    writer.raw(input.second);
  });
  write_list(writer, checkpoint.snapshot.states,
             [&](const protocols::Share& state) { write_share(writer, state); });
  write_outputs(writer, checkpoint.snapshot.outputs);
  write_profile(writer, checkpoint.snapshot.profile);
  return writer.take();
}

Checkpoint checkpoint_from(std::span<const std::byte> bytes, const std::string& what) {
  ByteReader reader(bytes, what);
  Checkpoint checkpoint;
  auto& owner = checkpoint.owner;
  for (auto* text : {&owner.job, &owner.plan_digest, &owner.computation, &owner.party})
    *text = reader.text(kMaximumText);
  owner.party_index = static_cast<int>(reader.number<std::uint32_t>());
  checkpoint.mark.runs = checkpoint.snapshot.runs = reader.number<std::uint64_t>();
  read_into(reader, checkpoint.mark.session);
  checkpoint.seconds = reader.real();
  read_list(reader, [&] {
    const auto name = reader.text(kMaximumText);
    read_into(reader, checkpoint.inputs[name]);
  });
  read_list(reader, [&] { checkpoint.snapshot.states.push_back(read_share(reader)); });
  checkpoint.snapshot.outputs = read_outputs(reader);
  checkpoint.snapshot.profile = read_profile(reader);
  reader.expect_end();
  return checkpoint;
}

std::string difference(const CheckpointOwner& mine, const CheckpointOwner& theirs) {
  if (theirs.job != mine.job)
    return fmt::format("is of job \"{}\", this one is \"{}\"", theirs.job, mine.job);
  if (theirs.plan_digest != mine.plan_digest)
    return fmt::format("is of the plan with digest {}, the job's is {}", theirs.plan_digest,
                       mine.plan_digest);
  if (theirs.party != mine.party || theirs.party_index != mine.party_index)
    return fmt::format("is party {}'s, this is {}", theirs.party, mine.party);
  if (theirs.computation != mine.computation)
    return "is of other parties, roles or reveals than the job names now";
  return "";
}

}  // namespace sotto::runtime
