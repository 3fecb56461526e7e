#include "protocols/rep3/rep3.h"

#include "protocols/conversions.h"
#include "protocols/rep3/boolean.h"
#include "protocols/rep3/boundary.h"
#include "protocols/rep3/contract.h"
#include "protocols/rep3/logarithm.h"
#include "protocols/rep3/lookup.h"
#include "protocols/rep3/softmax.h"
#include "protocols/rep3/to_bits.h"

namespace sotto::protocols::rep3 {

const Table& table() {
  static const Table instance(
      "rep3", 3, Model::kSemiHonest,
      Rows{.input = input,
           .input_bits = input_bits,
           .reveal = reveal,
           .contract = contract,
           .sign = sign,
           .to_bits = to_bits,
           .all_of_last_axis = all_of_last_axis,
           .from_bits = from_bits,
           .lookup = lookup,
           .lookup_of_logarithm = lookup_of_logarithm,
           .softmax = softmax,
           .selector_of_relu = selector_of_relu,
           .complement = complement,
           .constant = constant,
           .conversions = common_conversions()},
      Promise{.corruptible = 1,
              .assumptions = "Honest majority: any one party may be curious and learns nothing but "
                             "what is opened to it, as long as all three follow the protocol. Two "
                             "that collude learn everything."});
  return instance;
}

}  // namespace sotto::protocols::rep3
