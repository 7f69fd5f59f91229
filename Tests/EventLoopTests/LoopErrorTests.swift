import GantryEventLoop
import Testing

@Suite struct LoopErrorTests {
    @Test func descriptionSaysWhatFailedOnWhatAndWhy() {
        let error = LoopError(.addressInUse, "bind", "127.0.0.1:80")
        #expect(error.description == "bind 127.0.0.1:80: address already in use")
        #expect(LoopError(.timedOut, "read").description == "read: connection timed out")
    }

    @Test func codesHaveNames() {
        #expect(LoopError.Code.addressInUse.name == "EADDRINUSE")
        #expect(LoopError.Code.hostNotFound.name == "EAI_NONAME")
    }
}
