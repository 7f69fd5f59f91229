/// The rules of `docs/architecture/portable-sql.md`: what both SQLite and PostgreSQL understand in the same way.
enum PortableSQL {
    /// One sentence per thing that does not travel; none means that the text is portable.
    static func problems(in text: String) -> [String] {
        let tokens = SQLToken.tokens(of: text)
        var problems: [String] = []
        for index in tokens.indices {
            problems += problem(at: index, in: tokens).map { [$0] } ?? []
        }
        return problems + statementProblems(tokens)
    }

    /// Functions that give the same answer in both.
    static let functions: Set<String> = [
        "abs", "avg", "coalesce", "count", "dense_rank", "first_value", "lag", "last_value", "lead", "length", "max",
        "min", "nullif", "rank", "replace", "row_number", "substr", "sum", "trim", "ltrim", "rtrim",
    ]

    /// Words that may stand before a parenthesis without being a function.
    private static let wordsBeforeParenthesis: Set<String> = [
        "in", "values", "and", "or", "not", "exists", "as", "on", "key", "unique", "check", "references", "over",
        "cast", "when", "then", "else", "case", "where", "select", "from", "join", "union", "all", "by", "set",
        "returning", "having", "limit", "offset", "conflict", "between", "filter", "except", "intersect", "is",
        "materialized", "distinct", "partition", "order", "default",
    ]
    /// Words after which a name is followed by a list of columns.
    private static let wordsBeforeNamedList: Set<String> = [
        "table", "into", "references", "on", "with", "recursive", "exists", "view", ",",
    ]

    private static let banned: [String: String] = [
        "pragma": "settings belong to the engine", "attach": "one file", "detach": "one file",
        "vacuum": "belongs to the engine", "autoincrement": "use text ids", "rowid": "use the primary key",
        "oid": "use the primary key", "without": "no WITHOUT ROWID tables", "strict": "no STRICT tables",
        "glob": "compare ranges", "regexp": "match in Swift", "match": "match in Swift", "like": "compare ranges",
        "ilike": "compare ranges", "similar": "match in Swift", "collate": "text is ordered by its bytes",
        "indexed": "no index hints", "begin": "the engine makes transactions", "commit": "the engine commits",
        "rollback": "throw instead", "savepoint": "use savepoint { }", "release": "use savepoint { }",
        "deferrable": "a group commit cannot check it per write", "deferred": "see deferrable",
        "serial": "use text ids", "bigserial": "use text ids", "generated": "compute in Swift",
        "jsonb": "JSON is TEXT", "json": "JSON is TEXT", "array": "use a table", "any": "use IN",
        "lateral": "use a join", "interval": "times are integer milliseconds",
        "timestamp": "times are integer milliseconds", "timestamptz": "times are integer milliseconds",
        "current_timestamp": "bind the time", "current_date": "bind the time", "current_time": "bind the time",
        "datetime": "times are integer milliseconds", "skip": "the engine locks rows", "nowait": "the engine locks",
        "using": "write ON", "trigger": "change rows in Swift", "integer": "use BIGINT", "int": "use BIGINT",
        "smallint": "use BIGINT", "real": "use DOUBLE PRECISION", "float": "use DOUBLE PRECISION",
        "numeric": "use BIGINT or TEXT", "decimal": "use BIGINT or TEXT", "varchar": "use TEXT", "char": "use TEXT",
        "boolean": "use BIGINT, 0 or 1", "bool": "use BIGINT, 0 or 1", "true": "use 1", "false": "use 0",
        "blob": "use BYTEA", "uuid": "use TEXT", "listen": "belongs to the engine", "notify": "belongs to the engine",
        "virtual": "no virtual tables", "temp": "use WITH", "temporary": "use WITH", "sqlite_schema": "engine only",
        "sqlite_master": "engine only", "total_changes": "use the result of execute",
    ]

    private static let bannedSymbols: [String: String] = [
        "==": "write =", "->": "read JSON in Swift", "::": "write CAST", "~": "match in Swift",
        "~*": "match in Swift", "!~": "match in Swift", "[": "no brackets", "]": "no brackets",
    ]

    private static func problem(at index: Int, in tokens: [SQLToken]) -> String? {
        switch tokens[index] {
        case .placeholder(let name):
            return name == "?" ? nil : "placeholder \(name): write ?"
        case .quotedName(let name):
            return "quoted name \(name): choose one that needs no quotes"
        case .symbol(let symbol):
            return bannedSymbols[symbol].map { "\(symbol): \($0)" }
        case .word(let word):
            return problem(ofWord: word, at: index, in: tokens)
        case .text, .number:
            return nil
        }
    }

    private static func problem(ofWord word: String, at index: Int, in tokens: [SQLToken]) -> String? {
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        let previous = index > 0 ? tokens[index - 1] : nil
        if let reason = banned[word], previous != .symbol(".") { return "\(word.uppercased()): \(reason)" }
        switch (word, next) {
        case ("insert", .word("or")), ("update", .word("or")): return "\(word.uppercased()) OR: write ON CONFLICT"
        case ("replace", .word("into")): return "REPLACE INTO: write ON CONFLICT"
        case ("for", .word("update")), ("for", .word("share")): return "FOR UPDATE: the engine locks rows"
        case ("distinct", .word("on")): return "DISTINCT ON: use row_number"
        case ("alter", .word("column")): return "ALTER COLUMN: make a new column"
        case ("is", let next): return problem(ofIs: next)
        case (_, .symbol("(")): return problem(ofCall: word, after: previous, at: index, in: tokens)
        default: return nil
        }
    }

    private static func problem(ofIs next: SQLToken?) -> String? {
        guard let word = next?.word, ["null", "not", "distinct"].contains(word) else {
            return "IS: write IS NULL, IS NOT NULL or IS NOT DISTINCT FROM"
        }
        return nil
    }

    private static func problem(
        ofCall word: String, after previous: SQLToken?, at index: Int, in tokens: [SQLToken]
    ) -> String? {
        if wordsBeforeParenthesis.contains(word) { return nil }
        let before = previous?.word ?? (previous == .symbol(",") ? "," : "")
        if wordsBeforeNamedList.contains(before), !functions.contains(word),
            before != "," || isCommonTable(index, tokens)
        {
            return nil
        }
        guard functions.contains(word) else { return "\(word)(): not the same in both, compute it in Swift" }
        if word == "min" || word == "max", argumentCount(after: index + 1, in: tokens) > 1 {
            return "\(word)(a, b): use CASE"
        }
        return nil
    }

    /// `WITH a AS (…), b (x) AS (…)`: the name after the comma has its columns before AS.
    private static func isCommonTable(_ index: Int, _ tokens: [SQLToken]) -> Bool {
        guard let end = closing(of: index + 1, in: tokens), end + 1 < tokens.count else { return false }
        return tokens[end + 1] == .word("as")
    }

    private static func closing(of open: Int, in tokens: [SQLToken]) -> Int? {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index] == .symbol("(") { depth += 1 }
            if tokens[index] == .symbol(")") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private static func argumentCount(after open: Int, in tokens: [SQLToken]) -> Int {
        guard let end = closing(of: open, in: tokens) else { return 1 }
        var depth = 0
        var commas = 0
        for token in tokens[open..<end] {
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            if token == .symbol(","), depth == 1 { commas += 1 }
        }
        return commas + 1
    }

    /// What only the whole of a statement shows.
    private static func statementProblems(_ tokens: [SQLToken]) -> [String] {
        tokens.split(separator: .symbol(";")).flatMap { statement -> [String] in
            var problems: [String] = []
            var depth = 0
            var isAfterLimit = false
            for token in statement {
                if token == .symbol("(") { depth += 1 }
                if token == .symbol(")") { depth -= 1 }
                guard depth == 0 else { continue }
                let isChange = ["update", "delete"].contains(statement.first?.word)
                if token == .word("limit"), isChange { problems.append("LIMIT of a change: use a subquery") }
                if token == .symbol(","), isAfterLimit { problems.append("LIMIT a, b: write LIMIT b OFFSET a") }
                isAfterLimit = token == .word("limit") || (isAfterLimit && token.word == nil)
            }
            return problems
        }
    }
}
