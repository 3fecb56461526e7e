// Arithmetic shares as an HE share and back: he/share.h with the multiplier 1. The key's owner encrypts its
// part, 8192 numbers in a ciphertext, the holder adds its own to what it received; and back, the holder
// returns the numbers minus a fresh share. A product with a matrix that the holder knows is the same with
// that matrix (lattice_products.h).
//
// Security: he/share.h. Cost: conversions.h; 1 round each.
#pragma once

#include "protocols/conversions.h"

namespace sotto::protocols::duo {

// Common ones and these.
std::vector<const Conversion*> conversions();

}  // namespace sotto::protocols::duo
