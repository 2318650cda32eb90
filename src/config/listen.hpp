#pragma once
#include <string>
#include <string_view>

#include "signalbox/config_node.hpp"

namespace signalbox::config {

/// Reads an address to listen on: "127.0.0.1:8080" or "[::1]:8080".  Addresses only: what a name resolves to
/// may change, and with it who can reach the daemon.
void read_listen(ConfigReader& read, std::string& value);

/// Whether only this machine can reach the address: 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view listen);

/// Whether both would bind the same port of the same address; port 0 never collides.
bool collide(std::string_view listen, std::string_view other);

}  // namespace signalbox::config
