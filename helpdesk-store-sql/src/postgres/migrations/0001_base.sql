-- The first form. Every key leads with the tenant, so that one tenant's data can be sharded away; the scheduler's tables
-- lead with the bucket. Texts are compared by their bytes. Times are microseconds since the Unix epoch, documents are the
-- core's JSON without the beginning that columns say already. Table names stand behind one space each, so that a schema
-- can be put before them.

CREATE TABLE helpdesk_schema (
    one        SMALLINT PRIMARY KEY CHECK (one = 1),
    version    BIGINT NOT NULL,
    min_reader BIGINT NOT NULL,
    min_writer BIGINT NOT NULL,
    terms      BIGINT NOT NULL
);

-- Whoever writes records raises their tenant's row first: so two such acts never pass each other's checks.
CREATE TABLE helpdesk_tenant (
    tenant TEXT COLLATE "C" PRIMARY KEY,
    acts   BIGINT NOT NULL
);

-- `doc` is the whole ticket but for its id; the other columns are taken from it and only serve to find it, but for the
-- end of its history and its lock, which change without it.
-- shelf: the status category, or -1 for a tombstone. live: 1 while it may change by itself, 0 when done, -1 for a
-- tombstone. prio: 0 is critical. due_at: the largest integer when nothing is due.
CREATE TABLE helpdesk_ticket (
    tenant       TEXT COLLATE "C" NOT NULL,
    id           UUID NOT NULL,
    version      BIGINT NOT NULL,
    event_seq    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    breach_at    BIGINT,
    last_seq     BIGINT NOT NULL,
    other_seq    BIGINT NOT NULL,
    lock_until   BIGINT,
    shelf        SMALLINT NOT NULL,
    live         SMALLINT NOT NULL,
    prio         SMALLINT NOT NULL,
    number_key   TEXT COLLATE "C" NOT NULL,
    status       TEXT COLLATE "C" NOT NULL,
    assignee     TEXT COLLATE "C",
    team         TEXT COLLATE "C",
    category     TEXT COLLATE "C",
    requester    TEXT COLLATE "C",
    organization TEXT COLLATE "C",
    kind         TEXT COLLATE "C" NOT NULL,
    channel      TEXT COLLATE "C" NOT NULL,
    last_author  TEXT COLLATE "C",
    lock_doc     TEXT COLLATE "C",
    doc          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX "helpdesk_ticket_number" ON helpdesk_ticket (tenant, number_key);
-- Every list by status, priority or nothing is a merge of ranges of these three.
CREATE INDEX "helpdesk_ticket_created" ON helpdesk_ticket (tenant, shelf, status, prio, created_at, id);
CREATE INDEX "helpdesk_ticket_updated" ON helpdesk_ticket (tenant, shelf, status, prio, updated_at, id);
CREATE INDEX "helpdesk_ticket_due" ON helpdesk_ticket (tenant, shelf, status, prio, due_at, id);
-- What missed a service level, or will: from this second on.
CREATE INDEX "helpdesk_ticket_breach" ON helpdesk_ticket (tenant, live, breach_at) WHERE breach_at IS NOT NULL;
CREATE INDEX "helpdesk_ticket_locked" ON helpdesk_ticket (tenant, lock_until) WHERE lock_until IS NOT NULL;
-- Lists of somebody's tickets.
CREATE INDEX "helpdesk_ticket_assignee" ON helpdesk_ticket (tenant, assignee, live, prio, created_at, id);
CREATE INDEX "helpdesk_ticket_team" ON helpdesk_ticket (tenant, team, live, prio, created_at, id)
    WHERE team IS NOT NULL;
CREATE INDEX "helpdesk_ticket_category" ON helpdesk_ticket (tenant, category, live, prio, created_at, id)
    WHERE category IS NOT NULL;
CREATE INDEX "helpdesk_ticket_requester" ON helpdesk_ticket (tenant, requester, live, prio, created_at, id)
    WHERE requester IS NOT NULL;
CREATE INDEX "helpdesk_ticket_organization" ON helpdesk_ticket (tenant, organization, live, prio, created_at, id)
    WHERE organization IS NOT NULL;

-- What finds a ticket by one of several values: tags, words of the subject, those who take part.
CREATE TABLE helpdesk_value (
    tenant TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    value  TEXT COLLATE "C" NOT NULL,
    live   SMALLINT NOT NULL,
    ticket UUID NOT NULL,
    PRIMARY KEY (tenant, kind, value, live, ticket)
);

-- How many tickets stand where, as a sum over stripes: whoever writes has a stripe of its own and waits for nobody.
CREATE TABLE helpdesk_counter (
    tenant  TEXT COLLATE "C" NOT NULL,
    counted TEXT COLLATE "C" NOT NULL,
    shelf   SMALLINT NOT NULL,
    status  TEXT COLLATE "C" NOT NULL,
    prio    SMALLINT NOT NULL,
    stripe  BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (tenant, counted, shelf, status, prio, stripe)
);

CREATE TABLE helpdesk_event (
    tenant   TEXT COLLATE "C" NOT NULL,
    ticket   UUID NOT NULL,
    seq      BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL,
    id       UUID NOT NULL,
    doc      TEXT COLLATE "C" NOT NULL,
    revision TEXT COLLATE "C",
    PRIMARY KEY (tenant, ticket, seq)
);

CREATE TABLE helpdesk_message (
    tenant TEXT COLLATE "C" NOT NULL,
    ticket UUID NOT NULL,
    seq    BIGINT NOT NULL,
    id     UUID NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, ticket, seq)
);

-- References of tickets and of their messages.
CREATE TABLE helpdesk_external (
    tenant TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    ticket UUID NOT NULL,
    PRIMARY KEY (tenant, source, name)
);
CREATE INDEX "helpdesk_external_ticket" ON helpdesk_external (tenant, ticket);

-- `live` is the ticket's: an agent's marks on what is done are not looked at when unread tickets are counted.
CREATE TABLE helpdesk_mark (
    tenant   TEXT COLLATE "C" NOT NULL,
    ticket   UUID NOT NULL,
    agent    TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    live     SMALLINT NOT NULL,
    PRIMARY KEY (tenant, ticket, agent)
);
CREATE INDEX "helpdesk_mark_agent" ON helpdesk_mark (tenant, agent, live, ticket, position);

CREATE TABLE helpdesk_record (
    tenant  TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    value   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, kind, name)
);

-- `ticket` is empty where an act wrote records alone.
CREATE TABLE helpdesk_key (
    tenant      TEXT COLLATE "C" NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    ticket      UUID,
    version     BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, source, name)
);
CREATE INDEX "helpdesk_key_used" ON helpdesk_key (used_at);

CREATE TABLE helpdesk_number (
    tenant TEXT COLLATE "C" NOT NULL,
    scope  TEXT COLLATE "C" NOT NULL,
    next   BIGINT NOT NULL,
    PRIMARY KEY (tenant, scope)
);

CREATE TABLE helpdesk_timer (
    bucket SMALLINT NOT NULL,
    at     BIGINT NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    tenant TEXT COLLATE "C" NOT NULL,
    ticket UUID NOT NULL,
    PRIMARY KEY (bucket, at, name, tenant, ticket)
);

-- Which events wait to be told; what they say stands in the history. free_at: when it may be claimed.
CREATE TABLE helpdesk_outbox (
    bucket   SMALLINT NOT NULL,
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant   TEXT COLLATE "C" NOT NULL,
    ticket   UUID NOT NULL,
    seq      BIGINT NOT NULL,
    free_at  BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    token    UUID,
    PRIMARY KEY (bucket, position)
);
-- Without an order: one that had it would be walked from end to end for a bucket that is empty.
CREATE INDEX "helpdesk_outbox_position" ON helpdesk_outbox USING hash (position);
CREATE INDEX "helpdesk_outbox_ticket" ON helpdesk_outbox (tenant, ticket, position);

-- Whoever claims from a bucket holds its row meanwhile, so that a ticket's events are given out in order.
CREATE TABLE helpdesk_bucket (
    bucket SMALLINT PRIMARY KEY,
    claims BIGINT NOT NULL
);
INSERT INTO helpdesk_bucket SELECT g, 0 FROM generate_series(0, 63) AS g;
