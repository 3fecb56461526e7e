// Random transfers of single bits, 64 in a word: the sender has a pad and its difference to the other pad,
// the receiver a choice and the pad it chose, which is  pad ^ choice difference.  No message, no round; pads
// are the lowest bits of crypto/ot/forms.h's.
#pragma once

#include <span>

#include "crypto/ot/forms.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {

// Of a multiple of 64 transfers.
void take_bits(std::span<Word> pads, std::span<Word> differences, const ot::SentBlocks& transfers);
void take_bits(std::span<Word> choices, std::span<Word> pads, const ot::ReceivedBlocks& transfers);

}  // namespace sotto::protocols::duo
