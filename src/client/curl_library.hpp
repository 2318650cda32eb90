#pragma once
#include <curl/curl.h>

namespace signalbox::client {

/// libcurl's functions, loaded when a command first needs them.  The daemon is the same program and does without
/// them: libcurl and the twenty libraries that it brings would be a tenth of its memory.
struct CurlLibrary {
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

/// nullptr when it is not installed.  Thread-safe.
const CurlLibrary* curl_library();

}  // namespace signalbox::client
