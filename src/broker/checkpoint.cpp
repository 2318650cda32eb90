#include "broker/checkpoint.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "base/log.hpp"
#include "broker/lane.hpp"

namespace signalbox::broker {

namespace asio = boost::asio;

Checkpoint::Checkpoint(asio::any_io_executor strand, ChannelLog& log, Clock& clock, Duration interval,
                       const Seq& durable_seq)
    : log_(log), clock_(clock), interval_(interval), durable_seq_(durable_seq), something_(strand), soon_(strand), written_(strand) {}

void Checkpoint::touched(Lane& lane) {
  if (touched_.empty()) something_.notify();
  touched_.push_back(&lane);
}

void Checkpoint::forget(const Lane& lane) { std::erase(touched_, &lane); }

asio::awaitable<void> Checkpoint::run() {
  using namespace asio::experimental::awaitable_operators;
  for (;;) {
    while (touched_.empty()) co_await something_.wait();
    if (noted_ < kSoonAfter) co_await (soon_.wait() || clock_.sleep_until(clock_.now() + interval_));
    auto status = co_await flush();
    if (!status) {
      base::log::error("checkpoint.failed", "error={}", base::log::quoted(status.error().message));
      co_return;
    }
  }
}

asio::awaitable<Status> Checkpoint::flush() {
  while (writing_) co_await written_.wait();
  if (touched_.empty()) co_return ok();
  const base::Busy busy(writing_, written_);
  co_return co_await write_once();
}

asio::awaitable<Status> Checkpoint::write_once() {
  const auto lanes = std::exchange(touched_, {});
  noted_ = 0;
  Settlements changes;
  changes.counted_to = durable_seq_;
  for (auto* lane : lanes) lane->collect(changes);
  auto status = co_await log_.settle(std::move(changes));
  if (status)
    for (auto* lane : lanes) lane->collected();
  co_return status;
}

}  // namespace signalbox::broker
