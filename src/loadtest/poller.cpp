#include "loadtest/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace signalbox::loadtest {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_.open() || !wakeup_.open())
    throw std::system_error(errno, std::generic_category(), "opening an epoll");
  control(EPOLL_CTL_ADD, wakeup_, nullptr, Interest::read);
}

void Poller::add(const Descriptor& socket, void* owner, Interest interest) {
  control(EPOLL_CTL_ADD, socket, owner, interest);
}

void Poller::change(const Descriptor& socket, void* owner, Interest interest) {
  control(EPOLL_CTL_MOD, socket, owner, interest);
}

void Poller::control(int operation, const Descriptor& socket, void* owner, Interest interest) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (interest == Interest::read_and_write) event.events |= EPOLLOUT;
  event.data.ptr = owner;
  ::epoll_ctl(epoll_.get(), operation, socket.get(), &event);
}

std::span<const epoll_event> Poller::wait(std::uint64_t timeout_ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const timespec timeout{static_cast<time_t>(timeout_ns / kSecond), static_cast<long>(timeout_ns % kSecond)};
  int ready = ::epoll_pwait2(epoll_.get(), events_, kMaxEvents, &timeout, nullptr);
  if (ready < 0) ready = 0;
  int kept = 0;
  for (int i = 0; i < ready; ++i) {
    if (events_[i].data.ptr != nullptr) {
      events_[kept++] = events_[i];
      continue;
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wakeup_.get(), &count, sizeof count);
  }
  return std::span<const epoll_event>(events_, static_cast<std::size_t>(kept));
}

void Poller::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wakeup_.get(), &one, sizeof one);
}

}  // namespace signalbox::loadtest
