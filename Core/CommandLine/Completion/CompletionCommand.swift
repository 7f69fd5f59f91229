/// `completion bash|zsh|fish`: prints a script that the user's shell loads.
enum CompletionCommand {
    private static let shells = ["bash", "zsh", "fish"]

    static func declaration(programName name: String) -> Command {
        Command(
            "completion", "print a shell completion script",
            discussion: """
                The script knows all commands and options of this program. Load it in the start file of your shell:

                  bash:  source <(\(name) completion bash)
                  zsh:   source <(\(name) completion zsh)     after compinit
                  fish:  \(name) completion fish | source
                """,
            arguments: [Argument("shell", "the shell", .choice(shells))]
        ) { arguments, context in
            context.write(script(arguments.text("shell") ?? "", context.root))
            return .ok
        }
    }

    static func script(_ shell: String, _ root: Command) -> String {
        let tree = CompletionTree(root)
        return switch shell {
        case "zsh": ZshCompletion.script(tree)
        case "fish": FishCompletion.script(tree)
        default: BashCompletion.script(tree)
        }
    }
}
