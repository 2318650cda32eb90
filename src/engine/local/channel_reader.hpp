#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/local/keys.hpp"
#include "engine/local/records.hpp"
#include "signalbox/channel_log.hpp"
#include "store/store.hpp"

namespace signalbox::engine::local {

/// All that is read of one channel.  Blocking, stateless, a value: a call on a pool's thread takes a copy.
/// `first_seq` and `last_seq` say which part of the log the caller knows to be there; an event missing between them is
/// damage.  Errors: storage, corrupt.
class ChannelReader {
 public:
  /// `name` is for messages.
  ChannelReader(const store::Store& store, ChannelNumbers channel, std::string name)
      : store_(&store), channel_(channel), name_(std::move(name)) {}

  struct Loaded {
    Checkpoint checkpoint;
    std::vector<LaneState> lanes;       ///< by id
    Seq last_seq = 0;
    std::uint64_t bytes_appended = 0;   ///< EventHeader::bytes_before of the next event
    std::uint64_t bytes_trimmed = 0;    ///< of the first event kept
  };
  /// The channel as it stands, in a few seeks.
  Result<Loaded> load() const;

  struct EventsRead {
    ReadPage page;
    Seq first_found = 0;  ///< of what was scanned, 0: nothing
  };
  /// REQUIRES: first_seq <= request.from <= request.to <= last_seq.
  Result<EventsRead> read(const ReadRequest& request) const;
  /// Those that are there, in the order asked for.
  Result<std::vector<StoredEventPtr>> read_these(const std::vector<Seq>& seqs) const;
  Result<DuePage> due(LaneId lane, WallTime from, WallTime now, std::size_t max) const;
  Result<EventPage> query(const EventQuery& query, Seq first_seq, Seq last_seq) const;
  Result<std::vector<JourneyEntry>> journey(Seq seq) const;
  Result<DeadLetterPage> dead_letters(const DeadLetterQuery& query) const;
  Result<std::optional<DeadLetter>> dead_letter(DeadLetterKey key) const;

  struct TrimPoint {
    Seq first_seq = 0;
    std::uint64_t bytes_trimmed = 0;
  };
  /// How far the log may be trimmed: not beyond `keep_from`, an event accepted at `before` or later, or one that a
  /// retry needs.
  Result<TrimPoint> find_trim_point(Seq first_seq, WallTime before, Seq keep_from) const;

  /// The index block of a segment, made from the log; nullopt when the segment is not whole any more.
  Result<std::optional<std::string>> build_index_block(std::uint64_t segment) const;

  ChannelNumbers channel() const { return channel_; }

 private:
  struct Search;
  Status collect_candidates(Search& search) const;
  Status verify(Search& search, Seq seq) const;
  Status search_log(Search& search, Seq first, Seq last) const;
  Result<Seq> first_needed_by_retries(Seq below) const;
  Result<Seq> first_accepted_from(Seq first, Seq end, WallTime before) const;
  Error damaged(const std::string& what) const;

  const store::Store* store_;
  ChannelNumbers channel_;
  std::string name_;
};

}  // namespace signalbox::engine::local
