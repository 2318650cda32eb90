#include "client/curl_library.hpp"

#include <dlfcn.h>

#include <optional>

namespace signalbox::client {
namespace {

constexpr const char* kCurlName = "libcurl.so.4";

template <class Function>
bool look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

/// Never unloaded.
std::optional<CurlLibrary> load_curl() {
  void* library = ::dlopen(kCurlName, RTLD_NOW | RTLD_LOCAL);
  if (!library) return std::nullopt;
  CurlLibrary curl;
  decltype(&::curl_global_init) global_init = nullptr;
  const bool whole = look_up(library, "curl_global_init", global_init) &&
                     look_up(library, "curl_easy_init", curl.easy_init) &&
                     look_up(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                     look_up(library, "curl_easy_reset", curl.easy_reset) &&
                     look_up(library, "curl_easy_setopt", curl.easy_setopt) &&
                     look_up(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                     look_up(library, "curl_easy_perform", curl.easy_perform) &&
                     look_up(library, "curl_easy_strerror", curl.easy_strerror) &&
                     look_up(library, "curl_slist_append", curl.slist_append) &&
                     look_up(library, "curl_slist_free_all", curl.slist_free_all);
  if (!whole || global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return curl;
}

}  // namespace

const CurlLibrary* curl_library() {
  static const auto library = load_curl();
  return library ? &*library : nullptr;
}

}  // namespace signalbox::client
