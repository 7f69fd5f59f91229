import GantryLog

/// Turns whatever a handler throws into an error document: problems as they are, everything else a 500 whose cause only
/// the log tells.
package enum ErrorDocument {
    package static func response(to error: any Error, for request: HTTPRequest) -> HTTPResponse {
        problem(for: error, request).response(requestID: request.id)
    }

    private static func problem(for error: any Error, _ request: HTTPRequest) -> Problem {
        if let problem = error as? Problem {
            if problem.status.code >= 500 {
                request.logger.warning("request failed", ["problem": .string(problem.code)])
            }
            return problem
        }
        if error is CancellationError {
            return Problem(
                "cancelled", .serviceUnavailable, "Cancelled", detail: "The server stopped working on this request.")
        }
        request.logger.error(
            "handler failed",
            [
                "method": .string(request.method.rawValue), "path": .string(request.path),
                "error": LogValue(describing: error),
            ])
        return .internalError("The server failed; its log tells why under the id of this request.")
    }
}
