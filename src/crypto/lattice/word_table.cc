#include "crypto/lattice/word_table.h"

#include <array>

#include "base/cpu.h"

namespace sotto::lattice {
namespace {

struct Choice {
  std::array<const Table*, 3> tables{};
  std::size_t count = 0;

  Choice() {
#if defined(__x86_64__)
    if (cpu().avx512_ifma) tables[count++] = &kIfmaTable;
    if (cpu().avx2) tables[count++] = &kAvx2Table;
#endif
    tables[count++] = &kPortableTable;
  }
};

}  // namespace

std::span<const Table* const> available_tables() {
  static const Choice choice;
  return {choice.tables.data(), choice.count};
}

const Table& table() { return *available_tables().front(); }

}  // namespace sotto::lattice
