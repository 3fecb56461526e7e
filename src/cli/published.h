// What others published of training networks A to D on MNIST at batch 128, to stand beside what is measured
// here.
#pragma once

#include <optional>
#include <string_view>

namespace sotto::cli {

struct Published {
  const char *model, *optimizer;
  const char* title;                     // "network A, SGD"
  const char* accuracy;                  // SecretFlow-SPU's, after five epochs, in percent
  double spu_lan, spu_wan;               // seconds a batch
  double spdz_lan, spdz_wan;             // MP-SPDZ's
  const char *spdz_rounds, *spdz_bytes;  // counted by us for one step; "" where nobody counted
};

// Nothing for other models.
std::optional<Published> published_for(std::string_view model, std::string_view optimizer);

}  // namespace sotto::cli
