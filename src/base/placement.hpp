#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

namespace signalbox::base {

/// Where actors run: each is given an executor that never runs two handlers at once.
class Placement {
 public:
  virtual ~Placement() = default;
  /// For one more actor.  Thread-safe.
  virtual boost::asio::any_io_executor place() = 0;
};

/// A strand of its own for each, on an executor that may have many threads.
class StrandPlacement final : public Placement {
 public:
  explicit StrandPlacement(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  boost::asio::any_io_executor place() override { return boost::asio::make_strand(executor_); }

 private:
  const boost::asio::any_io_executor executor_;
};

}  // namespace signalbox::base
