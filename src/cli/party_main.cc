// sotto-party: the runtime. Links no LLVM: what runs next to the data is small.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <signal.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "base/progress.h"
#include "cli/certs.h"
#include "cli/command.h"
#include "cli/doctor/doctor.h"
#include "cli/page/report_page.h"
#include "cli/plan_commands.h"
#include "cli/progress_lines.h"
#include "cli/run_flags.h"
#include "runtime/party.h"

namespace sotto::cli {
namespace {

struct PartyArguments {
  std::string job, name, page;
  bool json = false, quiet = false, progress_lines = false;
  RunFlags run;
};

// One bar for each phase, or lines for a front that draws it.
runtime::OnProgress progress_of(const PartyArguments& arguments) {
  if (arguments.progress_lines)
    return [](const std::string& phase, std::uint64_t done, std::uint64_t total, std::uint64_t bytes) {
      write_progress_line(std::cerr, {phase, done, total, bytes});
    };
  if (arguments.quiet) return {};
  return [bar = std::make_shared<ProgressBars>()](const std::string& phase, std::uint64_t done,
                                                  std::uint64_t total, std::uint64_t bytes) {
    bar->show({phase, done, total, bytes});
  };
}

// Every step allocates the same arrays as the one before: memory that is given back to the system costs a
// page fault for each 4 KiB of the next, a tenth of a training step on a LAN.
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

// Whoever starts one party by hand sees that it waits, and for whom.
void say_who_is_awaited(const runtime::Job& job, const std::string& name) {
  std::vector<std::string> others;
  for (const auto& party : job.parties)
    if (party.name != name) others.push_back(party.name);
  if (others.size() == job.parties.size()) return;  // it is none of them, which is refused
  std::cerr << fmt::format("{} of job \"{}\": waiting at most {} s for {}\n", name, job.name,
                           job.connect_seconds, fmt::join(others, " and "));
}

// With a page that says how it went, also when it failed.
runtime::RunSummary run_and_report(const PartyArguments& arguments, const runtime::Job& job) {
  const auto run = [&] {
    return runtime::run_party(job, arguments.name, progress_of(arguments),
                              {arguments.run.resume, arguments.run.from_start, arguments.run.overwrite});
  };
  if (arguments.page.empty()) return run();
  require_page_writable(arguments.page);
  try {
    auto summary = run();
    write_page(arguments.page, report_json(summary));
    return summary;
  } catch (const Error& error) {
    write_page(arguments.page, failure_report(job, error.exit_code(), {error.message(), error.hint()}));
    throw;
  }
}

void run_party_command(const PartyArguments& arguments) {
  keep_freed_memory();
  // A file that may not grow is an error of that file, which can be told; no reason to die.
  ::signal(SIGXFSZ, SIG_IGN);
  log::set_party(arguments.name);
  auto job = runtime::load_job(arguments.job);
  arguments.run.apply_to(job);
  if (!arguments.json && !arguments.quiet && !arguments.progress_lines)
    say_who_is_awaited(job, arguments.name);
  const auto summary = run_and_report(arguments, job);
  if (arguments.json)
    std::cout << report_json(summary).dump() << '\n';
  else if (!arguments.quiet)
    std::cout << report_text(summary);
}

void add_party(CLI::App& app) {
  auto& command = *app.add_subcommand("party", "Run one party of a job");
  auto arguments = std::make_shared<PartyArguments>();
  command.add_option("--job", arguments->job, "The job file")->required();
  command.add_option("--as", arguments->name, "Which of the job's parties this is")->required();
  command.add_option("--report", arguments->page, "Write the report as a page, FILE.html");
  command.add_flag("--json", arguments->json, "Print the report as JSON");
  command.add_flag("--quiet", arguments->quiet, "No progress and no report");
  command.add_flag("--progress-lines", arguments->progress_lines, "Progress for programs, on standard error");
  arguments->run.declare(command);
  command.callback([arguments] { run_party_command(*arguments); });
}

void add_plan_commands(CLI::App& app) {
  auto& plan = *app.add_subcommand("plan", "Look at plans")->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  auto& show =
      *plan.add_subcommand("show", "What a plan computes, who provides and who learns what, its digest");
  show.add_option("PLAN", *file, "The plan")->required();
  show.callback([file] { show_plan(*file); });

  auto& cost = *app.add_subcommand("cost", "What a plan costs on a network, before running it");
  auto network = std::make_shared<std::string>("lan");
  auto json = std::make_shared<bool>(false);
  cost.add_option("PLAN", *file, "The plan")->required();
  cost.add_option("--network", *network, "lan, wan or MBIT:ONE_WAY_MS[:duplex]")->capture_default_str();
  cost.add_flag("--json", *json, "For machines");
  cost.callback([file, network, json] { show_cost(*file, *network, *json); });
}

void add_doctor(CLI::App& app, int& exit_code) {
  auto& command = *app.add_subcommand("doctor", "Whether this machine, this party and its peers are ready");
  auto doctor = std::make_shared<Doctor>();
  command.add_option("--job", doctor->job, "The job file");
  command.add_option("--as", doctor->name, "Which of the job's parties this is");
  command.add_option("--wait", doctor->wait_seconds, "For how many seconds the peers are waited for")
      ->capture_default_str();
  command.add_flag("--no-peers", doctor->no_peers, "Look at nothing outside of this machine");
  command.add_flag("--json", doctor->json, "For machines");
  command.callback([doctor, &exit_code] { exit_code = run_doctor(*doctor); });
}

void add_certs(CLI::App& app) {
  auto& certs = *app.add_subcommand("certs", "A party's own key and certificate")->require_subcommand(1);
  auto path = std::make_shared<std::string>(), name = std::make_shared<std::string>();
  auto& init =
      *certs.add_subcommand("init", "Make a key and a certificate; the key never leaves the directory");
  init.add_option("DIR", *path, "Where to")->required();
  init.add_option("--name", *name, "The party's name")->required();
  init.callback([path, name] { init_certificate(*path, *name); });
  auto& show = *certs.add_subcommand("show", "Name, fingerprint and validity of a certificate");
  show.add_option("PATH", *path, "The directory, or a certificate")->required();
  show.callback([path] { show_certificate(*path); });
}

}  // namespace
}  // namespace sotto::cli

int main(int count, char** arguments) {
  CLI::App app("The runtime of Sotto", "sotto");
  app.require_subcommand(1);
  sotto::cli::add_party(app);
  sotto::cli::add_plan_commands(app);
  sotto::cli::add_certs(app);
  int exit_code = 0;
  sotto::cli::add_doctor(app, exit_code);
  const int code = sotto::cli::run_app(app, count, arguments);
  return code != 0 ? code : exit_code;
}
