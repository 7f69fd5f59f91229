public import GantryJSON

extension HTTPResponse {
    /// A reply of JSON.
    public static func json(_ value: JSONValue, _ status: HTTPStatus = .ok) -> HTTPResponse {
        json(encoded: value.encoded(), status)
    }
}
