#pragma once
#include <string>

#include "client/commands.hpp"

namespace signalbox::client {

/// A tenant's registry of schemas, through the admin API.  Each prints and returns as the other commands do.
int list_schemas(ApiClient& admin, const std::string& tenant, const Output& output);

/// `version` "": its versions and the latest schema; else that version's schema alone.
int show_schema(ApiClient& admin, const std::string& tenant, const std::string& name,
                const std::string& version, const Output& output);

struct PutSchema {
  std::string tenant, name;
  std::string file;           ///< of the schema; "-": stdin
  std::string compatibility;  ///< "": as it is
};
int put_schema(ApiClient& admin, const PutSchema& options, const Output& output);

/// `version` "": all of them.
int delete_schema(ApiClient& admin, const std::string& tenant, const std::string& name,
                  const std::string& version, const Output& output);

}  // namespace signalbox::client
