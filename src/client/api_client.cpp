#include "client/api_client.hpp"

#include <memory>

#include "base/percent.hpp"
#include "client/curl_library.hpp"

namespace signalbox::client {
namespace {

struct Sink {
  const CurlLibrary& library;
  CURL* curl;
  std::string body;
  const std::function<bool(std::string_view)>* take;
  bool enough = false;
};

std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& sink = *static_cast<Sink*>(to);
  long status = 0;
  sink.library.easy_getinfo(sink.curl, CURLINFO_RESPONSE_CODE, &status);
  const std::string_view piece(bytes, size * count);
  if (sink.take && status == 200) {
    sink.enough = !(*sink.take)(piece);
    return sink.enough ? 0 : piece.size();
  }
  sink.body += piece;
  return piece.size();
}

struct HeaderDelete {
  void operator()(curl_slist* list) const { curl_library()->slist_free_all(list); }
};

}  // namespace

ApiClient::ApiClient(Access access) : access_(std::move(access)) {
  if (const auto* library = curl_library()) curl_ = library->easy_init();
}

ApiClient::~ApiClient() {
  if (curl_) curl_library()->easy_cleanup(static_cast<CURL*>(curl_));
}

Result<Answer> ApiClient::get(const std::string& path) { return perform("GET", path, {}, {}, nullptr); }

Result<Answer> ApiClient::send(const std::string& method, const std::string& path, std::string_view body,
                               const HeaderList& headers) {
  return perform(method, path, body, headers, nullptr);
}

Result<Answer> ApiClient::stream(const std::string& path, const std::function<bool(std::string_view)>& take) {
  return perform("GET", path, {}, {}, &take);
}

Result<Answer> ApiClient::perform(const std::string& method, const std::string& path, std::string_view body,
                                  const HeaderList& headers, const std::function<bool(std::string_view)>* take) {
  auto* curl = static_cast<CURL*>(curl_);
  if (!curl) return Error(Errc::network, "libcurl cannot be loaded; the package libcurl4 has it");
  const auto& library = *curl_library();
  constexpr long kConnectSeconds = 5, kWholeSeconds = 60;
  library.easy_reset(curl);
  Sink sink{library, curl, {}, take};
  const auto url = access_.url + path;
  library.easy_setopt(curl, CURLOPT_URL, url.c_str());
  library.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  library.easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  library.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  library.easy_setopt(curl, CURLOPT_PROXY, "");
  library.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  if (!take) library.easy_setopt(curl, CURLOPT_TIMEOUT, kWholeSeconds);
  library.easy_setopt(curl, CURLOPT_WRITEFUNCTION, &receive);
  library.easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  if (!access_.ca_file.empty()) library.easy_setopt(curl, CURLOPT_CAINFO, access_.ca_file.c_str());
  if (method != "GET") {
    library.easy_setopt(curl, CURLOPT_POSTFIELDS, body.data() ? body.data() : "");
    library.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  curl_slist* list = library.slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : headers) list = library.slist_append(list, (name + ": " + value).c_str());
  if (!access_.token.empty())
    list = library.slist_append(list, ("Authorization: Bearer " + std::string(access_.token.reveal())).c_str());
  const std::unique_ptr<curl_slist, HeaderDelete> owned(list);
  library.easy_setopt(curl, CURLOPT_HTTPHEADER, list);

  const auto code = library.easy_perform(curl);
  if (code != CURLE_OK && !sink.enough) return Error(Errc::network, access_.url + ": " + library.easy_strerror(code));
  Answer answer;
  library.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(sink.body);
  return answer;
}

std::string query_string(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    query += query.empty() ? '?' : '&';
    query += base::percent_encode_path_segment(name) + '=' + base::percent_encode_path_segment(value);
  }
  return query;
}

}  // namespace signalbox::client
