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
      usage = static_cast<int>(ErrorKind::kUsage);
      std::cerr << "sotto: usage error: " << error.what() << "\n  hint: add --help to see what is possible\n";
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
