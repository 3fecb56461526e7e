#include "cli/demo.h"

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/human.h"
#include "base/table.h"
#include "cli/command.h"
#include "cli/page/report_page.h"
#include "cli/processes.h"
#include "cli/published.h"
#include "cli/run_job.h"
#include "cli/scratch_job.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

struct Files {
  std::filesystem::path images, labels, test_images, test_labels;
};

Files files_of(const std::filesystem::path& data) {
  Files files{data / "train-images-idx3-ubyte", data / "train-labels-idx1-ubyte",
              data / "t10k-images-idx3-ubyte", data / "t10k-labels-idx1-ubyte"};
  for (const auto* file : {&files.images, &files.labels, &files.test_images, &files.test_labels})
    if (!std::filesystem::exists(*file))
      throw Error(ErrorKind::kUsage, fmt::format("there is no {}", file->string()),
                  "Fetch MNIST with: scripts/fetch_mnist.sh " + data.string());
  return files;
}

// One of the four networks, by its letter; else it is a file.
bool is_example(const std::string& model) { return model.size() == 1 && model[0] >= 'a' && model[0] <= 'd'; }

std::string title_of(const Demo& demo) {
  return is_example(demo.model) ? fmt::format("network {}", static_cast<char>(demo.model[0] - 'a' + 'A'))
                                : demo.model;
}

// Of plan and job: as file names have it.
std::string name_of(const Demo& demo) {
  return is_example(demo.model) ? "mnist_" + demo.model : std::filesystem::path(demo.model).stem().string();
}

std::vector<std::string> training_arguments(const Demo& demo, const std::string& command) {
  const auto model = is_example(demo.model) ? example_model(demo.model).string() : demo.model;
  return {command,    model,
          "--train",  demo.optimizer,
          "--epochs", fmt::format("{}", demo.epochs),
          "--seed",   fmt::format("{}", demo.seed)};
}

std::filesystem::path compile(const Demo& demo, const Files& files, const std::filesystem::path& directory) {
  auto arguments = training_arguments(demo, "compile");
  const auto plan = directory / (name_of(demo) + ".plan");
  for (const auto& word : {std::string("--sample"), files.images.string(), std::string("--sample-labels"),
                           files.labels.string(), std::string("--output"), plan.string()})
    arguments.push_back(word);
  if (demo.evaluate_every_epoch) arguments.push_back("--evaluate-every-epoch");
  if (!demo.network.empty()) arguments.insert(arguments.end(), {"--network", demo.network});
  run_compiler(arguments);
  return plan;
}

// Who gives which file: the plan says by encoding and name.
std::map<std::string, std::filesystem::path> input_files(const plan::Plan& plan, const Files& files) {
  std::map<std::string, std::filesystem::path> inputs;
  for (const auto& input : plan.inputs()) {
    if (!input.initializer().empty()) continue;
    const bool test = input.name().starts_with("test."), labels = input.encoding().starts_with("one_hot:");
    inputs[input.name()] =
        test ? (labels ? files.test_labels : files.test_images) : (labels ? files.labels : files.images);
  }
  return inputs;
}

json plain_figures(const Demo& demo, const Files& files) {
  auto arguments = training_arguments(demo, "reference");
  for (const auto& word : {std::string("--images"), files.images.string(), std::string("--image-labels"),
                           files.labels.string(), std::string("--test-images"), files.test_images.string(),
                           std::string("--test-labels"), files.test_labels.string(), std::string("--json")})
    arguments.push_back(word);
  return json::parse(run_compiler(arguments));
}

// Rows of the data set that the phase takes its batches from.
std::uint64_t rows_of_phase(const plan::Plan& plan, std::string_view phase) {
  for (const auto& control : plan.control())
    if (control.phase() == phase) return control.rows();
  throw Error(ErrorKind::kPlan, fmt::format("the plan has no phase {}", phase));
}

const json& phase_of(const json& report, std::string_view name) {
  for (const auto& phase : report.at("phases"))
    if (phase.at("phase") == name) return phase;
  throw Error(ErrorKind::kInternal, fmt::format("the report has no phase {}", name));
}

double private_accuracy(const json& report, const plan::Plan& plan) {
  for (const auto& [party, outputs] : report.at("outputs").items())
    if (outputs.contains("correct"))
      return outputs.at("correct").back().at("values").at(0).get<double>() /
             static_cast<double>(rows_of_phase(plan, "evaluate"));
  throw Error(ErrorKind::kInternal, "nobody learnt how many test images were right");
}

json figures_of(const Demo& demo, const json& report, const plan::Plan& plan) {
  const json& train = phase_of(report, "train");
  const auto runs = train.at("runs").get<std::uint64_t>();
  return {{"model", demo.model},
          {"epochs", demo.epochs},
          {"optimizer", demo.optimizer},
          {"seed", demo.seed},
          {"network", demo.network.empty() ? "loopback" : demo.network},
          {"accuracy", private_accuracy(report, plan)},
          {"steps", runs},
          {"seconds_per_step", train.at("seconds").get<double>() / static_cast<double>(runs)},
          {"rounds_per_step", train.at("rounds_measured").get<std::uint64_t>() / runs},
          {"bytes_all_per_step", train.at("bytes_all_measured").get<std::uint64_t>() / runs},
          {"seconds", report.at("seconds")}};
}

void add_published(TextTable& table, const Published& others) {
  const auto accuracy = fmt::format("{} % after 5 epochs", others.accuracy);
  const auto seconds = [](double value) { return fmt::format("{:.2f} s", value); };
  table.add_rule();
  table.add_row(
      {"SecretFlow-SPU, LAN", accuracy, seconds(others.spu_lan), "", "", "published: 3 hosts x 4 vCPU"});
  table.add_row(
      {"SecretFlow-SPU, WAN", accuracy, seconds(others.spu_wan), "", "", "published: 300 Mbit/s, 20 ms"});
  table.add_row({"MP-SPDZ, LAN", "", seconds(others.spdz_lan), others.spdz_rounds, others.spdz_bytes,
                 "published: the same 3 hosts"});
}

std::string comparison(const json& figures) {
  const auto percent = [](double share) { return fmt::format("{:.2f} %", 100 * share); };
  const auto optimizer = figures.at("optimizer").get<std::string>();
  const auto others = published_for(figures.at("model").get<std::string>(), optimizer);
  TextTable table({others ? fmt::format("{}, batch 128", others->title) : "this model, " + optimizer,
                   "test accuracy", "time/step", "rounds/step", "sent by all/step", "measured"});
  table.align_left(5);
  const auto epochs =
      fmt::format("{} epoch{}", figures.at("epochs").get<int>(), figures.at("epochs") == 1 ? "" : "s");
  table.add_row({"Sotto, three parties, secret",
                 percent(figures.at("accuracy").get<double>()) + " after " + epochs,
                 human_seconds(figures.at("seconds_per_step").get<double>()),
                 fmt::format("{}", figures.at("rounds_per_step").get<int>()),
                 human_bytes(figures.at("bytes_all_per_step").get<std::uint64_t>()),
                 "here, " + figures.at("network").get<std::string>()});
  table.add_row({"plain training, same start",
                 percent(figures.at("plain").at("accuracy").get<double>()) + " after " + epochs,
                 human_seconds(figures.at("plain").at("seconds_per_step").get<double>()), "", "",
                 "here, in the clear"});
  if (!others) return table.text();
  add_published(table, *others);
  return table.text() +
         "\nThe published rows are from other machines (ATC'23, table 1; MP-SPDZ's rounds and bytes were "
         "counted for the\n"
         "same step): compare seconds with care, and rounds and bytes freely.\n";
}

}  // namespace

std::filesystem::path example_model(const std::string& name) {
  const auto file = "examples/mnist_" + name + ".mlir";
  for (auto directory = program_directory(); directory.has_relative_path();
       directory = directory.parent_path())
    if (std::filesystem::exists(directory / file)) return directory / file;
  if (std::filesystem::exists(file)) return file;
  throw Error(ErrorKind::kUsage, fmt::format("there is no model called \"{}\"", name),
              fmt::format("{} was found neither here nor above the programs.", file));
}

std::string run_compiler(const std::vector<std::string>& arguments) {
  Watch watch;
  watch.on_error_line = [](const std::string&, const std::string& line) { std::cerr << line << '\n'; };
  const auto ended = run_processes({{"compiler", "sotto-compile", arguments}}, watch);
  if (ended[0].exit_code != 0)
    throw Error(ErrorKind::kModel, "the compiler failed", "Its message stands above.");
  return ended[0].output;
}

int run_demo(const Demo& demo) {
  const auto files = files_of(demo.data);
  if (!demo.page.empty()) require_page_writable(demo.page);
  const ScratchDirectory scratch;
  const auto directory = demo.keep.empty() ? scratch.path() : demo.keep;
  std::filesystem::create_directories(directory);
  const auto say = [&](const std::string& text) {
    if (!demo.json) std::cout << text << std::endl;
  };
  say(fmt::format("1. Compiling {} into a plan: training step, evaluation, exact cost", title_of(demo)));
  const auto plan_file = compile(demo, files, directory);
  const auto plan = plan::parse_verified(runtime::read_plan_file(plan_file));
  say("2. Training: three processes over mutual TLS. `images` holds the images, `labels` the labels, "
      "`helper` nothing");
  const auto job = write_scratch_job(
      directory, {name_of(demo), plan_file, demo.network, input_files(plan, files), {}, !demo.keep.empty()});
  const auto result = run_job(job, !demo.json);
  write_run_page(demo.page, job, result);
  if (result.exit_code != 0) return result.exit_code;
  say("\n" + report_text(result.report));
  say("3. Training the same plainly, from the same start and in the same order");
  json figures = figures_of(demo, result.report, plan);
  figures["plain"] = plain_figures(demo, files);
  if (demo.json)
    std::cout << figures.dump() << '\n';
  else
    std::cout << '\n' << comparison(figures);
  return 0;
}

}  // namespace sotto::cli
