#include "frontends/stablehlo/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/error.h"
#include "frontends/stablehlo/diagnostics.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/IR/Verifier.h"

namespace sotto::frontends::stablehlo {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kPrograms = SOTTO_SOURCE_DIR "/../shared/data/stablehlo/programs/";

std::string print(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

// The message a program is refused with; empty if it is read.
std::string refusal(llvm::StringRef text) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  try {
    read_or_throw(context, text, "program.mlir");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    return error.message();
  }
}

std::string file_text(const std::string& path) {
  return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
}

// Reads `text`, prints it, reads that and prints again; the two prints are equal.
void expect_round_trip(llvm::StringRef text, bool generic = false) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto first = read_or_throw(context, text, "first");
  std::string printed;
  llvm::raw_string_ostream stream(printed);
  first->print(stream, generic ? mlir::OpPrintingFlags().printGenericOpForm() : mlir::OpPrintingFlags());
  auto second = read_or_throw(context, printed, "second");
  EXPECT_EQ(print(*first), print(*second));
}

constexpr char kEveryOperation[] = R"(
module @everything attributes {mhlo.num_partitions = 1 : i32, jax.uses_shape_polymorphism = false} {
  func.func public @main(%x: tensor<2x3xf32> {mhlo.layout_mode = "default"}, %n: tensor<2x3xi32>, %p: tensor<2x3xi1>,
      %k: tensor<i64>, %u: tensor<2x3xui8> {tf.aliasing_output = 0 : i32}) -> (tensor<2x3xf32> {jax.result_info = "[0]"}) {
    %inf = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %zero = stablehlo.constant {name = "c"} dense<0.0> : tensor<f32>
    %list = stablehlo.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
    %a = stablehlo.abs %x : tensor<2x3xf32>
    %b = stablehlo.add %a, %x {note = "kept"} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %c = stablehlo.compare  GT, %a, %b,  FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %d = stablehlo.compare LT, %n, %list : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi1>
    %e = stablehlo.and %c, %d : tensor<2x3xi1>
    %f = stablehlo.not %e : tensor<2x3xi1>
    %g = stablehlo.select %f, %a, %b : tensor<2x3xi1>, tensor<2x3xf32>
    %h = stablehlo.clamp %zero, %g, %zero : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    %i = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %j = stablehlo.transpose %i, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %l = stablehlo.dot_general %j, %h, contracting_dims = [1] x [0], precision = [DEFAULT, HIGHEST] : (tensor<3x2xf32>, tensor<2x3xf32>) -> tensor<3x3xf32>
    %m = stablehlo.dot_general %h, %g, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
    %o = stablehlo.reduce(%x init: %inf) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %q = stablehlo.iota dim = 1 : tensor<2x3xi32>
    %c0 = stablehlo.constant dense<0> : tensor<i32>
    %r:2 = stablehlo.reduce(%x init: %inf), (%q init: %c0) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
     reducer(%s: tensor<f32>, %t: tensor<f32>) (%v: tensor<i32>, %w: tensor<i32>)  {
      %y = stablehlo.compare  GT, %s, %t,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %z = stablehlo.select %y, %s, %t : tensor<i1>, tensor<f32>
      %aa = stablehlo.select %y, %v, %w : tensor<i1>, tensor<i32>
      stablehlo.return %z, %aa : tensor<f32>, tensor<i32>
    }
    %bb = stablehlo.slice %x [0:2, 0:3:2] : (tensor<2x3xf32>) -> tensor<2x2xf32>
    %cc = stablehlo.concatenate %x, %bb, dim = 1 : (tensor<2x3xf32>, tensor<2x2xf32>) -> tensor<2x5xf32>
    %dd = stablehlo.pad %x, %zero, low = [0, -1], high = [1, 0], interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x4xf32>
    %ee = stablehlo.reverse %x, dims = [0, 1] : tensor<2x3xf32>
    %ff = stablehlo.dynamic_slice %x, %k, %k, sizes = [1, 2] : (tensor<2x3xf32>, tensor<i64>, tensor<i64>) -> tensor<1x2xf32>
    %gg = stablehlo.dynamic_update_slice %x, %ff, %k, %k : (tensor<2x3xf32>, tensor<1x2xf32>, tensor<i64>, tensor<i64>) -> tensor<2x3xf32>
    %hh = stablehlo.convert %u : (tensor<2x3xui8>) -> tensor<2x3xf32>
    %ii = stablehlo.convert %hh : tensor<2x3xf32>
    %jj = stablehlo.reshape %ii : (tensor<2x3xf32>) -> tensor<6xf32>
    %image = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<2x8x8x2xf32>
    %kernel = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<3x3x1x4xf32>
    %ll = stablehlo.convolution(%image, %kernel) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2], pad = [[0, 1], [1, 0]], lhs_dilate = [1, 2], rhs_dilate = [1, 1], reverse = [false, true]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision HIGHEST>]} : (tensor<2x8x8x2xf32>, tensor<3x3x1x4xf32>) -> tensor<2x4x7x4xf32>
    %mm = stablehlo.convolution(%image, %image) dim_numbers = [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x8x8x2xf32>, tensor<2x8x8x2xf32>) -> tensor<1x1x2x2xf32>
    %nn = "stablehlo.reduce_window"(%image, %inf) <{base_dilations = array<i64: 1, 1, 2, 1>, padding = dense<[[0, 0], [1, 1], [0, 0], [0, 0]]> : tensor<4x2xi64>, window_dilations = array<i64: 1, 2, 1, 1>, window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%wa: tensor<f32>, %wb: tensor<f32>):
      %wc = stablehlo.maximum %wa, %wb : tensor<f32>
      stablehlo.return %wc : tensor<f32>
    }) : (tensor<2x8x8x2xf32>, tensor<f32>) -> tensor<2x4x7x2xf32>
    %source = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<2x4x4x2xf32>
    %oo = "stablehlo.select_and_scatter"(%image, %source, %zero) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%sa: tensor<f32>, %sb: tensor<f32>):
      %sc = stablehlo.compare  GE, %sa, %sb,  FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %sc : tensor<i1>
    }, {
    ^bb0(%sd: tensor<f32>, %se: tensor<f32>):
      %sf = stablehlo.add %sd, %se : tensor<f32>
      stablehlo.return %sf : tensor<f32>
    }) : (tensor<2x8x8x2xf32>, tensor<2x4x4x2xf32>, tensor<f32>) -> tensor<2x8x8x2xf32>
    %pp = stablehlo.log_plus_one %x : tensor<2x3xf32>
    %qq = stablehlo.exponential_minus_one %pp : tensor<2x3xf32>
    %rr = stablehlo.ceil %qq : tensor<2x3xf32>
    %kk = call @relu(%gg) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    return %kk : tensor<2x3xf32>
  }
  func.func private @relu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %1 = stablehlo.maximum %x, %0 : tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}
)";

TEST(Read, EveryOperationInJaxsTextAndInGenericForm) {
  expect_round_trip(kEveryOperation);
  expect_round_trip(kEveryOperation, /*generic=*/true);
}

// What is printed is JAX's own text.
TEST(Read, ConvolutionsPrintAsJaxPrintsThem) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  const std::string text = print(*read_or_throw(context, kEveryOperation, "program.mlir"));
  EXPECT_THAT(
      text,
      HasSubstr(") dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 2], pad = "
                "[[0, 1], [1, 0]], lhs_dilate = [1, 2], rhs_dilate = [1, 1], reverse = [false, true]} "
                "{batch_group_count = 1 : i64, feature_group_count = 2 : i64, precision_config = "
                "[#stablehlo<precision DEFAULT>, #stablehlo<precision HIGHEST>]} : "));
  EXPECT_THAT(text, HasSubstr("[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f], window = {} {batch_group_count"));
  EXPECT_THAT(text, HasSubstr("\"stablehlo.reduce_window\"("));
}

TEST(Read, PrivateFunctionsAreInlined) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = read_or_throw(context, kEveryOperation, "program.mlir");
  std::string text = print(*module);
  EXPECT_THAT(text, Not(HasSubstr("call")));
  EXPECT_THAT(text, Not(HasSubstr("@relu")));
  EXPECT_THAT(text, HasSubstr("stablehlo.maximum"));
  EXPECT_EQ(entry_function(*module).getName(), "main");
}

TEST(Read, ArgumentsHaveNames) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module =
      read_or_throw(context,
                    R"(func.func @f(%a: tensor<f32> {sotto.name = "rate"}, %b: tensor<f32> loc("W0"),
                                           %c: tensor<f32>) -> tensor<f32> { return %a : tensor<f32> })",
                    "program.mlir");
  auto function = entry_function(*module);
  EXPECT_EQ(argument_name(function, 0), "rate");
  EXPECT_EQ(argument_name(function, 1), "W0");
  EXPECT_EQ(argument_name(function, 2), "arg2");
}

// The whole programs of the shared data.
class Programs : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kPrograms)) GTEST_SKIP() << "shared data is absent: " << kPrograms;
  }
};

TEST_F(Programs, NetworksAreRead) {
  for (const char* name : {"lean4mlir_linear_fwd", "lean4mlir_linear_train_step", "lean4mlir_mlp_fwd",
                           "lean4mlir_mlp_train_step", "lean4mlir_poc_mnist_mlp", "lean4mlir_poc_tiny_mlp",
                           "lean4mlir_poc_train_step", "ttmlir_jax_mnist_inference", "lean4mlir_cnn_fwd",
                           "lean4mlir_cnn_train_step", "lean4mlir_cifar8_sgd_train_step"}) {
    SCOPED_TRACE(name);
    expect_round_trip(file_text(kPrograms + name + ".mlir"));
    expect_round_trip(file_text(kPrograms + name + ".mlir"), /*generic=*/true);
  }
}

TEST_F(Programs, DebugInformationNamesParameters) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = read_file_or_throw(context, kPrograms + "lean4mlir_poc_train_step.mlir");
  EXPECT_EQ(argument_name(entry_function(*module), 0), "W0");
  EXPECT_EQ(argument_name(entry_function(*module), 8), "lr");
}

// Every operation of ResNet-50 is known; its weights were not printed.
TEST_F(Programs, ElidedWeightsAreRefused) {
  EXPECT_THAT(refusal(file_text(kPrograms + "gleasonk_jax_resnet_50.mlir")),
              AllOf(HasSubstr("weights elided from the text"), Not(HasSubstr("not supported"))));
}

TEST_F(Programs, BytecodeIsRefused) {
  EXPECT_THAT(refusal(file_text(kPrograms + "gleasonk_pt_bert.mlir.bc")), HasSubstr("bytecode"));
}

std::string in_function(const std::string& line) {
  return "func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>, %n: tensor<2x3xi32>) {\n  " + line +
         "\n  return\n}\n";
}

TEST(Misuse, EveryMessageSaysWhereAndWhat) {
  const std::pair<const char*, const char*> cases[] = {
      {"%0 = stablehlo.while(%x)",
       "operation 'stablehlo.while' is not supported; supported are: stablehlo.abs"},
      {"%0 = \"stablehlo.sort\"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>",
       "operation 'stablehlo.sort' is not supported"},
      {"%0 = \"mhlo.add\"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>",
       "operation 'mhlo.add' is not supported"},
      {"%0 = chlo.sinh %x : tensor<2x3xf32>", "operation 'chlo.sinh' is not supported"},
      {"%0 = arith.constant 1 : i32", "operation 'arith.constant' is not supported"},
      {"stablehlo.custom_call @Sharding(%x) : (tensor<2x3xf32>) -> ()", "call of @Sharding is not supported"},
      {"%0 = stablehlo.add %x, %y : tensor<2x3xf32>", "expects different type than prior uses"},
      {"%0 = stablehlo.add %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<3x2xf32>",
       "must have the same shape and base type"},
      {"%0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<2x3xf32>) "
       "-> "
       "tensor<2x3xf32>",
       "contracting_dims pairs dimension 1 of lhs, of extent 3, with dimension 0 of rhs, of extent 2"},
      {"%0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x2xf32>) "
       "-> "
       "tensor<2x3xf32>",
       "result has shape (2, 3) but the operands give (2, 2)"},
      {"%0 = stablehlo.transpose %x, dims = [1, 1] : (tensor<2x3xf32>) -> tensor<3x3xf32>",
       "dims names dimension 1 twice"},
      {"%0 = stablehlo.broadcast_in_dim %x, dims = [0, 2] : (tensor<2x3xf32>) -> tensor<2x3xf32>",
       "dims names dimension 2 of a tensor of rank 2"},
      {"%0 = stablehlo.reshape %x : (tensor<2x3xf32>) -> tensor<5xf32>",
       "cannot give 6 elements of shape (2, 3)"},
      {"%0 = stablehlo.slice %x [0:2, 1:4] : (tensor<2x3xf32>) -> tensor<2x3xf32>",
       "range 1:4:1 does not fit dimension 1 of extent 3"},
      {"%0 = stablehlo.exponential %n : tensor<2x3xi32>", "must be statically shaped tensor of 16-bit float"},
      {"%0 = stablehlo.constant dense_resource<__elided__> : tensor<4xf32>", "weights elided from the text"},
      {"%0 = \"stablehlo.iota\"() {iota_dimension = 0 : i64} : () -> tensor<?xf32>", "has a dynamic extent"},
      {"%0 = stablehlo.iota dim = 0 : tensor<99999999x99999999xf32>", "has too many elements"},
      {"%0 = func.call @missing(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>",
       "'missing' does not reference a valid function"},
      {"%0 = stablehlo.reduce(%x init: %x) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, "
       "tensor<2x3xf32>) -> tensor<2xf32>",
       "initial values must be scalars"},
      {"%0 = stablehlo.reduce(%x init: %x) applies func.call across dimensions = [1]",
       "is not a supported operation"},
  };
  for (auto [line, message] : cases) {
    EXPECT_THAT(refusal(in_function(line)), AllOf(StartsWith("program.mlir:2:"), HasSubstr(message))) << line;
  }
}

std::string with_images(const std::string& line) {
  return "func.func @f(%x: tensor<2x8x8x3xf32>, %k: tensor<3x3x3x4xf32>, %y: tensor<2x4x4x3xf32>, %z: "
         "tensor<f32>) {\n  " +
         line + "\n  return\n}\n";
}

std::string convolution(const std::string& dimensions, const std::string& window,
                        const std::string& result = "2x6x6x4", const std::string& groups = "1") {
  return with_images("%0 = stablehlo.convolution(%x, %k) dim_numbers = " + dimensions + ", window = {" +
                     window + "} {batch_group_count = 1 : i64, feature_group_count = " + groups +
                     " : i64} : (tensor<2x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<" + result + "xf32>");
}

TEST(Misuse, OfConvolutions) {
  const std::string usual = "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]";
  EXPECT_EQ(refusal(convolution(usual, "")), "");
  const std::pair<std::string, const char*> cases[] = {
      {convolution("[b, 0, 0, f]x[0, 1, i, o]->[b, 0, 1, f]", ""),
       "spatial dimensions must be numbered 0 to 1, each once"},
      {convolution("[b, 0, 7000000000000000000, f]x[0, 1, i, o]->[b, 0, 1, f]", ""),
       "spatial dimensions must be numbered 0 to 1, each once"},
      {convolution("[b, 0, 1, b]x[0, 1, i, o]->[b, 0, 1, f]", ""),
       "expected 'b' and 'f' once each, found 'b'"},
      {convolution("[b, 0, 1, f]x[0, i, o]->[b, 0, 1, f]", ""),
       "input, kernel and output must have equally many spatial dimensions"},
      {convolution("[b, 0, f]x[0, i, o]->[b, 0, f]", ""),
       "dim_numbers name 3 dimensions of lhs, which has rank 4"},
      {convolution("[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]", "", "2x6x6x3"),
       "lhs has 3 features in 1 group(s), but the kernel takes 4"},
      {convolution(usual, "", "2x6x6x4", "2"), "lhs has 3 features in 2 group(s), but the kernel takes 3"},
      {convolution(usual, "", "2x6x6x4", "0"), "must be positive, and one of them 1"},
      {convolution(usual, "stride = [2]"), "stride has 1 entries but the window has 2 dimensions"},
      {convolution(usual, "stride = [2, 0]"), "stride must be from 1 to 2147483648, not 0"},
      {convolution(usual, "stride = [2, 2], stride = [2, 2]"), "'stride' given twice"},
      {convolution(usual, "strides = [2, 2]"), "'strides' is none of stride, pad"},
      {convolution(usual, "pad = [1, 1]"), "expected '['"},
      {convolution(usual, "pad = [[1, 1, 1], [1, 1]]"), "expected pairs [low, high]"},
      {convolution(usual, "pad = [[1, 1]]"), "padding must have shape (2, 2)"},
      {convolution(usual, "pad = [[9000000000000000000, 1], [1, 1]]"), "is too large"},
      {convolution(usual, "pad = [[-9, 0], [0, 0]]"),
       "padding leaves no valid extent for window dimension 0"},
      {convolution(usual, "reverse = [true]"), "reverse has 1 entries"},
      {convolution(usual, "reverse = [maybe, true]"), "expected true or false"},
      {convolution(usual, "pad = [[1, 1], [0, 0]]"),
       "result has shape (2, 6, 6, 4) but the operands give (2, 8, 6, 4)"},
  };
  for (const auto& [program, message] : cases)
    EXPECT_THAT(refusal(program), AllOf(StartsWith("program.mlir:2:"), HasSubstr(message))) << program;
}

TEST(Misuse, OfOtherWindows) {
  auto reduce = [](const std::string& attributes, const std::string& body = "tensor<f32>") {
    return with_images("%0 = \"stablehlo.reduce_window\"(%x, %z) <{" + attributes +
                       "}> ({\n ^bb0(%a: " + body + ", %b: " + body + "):\n stablehlo.return %a : " + body +
                       "\n }) : (tensor<2x8x8x3xf32>, tensor<f32>) -> tensor<2x4x4x3xf32>");
  };
  auto scatter = [](const std::string& attributes, const std::string& chosen) {
    return with_images(
        "%0 = \"stablehlo.select_and_scatter\"(%x, %y, %z) <{" + attributes +
        "}> ({\n ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n %c = stablehlo.compare GE, %a, %b : "
        "(tensor<f32>, tensor<f32>) -> tensor<i1>\n stablehlo.return " +
        chosen +
        "\n }, {\n ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n stablehlo.return %a : tensor<f32>\n "
        "}) : (tensor<2x8x8x3xf32>, tensor<2x4x4x3xf32>, tensor<f32>) -> tensor<2x8x8x3xf32>");
  };
  const std::string by_two =
      "window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>";
  EXPECT_EQ(refusal(reduce(by_two)), "");
  EXPECT_EQ(refusal(scatter(by_two, "%c : tensor<i1>")), "");
  const std::pair<std::string, const char*> cases[] = {
      {reduce("window_dimensions = array<i64: 2, 2>"),
       "window_dimensions has 2 entries but the window has 4"},
      {reduce("window_dimensions = array<i64: 1, 0, 2, 1>"), "window_dimensions must be from 1"},
      {reduce("window_dimensions = array<i64: 1, 2, 2, 1>"),
       "result is 'tensor<2x4x4x3xf32>' but the operands give shape (2, 7, 7, 3)"},
      {reduce(by_two + ", padding = dense<1> : tensor<4x3xi64>"), "padding must have shape (4, 2)"},
      {reduce(by_two + ", base_dilations = array<i64: 1, 1, 1, -1>"), "base_dilations must be from 1"},
      {reduce(by_two, "tensor<f64>"), "body must take the 1 accumulator(s)"},
      {scatter("window_dimensions = array<i64: 1, 3, 3, 1>", "%c : tensor<i1>"),
       "source has shape (2, 4, 4, 3) but the operand has windows (2, 6, 6, 3)"},
      {scatter(by_two, "%a : tensor<f32>"), "select must return one Boolean scalar"},
  };
  for (const auto& [program, message] : cases)
    EXPECT_THAT(refusal(program), AllOf(StartsWith("program.mlir:2:"), HasSubstr(message))) << program;
}

TEST(Misuse, RecursionAndExplosionOfCallsAreRefused) {
  EXPECT_THAT(refusal("func.func @f() { call @g() : () -> ()\n return }\n"
                      "func.func private @g() { call @f() : () -> ()\n return }"),
              HasSubstr("recursion is not supported"));
  std::string text = "func.func @f() { call @f0() : () -> ()\n return }\n";
  for (int i = 0; i < 40; ++i) {
    std::string next = "call @f" + std::to_string(i + 1) + "() : () -> ()\n";
    text += "func.func private @f" + std::to_string(i) + "() {\n" + next + next + "return }\n";
  }
  text += "func.func private @f40() { %0 = stablehlo.constant dense<0.0> : tensor<f32>\n return }";
  EXPECT_THAT(refusal(text), HasSubstr("more than 1000000 operations once its calls are expanded"));
}

TEST(Misuse, NothingNestsWithoutBound) {
  std::string many(100'000, '(');
  EXPECT_THAT(refusal(many), HasSubstr("nested more than 256 deep"));
  EXPECT_THAT(refusal("func.func @f(%x: " + std::string(100'000, '<')),
              HasSubstr("nested more than 256 deep"));
  EXPECT_THAT(refusal("#a = affine_map<(d) -> (- - - d)>"),
              HasSubstr("'affine_map' is not part of StableHLO"));
  std::string chain = "#a0 = 1 : i32\n";
  for (int i = 1; i < 5000; ++i) chain += "#a" + std::to_string(i) + " = [#a" + std::to_string(i - 1) + "]\n";
  EXPECT_THAT(refusal(chain), HasSubstr("aliases are nested too deeply"));
  EXPECT_THAT(refusal(in_function("stablehlo.abs %x#4000000000 : tensor<f32>")), HasSubstr("is too large"));
  EXPECT_THAT(refusal(std::string(kMaximumBytes + 1, ' ')), HasSubstr("more than 256 MiB"));
}

TEST(Misuse, TruncationsAndFlippedBytesNeverCrash) {
  std::string text = kEveryOperation;
  for (size_t length = 0; length < text.size(); length += 97)
    refusal(llvm::StringRef(text).take_front(length));
  std::mt19937 random(20);
  for (int round = 0; round < 1500; ++round) {
    std::string mutated = text;
    for (int flips = 1 + round % 3; flips > 0; --flips)
      mutated[random() % mutated.size()] ^= static_cast<char>(1u << random() % 8);
    refusal(mutated);
  }
}

TEST_F(Programs, TruncationsOfARealFileNeverCrash) {
  for (const char* name : {"lean4mlir_poc_train_step.mlir", "lean4mlir_mlp_train_step.mlir"}) {
    std::string text = file_text(kPrograms + name);
    for (size_t length = 0; length < text.size() - 100; length += 97)
      EXPECT_NE(refusal(llvm::StringRef(text).take_front(length)), "") << name << " at " << length;
  }
}

}  // namespace
}  // namespace sotto::frontends::stablehlo
