// Boolean shares: the AND of up to nine bits at once, and bits as ring elements.
//
// Every shared bit is x = c ^ r, c known to the pair, r to the single. all_of: the product of (c_j ^ r_j)
// over j expands into sums over subsets S of prod_{j not in S} c_j * prod_{j in S} r_j; the single deals XOR
// shares of the products of r's, the pair combines them with its c's and opens the result to itself under
// fresh masks that become the components. from_bits: x = c + (1-2c) r; the single deals r as a ring element,
// the pair shares its summands again.
//
// Security as in selection.h: every message is masked by a key its receiver does not know.
// Cost: all_of over k bits: 2^k - 1 - k bits dealt + 2 bits, 2 rounds. from_bits: 8 + 16 bytes, 2 rounds.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> all_of_last_axis(Context& context, Share bits);
Task<Share> from_bits(Context& context, Share bits, ring::Element scale);
Share complement(const Context& context, const Share& bits);

}  // namespace sotto::protocols::rep3
