#include "crypto/lattice/word_table.h"

#include "base/cpu.h"
#include "base/offers.h"

namespace sotto::lattice {

std::span<const Table* const> available_tables() {
  static const Offers<Table> offers = [] {
    Offers<Table> found;
#if defined(__x86_64__)
    found.offer(cpu().avx512_ifma, kIfmaTable);
    found.offer(cpu().avx2, kAvx2Table);
#endif
    return found.offer(true, kPortableTable);
  }();
  return offers.all();
}

const Table& table() { return *available_tables().front(); }

}  // namespace sotto::lattice
