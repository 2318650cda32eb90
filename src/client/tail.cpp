#include <ostream>
#include <string>

#include "client/answer.hpp"

namespace signalbox::client {
namespace {

/// Takes server-sent events apart: the data of each, one after the other.
class SseReader {
 public:
  /// Calls `with_data` for each event that `piece` completes.
  template <class F>
  void feed(std::string_view piece, F with_data) {
    buffer_ += piece;
    for (std::size_t end; (end = buffer_.find('\n')) != std::string::npos; buffer_.erase(0, end + 1)) {
      const auto line = std::string_view(buffer_).substr(0, end);
      if (line.starts_with("data: ")) with_data(line.substr(6));
    }
  }

 private:
  std::string buffer_;
};

}  // namespace

int tail(ApiClient& admin, const std::string& channel, const std::string& filter, std::size_t count, const Output& output) {
  const auto path = channel_path(channel, output);
  if (!path) return kInputAtFault;
  SseReader reader;
  std::size_t seen = 0;
  const std::function<bool(std::string_view)> take = [&](std::string_view piece) {
    reader.feed(piece, [&](std::string_view data) {
      if (count != 0 && seen == count) return;
      ++seen;
      output.out << data << std::endl;
    });
    return count == 0 || seen < count;
  };
  auto answer = admin.stream(*path + "/tail" + query_string({{"filter", filter}}), take);
  if (answer && answer->status == 200) return 0;
  int exit_code = 0;
  take_answer(std::move(answer), output, exit_code);
  return exit_code;
}

}  // namespace signalbox::client
