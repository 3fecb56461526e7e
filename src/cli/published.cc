#include "cli/published.h"

#include <algorithm>
#include <array>

namespace sotto::cli {
namespace {

// Seconds and accuracies: SecretFlow-SPU, USENIX ATC 2023, table 1.
constexpr std::array kTable{
    Published{"a", "sgd", "network A, SGD", "96.9", 0.12, 4.60, 0.16, 8.94, "217", "24 MB"},
    Published{"a", "adam", "network A, Adam", "97.2", 0.39, 7.67, 0.42, 17.72, "", ""},
    Published{"a", "amsgrad", "network A, AMSGrad", "97.5", 0.41, 7.68, 0.42, 18.28, "922", "165 MB"},
    Published{"b", "sgd", "network B, SGD", "98.4", 1.04, 9.87, 1.00, 34.70, "4541", "292 MB"},
    Published{"b", "adam", "network B, Adam", "98.7", 1.12, 11.15, 1.13, 44.92, "", ""},
    Published{"b", "amsgrad", "network B, AMSGrad", "98.6", 1.12, 11.23, 1.13, 45.73, "", "332 MB"},
    Published{"c", "sgd", "network C, SGD", "98.8", 1.81, 12.98, 2.10, 50.05, "6603", "475 MB"},
    Published{"c", "adam", "network C, Adam", "98.9", 2.37, 22.87, 2.92, 67.03, "", ""},
    Published{"c", "amsgrad", "network C, AMSGrad", "99.1", 2.37, 22.53, 2.94, 67.49, "", "988 MB"},
    Published{"d", "sgd", "network D, SGD", "97.2", 0.22, 5.35, 0.23, 11.20, "243", "46 MB"},
    Published{"d", "adam", "network D, Adam", "97.7 to 98.3", 0.43, 7.66, 0.45, 19.87, "", ""},
    Published{"d", "amsgrad", "network D, AMSGrad", "97.7 to 98.3", 0.43, 7.66, 0.45, 20.42, "843", "164 MB"},
};

}  // namespace

std::optional<Published> published_for(std::string_view model, std::string_view optimizer) {
  const auto found = std::ranges::find_if(
      kTable, [&](const Published& row) { return row.model == model && row.optimizer == optimizer; });
  if (found == kTable.end()) return std::nullopt;
  return *found;
}

}  // namespace sotto::cli
