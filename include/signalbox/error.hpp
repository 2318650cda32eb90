#pragma once
#include <cassert>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace signalbox {

/// What kind of failure, for code that must decide; `api/problem.cpp` maps each to an HTTP status.
enum class Errc {
  invalid_argument,  ///< the input is at fault; `message` says where
  invalid_data,      ///< an event's data does not fit its schema; `details` say where
  not_found,
  conflict,       ///< the state does not allow it (already exists, in use, locked)
  unauthorized,   ///< no or wrong credentials
  forbidden,      ///< credentials without the right
  over_quota,     ///< a limit of the tenant
  overloaded,     ///< a bound of the daemon; try again later
  too_large,      ///< over a size limit
  no_space,       ///< the store is nearly full; ingest is stopped
  storage,        ///< reading or writing the store failed
  corrupt,        ///< the store is damaged; `message` says what and where
  network,        ///< resolving, connecting, TLS or a transport fault
  timed_out,
  cancelled,      ///< stopped, not failed
  unsupported,
};

/// One of several things that are wrong.
struct ErrorDetail {
  std::size_t index = 0;  ///< of the event among those that came together
  std::string where;      ///< a JSON Pointer into the data
  std::string message;
};

/// What went wrong, for a person (`message`: what was tried, on what, why not) and for code (`code`).
struct Error {
  Errc code = Errc::cancelled;
  std::string message;
  std::vector<ErrorDetail> details;  ///< where there is more to tell than one sentence

  Error(Errc c, std::string m) : code(c), message(std::move(m)) {}
  Error(Errc c, std::string m, std::vector<ErrorDetail> d) : code(c), message(std::move(m)), details(std::move(d)) {}
};

/// A T, or why there is none.  Taking the wrong side is a bug and asserts.
template <class T = std::monostate>
class [[nodiscard]] Result {
 public:
  Result() : Result(Error(Errc::cancelled, "never completed")) {}  // asio::co_spawn needs a default
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const& {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  T&& operator*() && { return std::move(**this); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  const Error& error() const {
    assert(!*this);
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success or an Error, nothing else.
using Status = Result<>;
inline Status ok() { return Status(std::monostate()); }

}  // namespace signalbox
