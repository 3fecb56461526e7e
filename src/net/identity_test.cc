#include "net/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "base/error.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(Identity, AnExample) {
  const TemporaryDirectory directory;
  const Identity made = Identity::create(directory.path / "alice", "alice");
  const Identity loaded = Identity::load(directory.path / "alice");
  EXPECT_EQ(made.fingerprint(), loaded.fingerprint());
  EXPECT_EQ(loaded.text().name, "alice");
  const CertificateText shown = show_certificate(directory.path / "alice" / kCertificateFile);
  EXPECT_EQ(shown.fingerprint, hex(made.fingerprint()));
  EXPECT_EQ(parse_fingerprint(shown.fingerprint), made.fingerprint());
}

TEST(Identity, TheKeyIsPrivateAndNothingIsOverwritten) {
  const TemporaryDirectory directory;
  const Identity first = Identity::create(directory.path, "alice");
  struct stat status{};
  ASSERT_EQ(::stat((directory.path / kKeyFile).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::create(directory.path, "alice"); }),
              HasSubstr("not overwritten"));
  fs::remove(directory.path / kCertificateFile);
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::create(directory.path, "alice"); }),
              AllOf(HasSubstr(kKeyFile), HasSubstr("not overwritten")));
  EXPECT_FALSE(fs::exists(directory.path / kCertificateFile));
}

TEST(Identity, TwoIdentitiesDiffer) {
  const TemporaryDirectory directory;
  const Identity a = Identity::create(directory.path / "a", "same"),
                 b = Identity::create(directory.path / "b", "same");
  EXPECT_NE(a.fingerprint(), b.fingerprint());
  fs::copy_file(directory.path / "a" / kCertificateFile, directory.path / "b" / kCertificateFile,
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::load(directory.path / "b"); }),
              HasSubstr("does not belong"));
}

TEST(Identity, MisuseIsExplained) {
  const TemporaryDirectory directory;
  const auto load = [&] { Identity::load(directory.path); };
  EXPECT_THAT(error_of(ErrorKind::kIdentity, load),
              AllOf(HasSubstr(kCertificateFile), HasSubstr("certs init")));
  const auto wrong = directory.path / "wrong";
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::load(wrong); }),
              AllOf(HasSubstr("no such directory"), HasSubstr(kKeyFile), HasSubstr("certs init")));
  std::ofstream(wrong) << "a file";
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::load(wrong); }), HasSubstr("it is a file"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { Identity::create(directory.path, "bad\nname"); }),
              HasSubstr("printable"));

  Identity::create(directory.path, "alice");
  fs::permissions(directory.path / kKeyFile, fs::perms(0640));
  EXPECT_THAT(error_of(ErrorKind::kIdentity, load), AllOf(HasSubstr("0640"), HasSubstr("chmod 600")));
  fs::permissions(directory.path / kKeyFile, fs::perms(0600));
  std::ofstream(directory.path / kKeyFile) << "nonsense";
  EXPECT_THAT(error_of(ErrorKind::kIdentity, load),
              AllOf(HasSubstr(kKeyFile), HasSubstr("not a private key")));
  fs::remove(directory.path / kKeyFile);
  EXPECT_THAT(error_of(ErrorKind::kIdentity, load), AllOf(HasSubstr("cannot read"), HasSubstr(kKeyFile)));
  std::ofstream(directory.path / kCertificateFile) << std::string(100000, 'x');
  EXPECT_THAT(error_of(ErrorKind::kIdentity, load), HasSubstr("too large"));
}

TEST(Identity, AnExpiredCertificateIsRefusedButShown) {
  const TemporaryDirectory directory;
  Identity::create(directory.path, "alice", -1);
  EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { Identity::load(directory.path); }),
              HasSubstr("expired on"));
  EXPECT_EQ(show_certificate(directory.path / kCertificateFile).name, "alice");
}

TEST(Identity, ArbitraryFilesNeverCrash) {
  const TemporaryDirectory directory;
  std::mt19937 random(1);
  Identity::create(directory.path, "alice");
  std::ifstream stream(directory.path / kCertificateFile);
  const std::string good((std::istreambuf_iterator<char>(stream)), {});
  for (int i = 0; i < 200; ++i) {
    std::string bad = good;
    for (int flips = 0; flips < 3; ++flips) bad[random() % bad.size()] = static_cast<char>(random());
    std::ofstream(directory.path / kCertificateFile) << bad;
    try {
      Identity::load(directory.path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIdentity);
    }
  }
}

TEST(Identity, FingerprintsAreParsedStrictly) {
  const std::string good(64, 'a');
  EXPECT_EQ(hex(parse_fingerprint(good)), good);
  for (const std::string& bad :
       {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')}) {
    EXPECT_THAT(error_of(ErrorKind::kIdentity, [&] { parse_fingerprint(bad); }), HasSubstr("64 hexadecimal"));
  }
}

}  // namespace
}  // namespace sotto::net
