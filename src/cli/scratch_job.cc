#include "cli/scratch_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "net/identity.h"
#include "net/socket.h"
#include "plan/splitmix.h"
#include "plan/verify.h"
#include "runtime/data.h"
#include "runtime/program.h"
#include "runtime/toml_text.h"

namespace sotto::cli {
namespace {

using runtime::toml_path, runtime::toml_quoted;

// Ports that nobody uses now; held together so that they differ.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<net::Socket> held;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    held.push_back(net::listen_on({"127.0.0.1", 0}));
    ports.push_back(net::local_port(held.back()));
  }
  return ports;
}

std::string fingerprint_of(const std::filesystem::path& directory, const std::string& name) {
  if (!std::filesystem::exists(directory / net::kKeyFile)) net::Identity::create(directory, name);
  return net::show_certificate(directory / net::kCertificateFile).fingerprint;
}

std::string party_text(const plan::Plan& plan, int role, std::uint16_t port,
                       const std::filesystem::path& certs) {
  const auto& name = plan.roles(role).name();
  return fmt::format("\n[parties.{}]\nrole = {}\naddress = \"127.0.0.1:{}\"\nfingerprint = \"{}\"\n",
                     toml_quoted(name), toml_quoted(name), port, fingerprint_of(certs / name, name));
}

std::string local_text(const plan::Plan& plan, int role, const std::filesystem::path& directory,
                       const ScratchJob& job) {
  const auto& name = plan.roles(role).name();
  std::string inputs, outputs;
  const auto add = [](std::string& list, const std::string& key, const std::string& value) {
    list += fmt::format("{}{} = {}", list.empty() ? " " : ", ", toml_quoted(key), value);
  };
  for (const auto& input : plan.inputs())
    if (input.initializer().empty() && static_cast<int>(input.role()) == role) {
      const auto file = job.inputs.find(input.name());
      if (file == job.inputs.end())
        throw Error(ErrorKind::kUsage, fmt::format("no file for the plan's input \"{}\"", input.name()));
      add(inputs, input.name(), toml_path(file->second));
    }
  for (const auto& reveal : plan.reveals())
    for (auto learner : reveal.roles())
      if (static_cast<int>(learner) == role &&
          std::ranges::find(job.outputs, reveal.name()) != job.outputs.end())
        add(outputs, reveal.name(), toml_path(directory / fmt::format("{}.{}.npy", name, reveal.name())));
  auto text = fmt::format("\n[local.{}]\nidentity = {}\ninputs = {{{} }}\noutputs = {{{} }}\n",
                          toml_quoted(name), toml_path(directory / "certs" / name), inputs, outputs);
  if (job.store)
    text += fmt::format("store = {}\nstore_key = {}\n", toml_path(directory / (name + ".share")),
                        toml_path(directory / (name + ".key")));
  if (!job.load.empty())
    text += fmt::format("load = {}\nload_key = {}\n", toml_path(job.load / (name + ".share")),
                        toml_path(job.load / (name + ".key")));
  return text;
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  auto pattern = (std::filesystem::temp_directory_path() / "sotto_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw Error(ErrorKind::kSystem, fmt::format("cannot make a directory {}", pattern),
                "Is there space in TMPDIR?");
  path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path write_scratch_job(const std::filesystem::path& directory, const ScratchJob& job) {
  const auto bytes = runtime::read_plan_file(job.plan);
  const auto plan = plan::parse_verified(bytes);
  std::string text = fmt::format("name = {}\nplan = {}\ndigest = \"{}\"\n", toml_quoted(job.name),
                                 toml_path(job.plan), plan::digest(bytes));
  if (!job.network.empty()) text += fmt::format("network = {}\n", toml_quoted(job.network));
  if (job.checkpoint_steps > 0)
    text += fmt::format("\n[checkpoint]\nevery_steps = {}\n", job.checkpoint_steps);
  const auto ports = free_ports(static_cast<std::size_t>(plan.roles_size()));
  for (int role = 0; role < plan.roles_size(); ++role)
    text += party_text(plan, role, ports[static_cast<std::size_t>(role)], directory / "certs");
  text += "\n[reveals]\n";
  for (const auto& reveal : plan.reveals()) {
    std::string names;
    for (auto role : reveal.roles())
      names += (names.empty() ? "" : ", ") + toml_quoted(plan.roles(static_cast<int>(role)).name());
    text += fmt::format("{} = [{}]\n", toml_quoted(reveal.name()), names);
  }
  for (int role = 0; role < plan.roles_size(); ++role) text += local_text(plan, role, directory, job);
  const auto file = directory / (job.name + ".toml");
  std::ofstream stream(file, std::ios::trunc);
  if (!(stream << text).flush())
    throw Error(ErrorKind::kSystem, fmt::format("cannot write {}", file.string()), "Check the directory.");
  return file;
}

std::map<std::string, std::filesystem::path> write_random_inputs(const std::filesystem::path& directory,
                                                                 const plan::Plan& plan) {
  std::map<std::string, std::filesystem::path> files;
  plan::SplitMix random(1);
  for (const auto& input : plan.inputs()) {
    if (!input.initializer().empty()) continue;
    const auto& value = plan.values(static_cast<int>(input.value()));
    auto shape = plan::shape_of(value);
    const bool one_hot = input.encoding().starts_with("one_hot:");
    const auto classes = one_hot ? static_cast<std::uint64_t>(shape.back()) : 0;
    if (one_hot) shape.pop_back();
    std::vector<double> values(static_cast<std::size_t>(element_count(shape)));
    const double width = std::ldexp(1.0, value.bound_bits()) - std::ldexp(1.0, -value.fraction_bits());
    for (auto& number : values) {
      if (one_hot)
        number = static_cast<double>(random.below(classes));
      else if (input.encoding() == "pixels")
        number = static_cast<double>(random.below(4) == 0 ? random.below(256) : 0);
      else
        number = (2 * random.unit() - 1) * std::min(width, 1.0);
    }
    files[input.name()] = directory / (input.name() + ".npy");
    runtime::write_npy(files[input.name()], shape, values);
  }
  return files;
}

}  // namespace sotto::cli
