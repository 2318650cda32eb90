#include "base/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cassert>
#include <exception>

#include "base/wakeup.hpp"

namespace signalbox::base {

namespace asio = boost::asio;

TaskGroup::TaskGroup(asio::any_io_executor executor, std::size_t limit)
    : executor_(executor), changed_(executor, asio::steady_timer::time_point::max()), limit_(limit) {}

TaskGroup::~TaskGroup() { assert(tasks_.empty() && "join() the TaskGroup before destroying its owner"); }

void TaskGroup::set_limit(std::size_t limit) {
  limit_ = limit;
  changed_.cancel();
}

asio::awaitable<void> TaskGroup::wait_for_room() {
  while (room() == 0) co_await change();
}

void TaskGroup::spawn(asio::awaitable<void> task) {
  assert(room() > 0);
  auto self = tasks_.emplace(tasks_.end());
  auto done = [this, self](std::exception_ptr error) {
    tasks_.erase(self);
    changed_.cancel();
    if (error && !is_cancellation(error)) std::rethrow_exception(error);
  };
  asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(self->slot(), std::move(done)));
}

void TaskGroup::cancel() {
  for (auto task = tasks_.begin(); task != tasks_.end();) (task++)->emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> TaskGroup::join() {
  while (!tasks_.empty()) co_await change();
}

asio::awaitable<void> TaskGroup::change() { return wait_for_wakeup(changed_); }

}  // namespace signalbox::base
