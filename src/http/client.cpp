#include "http/client.hpp"

namespace signalbox::http {

boost::asio::awaitable<Result<ClientResponse>> Client::exchange(ClientRequest request, TimePoint deadline) {
  if (auto lease = pool_.take_idle(deadline)) {
    auto response = co_await lease->exchange(request);
    if (response) {
      lease.give_back();
      co_return response;
    }
    // The server may have closed the idle connection just as we wrote.  POST is not idempotent, and it may even have
    // seen the request; but events are delivered at least once, so one immediate attempt on a connection of its own is
    // right, and cheaper than a failed delivery.
    if (!lease->closed_unanswered()) co_return response;
  }
  auto lease = co_await pool_.open(deadline);
  if (!lease) co_return lease.error();
  auto response = co_await (*lease)->exchange(request);
  if (response) lease->give_back();
  co_return response;
}

}  // namespace signalbox::http
