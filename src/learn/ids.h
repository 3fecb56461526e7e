// Whether the rows of two parties are about the same persons in the same order, before anything is computed.
//
// Both hash their id column with a key that only the two of them have, fresh for every connection (the TLS
// exporter's, net/connection.h), and compare: HMAC-SHA-256 of all ids in order, each with its length. Who has
// not the key learns nothing, not even whether two jobs are about the same rows. Each of the two learns one
// bit, and could otherwise only test guesses of the other's whole column.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/hash.h"

namespace sotto::learn {

Digest digest_of_ids(std::span<const std::byte> key, const std::vector<std::string>& ids);

}  // namespace sotto::learn
