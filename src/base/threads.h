// The threads of this process for pure arithmetic. Nothing here may block on the network or touch protocol
// state.
#pragma once

#include <cstddef>
#include <functional>

namespace sotto {

// How many threads arithmetic uses; at least 1. The default is cores / parties_on_this_host, at least 1.
int threads();
// Throws ErrorKind::kUsage unless 1 <= count <= 1024. Not while a parallel_for is running.
void set_threads(int count);
// Several parties on one host share its cores: sets threads() to max(1, cores / parties).
void share_cores_among(int parties_on_this_host);

// Calls function(begin, end) over disjoint ranges that cover [0, count), each at least `grain` long but the
// last. Runs inline when threads() == 1, when one range suffices, or when called from inside another
// parallel_for. Returns when all ranges are done; if any throws, rethrows the first exception then.
void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& function);

}  // namespace sotto
