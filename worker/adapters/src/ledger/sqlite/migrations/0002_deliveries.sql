-- The ledger, version 2: what the phone network says of a message that was sent. One row a send; it only moves forward.
CREATE TABLE deliveries (
    effect TEXT PRIMARY KEY REFERENCES effects (key),
    vendor_id TEXT NOT NULL,
    state TEXT NOT NULL,
    code BIGINT,
    at BIGINT NOT NULL,
    -- What it came to, once the vendor has said so: segments, millionths of the currency.
    segments BIGINT,
    price_micros BIGINT,
    currency TEXT
);

CREATE INDEX effects_by_vendor_id ON effects (vendor_id) WHERE vendor_id IS NOT NULL;
