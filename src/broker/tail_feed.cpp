#include "broker/tail_feed.hpp"

#include <boost/asio/post.hpp>

namespace signalbox::broker {

namespace asio = boost::asio;

void TailFeed::wake() {
  asio::post(listener_, [self = shared_from_this()] { self->wakeup_.notify(); });
}

void TailFeed::push(const StoredEventPtr& event) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kMost) {
    ++missed_;
    return;
  }
  queue_.push_back(event);
  if (queue_.size() == 1) wake();
}

void TailFeed::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake();
}

asio::awaitable<TailFeed::Item> TailFeed::next() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!queue_.empty()) {
        Item item;
        item.event = std::move(queue_.front());
        queue_.pop_front();
        if (queue_.empty()) std::swap(item.missed, missed_);
        co_return item;
      }
      if (closed_) co_return Item();
    }
    co_await wakeup_.wait();
  }
}

}  // namespace signalbox::broker
