import Synchronization
import Testing

@testable import GantryClient

@Suite struct ProfileStoreTests {
    private static let server = Result { try ServerAddress("http://localhost:1") }

    @Test func `what was kept is there again, for its owner only`() throws {
        let folder = try TestFolder()
        let store = ProfileStore(folder.config)
        let address = try Self.server.get()
        #expect(try store.read() == ServerProfiles())
        var profile = ServerProfile()
        (profile.user, profile.token, profile.session) = ("alice", "gts_x", "1")
        (profile.serverKey, profile.authorityFile, profile.keyFile) = ("ssh-ed25519 A", "/ca.pem", "/key.pem")
        try store.update { profiles in
            profiles[address] = profile
            profiles.defaultServer = address.text
        }
        let found = try store.read()
        #expect(found[address] == profile && found.defaultServer == address.text)
        #expect(folder.mode(store.path) == 0o600 && folder.mode(folder.config.path) == 0o700)
    }

    @Test func `changes at the same time lose nothing`() async throws {
        let folder = try TestFolder()
        let store = ProfileStore(folder.config)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...24 {
                group.addTask {
                    let address = try ServerAddress("http://localhost:\(number)")
                    try store.update { $0[address] = ServerProfile() }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.read().servers.count == 24)
    }

    static let broken = [
        "", "{", "[]", #"{"servers": []}"#, #"{"servers": {"x": 1}}"#, #"{"servers": {"x": {"token": 1}}}"#,
    ]

    @Test(arguments: broken) func `a broken file is named and not overwritten`(text: String) throws {
        let folder = try TestFolder()
        let store = ProfileStore(folder.config)
        try folder.config.make()
        try folder.write(store.path, text)
        let error = #expect(throws: ClientError.self) { try store.update { $0.defaultServer = "x" } }
        #expect(error?.code == .localFile && error?.message.contains(store.path) == true)
        #expect(try TestFolder.run(["cat", store.path]) == text)
    }

    @Test func `a file that others may read is refused, an open folder is closed`() throws {
        let folder = try TestFolder()
        let store = ProfileStore(folder.config)
        try folder.config.make()
        try folder.write(store.path, "{}", mode: 0o640)
        let error = #expect(throws: ClientError.self) { try store.read() }
        #expect(error?.message.contains("\(store.path) can be read by others") == true)
        try TestFolder.run(["chmod", "755", folder.config.path])
        try folder.config.make()
        #expect(folder.mode(folder.config.path) == 0o700)
    }

    static let environments: [([String: String], String?)] = [
        (["HOME": "/h/a"], "/h/a/.config/gantry"), (["HOME": "/h/a/", "XDG_CONFIG_HOME": ""], "/h/a/.config/gantry"),
        (["HOME": "/h/a", "XDG_CONFIG_HOME": "/x/"], "/x/gantry"),
        (["HOME": "/h/a", "XDG_CONFIG_HOME": "relative"], "/h/a/.config/gantry"), ([:], nil), (["HOME": ""], nil),
    ]

    @Test(arguments: environments)
    func `the folder is that of the XDG specification`(environment: [String: String], path: String?) {
        #expect(ConfigFolder(environment: environment)?.path == path)
    }
}
