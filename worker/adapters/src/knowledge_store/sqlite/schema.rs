//! The tables. A table that exists is never edited here: a change is a new version with a step that leads to it.

/// The version that this program writes and reads (`PRAGMA user_version`).
pub const SCHEMA_VERSION: i64 = 4;

/// All tables of version 1. Times are RFC 3339 text in UTC.
pub const TABLES: &str = "
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    embedder TEXT,
    purge_pending INTEGER NOT NULL
);
INSERT INTO state (id, revision, embedder, purge_pending) VALUES (1, 0, NULL, 0);
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    synced_at TEXT,
    hidden INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id),
    name TEXT NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source_id, name)
);
CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES document (id),
    hash TEXT NOT NULL,
    title TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT
);
CREATE INDEX version_of_document ON version (document_id);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES version (id),
    passage TEXT NOT NULL UNIQUE,
    base TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    question TEXT,
    text TEXT NOT NULL,
    language TEXT,
    ticket TEXT,
    intent TEXT,
    hidden INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    changed_rev INTEGER NOT NULL
);
CREATE INDEX chunk_of_version ON chunk (version_id);
CREATE INDEX chunk_of_base ON chunk (base);
CREATE INDEX chunk_changed ON chunk (changed_rev);
CREATE TABLE key (
    id INTEGER PRIMARY KEY,
    chunk_id INTEGER NOT NULL REFERENCES chunk (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX key_of_chunk ON key (chunk_id);
CREATE TABLE tombstone (
    passage TEXT PRIMARY KEY,
    changed_rev INTEGER NOT NULL
);
CREATE INDEX tombstone_changed ON tombstone (changed_rev);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    source TEXT NOT NULL,
    document TEXT
);
CREATE INDEX audit_of_source ON audit (source);
";

/// From version 1 to 2: hiding has a moment, and what was said is kept as data, for questions as of an earlier moment. What
/// had been hidden or pinned before counts as said at the beginning of time.
pub const STEP_TO_2: &str = "
ALTER TABLE source ADD COLUMN hidden_at TEXT;
ALTER TABLE document ADD COLUMN hidden_at TEXT;
ALTER TABLE chunk ADD COLUMN hidden_at TEXT;
CREATE TABLE curation (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX curation_of_target ON curation (target);
CREATE INDEX curation_of_source ON curation (source);
CREATE TEMP TABLE marked AS
    SELECT name AS source, json_object('target', 'source', 'source', name) AS target, hidden, pinned FROM source
    UNION ALL
    SELECT source.name, json_object('target', 'document', 'source', source.name, 'document', document.name), document.hidden, document.pinned
    FROM document JOIN source ON source.id = document.source_id
    UNION ALL
    SELECT source.name, json_object('target', 'passage', 'passage', chunk.base), chunk.hidden, chunk.pinned
    FROM chunk JOIN version ON version.id = chunk.version_id JOIN document ON document.id = version.document_id
    JOIN source ON source.id = document.source_id;
INSERT INTO curation (at, act, target, source) SELECT '0001-01-01T00:00:00Z', '\"hide\"', target, source FROM marked WHERE hidden;
INSERT INTO curation (at, act, target, source) SELECT '0001-01-01T00:00:00Z', '\"pin\"', target, source FROM marked WHERE pinned;
DROP TABLE marked;
UPDATE source SET hidden_at = '0001-01-01T00:00:00Z' WHERE hidden;
UPDATE document SET hidden_at = '0001-01-01T00:00:00Z' WHERE hidden;
UPDATE chunk SET hidden_at = '0001-01-01T00:00:00Z' WHERE hidden;
";

/// From version 2 to 3: the file has a name of its own, by which a shared index knows whose passages it holds. A copy of the file has
/// the same.
pub const STEP_TO_3: &str = "
ALTER TABLE state ADD COLUMN identity TEXT;
UPDATE state SET identity = lower(hex(randomblob(16)));
";

/// From version 3 to 4: a passage knows where people read its document.
pub const STEP_TO_4: &str = "ALTER TABLE chunk ADD COLUMN link TEXT;";
