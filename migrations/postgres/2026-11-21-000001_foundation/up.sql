-- Conventions: ids are made by the program (time-ordered). `…_on` and `…_day` are days since 1970-01-01,
-- `…_at` are microseconds since 1970-01-01 UTC, `…_minor` are minor units of `currency`,
-- qv, cv, pv, gv and base are ten-thousandths of a point, measures are further volumes by name: `bp=80 rv=12.5`.
-- 0 in a reference without foreign key means "none".

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

-- How many rows there are, kept up with every row that comes or goes.
CREATE TABLE tallies (
    name TEXT NOT NULL PRIMARY KEY,
    total BIGINT NOT NULL
);
INSERT INTO tallies (name, total)
    VALUES ('members', 0), ('orders', 0), ('enroller links', 0), ('sponsor links', 0), ('placement links', 0);

-- Staff -----------------------------------------------------------------------------------------

CREATE TABLE staff (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_of_staff ON sessions (staff_id);

CREATE TABLE setup_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);

-- Field -----------------------------------------------------------------------------------------

CREATE TABLE members (
    id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('distributor', 'preferred', 'retail')),
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive', 'suspended', 'terminated')),
    name TEXT NOT NULL CHECK (name <> ''),
    latin_name TEXT NOT NULL,
    search TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    country TEXT NOT NULL,
    language TEXT NOT NULL,
    street TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    city TEXT NOT NULL,
    joined_on INTEGER NOT NULL,
    rank TEXT NOT NULL,
    highest_rank TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Holds everything that the list of members filters by, in the order of names.
CREATE INDEX members_list ON members (search, id, kind, status, rank, country, joined_on);
-- The few that a list of them would otherwise be looked for among all the active ones.
CREATE INDEX members_not_active ON members (search, id, kind, status, rank, country, joined_on) WHERE status <> 'active';
CREATE INDEX members_by_joined ON members (joined_on, id);
-- Every three letters in a row that `search` holds, so that a word is found wherever it stands. Where the server does
-- not have or does not grant the extension, searches read the index above from end to end.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
    CREATE INDEX member_words ON members USING gin (search public.gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'members are searched without an index of three letters: %', SQLERRM;
END $$;

CREATE TABLE tree_links (
    id BIGINT NOT NULL PRIMARY KEY,
    tree TEXT NOT NULL CHECK (tree IN ('enroller', 'sponsor', 'placement')),
    member_id BIGINT NOT NULL REFERENCES members (id),
    parent_id BIGINT NOT NULL REFERENCES members (id),
    side INTEGER NOT NULL,
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CHECK (member_id <> parent_id),
    CHECK (from_day <= until_day),
    UNIQUE (member_id, tree, until_day)
);
-- A person comes first: the tree alone narrows nothing, and a planner without statistics would believe that it does.
CREATE INDEX tree_links_below ON tree_links (parent_id, tree, until_day, from_day, side, member_id);

-- What members have besides, from a day until the next one on which it is said anew; an empty value is the end of it.
CREATE TABLE member_attributes (
    member_id BIGINT NOT NULL REFERENCES members (id),
    name TEXT NOT NULL CHECK (name <> ''),
    from_day INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (member_id, name, from_day)
);

-- Ranks that somebody has set for a period, instead of what the run would pay on.
CREATE TABLE forced_ranks (
    member_id BIGINT NOT NULL REFERENCES members (id),
    period_label TEXT NOT NULL,
    rank TEXT NOT NULL CHECK (rank <> ''),
    reason TEXT NOT NULL CHECK (reason <> ''),
    set_at BIGINT NOT NULL,
    set_by BIGINT NOT NULL,
    PRIMARY KEY (member_id, period_label)
);
CREATE INDEX forced_ranks_of_period ON forced_ranks (period_label, member_id);

-- Sales -----------------------------------------------------------------------------------------

CREATE TABLE products (
    id BIGINT NOT NULL PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    line TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'discontinued')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE product_prices (
    id BIGINT NOT NULL PRIMARY KEY,
    product_id BIGINT NOT NULL REFERENCES products (id),
    price_type TEXT NOT NULL CHECK (price_type IN ('retail', 'preferred', 'wholesale')),
    currency TEXT NOT NULL,
    price_minor BIGINT NOT NULL CHECK (price_minor >= 0),
    qv BIGINT NOT NULL CHECK (qv >= 0),
    cv BIGINT NOT NULL CHECK (cv >= 0),
    measures TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    UNIQUE (product_id, price_type, currency, from_day)
);

CREATE TABLE orders (
    id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return')),
    order_type TEXT NOT NULL CHECK (order_type IN ('standard', 'enrolment', 'autoship', 'tools', 'upgrade', 'renewal', 'promotion')),
    member_id BIGINT NOT NULL REFERENCES members (id),
    through_id BIGINT NOT NULL,
    payment TEXT NOT NULL CHECK (payment IN ('pending', 'paid', 'declined', 'cancelled', 'refunded')),
    ordered_at BIGINT NOT NULL,
    ordered_on INTEGER NOT NULL,
    commission_on INTEGER NOT NULL,
    currency TEXT NOT NULL,
    paid_minor BIGINT NOT NULL,
    wholesale_minor BIGINT NOT NULL,
    qv BIGINT NOT NULL,
    cv BIGINT NOT NULL,
    measures TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (kind = 'return' OR (paid_minor >= 0 AND qv >= 0 AND cv >= 0)),
    CHECK (kind = 'sale' OR (paid_minor <= 0 AND qv <= 0 AND cv <= 0))
);
-- Holds what the volume of a member's own orders is summed from.
CREATE INDEX orders_of_member ON orders (member_id, ordered_on, id, commission_on, payment, qv);
CREATE INDEX orders_by_commission_day ON orders (commission_on, id);
CREATE INDEX orders_through ON orders (commission_on, through_id) WHERE through_id <> 0;
CREATE INDEX orders_list ON orders (ordered_on, id, payment, kind, order_type);
-- The few that a list of them would otherwise be looked for among all the paid ones.
CREATE INDEX orders_not_paid ON orders (payment, ordered_on, id) WHERE payment <> 'paid';

CREATE TABLE order_lines (
    id BIGINT NOT NULL PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    line_no INTEGER NOT NULL,
    product_id BIGINT NOT NULL REFERENCES products (id),
    name TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    amount_minor BIGINT NOT NULL,
    wholesale_minor BIGINT NOT NULL,
    qv BIGINT NOT NULL,
    cv BIGINT NOT NULL,
    measures TEXT NOT NULL,
    original_order_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX order_lines_of_order ON order_lines (order_id, line_no);
CREATE INDEX order_lines_returning ON order_lines (original_order_id) WHERE original_order_id <> 0;

-- What was paid on each day, returns taken off: kept up with every order and every payment.
CREATE TABLE sales_days (
    day INTEGER NOT NULL PRIMARY KEY,
    order_count BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    cv BIGINT NOT NULL
);

-- Compensation ----------------------------------------------------------------------------------

CREATE TABLE periods (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('day', 'week', 'half-month', 'month', 'four-weeks', 'campaign', 'quarter', 'year')),
    label TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'frozen', 'committed')),
    CHECK (first_day <= last_day),
    UNIQUE (kind, label)
);

CREATE TABLE plan_versions (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    cases TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    edited_at BIGINT NOT NULL,
    edited_by BIGINT NOT NULL,
    activated_at BIGINT NOT NULL,
    activated_by BIGINT NOT NULL,
    UNIQUE (version)
);

CREATE TABLE simulations (
    id BIGINT NOT NULL PRIMARY KEY,
    plan_version INTEGER NOT NULL,
    plan_name TEXT NOT NULL,
    source TEXT NOT NULL,
    first_period TEXT NOT NULL,
    last_period TEXT NOT NULL,
    result TEXT NOT NULL,
    changes BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);

CREATE TABLE runs (
    id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    period_id BIGINT NOT NULL REFERENCES periods (id),
    plan_version_id BIGINT NOT NULL REFERENCES plan_versions (id),
    status TEXT NOT NULL CHECK (status IN ('frozen', 'calculated', 'reviewed', 'approved', 'committed', 'discarded')),
    currency TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    result_hash TEXT NOT NULL,
    member_count BIGINT NOT NULL,
    order_count BIGINT NOT NULL,
    line_count BIGINT NOT NULL,
    payee_count BIGINT NOT NULL,
    exception_count BIGINT NOT NULL,
    cv BIGINT NOT NULL,
    earned_minor BIGINT NOT NULL,
    clawback_minor BIGINT NOT NULL,
    breakage_minor BIGINT NOT NULL,
    frozen_at BIGINT NOT NULL,
    frozen_by BIGINT NOT NULL,
    calculated_at BIGINT NOT NULL,
    reviewed_at BIGINT NOT NULL,
    reviewed_by BIGINT NOT NULL,
    approved_at BIGINT NOT NULL,
    approved_by BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    committed_by BIGINT NOT NULL,
    discarded_at BIGINT NOT NULL,
    discarded_by BIGINT NOT NULL,
    CHECK (approved_by = 0 OR approved_by <> reviewed_by)
);
-- A period is paid once: at most one run of it is not discarded.
CREATE UNIQUE INDEX runs_one_of_period ON runs (period_id) WHERE status <> 'discarded';

CREATE TABLE run_inputs (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    part INTEGER NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (run_id, part)
);

CREATE TABLE run_members (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    member_id BIGINT NOT NULL,
    pv BIGINT NOT NULL,
    gv BIGINT NOT NULL,
    is_active BOOLEAN NOT NULL,
    rank TEXT NOT NULL,
    paid_rank TEXT NOT NULL,
    highest_rank TEXT NOT NULL,
    downline_count BIGINT NOT NULL,
    line_count BIGINT NOT NULL,
    earned_minor BIGINT NOT NULL,
    progress TEXT NOT NULL,
    PRIMARY KEY (run_id, member_id)
);
-- Only those with lines are ever listed by what they earned.
CREATE INDEX run_members_by_earned ON run_members (run_id, earned_minor, member_id) WHERE line_count > 0;

-- What many lines of a run have in common. Millions of lines name one of these instead of repeating it.
CREATE TABLE run_rules (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    rule INTEGER NOT NULL,
    bonus TEXT NOT NULL,
    on_bonus TEXT NOT NULL,
    kind TEXT NOT NULL,
    base_kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    source TEXT NOT NULL,
    on_day INTEGER NOT NULL,
    because TEXT NOT NULL,
    -- The product line of the goods; * where the bonus counts once for an order.
    line TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, rule)
);

CREATE TABLE earning_lines (
    id BIGINT NOT NULL PRIMARY KEY,
    run_id BIGINT NOT NULL REFERENCES runs (id),
    member_id BIGINT NOT NULL,
    rule INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    from_member_id BIGINT NOT NULL,
    base BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    original_line_id BIGINT NOT NULL DEFAULT 0,
    rate TEXT NOT NULL,
    passed TEXT NOT NULL
);
CREATE INDEX earning_lines_of_member ON earning_lines (run_id, member_id);
CREATE INDEX earning_lines_on_amounts ON earning_lines (run_id, from_member_id) WHERE order_id = 0;
CREATE INDEX earning_lines_taken_back ON earning_lines (original_line_id) WHERE original_line_id <> 0;

-- The lines that an order led to in a run: their ids, eight bytes each. A table and not an index, because a run can fill
-- it in the order of the orders; an index would be written to in as many places as there are lines.
CREATE TABLE lines_of_orders (
    order_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL REFERENCES runs (id),
    lines BYTEA NOT NULL,
    PRIMARY KEY (order_id, run_id)
);

-- What the next run must know about a member; only the engine knows the meaning of a key.
CREATE TABLE run_state (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    member_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (run_id, member_id, key)
);

-- What of a member's earnings goes into a wallet of the plan instead of being paid out.
CREATE TABLE run_wallets (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    member_id BIGINT NOT NULL,
    wallet TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (run_id, member_id, wallet)
);

CREATE TABLE run_totals (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    bonus TEXT NOT NULL,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    rule TEXT NOT NULL,
    position INTEGER NOT NULL,
    line_count BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    breakage_minor BIGINT NOT NULL,
    PRIMARY KEY (run_id, bonus)
);

CREATE TABLE run_breakage (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    bonus TEXT NOT NULL,
    reason TEXT NOT NULL,
    line_count BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (run_id, bonus, reason)
);

CREATE TABLE run_exceptions (
    run_id BIGINT NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    severity TEXT NOT NULL,
    code TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
);

-- Money -----------------------------------------------------------------------------------------

CREATE TABLE ledger_accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    wallet TEXT NOT NULL,
    UNIQUE (kind, member_id, currency, wallet),
    UNIQUE (id, currency)
);

-- One row moves one positive amount from one account to another of the same currency: each entry
-- carries its counter-entry, so the sum over all accounts cannot be anything but zero.
CREATE TABLE ledger_transfers (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    from_account_id BIGINT NOT NULL,
    to_account_id BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    run_id BIGINT NOT NULL,
    reference TEXT NOT NULL,
    on_day INTEGER NOT NULL,
    posted_at BIGINT NOT NULL,
    posted_by BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    CHECK (from_account_id <> to_account_id),
    FOREIGN KEY (from_account_id, currency) REFERENCES ledger_accounts (id, currency),
    FOREIGN KEY (to_account_id, currency) REFERENCES ledger_accounts (id, currency)
);
CREATE INDEX ledger_transfers_from ON ledger_transfers (from_account_id);
CREATE INDEX ledger_transfers_to ON ledger_transfers (to_account_id);
CREATE INDEX ledger_transfers_of_run ON ledger_transfers (run_id);

CREATE VIEW ledger_entries AS
    SELECT id AS transfer_id, from_account_id AS account_id, -amount_minor AS amount_minor, currency, on_day FROM ledger_transfers
    UNION ALL
    SELECT id, to_account_id, amount_minor, currency, on_day FROM ledger_transfers;

CREATE TABLE statements (
    id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    run_id BIGINT NOT NULL REFERENCES runs (id),
    member_id BIGINT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    issued_on INTEGER NOT NULL,
    opening_minor BIGINT NOT NULL,
    earned_minor BIGINT NOT NULL,
    closing_minor BIGINT NOT NULL,
    UNIQUE (run_id, member_id)
);
CREATE INDEX statements_of_member ON statements (member_id);

-- Mail ------------------------------------------------------------------------------------------

CREATE TABLE messages (
    id BIGINT NOT NULL PRIMARY KEY,
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    member_id BIGINT NOT NULL,
    statement_id BIGINT NOT NULL,
    to_address TEXT NOT NULL,
    to_name TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'leased', 'sent', 'deferred', 'bounced', 'failed', 'suppressed')),
    attempts INTEGER NOT NULL,
    next_try_at BIGINT NOT NULL,
    lease_token BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX messages_due ON messages (status, next_try_at);
CREATE INDEX messages_of_batch ON messages (batch, status);
CREATE INDEX messages_of_statement ON messages (statement_id);

-- Work ------------------------------------------------------------------------------------------

CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'stopped')),
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    note TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_token BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    stop_requested BOOLEAN NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (status, run_at);
CREATE UNIQUE INDEX jobs_once ON jobs (kind, payload) WHERE status IN ('queued', 'running');

CREATE TABLE imports (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    mapping_sha256 TEXT NOT NULL,
    is_dry_run BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_created BIGINT NOT NULL,
    rows_updated BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    rows_skipped BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_remarked BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    fault TEXT NOT NULL,
    started_by BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
);

CREATE TABLE import_rejects (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line_no BIGINT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (import_id, line_no)
);

CREATE TABLE import_remarks (
    id BIGINT NOT NULL PRIMARY KEY,
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line_no BIGINT NOT NULL,
    remark TEXT NOT NULL
);
CREATE INDEX import_remarks_of_import ON import_remarks (import_id, id);

CREATE TABLE audit_log (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id BIGINT NOT NULL,
    object TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    address TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_of_object ON audit_log (object_kind, object_id);

-- What is committed stays as it is: the database itself refuses to change it. --------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE TRIGGER ledger_transfers_no_change BEFORE UPDATE OR DELETE ON ledger_transfers
    FOR EACH ROW EXECUTE FUNCTION refuse_change('the ledger is append-only');
CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change('the audit log is append-only');
CREATE TRIGGER runs_committed_no_change BEFORE UPDATE OR DELETE ON runs
    FOR EACH ROW WHEN (OLD.status = 'committed') EXECUTE FUNCTION refuse_change('a committed run never changes');

CREATE FUNCTION refuse_change_of_committed_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT status FROM runs WHERE id = OLD.run_id) = 'committed' THEN
        RAISE EXCEPTION 'the lines of a committed run never change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER earning_lines_committed_no_change BEFORE UPDATE OR DELETE ON earning_lines
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_committed_line();

CREATE TRIGGER run_rules_committed_no_change BEFORE UPDATE OR DELETE ON run_rules
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_committed_line();

CREATE TRIGGER lines_of_orders_committed_no_change BEFORE UPDATE OR DELETE ON lines_of_orders
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_committed_line();

CREATE FUNCTION refuse_line_of_closed_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_id FROM new_lines) AS n
               JOIN runs ON runs.id = n.run_id WHERE runs.status <> 'frozen') THEN
        RAISE EXCEPTION 'lines are added to a frozen run only';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER earning_lines_frozen_insert AFTER INSERT ON earning_lines
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_line_of_closed_run();
CREATE TRIGGER run_rules_frozen_insert AFTER INSERT ON run_rules
    REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_line_of_closed_run();
