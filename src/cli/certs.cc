#include "cli/certs.h"

#include <fmt/format.h>

#include <iostream>

#include "net/identity.h"

namespace sotto::cli {
namespace {

void print(const net::CertificateText& text) {
  std::cout << fmt::format("name         {}\nfingerprint  {}\nvalid        {} to {}\n", text.name,
                           text.fingerprint, text.not_before, text.not_after);
}

}  // namespace

void init_certificate(const std::filesystem::path& directory, const std::string& name) {
  print(net::Identity::create(directory, name).text());
  std::cout << fmt::format(
      "\nThe key stays in {}; give the fingerprint to the other parties for their job files.\n",
      (directory / net::kKeyFile).string());
}

void show_certificate(const std::filesystem::path& path) {
  print(net::show_certificate(std::filesystem::is_directory(path) ? path / net::kCertificateFile : path));
}

}  // namespace sotto::cli
