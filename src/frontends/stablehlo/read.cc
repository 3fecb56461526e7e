#include "frontends/stablehlo/read.h"

#include "base/error.h"
#include "frontends/stablehlo/diagnostics.h"
#include "frontends/stablehlo/inline_calls.h"
#include "frontends/stablehlo/text_limits.h"
#include "ir/stablehlo/dialect.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace sotto::frontends::stablehlo {

using ir::stablehlo::CustomCallOp;
using ir::stablehlo::StablehloDialect;
using mlir::failure;
using mlir::LogicalResult;
using mlir::success;
using mlir::func::FuncOp;
using Module = mlir::OwningOpRef<mlir::ModuleOp>;

namespace {

// Types

LogicalResult check_type(mlir::Operation* op, mlir::Location location, mlir::Type type) {
  auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) return mlir::emitError(location) << "type " << type << " is not supported; values are tensors";
  if (!tensor.hasStaticShape())
    return mlir::emitError(location) << "type " << type << " has a dynamic extent; export with fixed shapes";
  if (tensor.getEncoding()) return mlir::emitError(location) << "type " << type << " has an encoding";
  mlir::Type element = tensor.getElementType();
  if (!llvm::isa<mlir::FloatType, mlir::IntegerType>(element))
    return mlir::emitError(location) << "element type " << element << " is not supported";
  if (tensor.getRank() > kMaximumRank)
    return mlir::emitError(location) << "tensor has rank " << tensor.getRank();
  int64_t count = 1;
  for (int64_t extent : tensor.getShape()) {
    if (__builtin_mul_overflow(count, extent, &count) || count > kMaximumElements)
      return mlir::emitError(location) << "tensor type " << type << " has too many elements";
  }
  return success();
}

LogicalResult check_types(mlir::Operation* op) {
  for (mlir::Value result : op->getResults()) {
    if (failed(check_type(op, op->getLoc(), result.getType()))) return failure();
  }
  for (mlir::Region& region : op->getRegions()) {
    for (mlir::Block& block : region) {
      for (mlir::BlockArgument argument : block.getArguments()) {
        if (failed(check_type(op, argument.getLoc(), argument.getType()))) return failure();
      }
    }
  }
  return success();
}

// Operations

bool is_supported(mlir::Operation* op) {
  if (llvm::isa<FuncOp, mlir::func::CallOp, mlir::func::ReturnOp>(op)) return true;
  return op->isRegistered() && op->getName().getDialectNamespace() == StablehloDialect::getDialectNamespace();
}

// Before verification: nothing of an operation is looked at but its name, its types and its place.
LogicalResult check_operations(mlir::ModuleOp module) {
  mlir::WalkResult result = module.getBodyRegion().walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation* op) {
    bool placed = llvm::isa<FuncOp>(op) == (op->getParentOp() == module.getOperation());
    if (!is_supported(op) || !placed) {
      op->emitError(ir::stablehlo::unsupported_operation(*module.getContext(), op->getName().getStringRef()));
      return mlir::WalkResult::interrupt();
    }
    return failed(check_types(op)) ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult check_functions(mlir::ModuleOp module) {
  for (FuncOp function : module.getOps<FuncOp>()) {
    if (function.isExternal()) continue;
    if (!function.getBody().hasOneBlock())
      return function.emitError() << "function @" << function.getName() << " must have one block";
  }
  if (llvm::none_of(module.getOps<FuncOp>(), [](FuncOp function) { return function.isPublic(); }))
    return module.emitError("the program has no public function");
  return success();
}

LogicalResult check_custom_calls(mlir::ModuleOp module) {
  static constexpr llvm::StringRef kChecks[] = {"check.expect_eq", "check.expect_close",
                                                "check.expect_almost_eq"};
  mlir::WalkResult result = module.walk([&](CustomCallOp call) {
    if (llvm::is_contained(kChecks, call.getCallTargetName()) && call.getNumResults() == 0 &&
        call.getInputs().size() == 2)
      return mlir::WalkResult::advance();
    call.emitError() << "call of @" << call.getCallTargetName()
                     << " is not supported: it is code outside the program";
    return mlir::WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

}  // namespace

void load_dialects(mlir::MLIRContext& context) {
  context.loadDialect<mlir::func::FuncDialect, StablehloDialect>();
  // A message names the operation and its place; the whole operation would drown it.
  context.printOpOnDiagnostic(false);
}

mlir::FailureOr<Module> read_stablehlo(mlir::MLIRContext& context, llvm::StringRef text,
                                       llvm::StringRef filename) {
  load_dialects(context);
  if (std::optional<TextProblem> problem = find_text_problem(text)) {
    mlir::emitError(mlir::FileLineColLoc::get(&context, filename, problem->line, problem->column))
        << problem->message;
    return failure();
  }
  llvm::SourceMgr sources;
  auto buffer = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(text.size(), filename);
  llvm::copy(text, buffer->getBufferStart());
  blank_location_ranges(buffer->getBufferStart(), buffer->getBufferSize());
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  // Verified below, once it is sure that every operation is one we know and every shape one we can compute
  // with. Until then unknown dialects pass: refused by name below, and attributes nobody reads may be of any
  // dialect.
  mlir::ParserConfig config(&context, /*verifyAfterParse=*/false);
  bool allowed = context.allowsUnregisteredDialects();
  context.allowUnregisteredDialects();
  Module module = mlir::parseSourceFile<mlir::ModuleOp>(sources, config);
  context.allowUnregisteredDialects(allowed);
  if (!module) return failure();
  if (failed(check_operations(*module)) || failed(mlir::verify(*module)) ||
      failed(check_functions(*module)) || failed(check_custom_calls(*module)) ||
      failed(inline_calls(*module)))
    return failure();
  return module;
}

Module read_or_throw(mlir::MLIRContext& context, llvm::StringRef text, llvm::StringRef filename) {
  DiagnosticCollector collector(context);
  mlir::FailureOr<Module> module = read_stablehlo(context, text, filename);
  if (succeeded(module)) return std::move(*module);
  throw Error(ErrorKind::kModel, collector.text(filename.str()),
              "programs are read as JAX prints them: jax.jit(f).lower(inputs).as_text()");
}

Module read_file_or_throw(mlir::MLIRContext& context, const std::string& path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) throw Error(ErrorKind::kSystem, "cannot read " + path + ": " + buffer.getError().message());
  return read_or_throw(context, (*buffer)->getBuffer(), path);
}

FuncOp entry_function(mlir::ModuleOp module) {
  if (auto main = module.lookupSymbol<FuncOp>("main"); main && main.isPublic()) return main;
  FuncOp only;
  for (FuncOp function : module.getOps<FuncOp>()) {
    if (!function.isPublic()) continue;
    if (only) return {};
    only = function;
  }
  return only;
}

std::string argument_name(FuncOp function, unsigned index) {
  if (auto name = function.getArgAttrOfType<mlir::StringAttr>(index, "sotto.name")) return name.str();
  if (auto named = llvm::dyn_cast<mlir::NameLoc>(function.getArgument(index).getLoc()))
    return named.getName().str();
  return "arg" + std::to_string(index);
}

}  // namespace sotto::frontends::stablehlo
