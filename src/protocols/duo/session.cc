#include "protocols/duo/session.h"

#include <optional>

#include "crypto/ot/connection.h"

namespace sotto::protocols::duo {
namespace {

constexpr auto kMethod = static_cast<ot::Method>(kTreeLevels);

Task<void> connect_sending(net::Rounds& rounds, int peer, std::optional<SendingEnd>& end) {
  ot::Sender sender = co_await ot::Sender::connect(rounds, peer, rounds.peer_name(peer), kMethod);
  if (rounds.is_counting()) co_return;
  const ot::Session keys = sender.session();
  end.emplace(keys, std::move(sender).take_softspoken());
}

Task<void> connect_receiving(net::Rounds& rounds, int peer, std::optional<ReceivingEnd>& end) {
  ot::Receiver receiver = co_await ot::Receiver::connect(rounds, peer, rounds.peer_name(peer), kMethod);
  if (rounds.is_counting()) co_return;
  const ot::Session keys = receiver.session();
  end.emplace(keys, std::move(receiver).take_softspoken());
}

Task<void> exchange_lattice_keys(net::Rounds& rounds, he::Ends& ends) {
  ends = co_await he::exchange_keys(rounds);
}

}  // namespace

Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds) {
  const int peer = 1 - rounds.self();
  std::optional<SendingEnd> sending;
  std::optional<ReceivingEnd> receiving;
  std::vector<Task<void>> directions;
  for (const int sender : {0, 1})
    directions.push_back(sender == rounds.self() ? connect_sending(rounds, peer, sending)
                                                 : connect_receiving(rounds, peer, receiving));
  he::Ends lattice;
  directions.push_back(exchange_lattice_keys(rounds, lattice));
  co_await when_all(std::move(directions));
  if (rounds.is_counting()) co_return nullptr;
  auto ends = std::make_shared<he::Ends>(std::move(lattice));
  co_return std::make_shared<Session>(
      std::move(*sending), std::move(*receiving), [ends] { return std::move(*ends); },
      rounds.peer_name(peer));
}

}  // namespace sotto::protocols::duo
