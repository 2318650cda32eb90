// Events sent to many channels in turn: tenants t0, t1, … with channels c0, c1, … each.
//
//     bench_spread_load PORT TENANTS CHANNELS CONNECTIONS SECONDS
//
// CHANNELS is of each tenant.  Prints {"events_per_second":…}.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "bench/pipeline/closed_loop.hpp"
#include "loadtest/http_frame.hpp"
#include "loadtest/payload.hpp"

namespace signalbox::bench {
namespace {

std::vector<loadtest::RequestTemplate> requests_to(int tenants, int channels) {
  std::vector<loadtest::RequestTemplate> requests;
  for (int channel = 0; channel < channels; ++channel) {
    for (int tenant = 0; tenant < tenants; ++tenant) {
      const auto path = "/v1/t" + std::to_string(tenant) + "/c" + std::to_string(channel) + "/events";
      requests.emplace_back(loadtest::PayloadOptions{}, "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    }
  }
  return requests;
}

Protocol::Taken take_accepted(std::string_view in) {
  const auto frame = loadtest::read_frame(in, loadtest::HttpFrameKind::response);
  if (frame.state == loadtest::HttpFrame::State::incomplete) return {};
  if (frame.status() != 202) throw std::runtime_error("answered " + std::string(frame.start_line));
  return {frame.length, true};
}

double spread(std::uint16_t port, int tenants, int channels, std::size_t connections, double seconds) {
  const auto requests = requests_to(tenants, channels);
  std::uint64_t sequence = 0;
  const Protocol protocol{.greeting = [](std::size_t) { return std::string(); },
                          .request =
                              [&](std::size_t, std::string& out) {
                                requests[sequence % requests.size()].append_to(out, 1, sequence,
                                                                               loadtest::monotonic_ns());
                                ++sequence;
                              },
                          .take = take_accepted};
  return ClosedLoop(protocol, port, connections).run(seconds);
}

}  // namespace
}  // namespace signalbox::bench

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: bench_spread_load PORT TENANTS CHANNELS CONNECTIONS SECONDS\n";
    return 2;
  }
  try {
    const auto rate = signalbox::bench::spread(
        static_cast<std::uint16_t>(std::atoi(argv[1])), std::atoi(argv[2]), std::atoi(argv[3]),
        static_cast<std::size_t>(std::atoi(argv[4])), std::atof(argv[5]));
    std::cout << "{\"events_per_second\":" << rate << "}\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
