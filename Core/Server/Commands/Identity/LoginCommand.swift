import GantryClient
import GantryCommandLine

/// `gantry login`.
enum LoginCommand {
    static var command: Command {
        Command(
            "login", "sign in to a server",
            discussion: """
                A key signs in without a password: the file of --key, else this machine's own key, else an Ed25519 key \
                of the SSH agent. Without a key that the server knows the password is asked for, and this machine's \
                key is made and registered, so that the next login needs no password.

                The server's key is remembered at the first login. A server that has another key later is refused \
                until --forget-server-key.
                """,
            options: [
                .value("user", "sign in as this user instead of the last one or $USER", placeholder: "NAME"),
                .flag("password-stdin", "read the password, and a new one, from lines of standard input"),
                .value(
                    "key", "sign in with this private key, or register it", .path(.file),
                    conflicts: ["agent", "no-key"]),
                .flag("agent", "sign in with a key of the SSH agent, or register it", conflicts: ["no-key"]),
                .flag("no-key", "sign in with the password, and register no key"),
                .value("label", "what session and key are called instead of this machine's name"),
                .flag("default", "make it the server of commands that name none; the first one is"),
                .flag("forget-server-key", "take the server's key as it is now"),
            ] + ServerCommand.options,
            examples: [
                CommandExample("gantry login --server https://jobs.example.org:5690 --user alice"),
                CommandExample("gantry login --password-stdin < password", "for scripts"),
            ]
        ) { arguments, context in
            try await LoginRun(arguments, context).run()
        }
    }
}
