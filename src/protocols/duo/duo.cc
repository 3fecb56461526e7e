#include "protocols/duo/duo.h"

#include "protocols/composed/logarithm.h"
#include "protocols/composed/softmax.h"
#include "protocols/conversions.h"
#include "protocols/duo/boolean.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/contract.h"
#include "protocols/duo/encrypted.h"
#include "protocols/duo/lookup.h"
#include "protocols/duo/products.h"
#include "protocols/duo/session.h"
#include "protocols/duo/to_bits.h"

namespace sotto::protocols::duo {

const Table& table() {
  static const Table instance(
      "duo", 2, Model::kSemiHonest,
      Rows{.setup = connect,
           .input = input,
           .input_bits = input_bits,
           .reveal = reveal,
           .contract = contract,
           .ways_to_multiply = ways_to_multiply,
           .sign = sign,
           .to_bits = to_bits,
           .all_of_last_axis = all_of_last_axis,
           .from_bits = from_bits,
           .lookup = lookup,
           .lookup_of_logarithm = composed::lookup_of_logarithm,
           .softmax = composed::softmax,
           .selector_of_relu = [](const Shape&, std::uint16_t) { return nullptr; },
           .complement = complement,
           .constant = constant,
           .conversions = conversions()},
      Promise{.corruptible = 1,
              .assumptions = "Two parties without a dealer: either may be curious and learns nothing but "
                             "what is opened to it, as long as both follow the protocol and computational "
                             "Diffie-Hellman on ristretto255, learning parity with noise and AES hold."});
  return instance;
}

}  // namespace sotto::protocols::duo
