// reduce_window and select_and_scatter. A window of n elements is n arrays, one for each of its elements,
// that have an entry for each place of the window: bodies run on whole arrays at once.
#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

using stablehlo::Window;

// The operand, spread and padded with `value`.
Array surrounded(const Array& x, const Array& value, const Window& window) {
  Shape low, high, interior;
  for (const auto& dimension : window) {
    low.push_back(dimension.low);
    high.push_back(dimension.high);
    interior.push_back(dimension.base_dilation - 1);
  }
  return padded(x, value, low, high, interior);
}

// Takes away what surrounded() added, of a window without dilations.
Array uncovered(const Array& x, const Array& value, const Window& window) {
  Shape low, high;
  for (const auto& dimension : window) {
    low.push_back(-dimension.low);
    high.push_back(-dimension.high);
  }
  return padded(x, value, low, high, Shape(window.size(), 0));
}

// Where the window's element at `index` lies at each place.
Strides places_of(const Shape& shape, const Window& window, const Shape& index) {
  Strides places = row_major(shape);
  for (std::size_t d = 0; d < window.size(); ++d) {
    places.offset += index[d] * window[d].dilation * places.steps[d];
    places.steps[d] *= window[d].stride;
  }
  return places;
}

Shape sizes_of(const Window& window) {
  Shape sizes;
  for (const auto& dimension : window) sizes.push_back(dimension.size);
  return sizes;
}

// Whether to take the candidate: where it is valid and either nothing is chosen yet or the body says so.
void choose(const Array& keep, const Array& candidate, const Array& valid, std::int64_t number, Array& best,
            std::vector<std::int64_t>& chosen) {
  const auto& kept = keep.as<std::int64_t>();
  const auto& exists = valid.as<std::int64_t>();
  std::visit(
      [&](auto& values) {
        const auto& others = std::get<std::decay_t<decltype(values)>>(candidate.values());
        for (std::size_t i = 0; i < values.size(); ++i) {
          // Without branches: which element is chosen is as good as random.
          const int free = int{chosen[i] < 0} | int{kept[i] == 0};
          const bool take = (int{exists[i] != 0} & free) != 0;
          values[i] = take ? others[i] : values[i];
          chosen[i] = take ? number : chosen[i];
        }
      },
      best.values());
}

// Keeps of `folded` what belongs to the window's element `number`, and of `before` the rest.
Array merged(Array before, const Array& folded, const std::vector<std::int64_t>& chosen,
             std::int64_t number) {
  std::visit(
      [&](auto& values) {
        const auto& others = std::get<std::decay_t<decltype(values)>>(folded.values());
        for (std::size_t i = 0; i < values.size(); ++i)
          values[i] = chosen[i] == number ? others[i] : values[i];
      },
      before.values());
  return before;
}

// Which element of its window each place chooses; -1 where all is padding.
mlir::FailureOr<std::vector<std::int64_t>> choices(mlir::Block& body, const Array& x, const Array& fill,
                                                   const Window& window, const Shape& places) {
  const Array operand = surrounded(x, fill, window);
  Array ones(ElementType::kBool, x.shape());
  std::ranges::fill(ones.as<std::int64_t>(), 1);
  const Array inside = surrounded(ones, Array(ElementType::kBool, {}), window);
  const Shape sizes = sizes_of(window);
  Shape index(window.size(), 0);
  Array best(x.type(), places);
  std::vector<std::int64_t> chosen(best.size(), -1);
  std::int64_t number = 0;
  do {
    const Strides at = places_of(operand.shape(), window, index);
    const Array candidate = view(operand, at, places);
    mlir::FailureOr<Results> keep = evaluate_body(body, {&best, &candidate});
    if (mlir::failed(keep)) return mlir::failure();
    choose((*keep)[0], candidate, view(inside, at, places), number++, best, chosen);
  } while (next_index(index, sizes));
  return chosen;
}

}  // namespace

mlir::FailureOr<Results> evaluate_reduce_window(mlir::Operation* op, Operands operands) {
  auto reduce = llvm::cast<stablehlo::ReduceWindowOp>(op);
  const Window window = reduce.window();
  const std::size_t count = reduce.getInputs().size();
  const Shape places = shape_of(op->getResult(0).getType()), sizes = sizes_of(window);
  Results inputs, folded;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back(surrounded(*operands[i], *operands[count + i], window));
    folded.push_back(
        view(*operands[count + i], Strides{.offset = 0, .steps = Shape(places.size(), 0)}, places));
  }
  Shape index(window.size(), 0);
  if (folded[0].size() == 0) return folded;
  do {
    Results arguments = std::move(folded);
    for (const Array& input : inputs)
      arguments.push_back(view(input, places_of(input.shape(), window, index), places));
    mlir::FailureOr<Results> next = evaluate_body(reduce.getBody().front(), pointers(arguments));
    if (mlir::failed(next)) return mlir::failure();
    folded = std::move(*next);
  } while (next_index(index, sizes));
  return folded;
}

mlir::FailureOr<Results> evaluate_select_and_scatter(mlir::Operation* op, Operands operands) {
  auto scatter = llvm::cast<stablehlo::SelectAndScatterOp>(op);
  const Window window = scatter.window();
  const Array &operand = *operands[0], &source = *operands[1], &init = *operands[2];
  const Shape sizes = sizes_of(window), &places = source.shape();
  Array covered = surrounded(
      view(init, Strides{.offset = 0, .steps = Shape(window.size(), 0)}, operand.shape()), init, window);
  if (source.size() == 0) return Results{uncovered(covered, init, window)};
  auto chosen = choices(scatter.getSelect().front(), operand, init, window, places);
  if (mlir::failed(chosen)) return mlir::failure();
  Shape index(window.size(), 0);
  std::int64_t number = 0;
  do {
    // For one element of the window, different places are different elements of the operand.
    const Strides at = places_of(covered.shape(), window, index);
    Array before = view(covered, at, places);
    mlir::FailureOr<Results> folded = evaluate_body(scatter.getScatter().front(), {&before, &source});
    if (mlir::failed(folded)) return mlir::failure();
    const Array after = merged(std::move(before), (*folded)[0], *chosen, number++);
    copy_elements(after, row_major(places), covered, at, places);
  } while (next_index(index, sizes));
  return Results{uncovered(covered, init, window)};
}

}  // namespace sotto::ir
