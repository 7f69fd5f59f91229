/// Names a value that middleware attaches to a request, such as who sent it: an empty enum whose `Value` is the type.
public protocol HTTPRequestKey {
    /// What is attached.
    associatedtype Value: Sendable
}
