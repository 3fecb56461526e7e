#include "runtime/party.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/fixed_point.h"
#include "base/log.h"
#include "base/threads.h"
#include "net/mesh.h"
#include "plan/openings.h"
#include "plan/partial_input.h"
#include "runtime/checkpointer.h"
#include "runtime/data.h"
#include "runtime/executor.h"
#include "runtime/opening.h"
#include "runtime/policy.h"
#include "runtime/program.h"
#include "runtime/run_lock.h"
#include "runtime/store.h"
#include "runtime/stored_parameters.h"

namespace sotto::runtime {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Program load_program(const Job& job) {
  const auto bytes = read_plan_file(job.plan);
  const auto digest = plan::digest(bytes);
  if (digest != job.digest)
    throw Error(ErrorKind::kIdentity,
                fmt::format("{} has digest {}, the job pins {}", job.plan.string(), digest, job.digest),
                "Fetch the plan that the parties agreed on, or agree on this one in the job file.");
  return prepare(bytes);
}

net::MeshOptions mesh_options(const Job& job, const std::vector<JobParty>& parties, std::size_t self,
                              const Program& program) {
  net::MeshOptions options;
  options.self = self;
  for (const auto& party : parties) {
    options.names.push_back(party.name);
    options.addresses.push_back(party.address);
    options.pins.push_back(net::parse_fingerprint(party.fingerprint));
  }
  options.identity_directory = job.local_of(parties[self].name).identity;
  options.job = agreement_digest(job);
  options.plan = net::parse_fingerprint(program.digest);
  options.software = SOTTO_VERSION;
  options.connect_timeout = milliseconds(job.connect_seconds);
  options.tcp.stall_timeout = milliseconds(job.stall_seconds);
  options.tcp.heartbeat_interval =
      std::min(std::chrono::milliseconds(1000), milliseconds(job.stall_seconds / 4));
  if (!job.network.empty()) options.profile = net::parse_profile(job.network);
  return options;
}

protocols::SessionKeys session_keys(const net::Mesh& mesh, const Digest& job) {
  std::vector<prg::Prg> pair;
  for (std::size_t peer = 0; peer < mesh.parties(); ++peer)
    pair.emplace_back(peer == mesh.self() ? prg::random_key()
                                          : prg::Key(mesh.connection(peer)->pairwise_key("main", job)));
  return {std::move(pair), prg::Prg(prg::random_key())};
}

// Parties whose addresses are on this host share its cores.
void share_cores(const std::vector<JobParty>& parties, std::size_t self) {
  const auto host = [](const JobParty& party) { return party.address.substr(0, party.address.rfind(':')); };
  share_cores_among(static_cast<int>(std::ranges::count(parties, host(parties[self]), host)));
}

bool takes_batches(const plan::Block& block) {
  return std::ranges::any_of(block.operations(), [](const auto& operation) {
    return plan::special(operation) == plan::Special::kBatch;
  });
}

// Whether each opening of the output is about some rows of a data set, so that together they are about all:
// opened where these are taken, or kept by the block that takes them until its guard has spoken.
bool opens_by_batches(const plan::Plan& plan, const std::string& output) {
  const auto openings = plan::openings_of(plan);
  const auto opening = std::ranges::find(openings, output, &plan::Opening::name);
  if (opening == openings.end()) return false;
  if (takes_batches(plan.blocks(static_cast<int>(opening->block)))) return true;
  const auto revealed = std::ranges::find(plan.reveals(), output, &plan::wire::Reveal::name);
  return std::ranges::any_of(plan.blocks(), [&](const plan::Block& block) {
    return takes_batches(block) && std::ranges::any_of(block.updates(), [&](const auto& update) {
             return plan.states(static_cast<int>(update.state())).value() == revealed->value();
           });
  });
}

// The last opening, or all of them one below the other.
Revealed whole_output(const std::vector<Revealed>& openings, bool by_batches) {
  if (!by_batches || openings.back().shape.empty()) return openings.back();
  Revealed all = openings.front();
  for (std::size_t i = 1; i < openings.size(); ++i) {
    all.shape[0] += openings[i].shape[0];
    all.values.insert(all.values.end(), openings[i].values.begin(), openings[i].values.end());
  }
  return all;
}

void write_outputs(const plan::Plan& plan, const Outputs& outputs, const LocalFiles& files) {
  for (const auto& [name, file] : files.outputs) {
    const auto revealed = outputs.find(name);
    if (revealed == outputs.end()) continue;
    const auto whole = whole_output(revealed->second, opens_by_batches(plan, name));
    write_npy(file, whole.shape, whole.values);
  }
}

void check_outputs(const Program& program, const LocalFiles& files, int self, const std::string& name) {
  std::vector<std::string> learnt;
  for (const auto& reveal : program.plan.reveals())
    if ((mask_of_reveal(program.plan, reveal.value()) >> self & 1) != 0) learnt.push_back(reveal.name());
  for (const auto& [output, file] : files.outputs)
    if (std::ranges::find(learnt, output) == learnt.end())
      throw Error(ErrorKind::kUsage,
                  fmt::format("[local.{}] has a file for output \"{}\", which the plan does not reveal to it",
                              name, output),
                  learnt.empty() ? "It learns nothing; `sotto plan show` lists who learns what."
                                 : fmt::format("It learns: {}.", fmt::join(learnt, ", ")));
}

// What a long run gives must find its place: rather no start than no result.
void require_writable(const std::filesystem::path& file) {
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const bool good = !std::filesystem::is_directory(file) && ::access(directory.c_str(), W_OK | X_OK) == 0 &&
                    (::access(file.c_str(), F_OK) != 0 || ::access(file.c_str(), W_OK) == 0);
  if (!good)
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", file.string()),
                "Its directory must exist and be writable; the path is of the job file's [local] table.");
}

// A trained model that is there is not lost to a second start. A run that is resumed may have written its
// own.
void keep_store(const LocalFiles& files, const std::string& name, const RunOptions& options) {
  if (files.store && std::filesystem::exists(*files.store) && !options.overwrite && !options.resume)
    throw Error(ErrorKind::kUsage,
                fmt::format("{} holds {}'s share of a trained model, which this run would replace",
                            files.store->string(), name),
                "Move it away, name another `store` in the job file, or start with --overwrite.");
}

void check_places(const LocalFiles& files) {
  for (const auto& [output, file] : files.outputs) require_writable(file);
  if (files.store) require_writable(*files.store);
  if (files.store_key && !std::filesystem::exists(*files.store_key)) require_writable(*files.store_key);
}

void save_model(const Executor& executor, const Program& program, const Job& job, const std::string& name,
                int self, const SessionId& session) {
  const auto& files = job.local_of(name);
  if (!files.store) return;
  Bundle bundle{program.plan.protocol(), name, job.name, program.digest, self, session, {}};
  for (int i = 0; i < program.plan.states_size(); ++i) {
    const auto& state = program.plan.states(i);
    if (!state.parameter()) continue;
    const auto& value = program.plan.values(static_cast<int>(state.value()));
    bundle.shares.push_back({state.name(), value.fraction_bits(), value.bound_bits(), executor.state(i)});
  }
  save_bundle(*files.store, *files.store_key, bundle);
}

// What the others learn of a failure here. Which element of whose file was out of range, or which path could
// not be written, is this party's own business.
std::string told(const Error& error) {
  if (error.kind() == ErrorKind::kData || error.kind() == ErrorKind::kSystem)
    return fmt::format("it met a {}, which its own output explains", to_string(error.kind()));
  return fmt::format("{}: {}", to_string(error.kind()), error.message());
}

// How many rows the owner of the input that may have fewer said it has; 0 where the plan has no such input.
std::uint64_t rows_given(const plan::Plan& plan, const Openings& openings,
                         const std::vector<std::string>& names) {
  const auto partial = plan::partial_input(plan);
  if (!partial) return 0;
  const auto& input = plan.inputs(*partial);
  const auto owner = static_cast<std::size_t>(plan::party_of_role(plan, input.role()).value_or(0));
  const auto rows = openings.parties[owner].rows;
  const auto most = plan.values(static_cast<int>(input.value())).shape(0);
  if (rows < 1 || rows > static_cast<std::uint64_t>(most))
    throw Error(ErrorKind::kPeer,
                fmt::format("{} says that input \"{}\" has {} rows, the plan takes 1 to {}", names[owner],
                            input.name(), rows, most),
                "", names[owner]);
  return rows;
}

// A failure of ours reaches the others; a peer's is theirs already.
template <class Function>
void telling_others(net::Mesh& mesh, Function function) {
  try {
    function();
  } catch (const Error& error) {
    // A violated guard is opened to everybody: each finds it for itself.
    if (error.kind() != ErrorKind::kRange) mesh.abort(told(error));
    throw;
  } catch (...) {
    mesh.abort("it met an unexpected failure");
    throw;
  }
}

// A loss of a peer is no loss of the run where something was saved.
template <class Function>
void naming_the_way_on(const std::optional<Checkpointer>& checkpointer, bool resumed, Function function) {
  try {
    function();
  } catch (const Error& error) {
    const bool saved = checkpointer && (resumed || checkpointer->statistics().written > 0);
    if (error.kind() != ErrorKind::kPeer || !saved) throw;
    throw Error(error.kind(), error.message(),
                error.hint() + (error.hint().empty() ? "" : " ") +
                    "The run was saved: start all parties again with --resume, and it goes on from there.",
                error.party());
  }
}

}  // namespace

RunSummary run_party(const Job& job, const std::string& name, const OnProgress& on_progress,
                     const RunOptions& options) {
  job.party_named(name);
  const auto& files = job.local_of(name);
  const auto program = load_program(job);
  const auto parties = parties_in_plan_order(job, program.plan);
  const auto self =
      static_cast<std::size_t>(std::ranges::find(parties, name, &JobParty::name) - parties.begin());
  const int party = static_cast<int>(self);
  enforce(files.policy ? load_policy(*files.policy) : Policy{}, program.plan, *program.table, parties, name);
  check_outputs(program, files, party, name);
  check_places(files);
  keep_store(files, name, options);
  const RunLock lock(agreement_digest(job), job.name, name);
  auto checkpoints = open_checkpoints(job, files, program, name, party, options);
  OwnInputs inputs(program, files, party, name);
  const StoredParameters stored(program, files, party, name);
  share_cores(parties, self);

  RunSummary summary;
  summary.job = job.name;
  summary.party = name;
  summary.plan_digest = program.digest;
  summary.network = job.network;
  summary.evaluated_rows = evaluated_rows(program.plan);
  summary.security = security_card(job, program, parties);
  auto start = std::chrono::steady_clock::now();
  net::Mesh mesh(mesh_options(job, parties, self, program));
  // The links outlive the telling: a session that ends first would hide the reason.
  auto links = mesh.open_session(0);
  std::vector<net::Link*> raw;
  for (auto& link : links) raw.push_back(link.get());
  std::vector<std::string> names;
  for (const auto& other : parties) names.push_back(other.name);
  net::Rounds rounds(party, raw);
  Openings openings;
  telling_others(mesh, [&] {
    openings =
        exchange_openings(rounds, {options.resume, checkpoints.marks, stored.sharing(), inputs.rows()});
  });
  // What is wrong with it, everybody finds for itself.
  const auto session = conclude(openings, names);
  telling_others(mesh, [&] {
    auto keys = session_keys(mesh, agreement_digest(job));
    if (const auto& setup = program.table->rows().setup)
      keys.state = rounds.run(setup(rounds, program.setup_needs));
    summary.connect_seconds = seconds_since(start);
    Environment environment{&rounds, &keys, raw, {}, {}, {}, {}, rows_given(program.plan, openings, names)};
    environment.fill_input = [&](const auto& input, const auto& value, std::size_t offset, auto out) {
      inputs.fill(input, value, offset, out);
    };
    environment.stored_share = [&](const auto& input, const auto& value) {
      return stored.share(input, value);
    };
    environment.on_progress = [&](const plan::wire::Control& control, std::uint64_t done,
                                  std::uint64_t bytes) {
      if (on_progress) on_progress(control.phase(), done, control.repeat(), bytes);
    };
    Checkpoint from;
    std::optional<Checkpointer> checkpointer;
    Executor* running = nullptr;
    if (checkpoints.directory) {
      auto& directory = *checkpoints.directory;
      if (session.resumed_from) from = load_checkpoint(directory, *session.resumed_from, inputs);
      directory.begin(session.resumed_from);
      checkpointer.emplace(directory, job.checkpoint, rounds, names, session.id, inputs.digests());
      checkpointer->begin_after(from.mark.runs);
      environment.at_boundary = [&](std::uint64_t runs) {
        checkpointer->at_boundary(*running, runs, total_runs(program.plan),
                                  from.seconds + seconds_since(start));
      };
    }
    start = std::chrono::steady_clock::now();
    Executor executor(program, std::move(environment));
    running = &executor;
    summary.resumed_after = from.mark.runs;
    naming_the_way_on(checkpointer, session.resumed_from.has_value(), [&] {
      if (session.resumed_from)
        executor.resume(std::move(from.snapshot));
      else
        executor.run();
    });
    summary.seconds = from.seconds + seconds_since(start);
    summary.profile = executor.profile();
    summary.outputs = executor.outputs();
    for (const auto& [output, values] : summary.outputs) {
      auto& after = summary.revealed[output] = plan::training_runs_before(program.plan, output);
      if (after.size() > values.size()) after.resize(values.size());  // what an early stop left out
    }
    if (checkpointer) summary.checkpoints = checkpointer->statistics();
    save_model(executor, program, job, name, party, session.id);
  });
  write_outputs(program.plan, summary.outputs, files);
  summary.finished = time_text(std::chrono::system_clock::now());
  return summary;
}

}  // namespace sotto::runtime
