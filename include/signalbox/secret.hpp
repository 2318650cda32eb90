#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace signalbox {

/// A credential.  Does not print, compare by accident or convert; reveal() is the one way to its bytes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

}  // namespace signalbox
