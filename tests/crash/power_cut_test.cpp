// The power goes while events are appended and settled: whatever was acknowledged before is there afterwards.
//
// The store stands on an ext4 file system on a loop device.  The cut is ext4's own shutdown without a flush of its
// journal, then kill -9: what was not synced is gone.  A kill alone cannot show a missing fsync, since the page cache
// outlives the process; this can, and the last test shows that it does.
#include <gtest/gtest.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "engine/local/local_engine.hpp"
#include "support/run_coroutine.hpp"
#include "support/small_store.hpp"
#include "support/temp_dir.hpp"

namespace signalbox {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr unsigned long kExt4Shutdown = 0x8004587D;  // EXT4_IOC_SHUTDOWN
constexpr std::uint32_t kWithoutLogFlush = 2;        // EXT4_GOING_FLAGS_NOLOGFLUSH
constexpr auto kBeforeCut = 400ms;                   // of writing
constexpr auto kPatience = 20s;

/// What a child tells its parent: the newest event acknowledged so far.
struct Acknowledged {
  Seq seq = 0;
};

store::RocksdbOptions options_in(const fs::path& folder, store::DiskSync durability) {
  auto options = test::small_store(folder);
  options.durability = durability;
  return options;
}

Result<std::unique_ptr<ChannelLog>> open_log(Engine& engine, asio::io_context& io) {
  ChannelName name;
  name.tenant = "acme";
  name.channel = "orders";
  return test::run_coroutine(io, engine.open(name, io.get_executor()));
}

asio::awaitable<void> append_for_ever(ChannelLog& log, LaneId lane, unsigned seed, int pipe, Settlements& state) {
  std::mt19937 random(seed);
  for (;;) {
    std::vector<std::shared_ptr<StoredEvent>> events(1 + random() % 20);
    for (auto& event : events) {
      EventBuilder builder;
      builder.set("specversion", "1.0").set("id", "1").set("source", "/s").set("type", "t");
      builder.data(DataKind::text, std::string(random() % 2000, 'x'));
      event = std::make_shared<StoredEvent>();
      event->event = builder.build();
    }
    auto receipt = co_await log.append(std::move(events));
    if (!receipt) ::_exit(0);  // the power is gone
    Acknowledged told;
    told.seq = receipt->last_seq;
    if (::write(pipe, &told, sizeof told) != sizeof told) ::_exit(0);

    // One retry a batch: its position and its record go together or not at all.
    auto& progress = state.progress[0];
    progress.lane = lane;
    progress.watermark = std::max(progress.watermark, receipt->last_seq);
    state.counted_to = std::max(state.counted_to, receipt->last_seq);
    ++progress.totals.retrying;
    auto changes = state;
    changes.put_retries.resize(1);
    changes.put_retries[0].lane = lane;
    changes.put_retries[0].seq = receipt->last_seq;
    if (!co_await log.settle(std::move(changes))) ::_exit(0);
  }
}

[[noreturn]] void write_until_cut(const fs::path& folder, store::DiskSync durability, int pipe, unsigned seed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  asio::io_context io;
  auto engine = engine::local::open_rocksdb(options_in(folder, durability));
  if (!engine) ::_exit(10);
  auto log = open_log(**engine, io);
  if (!log) ::_exit(11);
  std::vector<LaneName> names(1);
  names[0].rule = "r";
  names[0].target = "t";
  auto lanes = test::run_coroutine(io, (*log)->bind(names));
  if (!lanes) ::_exit(12);
  Settlements state;
  state.progress = {lanes->at(0).progress};
  for (unsigned i = 0; i < 8; ++i)
    asio::co_spawn(io, append_for_ever(**log, lanes->at(0).lane, seed + i, pipe, state), [](std::exception_ptr) {});
  io.restart();
  io.run();
  ::_exit(13);
}

/// What is there after the power came back.
struct Found {
  int fault = 0;  ///< 0: whole
  Seq last_seq = 0;
};

Found look(const fs::path& folder, store::DiskSync durability) {
  Found found;
  asio::io_context io;
  auto engine = engine::local::open_rocksdb(options_in(folder, durability));
  if (!engine) {
    std::fprintf(stderr, "%s\n", engine.error().message.c_str());
    found.fault = 1;
    return found;
  }
  auto log = open_log(**engine, io);
  if (!log) {
    std::fprintf(stderr, "%s\n", log.error().message.c_str());
    found.fault = 2;
    return found;
  }
  found.last_seq = (*log)->opened_state().last_seq;
  Seq next = 1;
  for (ReadRequest request; next <= found.last_seq; next = request.from) {
    request.from = next;
    request.to = found.last_seq;
    auto page = test::run_coroutine(io, (*log)->read(request));
    if (!page || page->events.empty()) {
      found.fault = 3;
      return found;
    }
    request.from = page->next;
  }
  const auto lanes = test::run_coroutine(io, (*log)->lanes());
  if (!lanes || lanes->empty()) return found;
  const auto& lane = lanes->at(0);
  const auto due = test::run_coroutine(io, (*log)->due(lane.lane, WallTime::min(), WallTime::max(), 1'000'000));
  if (!due || due->retries.size() != lane.progress.totals.retrying) found.fault = 4;
  return found;
}

class PowerCut : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting takes root";
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      GTEST_SKIP() << "mounting is not allowed here";
    fs::create_directory(mount_point_);
    const auto image = (folder_.path() / "disk.img").string();
    if (!run("truncate -s 512M " + image) || !run("mkfs.ext4 -q -F " + image) || !mount())
      GTEST_SKIP() << "no loop device or no mkfs.ext4 here";
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(mount_point_.c_str(), MNT_DETACH);
  }
  static bool run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }
  bool mount() {
    return run("mount -o loop " + (folder_.path() / "disk.img").string() + " " + mount_point_.string());
  }

  /// Runs `work` in a process of its own: RocksDB's threads do not survive a fork, so none is ever made in this one.
  template <class Work>
  static pid_t spawn(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::_exit(99);
    }
    return child;
  }

  /// Writes, cuts the power, gives it back.  Returns the newest event acknowledged before the cut.
  Seq write_and_cut(store::DiskSync durability, unsigned seed) {
    int pipe[2];
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const pid_t child = spawn([&] { write_until_cut(mount_point_ / "store", durability, pipe[1], seed); });
    ::close(pipe[1]);
    ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
    Seq acknowledged = 0;
    const auto drain = [&] {
      for (Acknowledged told; ::read(pipe[0], &told, sizeof told) == sizeof told;)
        acknowledged = std::max(acknowledged, told.seq);
    };
    const auto patience = std::chrono::steady_clock::now() + kPatience;
    while (acknowledged == 0 && std::chrono::steady_clock::now() < patience) drain();
    const auto cut_at = std::chrono::steady_clock::now() + kBeforeCut;
    while (std::chrono::steady_clock::now() < cut_at) drain();
    const int folder = ::open(mount_point_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    drain();  // what is read from here on was no promise
    EXPECT_EQ(::ioctl(folder, kExt4Shutdown, &kWithoutLogFlush), 0);
    ::close(folder);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    EXPECT_EQ(::umount2(mount_point_.c_str(), 0), 0);
    EXPECT_TRUE(mount()) << "the file system came back";
    return acknowledged;
  }

  Found look_in_child(store::DiskSync durability) {
    int pipe[2];
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const pid_t child = spawn([&] {
      const auto found = look(mount_point_ / "store", durability);
      ::_exit(::write(pipe[1], &found, sizeof found) == sizeof found ? 0 : 1);
    });
    ::close(pipe[1]);
    Found found;
    if (::read(pipe[0], &found, sizeof found) != sizeof found) found.fault = -1;
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    return found;
  }

  test::TempDir folder_;
  const fs::path mount_point_ = folder_.path() / "mnt";
  bool mounted_ = false;
};

TEST_F(PowerCut, every_acknowledged_event_is_there) {
  constexpr unsigned kCuts = 5;
  for (unsigned cut = 0; cut < kCuts; ++cut) {
    const Seq acknowledged = write_and_cut(store::DiskSync::fsync, 100 * cut);
    ASSERT_GT(acknowledged, 0u);
    const auto found = look_in_child(store::DiskSync::fsync);
    ASSERT_EQ(found.fault, 0) << "after cut " << cut;
    ASSERT_GE(found.last_seq, acknowledged) << "after cut " << cut;
  }
}

TEST_F(PowerCut, without_fsync_events_are_lost_and_the_store_opens_all_the_same) {
  constexpr unsigned kCutsMax = 6;
  bool lost = false;
  for (unsigned cut = 0; cut < kCutsMax && !lost; ++cut) {
    const Seq acknowledged = write_and_cut(store::DiskSync::os, 1000 + 100 * cut);
    ASSERT_GT(acknowledged, 0u);
    const auto found = look_in_child(store::DiskSync::os);
    ASSERT_EQ(found.fault, 0) << "durability: os allows for loss, not for damage";
    lost = found.last_seq < acknowledged;
  }
  EXPECT_TRUE(lost) << "these cuts would not show a missing fsync";
}

}  // namespace
}  // namespace signalbox
