-- What only many workers need. Times are milliseconds since 1970 by the clock of this server.

-- One row a name; a worker that starts under a free name writes it anew.
CREATE TABLE workers (
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    -- The policy, the intents, the gate and the model that it decides with.
    mind TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- It has said good-bye.
    stopped_at BIGINT
);

-- What was spent on language models, in millionths of a US dollar: one row a ticket, and one for the day and the month
-- ('day 2026-01-30', 'month 2026-01'; 'asked' counts turns). Caps are checked on these rows, under their locks.
CREATE TABLE spending (
    account TEXT PRIMARY KEY,
    micro_usd BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- The cap was reached.
    capped BIGINT NOT NULL DEFAULT 0
);
