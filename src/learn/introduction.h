// What the parties tell each other before there is a plan: how much each brings. All of it is public within
// the job, and listed as such: numbers of rows and columns, and ranges of columns as powers of two. And
// whether their rows are the same (ids.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/mesh.h"

namespace sotto::learn {

struct Facts {
  std::uint64_t rows = 0;       // 0: brings no table
  std::uint64_t features = 0;   // columns
  std::int32_t range_bits = 0;  // of its columns, centred and scaled: |value| < 2^range_bits
};

struct Introduction {
  net::MeshOptions mesh;
  Facts mine;
  std::vector<std::string> ids;  // empty: this party's table has no id column
  std::string table;             // for messages: this party's file
};

// All parties' facts, in their order. Throws as Mesh does, and kData, at all parties alike, when tables
// differ in their rows or their ids, or one has ids and the other has none: the message names both sides.
std::vector<Facts> introduce(const Introduction& introduction);

// What is wrong with these tables together; nothing if they fit. `same_ids[p]` is about this party and party
// p.
enum class IdsAgree : std::uint8_t { kYes, kNo, kOneHasNone };
std::optional<std::string> mismatch(const std::vector<std::string>& names, const std::vector<Facts>& facts,
                                    std::size_t self, const std::vector<IdsAgree>& same_ids);

}  // namespace sotto::learn
