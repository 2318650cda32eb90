#include "support/recording_target.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "loadtest/http_frame.hpp"

namespace signalbox::test {
namespace {

using loadtest::HttpFrame;

constexpr int kAcceptPollMs = 50;

loadtest::Descriptor listen_anywhere() {
  const auto address = loadtest::resolve("127.0.0.1", 0);
  auto listener = loadtest::listen_on(*address);
  if (!listener) throw std::runtime_error(listener.error().message);
  return std::move(*listener);
}

Headers headers_of(const HttpFrame& frame) {
  Headers headers;
  for (auto rest = frame.headers; !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    const auto colon = std::min(line.find(':'), line.size());
    const auto value_at = std::min(line.find_first_not_of(": ", colon), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(value_at));
  }
  return headers;
}

RecordedRequest to_request(const HttpFrame& frame) {
  RecordedRequest request;
  const auto line = frame.start_line;
  const auto path_at = line.find(' ') + 1;
  request.method = line.substr(0, path_at - 1);
  request.path = line.substr(path_at, line.find(' ', path_at) - path_at);
  request.headers = headers_of(frame);
  request.body = loadtest::decoded_body(frame);
  request.at = std::chrono::steady_clock::now();
  return request;
}

std::string answer_text(const Answer& answer) {
  auto text = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
  for (const auto& [name, value] : answer.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (answer.status != 204) text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  return text.append("\r\n").append(answer.body);
}

void send_all(const loadtest::Descriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

RecordingTarget::RecordingTarget()
    : listener_(listen_anywhere()),
      port_(loadtest::bound_port(listener_)),
      acceptor_([this] { accept_all(); }) {}

RecordingTarget::~RecordingTarget() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  acceptor_.join();
  for (auto& session : sessions_) ::shutdown(session.socket.get(), SHUT_RDWR);
  for (auto& session : sessions_) session.thread.join();
}

std::string RecordingTarget::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void RecordingTarget::script(const std::string& path, Script script) {
  const std::lock_guard lock(mutex_);
  scripts_[path] = std::move(script);
}

std::vector<RecordedRequest> RecordingTarget::requests(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(path);
  return found == requests_.end() ? std::vector<RecordedRequest>() : found->second;
}

std::vector<RecordedRequest> RecordingTarget::wait_for(const std::string& path, std::size_t count,
                                                       std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  const auto enough = [&] {
    const auto found = requests_.find(path);
    return found != requests_.end() && found->second.size() >= count;
  };
  changed_.wait_for(lock, patience, enough);
  lock.unlock();
  return requests(path);
}

void RecordingTarget::accept_all() {
  for (;;) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    ::poll(&waiting, 1, kAcceptPollMs);
    loadtest::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (!socket.open()) continue;
    auto& session = sessions_.emplace_back();
    session.socket = std::move(socket);
    session.thread = std::thread([this, &session] { serve(session.socket); });
  }
}

void RecordingTarget::serve(const loadtest::Descriptor& socket) {
  std::string in;
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return;
    in.append(buffer.data(), static_cast<std::size_t>(got));
    auto frame = loadtest::read_frame(in, loadtest::HttpFrameKind::request);
    for (; frame.state == HttpFrame::State::complete && !in.empty();
         frame = loadtest::read_frame(in, loadtest::HttpFrameKind::request)) {
      auto request = to_request(frame);
      in.erase(0, frame.length);
      if (handle(socket, std::move(request))) continue;
      ::shutdown(socket.get(), SHUT_RDWR);
      return;
    }
    if (frame.state == HttpFrame::State::malformed) {
      ::shutdown(socket.get(), SHUT_RDWR);
      return;
    }
  }
}

bool RecordingTarget::handle(const loadtest::Descriptor& socket, RecordedRequest request) {
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    auto& known = requests_[request.path];
    const auto id = request.header("ce-id");
    for (const auto& earlier : known) request.nth += earlier.header("ce-id") == id ? 1 : 0;
    if (const auto script = scripts_.find(request.path); script != scripts_.end())
      answer = script->second(request);
    known.push_back(std::move(request));
    changed_.notify_all();
  }
  switch (answer.manner) {
    case Answer::Manner::reply:
      send_all(socket, answer_text(answer));
      return true;
    case Answer::Manner::hang:
      return true;
    case Answer::Manner::close:
      return false;
  }
  return false;
}

RecordingTarget::Script fails_first(unsigned failures, unsigned status) {
  return [failures, status](const RecordedRequest& request) {
    return Answer::with(request.nth <= failures ? status : 204);
  };
}

RecordingTarget::Script always(unsigned status, Headers headers) {
  return [status, headers = std::move(headers)](const RecordedRequest&) {
    auto answer = Answer::with(status);
    answer.headers = headers;
    return answer;
  };
}

}  // namespace signalbox::test
