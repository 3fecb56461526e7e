// The parts of a report's page. Each returns HTML, empty when the report has nothing for it.
#pragma once

#include <string>

#include "cli/page/view.h"

namespace sotto::cli::page {

// What came out, when, how long it took; or why it failed.
std::string head(const View& view);
// The curve of what was revealed while training, and the training's pace.
std::string training_section(const View& view);
// Time by operation; rounds and bytes, predicted and measured.
std::string work_section(const View& view);
// Bytes per link, and what the network alone would take.
std::string network_section(const View& view);
// Protocol, assumptions, who provides what, who learns what, what is pinned.
std::string security_section(const View& view);

}  // namespace sotto::cli::page
