/// One libuv loop on one thread, and the executor of everything that lives on it.
package final class Loop: Sendable {}
