// Correlated transfers whose choices are one at a single, secret place and zero elsewhere: the silent
// protocol's noise.
//
// Guo, Yang, Wang, Zhang, Xie, Liu, Zhao, Half-Tree: Halving the Cost of Tree Expansion in COT and DPF,
// Eurocrypt 2023, semi-honest. The sender grows a tree whose nodes of each level add up to Delta: the root's
// children are s and s ^ Delta for a random s, a node x has the children h(x) and x ^ h(x), with h as
// in backend.h under a key of this tree alone. For each level it sends q ^ (sum of the left children), q
// being its block of one correlated transfer. The receiver's block t = q ^ b Delta turns this into the sum of
// the left (b = 0) or of the right children (b = 1): with it, it knows all nodes of the level but the one on
// the path of bits 1 - b, and for that, at the leaves, leaf ^ Delta, the sum of all the others.
//
// So the place is made of choices the receiver has already, and one message, sender to receiver, of 16 bytes
// a level suffices. Argument: h is circular correlation robust in the ideal-cipher model; what is sent is
// masked by q, of which the receiver knows q ^ b Delta only. Constant time in the place, Delta and nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/ot/backend.h"
#include "crypto/ot/block.h"

namespace sotto::ot {

// base: one block of correlated transfers for each level; leaves: 2^levels. Blocks have the form of this
// folder (softspoken.h): the sender's lowest bits are zero, the receiver's are the choices.
void grow_point(std::span<Block> leaves, std::span<Block> message, const Block& start, const Block& delta,
                std::span<const Block> base, const RoundKeys& key);
void regrow_point(std::span<Block> leaves, std::span<const Block> message, std::span<const Block> base,
                  const RoundKeys& key);

}  // namespace sotto::ot
