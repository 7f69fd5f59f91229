package import GantryStorage

/// The tables of users and all that proves who they are. Times are Unix milliseconds; secrets are kept as hashes only.
package enum IdentityMigrations {
    package static let all = [
        Migration("identity/0001-users", users), Migration("identity/0002-proofs", proofs),
        Migration("identity/0003-certificates", certificates), Migration("identity/0004-audit", audit),
    ]

    /// `folded` and `skeleton` keep names apart that look alike; `origin` says who looks after the row, and
    /// `unlisted_at` since when a users file does not list one of its users.
    private static let users = SQL(
        """
        CREATE TABLE identity_user (
            id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, folded TEXT NOT NULL UNIQUE, skeleton TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL, origin TEXT NOT NULL, disabled_at BIGINT, disabled_reason TEXT,
            unlisted_at BIGINT, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, login_at BIGINT
        );
        CREATE TABLE identity_role (
            name TEXT PRIMARY KEY, summary TEXT NOT NULL, created_at BIGINT NOT NULL
        );
        CREATE TABLE identity_role_grant (
            role_name TEXT NOT NULL REFERENCES identity_role (name), grant_text TEXT NOT NULL,
            PRIMARY KEY (role_name, grant_text)
        );
        CREATE TABLE identity_user_role (
            user_id TEXT NOT NULL REFERENCES identity_user (id),
            role_name TEXT NOT NULL REFERENCES identity_role (name),
            given_at BIGINT NOT NULL, given_by TEXT NOT NULL, PRIMARY KEY (user_id, role_name)
        );
        CREATE INDEX identity_user_role_name ON identity_user_role (role_name);
        CREATE TABLE identity_user_grant (
            user_id TEXT NOT NULL REFERENCES identity_user (id), grant_text TEXT NOT NULL, origin TEXT NOT NULL,
            given_at BIGINT NOT NULL, given_by TEXT NOT NULL, PRIMARY KEY (user_id, grant_text, origin)
        );
        CREATE INDEX identity_user_grant_text ON identity_user_grant (grant_text)
        """)

    /// `ends_at` is the earlier one of the absolute limit and the end of the idle time since the last use.
    ///
    /// A verifier is scrypt over the lower-case hexadecimal SHA-512 of the password, with its own salt and cost.
    private static let proofs = SQL(
        """
        CREATE TABLE identity_password (
            user_id TEXT PRIMARY KEY REFERENCES identity_user (id), salt BYTEA NOT NULL, iterations BIGINT NOT NULL,
            block_size BIGINT NOT NULL, parallelism BIGINT NOT NULL, verifier BYTEA NOT NULL,
            is_one_time BIGINT NOT NULL, origin TEXT NOT NULL, source_digest BYTEA, changed_at BIGINT NOT NULL
        );
        CREATE TABLE identity_key (
            id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_user (id), fingerprint TEXT NOT NULL,
            algorithm TEXT NOT NULL, public_key BYTEA NOT NULL, label TEXT NOT NULL, is_active BIGINT NOT NULL,
            origin TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT, UNIQUE (user_id, fingerprint)
        );
        CREATE TABLE identity_session (
            id TEXT PRIMARY KEY, token_hash BYTEA NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES identity_user (id),
            key_id TEXT REFERENCES identity_key (id), origin TEXT NOT NULL, label TEXT NOT NULL, address TEXT NOT NULL,
            created_at BIGINT NOT NULL, used_at BIGINT NOT NULL, idle_time BIGINT, expires_at BIGINT, ends_at BIGINT
        );
        CREATE INDEX identity_session_user ON identity_session (user_id, created_at);
        CREATE INDEX identity_session_key ON identity_session (key_id);
        CREATE INDEX identity_session_ends ON identity_session (ends_at);
        CREATE TABLE identity_token (
            id TEXT PRIMARY KEY, token_hash BYTEA NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES identity_user (id),
            name TEXT NOT NULL, grants TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT,
            expires_at BIGINT NOT NULL, UNIQUE (user_id, name)
        );
        CREATE TABLE identity_registration (
            id TEXT PRIMARY KEY, token_hash BYTEA NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, purpose TEXT NOT NULL,
            details TEXT NOT NULL, uses_max BIGINT NOT NULL, uses_left BIGINT NOT NULL, created_by TEXT NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
        )
        """)

    /// `fingerprint` is the hexadecimal SHA-256 of the DER; a certificate with a user is that user's.
    private static let certificates = SQL(
        """
        CREATE TABLE identity_certificate (
            fingerprint TEXT PRIMARY KEY, serial_number TEXT NOT NULL, issuer TEXT NOT NULL, role TEXT NOT NULL,
            user_id TEXT REFERENCES identity_user (id), subject TEXT NOT NULL, names TEXT NOT NULL, pem TEXT NOT NULL,
            valid_from BIGINT NOT NULL, valid_until BIGINT NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT,
            revocation_reason TEXT, UNIQUE (issuer, serial_number)
        );
        CREATE INDEX identity_certificate_user ON identity_certificate (user_id)
        """)

    private static let audit = SQL(
        """
        CREATE TABLE identity_audit (
            id TEXT PRIMARY KEY, created_at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, outcome TEXT NOT NULL, address TEXT NOT NULL, request TEXT NOT NULL,
            details TEXT NOT NULL
        );
        CREATE INDEX identity_audit_created ON identity_audit (created_at);
        CREATE INDEX identity_audit_actor ON identity_audit (actor, id);
        CREATE INDEX identity_audit_subject ON identity_audit (subject, id);
        CREATE INDEX identity_audit_action ON identity_audit (action, id)
        """)
}
