// The way to the peers, and what it means for the plan.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/human.h"
#include "cli/doctor/doctor.h"
#include "cli/predict.h"
#include "net/probe.h"

namespace sotto::cli::doctor {
namespace {

std::string rate_text(double bytes_per_second) {
  return fmt::format("{:.3g} Mbit/s", bytes_per_second * 8 / 1e6);
}

net::ProbeOptions probe_options(const OwnPart& part, const Doctor& doctor) {
  net::ProbeOptions options;
  options.self = part.self;
  for (const auto& party : part.parties) {
    options.names.push_back(party.name);
    options.addresses.push_back(party.address);
    options.pins.push_back(net::parse_fingerprint(party.fingerprint));
  }
  options.hello = {.party = static_cast<std::uint16_t>(part.self),
                   .parties = static_cast<std::uint16_t>(part.parties.size()),
                   .job = runtime::agreement_digest(*part.job),
                   .plan = net::parse_fingerprint(part.program->digest),
                   .software = SOTTO_VERSION};
  options.wait = std::chrono::milliseconds(static_cast<std::int64_t>(doctor.wait_seconds * 1000));
  return options;
}

void check_reach(Checks& checks, const net::ProbedPeer& peer, const net::Probed& probed,
                 const Doctor& doctor) {
  const auto title = "peer " + peer.party;
  if (!peer.resolve_error.empty())
    return checks.fail(title, peer.resolve_error,
                       "Correct its address in the job file, or the name service.");
  // A machine that refuses is there, and nobody listens; who does not connect may not have been started.
  if (!peer.reached && peer.dialled && !peer.refused)
    return checks.fail(
        title, peer.reach_error.empty() ? fmt::format("{} did not answer", peer.address) : peer.reach_error,
        "Is that machine running, its address right, and the port open in every firewall between?");
  if (!peer.reached && peer.dialled)
    return checks.away(title, fmt::format("not started: nobody listens at {} yet", peer.address),
                       "Start `sotto doctor` (or the job) there at the same time; if it runs, its address or "
                       "port is another.");
  if (!peer.reached && (probed.broken_off || !probed.strangers.empty()))
    return checks.fail(
        title, "it did not connect to this party, but somebody did who was refused or went away",
        "If that was it, one of the two pins an old or wrong fingerprint of the other: compare "
        "`sotto certs show` of both with both job files.");
  if (!peer.reached)
    return checks.away(
        title,
        fmt::format("not started, it seems: it did not connect to this party within {:g} s",
                    doctor.wait_seconds),
        "Start `sotto doctor` (or the job) there at the same time; if it runs, it cannot reach this party's "
        "address: is its port open from outside?");
  if (!peer.identity_error.empty())
    return checks.fail(
        title, fmt::format("at {}: {}", peer.address, peer.identity_error),
        "Compare fingerprints with that party: `sotto certs show` there, the job file here and there.");
  if (!peer.authenticated)
    return checks.fail(title,
                       fmt::format("at {}: {}", peer.address,
                                   peer.measure_error.empty() ? "said nothing" : peer.measure_error),
                       "Is it a Sotto party that listens there, and not another service or a proxy?");
  checks.pass(title, peer.dialled
                         ? fmt::format("{} ({}) answers with the pinned certificate, and accepts ours",
                                       peer.address, peer.resolved)
                         : "it connected with the pinned certificate, and accepts ours");
}

void check_agreement(Checks& checks, const net::ProbedPeer& peer) {
  if (!peer.hello) return;
  const auto title = fmt::format("peer {}, agreement", peer.party);
  if (!peer.difference.empty())
    return checks.fail(title, fmt::format("it {}", peer.difference),
                       "All parties must have the same job (but for [local]), plan and version of Sotto.");
  checks.pass(title, fmt::format("same job, plan, Sotto {} and protocol version {}", peer.hello->software,
                                 peer.hello->protocol_version));
}

void check_line(Checks& checks, const net::ProbedPeer& peer) {
  if (!peer.authenticated) return;
  const auto title = fmt::format("peer {}, line", peer.party);
  if (peer.running)
    return checks.warn(title, "not measured: it runs the job already, and was left alone",
                       "Measure while both run `sotto doctor`.");
  if (!peer.round_trip_seconds || !peer.sent_per_second || !peer.received_per_second)
    return checks.warn(title, "not measured: " + peer.measure_error,
                       "Run both doctors again at the same time.");
  checks.pass(title,
              fmt::format("round trip {}, {} to it, {} from it", human_seconds(*peer.round_trip_seconds),
                          rate_text(*peer.sent_per_second), rate_text(*peer.received_per_second)));
}

// The network's share of the plan's time over the worst of the measured lines.
void forecast(Checks& checks, const OwnPart& part, const net::Probed& probed) {
  net::NetworkProfile worst{1e12, 0};
  for (const auto& peer : probed.peers) {
    if (!peer.round_trip_seconds || !peer.sent_per_second || !peer.received_per_second) return;
    worst.one_way_ms = std::max(worst.one_way_ms, *peer.round_trip_seconds * 1000 / 2);
    worst.megabit_per_second = std::min(worst.megabit_per_second,
                                        std::min(*peer.sent_per_second, *peer.received_per_second) * 8 / 1e6);
  }
  if (!(worst.megabit_per_second > 0)) return;
  double seconds = 0;
  for (const auto& phase : phases_of(part.program->plan))
    seconds += network_seconds(phase, worst) * static_cast<double>(phase.runs);
  checks.pass("forecast",
              fmt::format("the network takes about {} of the whole plan over the worst of these lines; "
                          "computing comes on top",
                          human_seconds(seconds)));
}

}  // namespace

void check_peers(Checks& checks, const OwnPart& part, const Doctor& doctor) {
  const auto& own = part.parties[part.self];
  net::Socket listener;
  if (part.self + 1 == part.parties.size()) {
    checks.pass("own port", "not needed: this party connects to all others");
  } else if (!checks.attempt("own port", [&] {
               listener = net::listen_on(net::parse_endpoint(own.address));
               checks.pass("own port", fmt::format("{} is free and can be listened on", own.address));
             })) {
    // The parties of lower index can still be looked at.
  }
  std::optional<net::Identity> identity;
  try {
    identity = net::Identity::load(part.job->local_of(doctor.name).identity);
  } catch (const Error&) {
    return;  // reported as the own certificate
  }
  const auto probed = net::probe_peers(probe_options(part, doctor), *identity, std::move(listener));
  for (const auto& peer : probed.peers) {
    check_reach(checks, peer, probed, doctor);
    check_agreement(checks, peer);
    check_line(checks, peer);
  }
  for (const auto& stranger : probed.strangers)
    checks.warn(
        "stranger", stranger,
        "If that was a party, the job pins an old or wrong fingerprint for it; ask for `sotto certs show`.");
  forecast(checks, part, probed);
}

}  // namespace sotto::cli::doctor
