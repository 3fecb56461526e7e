// sotto: the front. It starts sotto-compile and sotto-party, which stand beside it.
#include <iostream>
#include <memory>

#include "cli/bench.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/learn.h"
#include "cli/page/report_page.h"
#include "cli/run_flags.h"
#include "cli/run_job.h"

namespace sotto::cli {
namespace {

// A subcommand that another program implements, with all that follows it.
void add_forwarded(CLI::App& app, const std::string& name, const std::string& program,
                   const std::string& help) {
  auto& command = *app.add_subcommand(name, help);
  command.prefix_command();
  command.set_help_flag();
  command.callback([&command, name, program] {
    std::vector<std::string> arguments{name};
    for (auto& word : command.remaining()) arguments.push_back(word);
    become(program, arguments);
  });
}

void add_run(CLI::App& app, int& exit_code) {
  auto& command = *app.add_subcommand("run", "Run all parties of a job on this machine, as processes");
  auto job = std::make_shared<std::string>();
  auto page = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command.add_option("JOB", *job, "The job file")->required();
  command.add_option("--report", *page, "Write the report as a page, FILE.html");
  command.add_flag("--json", *json, "Print the report as JSON");
  auto flags = std::make_shared<RunFlags>();
  flags->declare(command);
  command.callback([job, page, json, flags, &exit_code] {
    if (!page->empty()) require_page_writable(*page);
    const auto result = run_job(*job, !*json, {}, flags->words());
    exit_code = result.exit_code;
    write_run_page(*page, *job, result);
    if (exit_code != 0) return;
    if (*json)
      std::cout << result.report.dump() << '\n';
    else
      std::cout << report_text(result.report);
  });
}

void add_training_bench(CLI::App& bench, int& exit_code) {
  auto options = std::make_shared<TrainingBench>();
  auto& command = *bench.add_subcommand("training", "Seconds, rounds and bytes of a training step");
  command.add_option("--model", options->model, "a, b, c or d: examples/mnist_a.mlir and so on")
      ->capture_default_str();
  command.add_option("--optimizer", options->optimizer, "sgd, adam or amsgrad")
      ->capture_default_str()
      ->check(CLI::IsMember({"sgd", "adam", "amsgrad"}));
  command.add_option("--network", options->network, "lan, wan or MBIT:ONE_WAY_MS[:duplex]")
      ->capture_default_str();
  command.add_option("--batches", options->batches, "How many steps")->capture_default_str();
  command.add_option("--batch", options->batch, "Rows in a batch")->capture_default_str();
  command.add_option("--plan", options->plan, "A compiled plan instead of a model");
  command.add_flag("--json", options->json, "One JSON object");
  command.callback([options, &exit_code] { exit_code = bench_training(*options); });
}

void add_kernel_bench(CLI::App& bench, int& exit_code) {
  auto options = std::make_shared<KernelBench>();
  auto& command = *bench.add_subcommand("kernel", "Seconds, rounds and bytes of one operation");
  command.add_option("--protocol", options->protocol, "The table of implementations")->capture_default_str();
  command.add_option("--op", options->operation, "multiply, relu, exp, ...")->required();
  command.add_option("--elements", options->elements, "How many at once")->capture_default_str();
  command.add_option("--bits", options->bits, "The window of what is compared: |x| < 2^(bits-1)")
      ->capture_default_str();
  command.add_option("--network", options->network, "lan, wan or MBIT:ONE_WAY_MS[:duplex]")
      ->capture_default_str();
  command.add_option("--repeats", options->repeats, "Runs that count")->capture_default_str();
  command.add_flag("--json", options->json, "One JSON object");
  command.callback([options, &exit_code] { exit_code = bench_kernel(*options); });
}

void add_nebula_bench(CLI::App& bench, int& exit_code) {
  auto options = std::make_shared<NebulaBench>();
  auto& command =
      *bench.add_subcommand("nebula", "Two parties train a logistic regression on 100,000 features");
  command.add_option("--mbit", options->mbit, "Rate of each direction")->capture_default_str();
  command.add_option("--delay-ms", options->delay_ms, "One way")->capture_default_str();
  command.add_option("--batches", options->batches, "Of an epoch of 1,024 rows")->capture_default_str();
  command.add_option("--epochs", options->epochs, "How many; the median counts")->capture_default_str();
  command.add_option("--features", options->features, "Of both parties together")->capture_default_str();
  command.add_flag("--json", options->json, "One JSON object");
  command.callback([options, &exit_code] { exit_code = bench_nebula(*options); });
}

void add_demo(CLI::App& app, int& exit_code) {
  auto demo = std::make_shared<Demo>();
  auto& command =
      *app.add_subcommand("demo", "Train a network on MNIST privately on this machine, and compare");
  command.add_option("--data", demo->data, "The directory with MNIST's four files")->required();
  command.add_option("--keep", demo->keep, "Keep plan, job and the parties' shares of the model here");
  command
      .add_option("--model", demo->model,
                  "a, b, c or d: examples/mnist_a.mlir and so on; or the file of another model")
      ->capture_default_str();
  command.add_option("--optimizer", demo->optimizer, "sgd, adam or amsgrad")
      ->capture_default_str()
      ->check(CLI::IsMember({"sgd", "adam", "amsgrad"}));
  command.add_option("--epochs", demo->epochs, "Passes over the training images")->capture_default_str();
  command.add_option("--seed", demo->seed, "Public seed of the start and of the order")
      ->capture_default_str();
  command.add_option("--network", demo->network, "Shape the links as lan, wan or MBIT:ONE_WAY_MS[:duplex]");
  command.add_flag("--evaluate-every-epoch", demo->evaluate_every_epoch,
                   "Evaluate after each epoch: a curve instead of its end");
  command.add_option("--report", demo->page, "Write the report as a page, FILE.html");
  command.add_flag("--json", demo->json, "One JSON object");
  command.callback([demo, &exit_code] { exit_code = run_demo(*demo); });
}

void add_learner(CLI::App& app, int& exit_code, const Learn& like, const char* name, const char* help) {
  auto arguments = std::make_shared<Learn>(like);
  auto& command = *app.add_subcommand(name, help);
  command.add_option("--job", arguments->job, "The learner's job file")->required();
  command.add_option("--as", arguments->name,
                     "Which of the job's parties this is; all, on this machine, if missing");
  command.add_option("--report", arguments->page, "Write the report as a page, FILE.html");
  command.add_flag("--plan-only", arguments->plan_only, "Stop when the plan is made, and say where it is")
      ->needs("--as");
  command.add_flag("--json", arguments->json, "For machines");
  command.add_flag("--progress-lines", arguments->progress_lines, "Progress for programs, on standard error");
  arguments->run.declare(command);
  command.callback([arguments, &exit_code] { exit_code = run_learn(*arguments); });
}

}  // namespace
}  // namespace sotto::cli

int main(int count, char** arguments) {
  using namespace sotto::cli;
  CLI::App app("Sotto: several organisations train models and serve predictions on data none of them shows",
               "sotto");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(SOTTO_VERSION));
  int exit_code = 0;
  add_forwarded(app, "compile", "sotto-compile", "Compile a model into a plan");
  add_forwarded(app, "reference", "sotto-compile", "Train the same model plainly, to compare");
  add_forwarded(app, "cost", "sotto-party", "What a plan costs on a network, before running it");
  add_forwarded(app, "plan", "sotto-party", "Look at plans");
  add_forwarded(app, "certs", "sotto-party", "A party's own key and certificate");
  add_forwarded(app, "doctor", "sotto-party", "Whether this machine, this party and its peers are ready");
  add_forwarded(app, "party", "sotto-party", "Run one party of a job");
  add_run(app, exit_code);
  auto& bench = *app.add_subcommand("bench", "Measure on this machine")->require_subcommand(1);
  add_training_bench(bench, exit_code);
  add_kernel_bench(bench, exit_code);
  add_nebula_bench(bench, exit_code);
  add_demo(app, exit_code);
  auto& learn = *app.add_subcommand("learn", "Learn from tables whose columns several parties hold")
                     ->require_subcommand(1);
  add_learner(learn, exit_code, {.kind = sotto::learn::Regression::kLogistic}, "logistic",
              "Logistic regression: a probability from columns on all sides");
  add_learner(learn, exit_code, {.kind = sotto::learn::Regression::kLinear}, "linear",
              "Linear regression: a number from columns on all sides");
  add_learner(learn, exit_code, {.predict = true}, "predict",
              "Apply to new rows what one of the others learnt; or reveal what was kept");
  const int code = run_app(app, count, arguments);
  return code != 0 ? code : exit_code;
}
