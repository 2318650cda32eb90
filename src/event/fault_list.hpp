#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "event/codec.hpp"

namespace signalbox::event {

/// Gathers what is wrong with a request, up to a bound; later faults are counted only.
class FaultList {
 public:
  /// Faults from now on are those of the event at `index` of a batch.
  void of_event(std::size_t index) { index_ = index; }
  /// Faults from now on are those of the whole.
  void of_batch() { index_.reset(); }

  void add(std::string where, std::string message) {
    malformed_ = true;
    keep(std::move(where), std::move(message));
  }
  /// A fault of size, not of form.
  void add_too_large(std::string where, std::string message) { keep(std::move(where), std::move(message)); }

  std::size_t count() const { return count_; }

  /// REQUIRES: count() > 0.  Malformed if anything is; too large otherwise.
  DecodeFailure take() {
    const auto kind = malformed_ ? DecodeFailure::Kind::malformed : DecodeFailure::Kind::too_large;
    return {kind, std::move(faults_)};
  }

 private:
  static constexpr std::size_t kMaxFaults = 100;

  void keep(std::string where, std::string message) {
    if (++count_ <= kMaxFaults) faults_.push_back({index_, std::move(where), std::move(message)});
  }

  std::vector<Fault> faults_;
  std::size_t count_ = 0;
  std::optional<std::size_t> index_;
  bool malformed_ = false;
};

}  // namespace signalbox::event
