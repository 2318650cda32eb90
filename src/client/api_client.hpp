#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signalbox/error.hpp"
#include "signalbox/secret.hpp"

namespace signalbox::client {

/// Where a daemon is, and how to be let in.
struct Access {
  std::string url;         ///< "http://127.0.0.1:8081", without a slash at the end
  Secret token;            ///< sent as a bearer token unless empty
  std::string ca_file;     ///< trusted beside the system's, for https; "": the system's only
};

struct Answer {
  long status = 0;
  std::string body;
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Talks to a running daemon over HTTP; blocks.  One thread.
class ApiClient {
 public:
  explicit ApiClient(Access access);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// `path` begins with "/".  Errors: network (no answer); any status is an answer.
  Result<Answer> get(const std::string& path);
  Result<Answer> send(const std::string& method, const std::string& path, std::string_view body, const HeaderList& headers);

  /// Gives each piece of an endless answer to `take` as it comes, until the server ends it or `take` says
  /// false: enough.  An answer other than 200 is not given to `take`.
  Result<Answer> stream(const std::string& path, const std::function<bool(std::string_view)>& take);

 private:
  Result<Answer> perform(const std::string& method, const std::string& path, std::string_view body,
                         const HeaderList& headers, const std::function<bool(std::string_view)>* take);

  Access access_;
  void* curl_ = nullptr;
};

/// `name=value&…` of what is not empty, percent-encoded, with the "?" before it; "" when nothing is left.
std::string query_string(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace signalbox::client
