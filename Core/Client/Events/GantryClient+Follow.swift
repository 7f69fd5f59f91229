import GantryEventLoop

extension GantryClient {
    /// The pauses between two attempts to connect: the first, from which they double, and the longest.
    static let followPauseMin = Duration.seconds(1)
    static let followPauseMax = Duration.seconds(15)

    /// Hands the events at a path to `body` until it returns false.
    ///
    /// When the connection breaks, or the server ends it, it is made again behind the last event; `onBreak` hears why
    /// and how long the pause is. Refusals that will not pass are thrown; so is the error of the first connection,
    /// unless the server is known to be there and `isPatient` says so.
    package func follow(
        _ path: String, lastEventID: String? = nil, isPatient: Bool = false,
        onBreak: (_ why: ClientError?, _ pause: Duration) -> Void, _ body: (ServerEvent) async throws -> Bool
    ) async throws {
        var follow = Follow(lastID: lastEventID, hasConnected: isPatient)
        while true {
            let why: ClientError?
            switch try await attempt(path, &follow, body) {
            case .done: return
            case .broken(let error): why = error
            }
            try Task.checkCancellation()
            let pause = max(follow.pause, min(why?.retryAfter ?? .zero, Self.followPauseMax))
            follow.pause = min(follow.pause * 2, Self.followPauseMax)
            onBreak(why, pause)
            try await loop.run { [loop] in try await loop.sleep(for: pause) }
        }
    }

    private struct Follow {
        var lastID: String?
        var pause = GantryClient.followPauseMin
        var hasConnected: Bool
    }

    private enum Attempt {
        /// The reader has enough.
        case done
        /// The stream ended, with or without an error.
        case broken(ClientError?)
    }

    /// One connection.
    private func attempt(
        _ path: String, _ follow: inout Follow, _ body: (ServerEvent) async throws -> Bool
    ) async throws -> Attempt {
        let stream: ServerEvents
        do throws(ClientError) {
            stream = try await events(path, lastEventID: follow.lastID)
        } catch {
            guard follow.hasConnected, Self.isPassing(error) else { throw error }
            return .broken(error)
        }
        follow.hasConnected = true
        var reader = stream.makeAsyncIterator()
        while true {
            let event: ServerEvent
            do throws(ClientError) {
                guard let next = try await reader.next() else { return .broken(nil) }
                event = next
            } catch {
                guard Self.isPassing(error) else { throw error }
                return .broken(error)
            }
            follow.pause = Self.followPauseMin
            if let id = event.id { follow.lastID = id }
            guard try await body(event) else {
                stream.cancel()
                return .done
            }
        }
    }

    /// Whether another attempt makes sense: the server may be back in a moment.
    private static func isPassing(_ error: ClientError) -> Bool {
        switch (error.code, error.status) {
        case (.unavailable, _): true
        case (.refused, 429), (.refused, 502), (.refused, 503), (.refused, 504): true
        default: false
        }
    }
}
