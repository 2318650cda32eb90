#include "engine/local/segment_index.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "engine/local/bytes.hpp"

namespace signalbox::engine::local {
namespace {

std::uint32_t hash(std::string_view text) {
  const auto number = static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()));
  return number == 0 ? 1 : number;
}

std::uint32_t hash_if_asked(std::string_view text) { return text.empty() ? 0 : hash(text); }

std::uint32_t number_at(std::string_view column, std::size_t index) {
  std::uint32_t number = 0;
  std::memcpy(&number, column.data() + index * sizeof number, sizeof number);
  return number;
}

}  // namespace

AttributeHashes AttributeHashes::of(const Event& event) {
  return {{hash(event.id()), hash(event.source()), hash(event.type()), hash(event.value("subject"))}};
}

AttributeHashes AttributeHashes::of(const EventQuery& query) {
  return {{hash_if_asked(query.id), hash_if_asked(query.source), hash_if_asked(query.type), hash_if_asked(query.subject)}};
}

bool SegmentIndex::follows(Seq seq) const { return seq == next_ || seq == first_of(segment_of(seq)); }

bool SegmentIndex::add(const StoredEvent& event) {
  const auto segment = segment_of(event.seq);
  if (event.seq == first_of(segment)) {
    segment_ = segment;
    next_ = event.seq;
    hashes_.clear();
    earliest_ = WallTime::max();
    latest_ = WallTime::min();
  }
  if (!follows(event.seq)) return false;
  ++next_;
  hashes_.push_back(AttributeHashes::of(event.event));
  earliest_ = std::min(earliest_, event.accepted_at);
  latest_ = std::max(latest_, event.accepted_at);
  return event.seq == last_of(segment);
}

std::string SegmentIndex::block() const {
  std::string out;
  out.reserve(32 + hashes_.size() * sizeof(AttributeHashes));
  Writer writer(out);
  writer.varint(hashes_.size());
  writer.time(earliest_);
  writer.time(latest_);
  for (std::size_t column = 0; column < AttributeHashes::kColumns; ++column)
    for (const auto& event : hashes_) {
      char bytes[sizeof(std::uint32_t)];
      std::memcpy(bytes, &event.columns[column], sizeof bytes);
      out.append(bytes, sizeof bytes);
    }
  return out;
}

std::optional<IndexBlock> IndexBlock::read(std::uint64_t segment, std::string_view value) {
  Reader in(value);
  IndexBlock block;
  block.first_ = first_of(segment);
  block.count_ = in.varint();
  block.earliest_ = in.time();
  block.latest_ = in.time();
  const auto columns = in.rest();
  const auto size = block.count_ * sizeof(std::uint32_t);
  if (!in.good() || block.count_ > kSegmentEvents || columns.size() != size * AttributeHashes::kColumns) return std::nullopt;
  for (std::size_t i = 0; i < AttributeHashes::kColumns; ++i) block.columns_[i] = columns.substr(i * size, size);
  return block;
}

void IndexBlock::candidates(const AttributeHashes& wanted, std::vector<Seq>& out) const {
  for (std::size_t i = count_; i-- > 0;) {
    bool may_match = true;
    for (std::size_t column = 0; column < AttributeHashes::kColumns && may_match; ++column)
      may_match = wanted.columns[column] == 0 || number_at(columns_[column], i) == wanted.columns[column];
    if (may_match) out.push_back(first_ + i);
  }
}

}  // namespace signalbox::engine::local
