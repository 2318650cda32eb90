#pragma once
#include <filesystem>
#include <mutex>
#include <set>
#include <string>

#include "broker/pauses.hpp"

namespace signalbox::daemon {

/// The paused rules in a file beside the store: one "tenant/channel/rule" a line, written whole and renamed into place.
/// Without a path (the memory engine) they last as long as the process.
class PauseFile final : public broker::Pauses {
 public:
  /// Reads what an earlier run has written; a file that cannot be read counts as empty and is logged.
  explicit PauseFile(std::filesystem::path path);

  bool paused(const ChannelName& channel, const std::string& rule) const override;
  bool remember(const ChannelName& channel, const std::string& rule, bool paused) override;

 private:
  bool write() const;  // mutex_ held

  const std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::set<std::string> rules_;
};

}  // namespace signalbox::daemon
