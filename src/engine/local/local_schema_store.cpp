#include "engine/local/local_schema_store.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/local/bytes.hpp"
#include "engine/local/keys.hpp"
#include "store/batch.hpp"
#include "store/commit.hpp"

namespace signalbox::engine::local {
namespace {

namespace asio = boost::asio;

constexpr auto kFamily = store::Family::meta;
constexpr char kSchema =
    's';  // "s" u8 length, tenant | u8 length, name | version (u32); version 0: what is said of all
constexpr std::uint8_t kForm = 1;
constexpr std::uint8_t kDiscovered = 1;  // a flag

std::string prefix_of(const StoredSchema& schema) {
  std::string key(1, kSchema);
  for (const auto& part : {schema.tenant, schema.name}) {
    key.push_back(static_cast<char>(part.size()));
    key += part;
  }
  return key;
}

std::string key_of(std::string prefix, std::uint32_t version) {
  for (int shift = 24; shift >= 0; shift -= 8) prefix.push_back(static_cast<char>(version >> shift));
  return prefix;
}

/// A key taken apart.
struct SchemaKey {
  std::string_view tenant, name;
  std::uint32_t version = 0;
};

std::optional<SchemaKey> parse_key(std::string_view key) {
  key.remove_prefix(1);
  const auto take = [&key]() -> std::string_view {
    if (key.empty()) return {};
    const auto size = static_cast<unsigned char>(key[0]);
    if (key.size() < 1u + size) return {};
    const auto part = key.substr(1, size);
    key.remove_prefix(1u + size);
    return part;
  };
  SchemaKey parsed;
  parsed.tenant = take();
  parsed.name = take();
  if (parsed.tenant.empty() || parsed.name.empty() || key.size() != 4) return std::nullopt;
  parsed.version = static_cast<std::uint32_t>(number_in(key, 0, 4));
  return parsed;
}

std::string head_of(const StoredSchema& schema) {
  std::string value;
  Writer out(value);
  out.u8(kForm);
  out.u8(schema.discovered ? kDiscovered : 0);
  out.varint(schema.last_version);
  out.text(schema.compatibility);
  return value;
}

std::string value_of(const SchemaVersion& version) {
  std::string value;
  Writer out(value);
  out.u8(kForm);
  out.time(version.created_at);
  out.rest(version.text);
  return value;
}

bool read_head(std::string_view value, StoredSchema& schema) {
  Reader in(value);
  const auto form = in.u8();
  schema.discovered = (in.u8() & kDiscovered) != 0;
  schema.last_version = in.varint32();
  schema.compatibility = in.text();
  return in.good() && in.at_end() && form == kForm;
}

bool read_version(std::string_view value, SchemaVersion& version) {
  Reader in(value);
  const auto form = in.u8();
  version.created_at = in.time();
  version.text = in.rest();
  return in.good() && form == kForm;
}

/// Takes one key and its value in; the schemas come in the order of their keys, each with its head first.
bool read_entry(std::string_view key, std::string_view value, std::vector<StoredSchema>& schemas) {
  const auto parsed = parse_key(key);
  if (!parsed) return false;
  if (parsed->version == 0) {
    StoredSchema schema;
    schema.tenant = parsed->tenant;
    schema.name = parsed->name;
    schemas.push_back(std::move(schema));
    return read_head(value, schemas.back());
  }
  if (schemas.empty()) return false;
  auto& schema = schemas.back();
  SchemaVersion version;
  version.number = parsed->version;
  const bool whole = read_version(value, version);
  schema.versions.push_back(std::move(version));
  return whole && schema.tenant == parsed->tenant && schema.name == parsed->name &&
         parsed->version <= schema.last_version;
}

Result<std::vector<StoredSchema>> read_all(const store::Store& store) {
  std::vector<StoredSchema> schemas;
  bool whole = true;
  const auto read = [&](std::string_view key, std::string_view value) {
    whole = read_entry(key, value, schemas);
    return whole ? store::Visit::go_on : store::Visit::stop;
  };
  const auto range = all_under(std::string_view(&kSchema, 1));
  if (auto status = store.scan(kFamily, range, store::Order::ascending, read); !status) return status.error();
  if (!whole) return Error(Errc::corrupt, "the schemas cannot be read; restore the store from a backup");
  // The keys stand in the order of the names' lengths.
  std::ranges::sort(schemas, {}, [](const auto& schema) { return std::tie(schema.tenant, schema.name); });
  return schemas;
}

bool is_name(const std::string& name) { return !name.empty() && name.size() <= kSchemaNameMost; }

void add(const SchemaChange& change, store::Batch& batch) {
  const auto prefix = prefix_of(change.schema);
  if (change.kind == SchemaChange::Kind::erase) {
    const auto range = all_under(prefix);
    return batch.erase_range(kFamily, range.from, range.to);
  }
  batch.put(kFamily, key_of(prefix, 0), head_of(change.schema));
  for (const auto number : change.erased) batch.erase(kFamily, key_of(prefix, number));
  for (const auto& version : change.schema.versions)
    batch.put(kFamily, key_of(prefix, version.number), value_of(version));
}

}  // namespace

asio::awaitable<Result<std::vector<StoredSchema>>> LocalSchemaStore::load() {
  auto read = [this] { return read_all(store_); };
  co_return co_await reads_.run(std::move(read));
}

asio::awaitable<Status> LocalSchemaStore::apply(std::vector<SchemaChange> changes) {
  store::Batch batch;
  auto purpose = store::Purpose::upkeep;
  for (const auto& change : changes) {
    if (!is_name(change.schema.tenant) || !is_name(change.schema.name))
      co_return Error(Errc::invalid_argument, "a tenant's or schema's name has 1 to 255 bytes");
    if (!change.schema.versions.empty()) purpose = store::Purpose::intake;
    add(change, batch);
  }
  if (batch.empty()) co_return ok();
  if (auto status = store_.admit(purpose); !status) co_return status.error();
  store::CommitPort port(store_, co_await asio::this_coro::executor);
  co_return co_await port.commit(std::move(batch), store::Durability::durable);
}

}  // namespace signalbox::engine::local
