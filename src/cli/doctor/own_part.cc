// This party's own part of a job: what it can know before anybody is contacted.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/human.h"
#include "cli/doctor/doctor.h"
#include "net/identity.h"
#include "plan/partial_input.h"
#include "runtime/data.h"
#include "runtime/policy.h"
#include "runtime/run_lock.h"

namespace sotto::cli::doctor {
namespace {

constexpr std::uint64_t kLittleSpace = std::uint64_t{256} << 20;

void check_plan(Checks& checks, OwnPart& part, const std::string& name) {
  const auto& job = *part.job;
  const auto bytes = runtime::read_plan_file(job.plan);
  const auto digest = plan::digest(bytes);
  if (digest != job.digest)
    return checks.fail(
        "plan", fmt::format("{} has digest {}, the job pins {}", job.plan.string(), digest, job.digest),
        "Fetch the plan that the parties agreed on, or agree on this one in the job file.");
  auto program = runtime::prepare(bytes);
  part.parties = runtime::parties_in_plan_order(job, program.plan);
  part.self = static_cast<std::size_t>(std::ranges::find(part.parties, name, &runtime::JobParty::name) -
                                       part.parties.begin());
  checks.pass("plan", fmt::format("\"{}\" is verified, its costs are counted, its digest is the job's",
                                  program.plan.name()));
  part.program = std::move(program);
}

void check_policy(Checks& checks, const OwnPart& part, const std::string& name) {
  const auto& files = part.job->local_of(name);
  const auto policy = files.policy ? runtime::load_policy(*files.policy) : runtime::Policy{};
  runtime::enforce(policy, part.program->plan, *part.program->table, part.parties, name);
  if (files.policy)
    checks.pass("policy", fmt::format("{} allows what the job asks", files.policy->string()));
  else
    checks.warn("policy", "none: the job's own list of reveals is the policy",
                "Write one that says what this party allows, whatever a job file asks (README).");
}

void check_identity(Checks& checks, const runtime::Job& job, const std::string& name) {
  const auto& directory = job.local_of(name).identity;
  const auto identity = net::Identity::load(directory);
  const auto pinned = net::parse_fingerprint(job.party_named(name).fingerprint);
  if (identity.fingerprint() != pinned)
    return checks.fail(
        "own certificate",
        fmt::format("its fingerprint is {}, the job pins {}", identity.text().fingerprint, net::hex(pinned)),
        fmt::format("Put this one into the job file of every party, under [parties.{}], or use the "
                    "right identity directory.",
                    name));
  checks.pass("own certificate",
              fmt::format("of \"{}\", key and certificate match, pinned by the job, valid until {}",
                          identity.text().name, identity.text().not_after));
}

void check_pins(Checks& checks, const runtime::Job& job) {
  for (std::size_t i = 0; i < job.parties.size(); ++i) {
    const auto pin = net::parse_fingerprint(job.parties[i].fingerprint);
    for (std::size_t j = 0; j < i; ++j)
      if (net::parse_fingerprint(job.parties[j].fingerprint) == pin)
        return checks.fail("fingerprints",
                           fmt::format("{} and {} have the same", job.parties[j].name, job.parties[i].name),
                           "Each party makes its own certificate: sotto certs init DIRECTORY --name NAME");
  }
  checks.pass("fingerprints", fmt::format("{} certificates are pinned, all different", job.parties.size()));
}

void check_input(Checks& checks, const OwnPart& part, const plan::wire::Input& input,
                 const std::string& name) {
  const auto& files = part.job->local_of(name).inputs;
  const auto title = fmt::format("input {}", input.name());
  const auto file = files.find(input.name());
  if (file == files.end())
    return checks.fail(title, fmt::format("[local.{}] gives no file for it", name),
                       fmt::format("Add inputs = {{ \"{}\" = \"FILE\" }}.", input.name()));
  checks.attempt(title, [&] {
    const auto shape = plan::shape_of(part.program->plan.values(static_cast<int>(input.value())));
    const auto partial = plan::partial_input(part.program->plan);
    const bool fewer = partial && &part.program->plan.inputs(*partial) == &input;
    const runtime::EncodedTensor tensor(runtime::parse_numbers(runtime::read_packed_file(file->second)),
                                        input.encoding(), shape, file->second.string(), fewer);
    checks.pass(
        title,
        fewer ? fmt::format("{} has {} rows, of at most {}", file->second.string(), tensor.rows(), shape[0])
              : fmt::format("{} has the plan's shape {}", file->second.string(), to_string(shape)));
  });
}

void check_place(Checks& checks, const std::string& title, const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (std::filesystem::is_directory(file) || ::access(directory.c_str(), W_OK | X_OK) != 0)
    return checks.fail(title, fmt::format("cannot write {}", file.string()),
                       "Its directory must exist and be writable by this user.");
  struct statvfs system{};
  const std::uint64_t free =
      ::statvfs(directory.c_str(), &system) == 0 ? std::uint64_t{system.f_bavail} * system.f_frsize : 0;
  const auto fact = fmt::format("{} can be written, {} free", file.string(), human_bytes(free));
  if (free < kLittleSpace)
    checks.warn(title, fact, "Make room: a result that does not fit is lost.");
  else
    checks.pass(title, fact);
}

void check_key(Checks& checks, const std::string& title, const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return check_place(checks, title, file);  // it will be made
  if ((status.st_mode & 0077) != 0)
    checks.fail("store key",
                fmt::format("{} is open to other users (mode {:04o})", file.string(), status.st_mode & 07777),
                "chmod 600 " + file.string());
  else if (::access(file.c_str(), R_OK) != 0)
    checks.fail("store key", fmt::format("cannot read {}", file.string()), "It must belong to this user.");
  else
    checks.pass("store key", fmt::format("{} is this user's alone", file.string()));
}

void check_checkpoints(Checks& checks, const runtime::LocalFiles& files) {
  const auto& directory = files.checkpoints;
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) {
    check_place(checks, "checkpoints", directory);  // it will be made
  } else if (!S_ISDIR(status.st_mode) || ::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
    checks.fail("checkpoints", fmt::format("{} is no directory that this user can write", directory.string()),
                "Give it to this user, or name another one in the job file's [local] table.");
  } else if ((status.st_mode & 0077) != 0) {
    checks.warn(
        "checkpoints",
        fmt::format("{} is open to other users (mode {:04o})", directory.string(), status.st_mode & 07777),
        fmt::format("What is in it is encrypted; even so: chmod 700 {}", directory.string()));
  } else {
    check_place(checks, "checkpoints", directory / "run.checkpoint");
  }
  check_key(checks, "checkpoint key", files.checkpoint_key);
}

void check_lock(Checks& checks, const runtime::Job& job, const std::string& name) {
  try {
    const runtime::RunLock lock(runtime::agreement_digest(job), job.name, name);
    checks.pass("running", "no other process on this machine runs this party of the job");
  } catch (const Error& error) {
    checks.warn("running", error.message(),
                "Look at the peers before the job is started, or after it has ended.");
  }
}

void check_files(Checks& checks, const OwnPart& part, const std::string& name) {
  const auto& files = part.job->local_of(name);
  if (part.program)
    for (const auto& input : part.program->plan.inputs())
      if (input.initializer().empty() &&
          plan::party_of_role(part.program->plan, input.role()) == static_cast<int>(part.self))
        check_input(checks, part, input, name);
  for (const auto& [output, file] : files.outputs) check_place(checks, "output " + output, file);
  if (files.store) check_place(checks, "store", *files.store);
  if (files.store_key) check_key(checks, "store key", *files.store_key);
  if (part.job->checkpoint.on()) check_checkpoints(checks, files);
}

std::uint64_t available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("MemAvailable:")) return std::strtoull(line.c_str() + 13, nullptr, 10) * 1024;
  return 0;
}

}  // namespace

OwnPart check_own_part(Checks& checks, const Doctor& doctor) {
  OwnPart part;
  checks.attempt("job", [&] {
    auto job = runtime::load_job(doctor.job);
    job.party_named(doctor.name);
    job.local_of(doctor.name);
    checks.pass(
        "job", fmt::format("\"{}\" among {} parties; this is {}", job.name, job.parties.size(), doctor.name));
    part.job = std::move(job);
  });
  if (!part.job) return part;
  checks.attempt("plan", [&] { check_plan(checks, part, doctor.name); });
  if (part.program) checks.attempt("policy", [&] { check_policy(checks, part, doctor.name); });
  checks.attempt("own certificate", [&] { check_identity(checks, *part.job, doctor.name); });
  checks.attempt("fingerprints", [&] { check_pins(checks, *part.job); });
  checks.attempt("files", [&] { check_files(checks, part, doctor.name); });
  checks.attempt("running", [&] { check_lock(checks, *part.job, doctor.name); });
  return part;
}

void check_room(Checks& checks, const OwnPart& part, const std::string& name) {
  const auto available = available_memory();
  if (!part.program) return checks.pass("memory", fmt::format("{} available", human_bytes(available)));
  std::uint64_t needed = 0;
  for (const auto& block : part.program->plan.blocks()) needed = std::max(needed, block.peak_bytes());
  const auto fact = fmt::format("{} available, the plan's blocks take {} at {}", human_bytes(available),
                                human_bytes(needed), name);
  if (available < needed)
    checks.fail("memory", fact, "Run on a larger machine, or compile for smaller batches.");
  else if (available / 2 < needed)
    checks.warn("memory", fact, "Little is left for the system: close what else runs here.");
  else
    checks.pass("memory", fact);
}

}  // namespace sotto::cli::doctor
