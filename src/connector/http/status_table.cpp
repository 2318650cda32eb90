#include "connector/http/status_table.hpp"

#include <algorithm>
#include <charconv>

namespace signalbox::connector::http {

StatusTable::StatusTable() {
  using Kind = Outcome::Kind;
  for (unsigned status = kFirst; status < kEnd; ++status) {
    auto& kind = kinds_[status - kFirst];
    if (status < 300) kind = Kind::delivered;
    else if (status < 500) kind = Kind::rejected;
    else kind = Kind::failed;
  }
  for (unsigned status : {408u, 425u, 429u}) kinds_[status - kFirst] = Kind::failed;
  kinds_[410 - kFirst] = Kind::disabled;
}

Status StatusTable::set(std::string_view selector, Outcome::Kind kind) {
  const auto fault = Error(Errc::invalid_argument, "expected a status from 300 to 599 or a class such as 4xx");
  if (selector.size() != 3 || selector[0] < '3' || selector[0] > '5') return fault;
  const auto base = static_cast<unsigned>(selector[0] - '0') * 100 - kFirst;
  if (selector.substr(1) == "xx") {
    std::fill_n(kinds_.begin() + base, 100, kind);
    return ok();
  }
  unsigned status = 0;
  const auto [end, ec] = std::from_chars(selector.data(), selector.data() + selector.size(), status);
  if (ec != std::errc{} || end != selector.data() + selector.size()) return fault;
  kinds_[status - kFirst] = kind;
  return ok();
}

std::string StatusTable::to_string() const {
  std::string text;
  for (auto kind : kinds_) text += "DRFX"[static_cast<unsigned>(kind)];
  return text;
}

}  // namespace signalbox::connector::http
