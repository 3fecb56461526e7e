#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <iostream>
#include <new>

#include "base/error.h"

namespace sotto::cli {
namespace {

int report(const Error& error) {
  std::cerr << "sotto: " << to_string(error.kind()) << ": " << error.message() << '\n';
  if (!error.hint().empty()) std::cerr << "  hint: " << error.hint() << '\n';
  return error.exit_code();
}

// What is wrong when a word stands where a command should.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const auto words = app.remaining(true);
  if (at->get_require_subcommand_min() == 0 || words.empty() || words[0].starts_with('-'))
    return {ErrorKind::kUsage, error.what(), "add --help to see what is possible"};
  std::string known;
  for (const CLI::App* command : at->get_subcommands([](const CLI::App*) { return true; }))
    known += (known.empty() ? "" : ", ") + command->get_name();
  return {ErrorKind::kUsage, fmt::format("\"{}\" is no command of {}", words[0], at->get_name()),
          fmt::format("Its commands are {}.", known)};
}

}  // namespace

int guarded(const std::function<void()>& function) {
  try {
    function();
    return 0;
  } catch (const Error& error) {
    return report(error);
  } catch (const std::bad_alloc&) {
    return report(Error(ErrorKind::kSystem, "out of memory", "`sotto cost` shows how much a plan needs."));
  } catch (const std::filesystem::filesystem_error& error) {
    return report(Error(ErrorKind::kSystem, error.what(), "Check the path and its permissions."));
  } catch (const std::exception& error) {
    return report(Error(ErrorKind::kInternal, error.what(), "This is a bug in Sotto; please report it."));
  }
}

int run_app(CLI::App& app, int count, char** arguments) {
  int usage = 0;
  const int code = guarded([&] {
    try {
      app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        app.exit(error);
        return;
      }
      usage = report(usage_error(app, error));
    }
  });
  std::cout.flush();
  return code != 0 ? code : usage;
}

std::filesystem::path program_directory() {
  std::error_code code;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) throw Error(ErrorKind::kSystem, "cannot find this program's own file", "Is /proc mounted?");
  return self.parent_path();
}

void become(const std::string& program, const std::vector<std::string>& arguments) {
  const auto path = program_directory() / program;
  std::vector<std::string> words{path.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  ::execv(path.c_str(), raw.data());
  throw Error(ErrorKind::kSystem, fmt::format("cannot start {}: {}", path.string(), std::strerror(errno)),
              "It must be beside `sotto`; build it with `make build`.");
}

}  // namespace sotto::cli
