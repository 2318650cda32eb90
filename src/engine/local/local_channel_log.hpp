#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/local/channel_reader.hpp"
#include "engine/local/channel_registry.hpp"
#include "engine/local/read_pool.hpp"
#include "engine/local/segment_index.hpp"
#include "signalbox/channel_log.hpp"
#include "store/commit.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

/// A channel's log on a Store.  Calls complete on the executor given; it must not be destroyed while one is under way.
class LocalChannelLog final : public ChannelLog {
 public:
  /// As the ChannelReader `reader` found it.
  LocalChannelLog(store::Store& store, ReadPool& reads, ChannelRegistry::Lease lease, ChannelReader reader,
                  ChannelReader::Loaded loaded, boost::asio::any_io_executor executor);

  const ChannelState& opened_state() const override { return opened_; }
  boost::asio::awaitable<Result<std::vector<LaneState>>> bind(std::vector<LaneName> names) override;
  boost::asio::awaitable<Result<std::vector<LaneState>>> lanes() override;
  boost::asio::awaitable<Result<AppendReceipt>> append(std::vector<std::shared_ptr<StoredEvent>> events) override;
  boost::asio::awaitable<Result<ReadPage>> read(ReadRequest request) override;
  boost::asio::awaitable<Result<std::vector<StoredEventPtr>>> read_these(std::vector<Seq> seqs) override;
  boost::asio::awaitable<Status> settle(Settlements changes) override;
  boost::asio::awaitable<Result<DuePage>> due(LaneId lane, WallTime from, WallTime now, std::size_t max) override;
  boost::asio::awaitable<Result<EventPage>> query(EventQuery query) override;
  boost::asio::awaitable<Result<std::vector<JourneyEntry>>> journey(Seq seq) override;
  boost::asio::awaitable<Result<DeadLetterPage>> dead_letters(DeadLetterQuery query) override;
  boost::asio::awaitable<Result<std::optional<DeadLetter>>> dead_letter(DeadLetterKey key) override;
  boost::asio::awaitable<Result<Seq>> trim(WallTime before, Seq keep_from) override;
  std::uint64_t stored_bytes() const override { return bytes_appended_ - bytes_trimmed_; }

 private:
  Status admit(store::Purpose purpose) const;
  Status check(const Settlements& changes) const;
  bool is_lane(LaneId lane) const { return lane.value >= 1 && lane.value <= lanes_.size(); }
  /// Latches a failure that ends writing.
  Status note(Status status);

  store::Batch encode(const std::vector<std::shared_ptr<StoredEvent>>& events);
  store::Batch encode(const Settlements& changes);
  void put_checkpoint(store::Batch& batch) const;
  LaneState& add_lane(const LaneName& name, store::Batch& batch);
  std::optional<std::size_t> find_lane(const LaneName& name) const;
  void index_behind(std::uint64_t segment);

  store::Store& store_;
  ReadPool& reads_;
  const ChannelRegistry::Lease lease_;
  const ChannelReader reader_;
  const ChannelNumbers channel_;
  store::CommitPort port_;
  const ChannelState opened_;
  std::optional<Error> failed_;

  Checkpoint checkpoint_;              // as of the last batch submitted, like all below
  std::vector<LaneState> lanes_;       // lane n at n - 1
  std::size_t lanes_durable_;          // so many of them
  Seq last_seq_;
  Seq committed_seq_;                  // the newest event whose append has completed
  std::uint64_t bytes_appended_, bytes_trimmed_;
  std::uint32_t chunks_ = 0;           // journey chunks written in this generation
  SegmentIndex index_;
};

}  // namespace signalbox::engine::local
