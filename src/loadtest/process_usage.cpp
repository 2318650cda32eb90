#include "loadtest/process_usage.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace signalbox::loadtest {

std::optional<ProcessUsage> usage_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto name_end = line.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  constexpr int kFirst = 3, kUserTicks = 14, kSystemTicks = 15, kResidentPages = 24;  // proc(5)
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  std::int64_t ticks = 0;
  std::uint64_t pages = 0;
  for (int number = kFirst; number <= kResidentPages && fields >> field; ++number) {
    if (number == kUserTicks || number == kSystemTicks) ticks += std::stoll(field);
    if (number == kResidentPages) pages = std::stoull(field);
  }
  ProcessUsage usage;
  usage.cpu = std::chrono::nanoseconds(ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
  usage.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return usage;
}

}  // namespace signalbox::loadtest
