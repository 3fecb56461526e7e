#include "runtime/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "runtime/schedules.h"

namespace sotto::runtime {
namespace {

bool is_hex_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  return parsed.ec == std::errc() && parsed.ptr == end && port != 0;
}

JobParty read_party(const std::string& name, TomlReader& reader) {
  JobParty party;
  party.name = name;
  party.role = reader.required_text("role");
  party.role_place = reader.place_of("role");
  party.address = reader.required_text("address");
  if (!is_address(party.address))
    reader.fail("address", "must be HOST:PORT with a port from 1 to 65535", "For example 127.0.0.1:7001.");
  party.fingerprint = reader.required_text("fingerprint");
  std::erase(party.fingerprint, ':');
  std::ranges::transform(party.fingerprint, party.fingerprint.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!is_hex_digest(party.fingerprint))
    reader.fail("fingerprint", "must be 64 hexadecimal digits", "`sotto certs show` prints a party's own.");
  return party;
}

std::map<std::string, std::filesystem::path> read_paths(TomlReader& reader, std::string_view key,
                                                        const std::filesystem::path& directory) {
  std::map<std::string, std::filesystem::path> paths;
  reader.with_table(key, [&](TomlReader& table) {
    for (const auto& name : table.keys()) paths[name] = directory / table.required_text(name);
  });
  return paths;
}

// A name as part of a file's.
std::string for_file(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c) && c != '-' && c != '_' && c != '.'; }, '_');
  return name;
}

LocalFiles read_local(TomlReader& reader, const std::filesystem::path& directory,
                      const std::string& default_checkpoints) {
  LocalFiles files;
  files.identity = directory / reader.required_text("identity");
  files.inputs = read_paths(reader, "inputs", directory);
  files.outputs = read_paths(reader, "outputs", directory);
  const auto optional = [&](std::string_view key) -> std::optional<std::filesystem::path> {
    const auto text = reader.text_or(key, "");
    return text.empty() ? std::nullopt : std::optional(directory / text);
  };
  files.policy = optional("policy");
  files.store = optional("store");
  files.store_key = optional("store_key");
  if (files.store.has_value() != files.store_key.has_value())
    reader.fail(files.store ? "store" : "store_key", "needs both store and store_key");
  files.load = optional("load");
  files.load_key = optional("load_key");
  if (files.load.has_value() != files.load_key.has_value())
    reader.fail(files.load ? "load" : "load_key", "needs both load and load_key");
  files.checkpoints = directory / default_checkpoints;
  files.checkpoint_key = files.identity / "checkpoint.key";
  reader.with_table("checkpoint", [&](TomlReader& table) {
    if (table.has("directory")) files.checkpoints = directory / table.required_text("directory");
    if (table.has("key")) files.checkpoint_key = directory / table.required_text("key");
  });
  return files;
}

void check_names(const Job& job, TomlReader& reader) {
  std::set<std::string> names, roles, addresses;
  for (const auto& party : job.parties) {
    names.insert(party.name);
    if (!roles.insert(party.role).second)
      reader.fail("parties", fmt::format("gives role \"{}\" to two parties", party.role));
    if (!addresses.insert(party.address).second)
      reader.fail("parties", fmt::format("gives address {} to two parties", party.address),
                  "Each party listens at an address of its own.");
  }
  for (const auto& [output, parties] : job.reveals)
    for (const auto& party : parties)
      if (!names.contains(party))
        reader.fail("reveals", fmt::format("names \"{}\", who is no party", party),
                    "Add [parties.NAME] or correct it.");
  for (const auto& [name, files] : job.local)
    if (!names.contains(name)) reader.fail("local", fmt::format("names \"{}\", who is no party", name));
}

}  // namespace

void read_schedules(TomlReader& reader, double& connect_seconds, double& stall_seconds,
                    CheckpointSchedule& schedule) {
  reader.with_table("timeouts", [&](TomlReader& timeouts) {
    connect_seconds = timeouts.number_or("connect", connect_seconds, 0.1, 86400);
    stall_seconds = timeouts.number_or("stall", stall_seconds, 0.5, 3600);
  });
  reader.with_table("checkpoint", [&](TomlReader& checkpoint) {
    constexpr double kMost = 1e9;
    const double steps = checkpoint.number_or("every_steps", 0, 1, kMost);
    if (steps != std::floor(steps)) checkpoint.fail("every_steps", "must be a whole number");
    schedule.every_steps = static_cast<std::uint64_t>(steps);
    schedule.every_seconds = checkpoint.number_or("every_seconds", 0, 0.1, kMost);
    if (!schedule.on()) checkpoint.fail("", "says nothing", "Give every_steps or every_seconds.");
  });
}

Job parse_job(std::string_view text, const std::string& file_name, const std::filesystem::path& directory) {
  const auto table = parse_toml(text, file_name);
  TomlReader reader(table, file_name, "");
  Job job;
  job.name = reader.required_text("name");
  job.plan = directory / reader.required_text("plan");
  job.digest = reader.required_text("digest");
  if (!is_hex_digest(job.digest))
    reader.fail("digest", "must be 64 lower-case hexadecimal digits", "`sotto plan show` prints it.");
  job.network = reader.text_or("network", "");
  reader.for_each_table("parties", [&](const std::string& name, TomlReader& party) {
    job.parties.push_back(read_party(name, party));
  });
  if (job.parties.empty()) reader.fail("", "names no parties", "Add a table [parties.NAME] for each.");
  reader.with_table("reveals", [&](TomlReader& reveals) {
    for (const auto& output : reveals.keys()) job.reveals[output] = reveals.texts(output);
  });
  read_schedules(reader, job.connect_seconds, job.stall_seconds, job.checkpoint);
  reader.for_each_table("local", [&](const std::string& name, TomlReader& files) {
    job.local[name] = read_local(files, directory, for_file(job.name + "." + name) + ".checkpoints");
  });
  check_names(job, reader);
  reader.expect_no_more();
  return job;
}

Job load_job(const std::filesystem::path& file) {
  return parse_job(read_text_file(file.string(), 1 << 20), file.string(), file.parent_path());
}

const JobParty& Job::party_named(std::string_view wanted) const {
  std::vector<std::string> names;
  for (const auto& party : parties) {
    if (party.name == wanted) return party;
    names.push_back(party.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("the job has no party called \"{}\"", wanted),
              fmt::format("Its parties are: {}.", fmt::join(names, ", ")));
}

const LocalFiles& Job::local_of(std::string_view wanted) const {
  const auto found = local.find(std::string(wanted));
  if (found != local.end()) return found->second;
  throw Error(ErrorKind::kUsage, fmt::format("the job file has no table [local.{}]", wanted),
              "It says where this party's identity and data are.");
}

namespace {

// Length-prefixed texts: no two agreements share a serialization.
void write_computation(ByteWriter& writer, const Job& job) {
  writer.text(job.name);
  writer.text(job.digest);
  writer.number(static_cast<std::uint64_t>(job.parties.size()));
  for (const auto& party : job.parties)
    for (const auto* text : {&party.name, &party.role}) writer.text(*text);
  writer.number(static_cast<std::uint64_t>(job.reveals.size()));
  for (const auto& [name, parties] : job.reveals) {
    writer.text(name);
    const std::set<std::string> sorted(parties.begin(), parties.end());
    writer.number(static_cast<std::uint64_t>(sorted.size()));
    for (const auto& party : sorted) writer.text(party);
  }
}

}  // namespace

Digest agreement_digest(const Job& job) {
  ByteWriter writer;
  writer.text("sotto job 2");
  write_computation(writer, job);
  for (const auto& party : job.parties) writer.text(party.fingerprint);
  writer.number(job.checkpoint.every_steps);
  writer.real(job.checkpoint.every_seconds);
  return sha256(writer.bytes());
}

Digest computation_digest(const Job& job) {
  ByteWriter writer;
  writer.text("sotto computation 1");
  write_computation(writer, job);
  return sha256(writer.bytes());
}

namespace {

void check_reveals(const Job& job, const plan::Plan& plan,
                   const std::map<std::string, std::string>& party_of_role) {
  std::set<std::string> known;
  for (const auto& reveal : plan.reveals()) {
    known.insert(reveal.name());
    std::set<std::string> learns;
    for (auto role : reveal.roles())
      learns.insert(party_of_role.at(plan.roles(static_cast<int>(role)).name()));
    const auto agreed = job.reveals.find(reveal.name());
    const std::set<std::string> allowed =
        agreed == job.reveals.end() ? std::set<std::string>{}
                                    : std::set<std::string>(agreed->second.begin(), agreed->second.end());
    if (learns != allowed)
      throw Error(ErrorKind::kPolicy,
                  fmt::format("the plan reveals \"{}\" to {}, the job allows {}", reveal.name(),
                              fmt::join(learns, " and "),
                              allowed.empty() ? "nobody" : fmt::format("{}", fmt::join(allowed, " and "))),
                  fmt::format("If that is meant, write {} = [\"{}\"] under [reveals].", reveal.name(),
                              fmt::join(learns, "\", \"")));
  }
  for (const auto& [name, parties] : job.reveals)
    if (!known.contains(name))
      throw Error(ErrorKind::kUsage,
                  fmt::format("[reveals] lists \"{}\", which the plan does not reveal", name),
                  fmt::format("It reveals: {}.", fmt::join(known, ", ")));
}

}  // namespace

namespace {

// First of all: a role that is misspelt is also one that nobody has.
void check_roles(const Job& job, const plan::Plan& plan) {
  std::vector<std::string> roles;
  for (const auto& role : plan.roles())
    if (role.computes()) roles.push_back(role.name());
  for (const auto& party : job.parties)
    if (std::ranges::find(roles, party.role) == roles.end())
      throw Error(ErrorKind::kUsage,
                  fmt::format("{}{}party \"{}\" has role \"{}\", which the plan does not have",
                              party.role_place, party.role_place.empty() ? "" : ": ", party.name, party.role),
                  fmt::format("The plan's roles are: {}.", fmt::join(roles, ", ")));
}

}  // namespace

std::vector<JobParty> parties_in_plan_order(const Job& job, const plan::Plan& plan) {
  check_roles(job, plan);
  std::vector<JobParty> ordered;
  std::map<std::string, std::string> party_of_role;
  for (const auto& role : plan.roles()) {
    if (!role.computes()) continue;
    const auto found = std::ranges::find(job.parties, role.name(), &JobParty::role);
    if (found == job.parties.end())
      throw Error(ErrorKind::kUsage,
                  fmt::format("no party of the job has the plan's role \"{}\"", role.name()),
                  "Give it to one of the [parties].");
    ordered.push_back(*found);
    party_of_role[role.name()] = found->name;
  }
  check_reveals(job, plan, party_of_role);
  return ordered;
}

}  // namespace sotto::runtime
