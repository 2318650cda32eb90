#pragma once
#include <cstddef>
#include <cstdint>

#include "signalbox/event.hpp"

namespace signalbox::event {

// The record of an event (signalbox/event.hpp): what its readers and writers share.

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHeader = 4;          ///< format, kind, attribute count
constexpr std::size_t kDirectoryEntry = 6;  ///< name length, type, value length
constexpr std::uint8_t kPlainNames = 128;   ///< in the kind of JSON data

/// The byte that tells the kind of data.
constexpr std::uint8_t kind_byte(DataKind kind, JsonNames names) {
  const bool plain = kind == DataKind::json && names == JsonNames::plain;
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) | (plain ? kPlainNames : 0));
}

}  // namespace signalbox::event
