#pragma once
#include <atomic>

namespace signalbox::base {

/// A lock-free way into an actor: any thread pushes, the actor takes all at once, in the order they came.
/// Intrusive: `Node` has a member `Node* next`, and stays alive until it has been taken and dealt with.
template <class Node>
class Inbox {
 public:
  /// Thread-safe.  True when the inbox was empty: the caller must see to it that take_all() is called soon.
  bool push(Node* node) {
    Node* head = head_.load(std::memory_order_relaxed);
    do node->next = head;
    while (!head_.compare_exchange_weak(head, node, std::memory_order_release, std::memory_order_relaxed));
    return head == nullptr;
  }

  /// The oldest node, linked by `next` to the newer ones; nullptr when empty.  One thread at a time.
  Node* take_all() {
    Node* newest = head_.exchange(nullptr, std::memory_order_acquire);
    Node* oldest = nullptr;
    while (newest) {
      Node* next = newest->next;
      newest->next = oldest;
      oldest = newest;
      newest = next;
    }
    return oldest;
  }

  bool empty() const { return head_.load(std::memory_order_acquire) == nullptr; }

 private:
  std::atomic<Node*> head_{nullptr};
};

}  // namespace signalbox::base
