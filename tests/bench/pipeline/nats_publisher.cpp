// Publishers of 1 KiB to the subject bench.events of a NATS server, each waiting for the stream's
// acknowledgement before the next.  The stream must be there.
//
//     bench_nats_publisher PORT CONNECTIONS SECONDS
//
// Prints {"events_per_second":…}.
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string>

#include "bench/pipeline/closed_loop.hpp"
#include "loadtest/payload.hpp"

namespace signalbox::bench {
namespace {

constexpr std::size_t kDataBytes = 1024;
constexpr std::string_view kLineEnd = "\r\n";

std::string inbox(std::size_t number) { return "_INBOX." + std::to_string(number); }

/// MSG <subject> <sid> <bytes>, the payload in the next line: an acknowledgement, or why there is none.
Protocol::Taken take_message(std::string_view in, std::size_t line_end) {
  const auto line = in.substr(0, line_end);
  const auto number = line.substr(line.rfind(' ') + 1);
  std::size_t bytes = 0;
  std::from_chars(number.data(), number.data() + number.size(), bytes);
  const auto begin = line_end + kLineEnd.size(), end = begin + bytes + kLineEnd.size();
  if (in.size() < end) return {};
  const auto text = in.substr(begin, bytes);
  if (text.find("\"seq\"") == std::string_view::npos)
    throw std::runtime_error("answered " + std::string(text));
  return {end, true};
}

Protocol::Taken take_any(std::string_view in) {
  const auto line_end = in.find(kLineEnd);
  if (line_end == std::string_view::npos) return {};
  if (in.starts_with("MSG ")) return take_message(in, line_end);
  if (in.starts_with("-ERR")) throw std::runtime_error(std::string(in.substr(0, line_end)));
  return {line_end + kLineEnd.size(), false};  // INFO; PING, which may stay unanswered for minutes
}

double publish(std::uint16_t port, std::size_t connections, double seconds) {
  const auto data = loadtest::sample_data(kDataBytes, 0);
  const auto greeting = [](std::size_t number) {
    return R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c++","version":"1","headers":true,"no_responders":true})"
           "\r\nSUB " +
           inbox(number) + " 1\r\n";
  };
  const auto request = [&data](std::size_t number, std::string& out) {
    out.append("PUB bench.events ").append(inbox(number)).append(" ").append(std::to_string(data.size()));
    out.append(kLineEnd).append(data).append(kLineEnd);
  };
  const Protocol protocol{.greeting = greeting, .request = request, .take = take_any};
  return ClosedLoop(protocol, port, connections).run(seconds);
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bench_nats_publisher PORT CONNECTIONS SECONDS\n";
    return 2;
  }
  try {
    const auto rate =
        signalbox::bench::publish(static_cast<std::uint16_t>(std::atoi(argv[1])),
                                  static_cast<std::size_t>(std::atoi(argv[2])), std::atof(argv[3]));
    std::cout << "{\"events_per_second\":" << rate << "}\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
