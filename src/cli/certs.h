// sotto certs init, sotto certs show: a party's own key and certificate.
#pragma once

#include <filesystem>
#include <string>

namespace sotto::cli {

void init_certificate(const std::filesystem::path& directory, const std::string& name);
// A directory that `certs init` made, or a certificate's file.
void show_certificate(const std::filesystem::path& path);

}  // namespace sotto::cli
