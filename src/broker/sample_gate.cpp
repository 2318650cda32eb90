#include "broker/sample_gate.hpp"

namespace signalbox::broker {

using namespace std::chrono_literals;

bool SampleGate::Window::take(TimePoint now, std::uint32_t most) {
  if (now - begin >= 1s) {
    begin = now;
    taken = 0;
  }
  return taken++ < most;
}

bool SampleGate::take(std::string_view type, TimePoint now) {
  auto of_type = types_.find(type);
  if (of_type == types_.end()) {
    if (types_.size() >= kTypesMost) {
      if (now - forgotten_at_ < 1min) return false;
      types_.clear();
    }
    if (types_.empty()) forgotten_at_ = now;
    of_type = types_.emplace(std::string(type), Window()).first;
  }
  return of_type->second.take(now, kOfTypeMost) && all_.take(now, kOfAllMost);
}

}  // namespace signalbox::broker
