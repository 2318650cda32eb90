#include "loadtest/delivery_log.hpp"

#include <fmt/format.h>

#include <iterator>

#include "loadtest/record_file.hpp"

namespace signalbox::loadtest {

Result<DeliveryLog> DeliveryLog::create(const std::string& path) {
  auto file = create_record_file(path);
  if (!file) return file.error();
  return DeliveryLog(*file);
}

void DeliveryLog::append(std::uint64_t at_ns, unsigned status, unsigned attempt, std::string_view path,
                         std::string_view id, std::uint64_t body_hash) {
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{} {} {} {} {} {:x}\n", at_ns, status, attempt, path, id,
                 body_hash);
  std::fwrite(line.data(), 1, line.size(), file_.get());
}

void DeliveryLog::flush() { std::fflush(file_.get()); }

std::optional<DeliveryRecord> parse_delivery(std::string_view line) {
  FieldReader fields(line);
  DeliveryRecord record;
  record.at_ns = fields.number<std::uint64_t>();
  record.status = fields.number<unsigned>();
  record.attempt = fields.number<unsigned>();
  record.path = fields.text();
  record.id = fields.text();
  record.body_hash = fields.number<std::uint64_t>(16);
  if (fields.failed()) return std::nullopt;
  return record;
}

Result<std::vector<DeliveryRecord>> read_deliveries(const std::string& path) {
  return read_records<DeliveryRecord>(path, &parse_delivery);
}

}  // namespace signalbox::loadtest
