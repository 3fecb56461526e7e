// Shares as bytes, for files of one party. A selector's cache is left out: whoever uses the share again does
// without.
#pragma once

#include "base/bytes.h"
#include "protocols/share.h"

namespace sotto::runtime {

void write_share(ByteWriter& writer, const protocols::Share& share);
// Throws the reader's error, or kData when kind, shape and lengths do not fit each other. Total on arbitrary
// bytes.
protocols::Share read_share(ByteReader& reader);

}  // namespace sotto::runtime
