#include "jq/worker_loop.hpp"

#include <malloc.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include "jq/frame.hpp"
#include "jq/interpreter.hpp"
#include "jq/protocol.hpp"
#include "jq/sandbox.hpp"

namespace signalbox::jq {
namespace {

pid_t daemon_process = 0;  // who started this worker; read in a signal handler

/// A worker that is busy does not see its input end: it looks each second of computing whether its daemon
/// lives.
void end_with_daemon(int) {
  if (::getppid() != daemon_process) std::_Exit(kInputEnded);
}

void watch_daemon() {
  daemon_process = ::getppid();
  struct sigaction action {};
  action.sa_handler = &end_with_daemon;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPROF, &action, nullptr);
  const itimerval each_second{.it_interval = {.tv_sec = 1, .tv_usec = 0},
                              .it_value = {.tv_sec = 1, .tv_usec = 0}};
  ::setitimer(ITIMER_PROF, &each_second, nullptr);
}

/// Whoever stops the service signals all of its processes; the daemon still needs its workers then.
void ignore_signals_to_the_service() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) std::signal(number, SIG_IGN);
}

void keep_freed_memory() {
  // An event's memory is wanted again by the next.
  ::mallopt(M_TRIM_THRESHOLD, 32 * 1024 * 1024);
  ::mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
}

void send(std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto count = ::write(STDOUT_FILENO, bytes.data() + sent, bytes.size() - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) std::_Exit(kInputEnded);
    sent += static_cast<std::size_t>(count);
  }
  bytes.clear();
}

void receive(FrameReader& requests) {
  const auto room = requests.room();
  for (;;) {
    const auto count = ::read(STDIN_FILENO, room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) std::_Exit(kInputEnded);
    return requests.filled(static_cast<std::size_t>(count));
  }
}

/// Answers one by one, each before the next request is begun: the daemon knows from that which one it is that
/// a worker hangs or dies on.
[[noreturn]] void answer_requests() {
  Interpreter interpreter;
  FrameReader requests(kRequestPayloadMax);
  std::string answers;
  for (;;) {
    while (const auto frame = requests.next()) {
      const auto request = to_request(*frame);
      if (!request) std::_Exit(kBadFrame);
      interpreter.handle(*request, answers);
      send(answers);
    }
    if (requests.faulty()) std::_Exit(kBadFrame);
    receive(requests);
  }
}

}  // namespace

void work(std::uint64_t memory_bytes) {
  ignore_signals_to_the_service();
  keep_freed_memory();
  watch_daemon();
  std::set_new_handler([] { std::_Exit(kOutOfMemory); });
  std::string greeting;
  if (const auto entered = enter_sandbox(memory_bytes); !entered) {
    append_answer(greeting, Failure{.kind = FailureKind::program, .message = entered.error().message});
    send(greeting);
    std::_Exit(kNoSandbox);
  }
  append_frame_head(greeting, kReadyKind, 0);
  send(greeting);
  answer_requests();
}

void work(int argument_count, char** arguments) {
  std::uint64_t memory_bytes = 0;
  const std::string_view text = argument_count == 1 ? arguments[0] : "";
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), memory_bytes);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) std::_Exit(kBadFrame);
  work(memory_bytes);
}

}  // namespace signalbox::jq
