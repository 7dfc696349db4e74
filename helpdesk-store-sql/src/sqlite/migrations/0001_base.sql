-- The first form. One tenant's data is one range of every table; the scheduler's tables lead with the bucket.
-- Times are microseconds since the Unix epoch, ids are 16 bytes, documents are the core's JSON
-- without the beginning that columns say already (see document.rs).

CREATE TABLE helpdesk_schema (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    version     INTEGER NOT NULL,
    min_reader  INTEGER NOT NULL,
    min_writer  INTEGER NOT NULL,
    terms       INTEGER NOT NULL
) STRICT;

-- `doc` is the whole ticket but for its id; every other column is taken from it and only serves to find it.
-- shelf: the status category, or -1 for a tombstone. live: 1 while it may change by itself, 0 when done, -1 for a
-- tombstone. rank: 0 is critical. due_at: the largest integer when nothing is due.
CREATE TABLE helpdesk_ticket (
    row          INTEGER PRIMARY KEY,
    tenant       TEXT NOT NULL,
    id           BLOB NOT NULL,
    version      INTEGER NOT NULL,
    event_seq    INTEGER NOT NULL,
    number_key   TEXT NOT NULL,
    shelf        INTEGER NOT NULL,
    live         INTEGER NOT NULL,
    status       TEXT NOT NULL,
    rank         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    breach_at    INTEGER,
    assignee     TEXT,
    team         TEXT,
    category     TEXT,
    requester    TEXT,
    organization TEXT,
    kind         TEXT NOT NULL,
    channel      TEXT NOT NULL,
    last_seq     INTEGER NOT NULL,
    last_author  TEXT,
    other_seq    INTEGER NOT NULL,
    doc          TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX helpdesk_ticket_id ON helpdesk_ticket (tenant, id);
CREATE UNIQUE INDEX helpdesk_ticket_number ON helpdesk_ticket (tenant, number_key);
-- Every list by status, priority or nothing is a merge of ranges of these three.
CREATE INDEX helpdesk_ticket_created ON helpdesk_ticket (tenant, shelf, status, rank, created_at, id);
CREATE INDEX helpdesk_ticket_updated ON helpdesk_ticket (tenant, shelf, status, rank, updated_at, id);
CREATE INDEX helpdesk_ticket_due ON helpdesk_ticket (tenant, shelf, status, rank, due_at, id);
-- What missed a service level, or will: from this second on.
CREATE INDEX helpdesk_ticket_breach ON helpdesk_ticket (tenant, live, breach_at) WHERE breach_at IS NOT NULL;
-- Lists of somebody's tickets.
CREATE INDEX helpdesk_ticket_assignee ON helpdesk_ticket (tenant, assignee, live, rank, created_at, id);
CREATE INDEX helpdesk_ticket_team ON helpdesk_ticket (tenant, team, live, rank, created_at, id) WHERE team IS NOT NULL;
CREATE INDEX helpdesk_ticket_category ON helpdesk_ticket (tenant, category, live, rank, created_at, id)
    WHERE category IS NOT NULL;
CREATE INDEX helpdesk_ticket_requester ON helpdesk_ticket (tenant, requester, live, rank, created_at, id)
    WHERE requester IS NOT NULL;
CREATE INDEX helpdesk_ticket_organization ON helpdesk_ticket (tenant, organization, live, rank, created_at, id)
    WHERE organization IS NOT NULL;

-- What finds a ticket by one of several values. `live` bounds the usual search as done tickets grow.
CREATE TABLE helpdesk_tag (
    tenant TEXT NOT NULL,
    tag    TEXT NOT NULL,
    live   INTEGER NOT NULL,
    row    INTEGER NOT NULL,
    PRIMARY KEY (tenant, tag, live, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE helpdesk_term (
    tenant TEXT NOT NULL,
    term   TEXT NOT NULL,
    live   INTEGER NOT NULL,
    row    INTEGER NOT NULL,
    PRIMARY KEY (tenant, term, live, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE helpdesk_participant (
    tenant TEXT NOT NULL,
    party  TEXT NOT NULL,
    live   INTEGER NOT NULL,
    row    INTEGER NOT NULL,
    PRIMARY KEY (tenant, party, live, row)
) STRICT, WITHOUT ROWID;

-- How many tickets stand where: of all ('all'), of those nobody works on ('none'), of an agent's own ('to:ID'), and of
-- those that only one agent wrote in or nobody ('by:AUTHOR', 'by:'). Counts without counting, and which ranges a list
-- has to merge.
CREATE TABLE helpdesk_counter (
    tenant  TEXT NOT NULL,
    counted TEXT NOT NULL,
    shelf   INTEGER NOT NULL,
    status  TEXT NOT NULL,
    rank    INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (tenant, counted, shelf, status, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE helpdesk_event (
    tenant   TEXT NOT NULL,
    ticket   BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    id       BLOB NOT NULL,
    doc      TEXT NOT NULL,
    revision TEXT,
    PRIMARY KEY (tenant, ticket, seq)
) STRICT, WITHOUT ROWID;

-- Texts are long: they stand in a table of their own form, since a key's table has little room for one on a page.
CREATE TABLE helpdesk_message (
    tenant TEXT NOT NULL,
    ticket BLOB NOT NULL,
    seq    INTEGER NOT NULL,
    id     BLOB NOT NULL,
    doc    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX helpdesk_message_seq ON helpdesk_message (tenant, ticket, seq);

-- References of tickets and of their messages.
CREATE TABLE helpdesk_external (
    tenant TEXT NOT NULL,
    source TEXT NOT NULL,
    id     TEXT NOT NULL,
    ticket BLOB NOT NULL,
    PRIMARY KEY (tenant, source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX helpdesk_external_ticket ON helpdesk_external (tenant, ticket);

CREATE TABLE helpdesk_lock (
    tenant     TEXT NOT NULL,
    ticket     BLOB NOT NULL,
    expires_at INTEGER,
    doc        TEXT NOT NULL,
    PRIMARY KEY (tenant, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX helpdesk_lock_expires ON helpdesk_lock (tenant, expires_at) WHERE expires_at IS NOT NULL;

-- `live` is the ticket's: an agent's marks on what is done are not looked at when unread tickets are counted.
CREATE TABLE helpdesk_mark (
    tenant   TEXT NOT NULL,
    ticket   BLOB NOT NULL,
    agent    TEXT NOT NULL,
    position INTEGER NOT NULL,
    live     INTEGER NOT NULL,
    PRIMARY KEY (tenant, ticket, agent)
) STRICT, WITHOUT ROWID;
CREATE INDEX helpdesk_mark_live ON helpdesk_mark (tenant, agent, ticket, position) WHERE live = 1;

CREATE TABLE helpdesk_record (
    tenant  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, key)
) STRICT, WITHOUT ROWID;

-- `ticket` is empty where an act wrote records alone.
CREATE TABLE helpdesk_key (
    tenant      TEXT NOT NULL,
    source      TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    ticket      BLOB,
    version     INTEGER NOT NULL,
    used_at     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX helpdesk_key_key ON helpdesk_key (tenant, source, key);
CREATE INDEX helpdesk_key_used ON helpdesk_key (used_at);

CREATE TABLE helpdesk_number (
    tenant TEXT NOT NULL,
    scope  TEXT NOT NULL,
    next   INTEGER NOT NULL,
    PRIMARY KEY (tenant, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE helpdesk_timer (
    bucket INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    key    TEXT NOT NULL,
    tenant TEXT NOT NULL,
    ticket BLOB NOT NULL,
    PRIMARY KEY (bucket, at, key, tenant, ticket)
) STRICT, WITHOUT ROWID;

-- Which events wait to be told; what they say stands in the history. free_at: when it may be claimed. A position is
-- never given twice, also when nothing waits any more.
CREATE TABLE helpdesk_outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket   INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    ticket   BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    free_at  INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    token    BLOB
) STRICT;
CREATE INDEX helpdesk_outbox_bucket ON helpdesk_outbox (bucket, position);
CREATE INDEX helpdesk_outbox_ticket ON helpdesk_outbox (tenant, ticket, position);
