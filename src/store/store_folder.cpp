#include "store/store_folder.hpp"

#include <fcntl.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/units.hpp"
#include "store/file.hpp"

namespace signalbox::store {
namespace {

namespace fs = std::filesystem;

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The names in `folder`; none when it cannot be read.
std::vector<fs::directory_entry> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> found;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) found.push_back(*it);
  return found;
}

}  // namespace

std::string remedy(const fs::path& folder) {
  return ".  Nothing was changed.  Restore the folder from a backup, or, to go on with what is left and lose the rest, "
         "create the file " +
         (folder / "accept-loss").string() + " and start again";
}

Status StoreFolder::create() const {
  std::error_code error;
  fs::create_directories(database(), error);
  if (error) return system_error("create the folder", database(), error.value());
  return ok();
}

Result<StoreFolder::Found> StoreFolder::inspect(bool marked) const {
  if (there(path_ / "creating")) return Found::nothing;
  const auto files = entries(database());
  if (files.empty()) {
    if (!marked) return Found::nothing;
    return Error(Errc::corrupt, "there was a store in " + path_.string() + ", but " + database().string() + " is empty" +
                                    remedy(path_));
  }
  bool manifest = false;
  for (const auto& file : files) manifest |= file.path().filename().string().starts_with("MANIFEST-");
  for (const auto& [name, present] : {std::pair("CURRENT", there(database() / "CURRENT")), std::pair("MANIFEST", manifest)})
    if (!present)
      return Error(Errc::corrupt, database().string() + " holds data but no " + name + " file.  Nothing was changed.  "
                                      "Restore the folder from a backup");
  return Found::store;
}

bool StoreFolder::log_is_missed(const Mark& mark) const {
  auto name = std::to_string(mark.log_number) + ".log";
  if (constexpr std::size_t kLength = 10; name.size() < kLength) name.insert(0, kLength - name.size(), '0');
  std::error_code error;
  const auto size = fs::file_size(database() / name, error);
  return error || size < mark.log_bytes;
}

Status StoreFolder::begin_creating() const {
  auto file = open_file(path_ / "creating", O_WRONLY | O_CREAT, "create");
  if (!file) return file.error();
  return sync_folder(path_);
}

Status StoreFolder::end_creating() const {
  std::error_code error;
  fs::remove(path_ / "creating", error);
  if (error) return system_error("remove", path_ / "creating", error.value());
  return sync_folder(path_);
}

bool StoreFolder::loss_accepted() const { return there(path_ / "accept-loss"); }

Status StoreFolder::forget_acceptance() const {
  std::error_code error;
  fs::remove(path_ / "accept-loss", error);
  if (error) return system_error("remove", path_ / "accept-loss", error.value());
  return sync_folder(path_);
}

std::uint64_t StoreFolder::log_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& file : entries(database())) {
    std::error_code error;
    if (file.path().extension() != ".log") continue;
    if (const auto size = file.file_size(error); !error) bytes += size;
  }
  return bytes;
}

Status StoreFolder::make_room(const RocksdbOptions& options) const {
  const auto wanted = options.open_minimum + log_bytes();  // the log is replayed and written again as tables
  auto free = free_bytes(path_);
  if (!free) return free.error();
  if (*free >= wanted) return ok();
  std::error_code error;
  const auto set_aside = there(reserve()) ? fs::file_size(reserve(), error) : 0;
  if (error || *free + set_aside < wanted)
    return Error(Errc::no_space, "too little space to open the store " + path_.string() + " safely: " +
                                     base::format_bytes(*free) + " free and " + base::format_bytes(error ? 0 : set_aside) +
                                     " in reserve, " + base::format_bytes(wanted) + " wanted.  Free some space and start again");
  fs::remove(reserve(), error);
  if (error) return system_error("give up the reserve", reserve(), error.value());
  return ok();
}

}  // namespace signalbox::store
