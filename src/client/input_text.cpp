#include "client/input_text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

namespace signalbox::client {

Result<std::string> read_input(const std::string& name, std::size_t bytes_most) {
  std::ifstream file;
  if (name != "-") file.open(name, std::ios::binary);
  std::istream& in = name == "-" ? std::cin : file;
  const auto unreadable = [&name] { return Error(Errc::invalid_argument, name + ": cannot be read"); };
  if (name != "-" && !file) return unreadable();
  std::string text;
  std::array<char, 64 << 10> piece;
  while (in && text.size() <= bytes_most) {
    in.read(piece.data(), static_cast<std::streamsize>(std::min(piece.size(), bytes_most + 1 - text.size())));
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return unreadable();
  return text;
}

}  // namespace signalbox::client
