// sotto-compile: StableHLO programs into plans, and the same training in plain to compare with.
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/command.h"
#include "frontends/stablehlo/read.h"
#include "net/shaped.h"
#include "passes/differentiate/differentiate.h"
#include "passes/pipeline.h"
#include "passes/reference/train_plainly.h"
#include "passes/train/train.h"
#include "protocols/table.h"
#include "runtime/data.h"

namespace sotto::cli {
namespace {

using passes::Options;
using passes::Provision;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t end; (end = text.find(separator, start)) != std::string::npos; start = end + 1)
    parts.push_back(text.substr(start, end - start));
  parts.push_back(text.substr(start));
  return parts;
}

// NAME=ROLE or NAME=ROLE:ENCODING; the encoding may contain colons.
Provision parse_provision(const std::string& text) {
  const auto equals = text.find('='), colon = text.find(':', equals == std::string::npos ? 0 : equals);
  if (equals == std::string::npos || equals == 0)
    throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is not NAME=ROLE or NAME=ROLE:ENCODING", text));
  Provision provision;
  provision.name = text.substr(0, equals);
  provision.role = text.substr(equals + 1, colon == std::string::npos ? colon : colon - equals - 1);
  if (colon != std::string::npos) provision.encoding = text.substr(colon + 1);
  return provision;
}

// CLI::Range takes "nan" for a number of any range.
CLI::Validator number_within(double least, double most) {
  return {[=](std::string& text) {
            char* end = nullptr;
            const double value = std::strtod(text.c_str(), &end);
            if (end != text.c_str() && *end == '\0' && value >= least && value <= most) return std::string();
            return fmt::format("{} is no number from {:.3g} to {:.3g}", text, least, most);
          },
          ""};
}

// 1 to a million million; CLI::PositiveNumber names the largest double when it refuses.
CLI::Validator positive_count() {
  return {[](std::string& text) {
            const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
            if (digits && text.size() <= 12 && text.find_first_not_of('0') != std::string::npos)
              return std::string();
            return fmt::format("{} is no whole number of at least 1", text);
          },
          "at least 1"};
}

// NAME:ROLE,ROLE
passes::Reveal parse_reveal(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is not NAME:ROLE,ROLE", text));
  return {.name = text.substr(0, colon), .roles = split(text.substr(colon + 1), ',')};
}

const std::map<std::string, passes::Optimizer> kOptimizers{{"sgd", passes::Optimizer::kSgd},
                                                           {"adam", passes::Optimizer::kAdam},
                                                           {"amsgrad", passes::Optimizer::kAmsgrad}};
const std::map<std::string, passes::Loss> kLosses{
    {"softmax_cross_entropy", passes::Loss::kSoftmaxCrossEntropy},
    {"logistic", passes::Loss::kLogistic},
    {"squared_error", passes::Loss::kSquaredError}};

std::vector<std::string> default_roles(const std::string& protocol) {
  std::vector<std::string> roles = Options().roles;
  const auto parties = static_cast<std::size_t>(protocols::table_named(protocol).parties());
  // A single party would still need names for who holds what.
  if (parties > 1) roles.resize(std::min(roles.size(), parties));
  return roles;
}

// What the command line says.
struct Arguments {
  std::string model, output, train, data = "x=images:pixels", labels = "labels", roles;
  std::string protocol = "rep3", initializer = "torch_linear", network, reveal_model, dump_after;
  std::vector<std::string> inputs, limits, states, reveals;
  std::string loss = "softmax_cross_entropy";
  std::optional<double> learning_rate, momentum, beta1, beta2, epsilon;
  passes::Training training;
  passes::Precision precision;
  std::uint64_t seed = 1;
  std::int64_t steps = 1, calibration_steps = Options().calibration_steps;
  std::int64_t predicted_rows = 0;
  bool no_guard = false, evaluate_every_epoch = false, json = false, course = false;
  std::string sample, sample_labels;                           // for calibration
  std::vector<std::string> samples;                            // the same of a course, by argument
  std::string images, image_labels, test_images, test_labels;  // for the reference

  void declare(CLI::App& app) {
    app.add_option("model", model, "StableHLO text: a model's forward function, or a whole program")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option(
        "--roles", roles,
        "the computing roles, in the order of parties (default images,labels,helper, or as many of "
        "them as the protocol has parties)");
    app.add_option("--protocol", protocol, "the table of implementations: rep3, duo or plain")
        ->capture_default_str();
    app.add_option("--network", network,
                   "what the plan is for, by which variants are chosen, and between two parties how products "
                   "are made: lan, wan or MBIT:ONE_WAY_MS[:duplex] (default: lan, products for 100:20:duplex)");
    app.add_option("--initializer", initializer,
                   "how parameters start: torch_linear, he_uniform, glorot_uniform, zeros")
        ->capture_default_str();
    app.add_option("--seed", seed, "public seed of initial values and of the order of rows")
        ->capture_default_str();
    app.add_option(
        "--reveal", reveals,
        "NAME:ROLE,ROLE: \"accuracy\", \"loss\", \"model\" or a result's number, and who learns it");
    app.add_option("--reveal-model", reveal_model, "the role that learns the trained parameters");
    declare_training(app);
    declare_program(app);
    declare_numbers(app);
  }

  void declare_training(CLI::App& app) {
    app.add_option("--train", train, "train the model with this optimizer: sgd, adam or amsgrad")
        ->check(CLI::IsMember(kOptimizers));
    app.add_option(
           "--loss", loss,
           "what training makes small: softmax_cross_entropy of one-hot labels, logistic of one logit "
           "and a label from 0 to 1, or squared_error (half of it)")
        ->capture_default_str()
        ->check(CLI::IsMember(kLosses));
    app.add_option("--learning-rate", learning_rate, "step size (default 0.01 of sgd, else 0.001)")
        ->check(number_within(1e-9, 1e6));
    app.add_option("--momentum", momentum, "of sgd, as torch.optim.SGD has it (default 0.9)")
        ->check(number_within(0, 1));
    app.add_option("--weight-decay", training.weight_decay, "as torch.optim has it: added to the gradient")
        ->capture_default_str()
        ->check(number_within(0, 1));
    app.add_option("--beta1", beta1, "of adam and amsgrad: what the mean of gradients keeps (default 0.9)")
        ->check(number_within(0, 0.9999));
    app.add_option("--beta2", beta2, "of adam and amsgrad: what the mean of squares keeps (default 0.999)")
        ->check(number_within(0, 0.99999));
    app.add_option("--epsilon", epsilon,
                   "of adam and amsgrad: gradients far below it move nothing (default 1e-8, counts as 2^-18)")
        ->check(number_within(0, 1));
    app.add_option("--batch", training.batch, "rows per step")
        ->capture_default_str()
        ->check(positive_count());
    app.add_option("--epochs", training.epochs, "passes over the training rows")
        ->capture_default_str()
        ->check(positive_count());
    app.add_flag("--evaluate-every-epoch", evaluate_every_epoch,
                 "evaluate after each epoch, and reveal each result: a curve instead of its end");
    app.add_option("--rows", training.rows, "training rows")->capture_default_str()->check(positive_count());
    app.add_option("--test-rows", training.test_rows, "test rows")
        ->capture_default_str()
        ->check(positive_count());
    app.add_option("--data", data,
                   "NAME=ROLE:ENCODING: the model's batch argument, who holds it, \"pixels\" or nothing")
        ->capture_default_str();
    app.add_option("--labels", labels, "who holds the labels")->capture_default_str();
  }

  void declare_program(CLI::App& app) {
    app.add_option(
           "--predict", predicted_rows,
           "apply a trained model to so many rows of --data; its parameters come from the parties' share "
           "stores, result 0 goes to the data's owner unless --reveal says otherwise; with --train and the "
           "other options that it was trained with, ranges are measured on a model trained so")
        ->check(positive_count());
    app.add_option("--input", inputs,
                   "NAME=ROLE[:ENCODING]: who provides an argument of a program compiled as it is");
    app.add_option("--limit", limits,
                   "NAME=NUMBER: no value of the input NAME is larger in magnitude (default 8)");
    app.add_option("--state", states,
                   "NAME=RESULT: result number RESULT replaces argument NAME after every step");
    app.add_flag("--course", course,
                 "the program is a whole training: its functions @step, @evaluate, @summary and @predict "
                 "are run in that order, --epochs times, over --rows and --test-rows")
        ->excludes("--train")
        ->excludes("--predict");
    app.add_option("--steps", steps, "how often a program with states runs")
        ->capture_default_str()
        ->check(positive_count());
  }

  void declare_numbers(CLI::App& app) {
    app.add_option("--fraction-bits", precision.fraction_bits, "of products and functions")
        ->capture_default_str()
        ->check(CLI::Range(8, 24));
    app.add_option("--state-fraction-bits", precision.state_fraction_bits, "of parameters and momentum")
        ->capture_default_str()
        ->check(CLI::Range(8, 36));
    app.add_option("--margin-bits", precision.margin_bits, "by how many bits measured ranges may grow")
        ->capture_default_str()
        ->check(CLI::Range(0, 8));
    app.add_option("--calibration-steps", calibration_steps,
                   "steps of plain training that ranges are measured on")
        ->capture_default_str()
        ->check(positive_count());
    app.add_flag("--no-guard", no_guard, "leave out the check of measured ranges");
  }

  void set_optimizer(passes::Training& chosen) const {
    chosen.optimizer = kOptimizers.at(train);
    const bool sgd = train == "sgd";
    if (sgd && (beta1 || beta2 || epsilon))
      throw Error(ErrorKind::kUsage, "sgd has neither betas nor epsilon", "Those are adam's and amsgrad's.");
    if (!sgd && momentum)
      throw Error(ErrorKind::kUsage, fmt::format("{} has no momentum", train),
                  "Its --beta1 plays that part.");
    chosen.learning_rate = learning_rate.value_or(sgd ? 0.01 : 0.001);
    chosen.momentum = momentum.value_or(chosen.momentum);
    chosen.beta1 = beta1.value_or(chosen.beta1);
    chosen.beta2 = beta2.value_or(chosen.beta2);
    chosen.epsilon = epsilon.value_or(chosen.epsilon);
  }

  passes::Training chosen_training() const {
    if (training.batch > training.rows)
      throw Error(
          ErrorKind::kUsage,
          fmt::format("a batch of {} takes more rows than there are ({})", training.batch, training.rows),
          "Give --rows the number of training rows, and --batch no more.");
    passes::Training chosen = training;
    set_optimizer(chosen);
    chosen.loss = kLosses.at(loss);
    chosen.data = parse_provision(data);
    chosen.labels = {.name = "labels", .role = labels, .encoding = "", .file = ""};
    return chosen;
  }

  void set_prediction(Options& options) const {
    if (!states.empty())
      throw Error(ErrorKind::kUsage, "a model that is applied has no states of a program compiled as it is",
                  "Give --predict without --state.");
    options.prediction = true;
    options.prediction_rows = predicted_rows;
    options.inputs.insert(options.inputs.begin(), parse_provision(data));
    if (!train.empty()) {
      options.trained_as = chosen_training();
      options.trained_as->labels.role = options.inputs.front().role;  // a plan for prediction has none
    }
    if (reveals.empty()) options.reveals.push_back({.name = "0", .roles = {options.inputs.front().role}});
  }

  Options options() const {
    Options options;
    options.name = std::filesystem::path(model).stem().string();
    options.roles = roles.empty() ? default_roles(protocol) : split(roles, ',');
    options.protocol = protocol;
    if (!network.empty()) {
      const net::NetworkProfile profile = net::parse_profile(network);
      options.network = {profile.megabit_per_second, profile.one_way_ms, profile.duplex};
    }
    options.initializer = initializer;
    options.seed = seed;
    options.steps = steps;
    options.precision = precision;
    options.guard = !no_guard;
    options.evaluate_every_epoch = evaluate_every_epoch;
    options.calibration_steps = calibration_steps;
    for (const auto& text : reveals) options.reveals.push_back(parse_reveal(text));
    if (!reveal_model.empty())
      options.reveals.push_back({.name = "model", .roles = split(reveal_model, ',')});
    for (const auto& text : inputs) options.inputs.push_back(parse_provision(text));
    for (const auto& text : limits) {
      const auto parts = split(text, '=');
      char* end = nullptr;
      const double limit = parts.size() == 2 ? std::strtod(parts[1].c_str(), &end) : 0;
      if (!(limit > 0) || !std::isfinite(limit) || *end != '\0')
        throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is not NAME=NUMBER with a positive number", text));
      options.limits[parts[0]] = limit;
    }
    for (const auto& text : states) {
      const auto parts = split(text, '=');
      if (parts.size() != 2) throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is not NAME=RESULT", text));
      options.states.push_back({.input = parts[0], .output = parts[1]});
    }
    if (predicted_rows > 0) return set_prediction(options), options;
    if (course)
      options.course = {.epochs = training.epochs, .rows = training.rows, .test_rows = training.test_rows};
    if (train.empty()) return options;
    options.training = chosen_training();
    if (reveals.empty()) {
      std::vector<std::string> learners{options.training->data.role};
      if (labels != learners[0]) learners.push_back(labels);
      options.reveals.push_back({.name = loss == "squared_error" ? "loss" : "accuracy", .roles = learners});
    }
    return options;
  }
};

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kSystem, fmt::format("cannot read {}", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

// The names an argument list is written with: `@name(%W0: ..., %b0: ...)`.
std::vector<std::string> written_names(const std::string& text, const std::string& function) {
  std::vector<std::string> names;
  auto position = text.find("@" + function + "(");
  if (position == std::string::npos) return names;
  position = text.find('(', position);
  int depth = 0;
  for (; position < text.size(); ++position) {
    const char c = text[position];
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    if ((c == ')' || c == '>' || c == '}' || c == ']') && --depth == 0) break;
    if (c != '%' || depth != 1) continue;
    const auto end = text.find_first_of(": \t\n", position);
    if (end == std::string::npos) break;
    names.push_back(text.substr(position + 1, end - position - 1));
  }
  return names;
}

// `shown`: what errors, and the plan's operations, call the file.
mlir::OwningOpRef<mlir::ModuleOp> read_program(mlir::MLIRContext& context, const std::string& path,
                                               const std::string& shown) {
  const std::string text = read_text(path);
  auto module = frontends::stablehlo::read_or_throw(context, text, shown);
  auto entry = frontends::stablehlo::entry_function(*module);
  if (!entry) return module;
  const auto written = written_names(text, entry.getName().str());
  for (unsigned index = 0; index < entry.getNumArguments(); ++index) {
    auto name = frontends::stablehlo::argument_name(entry, index);
    if (name == "arg" + std::to_string(index) && written.size() == entry.getNumArguments())
      name = written[index];
    entry.setArgAttr(index, passes::kNameAttribute, mlir::StringAttr::get(&context, name));
  }
  return module;
}

// Of what can be run, training goes through a part: whoever looks for another operation is told which.
mlir::OwningOpRef<mlir::ModuleOp> read_program(mlir::MLIRContext& context, const Arguments& arguments,
                                               const std::string& shown) {
  try {
    return read_program(context, arguments.model, shown);
  } catch (const Error& error) {
    if (arguments.train.empty() ||
        error.message().find("is not supported; supported are") == std::string::npos)
      throw;
    throw Error(
        error.kind(), error.message(),
        fmt::format("{}{}Of these, training goes through: {}.", error.hint(), error.hint().empty() ? "" : " ",
                    fmt::join(passes::differentiable_operations(), ", ")));
  }
}

// A file as the array of a data set; rows are what the file has.
ir::Array read_array(const std::string& path, const std::string& encoding, Shape shape) {
  auto numbers = runtime::parse_numbers(runtime::read_packed_file(path));
  if (numbers.shape.empty()) throw Error(ErrorKind::kData, fmt::format("{} has no rows", path));
  shape[0] = numbers.shape[0];
  runtime::EncodedTensor encoded(std::move(numbers), encoding, shape, path);
  std::vector<double> values(static_cast<std::size_t>(element_count(shape)));
  encoded.read(0, values);
  return ir::Array::floats(shape, std::vector<float>(values.begin(), values.end()));
}

// The shapes of the model's batch and logits.
std::pair<Shape, Shape> batch_shapes(mlir::ModuleOp module, const passes::Training& training) {
  auto entry = frontends::stablehlo::entry_function(module);
  const int data = entry ? passes::data_argument(entry, training.data.name) : -1;
  if (data < 0 || entry.getNumResults() != 1)
    throw Error(
        ErrorKind::kModel,
        fmt::format("the model has no argument called \"{}\", or more than one result", training.data.name),
        "Name the argument that takes the batch with --data NAME=ROLE:ENCODING.");
  return {ir::shape_of(entry.getArgumentTypes()[static_cast<unsigned>(data)]),
          ir::shape_of(entry.getResultTypes()[0])};
}

void add_data(passes::Arrays& arrays, const passes::Training& training, const std::pair<Shape, Shape>& shapes,
              const std::string& prefix, const std::string& data_file, const std::string& label_file) {
  const bool classified = training.loss == passes::Loss::kSoftmaxCrossEntropy;
  const auto classes = classified ? "one_hot:" + std::to_string(shapes.second.back()) : std::string();
  auto data = read_array(data_file, training.data.encoding, shapes.first);
  auto labels = read_array(label_file, classes, shapes.second);
  const auto rows = data.shape()[0];
  if (labels.shape()[0] != rows)
    throw Error(ErrorKind::kData,
                fmt::format("{} has {} rows and {} has {}", data_file, rows, label_file, labels.shape()[0]),
                "Each row needs one label: are these the files of the same set?");
  if (prefix.empty() && rows < training.batch)
    throw Error(ErrorKind::kData,
                fmt::format("{} has {} rows, less than a batch of {}", data_file, rows, training.batch),
                "Give more rows, or a smaller --batch.");
  arrays.insert_or_assign(prefix + training.data.name, std::move(data));
  arrays.insert_or_assign(prefix + training.labels.name, std::move(labels));
}

// NAME=FILE for arguments of the course's functions.
std::shared_ptr<const passes::Arrays> course_sample(mlir::ModuleOp module,
                                                    const std::vector<std::string>& samples) {
  auto arrays = std::make_shared<passes::Arrays>();
  for (const auto& text : samples) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is not NAME=FILE", text));
    const auto name = text.substr(0, equals);
    for (auto function : module.getOps<mlir::func::FuncOp>())
      for (unsigned index = 0; index < function.getNumArguments() && !arrays->contains(name); ++index)
        if (passes::argument_name(function, index) == name)
          arrays->insert_or_assign(name, read_array(text.substr(equals + 1), "",
                                                    ir::shape_of(function.getArgumentTypes()[index])));
    if (!arrays->contains(name))
      throw Error(ErrorKind::kUsage, fmt::format("the program has no argument called \"{}\"", name));
  }
  return arrays;
}

void report(const plan::Plan& plan, const Options& options) {
  const std::string bytes = plan::serialize(plan);
  std::cout << fmt::format("{} for {} among {} parties, {} bytes, digest {}\n", plan.name(), plan.protocol(),
                           plan::party_count(plan), bytes.size(), plan::digest(plan::as_bytes(bytes)));
  std::cout << fmt::format("{:<10} {:>10} {:>8} {:>14}\n", "block", "operations", "rounds", "bytes, all");
  for (const auto& block : plan.blocks()) {
    std::uint64_t total = 0;
    for (auto pair : block.bytes()) total += pair;
    std::cout << fmt::format("{:<10} {:>10} {:>8} {:>14}\n", block.name(), block.operations_size(),
                             block.rounds(), total);
  }
  if (options.prediction && !options.trained_as)
    std::cout << "ranges were measured on a model that was not trained; repeat --train and the other options "
                 "of its training here to measure them on one that was\n";
  else if (!options.sample)
    std::cout
        << "ranges were calibrated on synthetic data; give --sample and --sample-labels for the owners'\n";
}

// Before minutes of calibration: what a plan cannot be written without.
void check_roles(const Options& options) {
  const auto check = [&](const std::string& role, const std::string& of) {
    if (std::ranges::find(options.roles, role) == options.roles.end())
      throw Error(ErrorKind::kUsage, fmt::format("\"{}\", named for {}, is no role", role, of),
                  fmt::format("The roles are {}; --roles names others.", fmt::join(options.roles, ", ")));
  };
  for (const auto& reveal : options.reveals)
    for (const auto& role : reveal.roles) check(role, "--reveal " + reveal.name);
  for (const auto& input : options.inputs) check(input.role, "input " + input.name);
  if (!options.training) return;
  check(options.training->data.role, "--data");
  check(options.training->labels.role, "--labels");
}

void check_output(const std::string& output) {
  if (output.empty()) return;
  const std::filesystem::path file(output);
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const bool there = ::access(file.c_str(), F_OK) == 0;
  if (std::filesystem::is_directory(file) || ::access(there ? file.c_str() : directory.c_str(), W_OK) != 0)
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", output),
                "Its directory must exist and be writable.");
}

void compile_command(const Arguments& arguments) {
  Options options = arguments.options();
  check_roles(options);
  check_output(arguments.output);
  mlir::MLIRContext context;
  frontends::stablehlo::load_dialects(context);
  // Several parties may compile one course, each in a directory of its own, and must get the same plan.
  const auto shown =
      options.course ? std::filesystem::path(arguments.model).filename().string() : arguments.model;
  auto module = read_program(context, arguments, shown);
  const auto& training = options.prediction ? options.trained_as : options.training;
  if (!arguments.sample.empty() && training) {
    auto arrays = std::make_shared<passes::Arrays>();
    const auto shapes = batch_shapes(*module, *training);
    for (const char* prefix : {"", "test."})
      add_data(*arrays, *training, shapes, prefix, arguments.sample, arguments.sample_labels);
    options.sample = arrays;
  }
  if (options.course && !arguments.samples.empty())
    options.sample = course_sample(*module, arguments.samples);
  const auto names = passes::pass_names(options);
  if (!arguments.dump_after.empty() && std::ranges::find(names, arguments.dump_after) == names.end())
    throw Error(ErrorKind::kUsage, fmt::format("no pass is called \"{}\"", arguments.dump_after),
                fmt::format("The passes are {}.", fmt::join(names, ", ")));
  const auto dump = [&](std::string_view pass, mlir::ModuleOp after) {
    if (pass == arguments.dump_after) after.print(llvm::outs()), llvm::outs().flush();
  };
  const auto plan = passes::compile(*module, options, dump);
  report(plan, options);
  if (arguments.output.empty()) {
    std::cout << "no file was written; --output names one\n";
    return;
  }
  std::ofstream file(arguments.output, std::ios::binary);
  file << plan::serialize(plan);
  if (!file.flush())
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", arguments.output),
                "Its directory must exist and be writable.");
}

void reference_command(const Arguments& arguments) {
  Options options = arguments.options();
  if (!options.training) throw Error(ErrorKind::kUsage, "the reference trains: --train is missing");
  mlir::MLIRContext context;
  frontends::stablehlo::load_dialects(context);
  auto module = read_program(context, arguments, arguments.model);
  const auto shapes = batch_shapes(*module, *options.training);
  passes::Arrays data;
  add_data(data, *options.training, shapes, "", arguments.images, arguments.image_labels);
  add_data(data, *options.training, shapes, "test.", arguments.test_images, arguments.test_labels);
  options.training->rows = data.at(options.training->data.name).shape()[0];
  options.training->test_rows = data.at("test." + options.training->data.name).shape()[0];
  passes::prepare_program(*module, options);
  const auto outcome = passes::train_plainly(*module, options, data, [&](const passes::PlainEpoch& epoch) {
    if (!arguments.json)
      std::cout << fmt::format("epoch {}: accuracy {:.2f} %, loss {:.4f}, {:.4f} s per step\n",
                               epoch.epoch + 1, 100 * epoch.accuracy, epoch.loss, epoch.seconds_per_step);
  });
  if (arguments.json)
    std::cout << nlohmann::json{{"accuracy", outcome.accuracy},
                                {"loss", outcome.loss},
                                {"seconds_per_step", outcome.seconds_per_step},
                                {"epochs", options.training->epochs},
                                {"seed", options.seed}}
              << "\n";
}

// The interpreter's arrays come and go with every operation: giving their memory back to the system each time
// would take as long as the work.
void keep_freed_memory() {
  constexpr int kLargestKept = 32 << 20, kMostKept = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kLargestKept);
  mallopt(M_TRIM_THRESHOLD, kMostKept);
}

}  // namespace
}  // namespace sotto::cli

int main(int count, char** values) {
  using namespace sotto::cli;
  keep_freed_memory();
  CLI::App app("Compiles StableHLO programs into plans for private computation.", "sotto");
  app.require_subcommand(1);
  Arguments compile, reference;
  auto* compiling = app.add_subcommand("compile", "write a plan");
  compile.declare(*compiling);
  compiling->add_option("-o,--output", compile.output, "the plan's file");
  compiling->add_option("--dump-after", compile.dump_after, "print the program after this pass");
  auto* sample =
      compiling->add_option("--sample", compile.sample, "data to calibrate ranges on (IDX, NPY or CSV)")
          ->check(CLI::ExistingFile);
  auto* sample_labels = compiling->add_option("--sample-labels", compile.sample_labels, "their labels")
                            ->check(CLI::ExistingFile)
                            ->needs(sample);
  sample->needs(sample_labels);
  compiling
      ->add_option("--sample-of", compile.samples,
                   "NAME=FILE: the same of an argument of a course; repeat it")
      ->needs("--course");
  compiling->callback([&] { compile_command(compile); });
  auto* training = app.add_subcommand("reference", "train the same model plainly and print its accuracy");
  reference.declare(*training);
  training->add_option("--images", reference.images, "training data")->required()->check(CLI::ExistingFile);
  training->add_option("--image-labels", reference.image_labels, "training labels")
      ->required()
      ->check(CLI::ExistingFile);
  training->add_option("--test-images", reference.test_images, "test data")
      ->required()
      ->check(CLI::ExistingFile);
  training->add_option("--test-labels", reference.test_labels, "test labels")
      ->required()
      ->check(CLI::ExistingFile);
  training->add_flag("--json", reference.json, "one JSON object");
  training->callback([&] { reference_command(reference); });
  return run_app(app, count, values);
}
