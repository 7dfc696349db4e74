-- The first form; what the tables are for stands in the one for PostgreSQL. Names are bytes, since the engine's own
-- comparisons fold case and accents and drop spaces at the end. Every step can be taken again: DDL here commits by itself.

CREATE TABLE IF NOT EXISTS helpdesk_schema (
    one        TINYINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    min_reader BIGINT NOT NULL,
    min_writer BIGINT NOT NULL,
    terms      BIGINT NOT NULL
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS helpdesk_tenant (
    tenant VARBINARY(128) PRIMARY KEY,
    acts   BIGINT NOT NULL
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS helpdesk_ticket (
    tenant       VARBINARY(128) NOT NULL,
    id           BINARY(16) NOT NULL,
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
    number_key   VARBINARY(512) NOT NULL,
    status       VARBINARY(64) NOT NULL,
    assignee     VARBINARY(128),
    team         VARBINARY(128),
    category     VARBINARY(128),
    requester    VARBINARY(128),
    organization VARBINARY(128),
    kind         VARBINARY(64) NOT NULL,
    channel      VARBINARY(64) NOT NULL,
    last_author  VARBINARY(192),
    lock_doc     LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    doc          LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE KEY by_number (tenant, number_key),
    KEY by_created (tenant, shelf, status, prio, created_at, id),
    KEY by_updated (tenant, shelf, status, prio, updated_at, id),
    KEY by_due (tenant, shelf, status, prio, due_at, id),
    KEY by_breach (tenant, live, breach_at),
    KEY by_lock (tenant, lock_until),
    KEY by_assignee (tenant, assignee, live, prio, created_at, id),
    KEY by_team (tenant, team, live, prio, created_at, id),
    KEY by_category (tenant, category, live, prio, created_at, id),
    KEY by_requester (tenant, requester, live, prio, created_at, id),
    KEY by_organization (tenant, organization, live, prio, created_at, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_value (
    tenant VARBINARY(128) NOT NULL,
    kind   VARBINARY(16) NOT NULL,
    value  VARBINARY(1024) NOT NULL,
    live   SMALLINT NOT NULL,
    ticket BINARY(16) NOT NULL,
    PRIMARY KEY (tenant, kind, value, live, ticket)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_counter (
    tenant  VARBINARY(128) NOT NULL,
    counted VARBINARY(192) NOT NULL,
    shelf   SMALLINT NOT NULL,
    status  VARBINARY(64) NOT NULL,
    prio    SMALLINT NOT NULL,
    stripe  BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (tenant, counted, shelf, status, prio, stripe)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_event (
    tenant   VARBINARY(128) NOT NULL,
    ticket   BINARY(16) NOT NULL,
    seq      BIGINT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    VARBINARY(192) NOT NULL,
    id       BINARY(16) NOT NULL,
    doc      LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    revision LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    PRIMARY KEY (tenant, ticket, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_message (
    tenant VARBINARY(128) NOT NULL,
    ticket BINARY(16) NOT NULL,
    seq    BIGINT NOT NULL,
    id     BINARY(16) NOT NULL,
    doc    LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (tenant, ticket, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_external (
    tenant VARBINARY(128) NOT NULL,
    source VARBINARY(1024) NOT NULL,
    name   VARBINARY(1024) NOT NULL,
    ticket BINARY(16) NOT NULL,
    PRIMARY KEY (tenant, source, name),
    KEY by_ticket (tenant, ticket)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_mark (
    tenant   VARBINARY(128) NOT NULL,
    ticket   BINARY(16) NOT NULL,
    agent    VARBINARY(128) NOT NULL,
    position BIGINT NOT NULL,
    live     SMALLINT NOT NULL,
    PRIMARY KEY (tenant, ticket, agent),
    KEY by_agent (tenant, agent, live, ticket, position)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_record (
    tenant  VARBINARY(128) NOT NULL,
    kind    VARBINARY(64) NOT NULL,
    name    VARBINARY(512) NOT NULL,
    version BIGINT NOT NULL,
    value   LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (tenant, kind, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_key (
    tenant      VARBINARY(128) NOT NULL,
    source      VARBINARY(1024) NOT NULL,
    name        VARBINARY(1024) NOT NULL,
    fingerprint VARBINARY(1024) NOT NULL,
    ticket      BINARY(16),
    version     BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, source, name),
    KEY by_use (used_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_number (
    tenant VARBINARY(128) NOT NULL,
    scope  VARBINARY(512) NOT NULL,
    next   BIGINT NOT NULL,
    PRIMARY KEY (tenant, scope)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_timer (
    bucket SMALLINT NOT NULL,
    at     BIGINT NOT NULL,
    name   VARBINARY(128) NOT NULL,
    tenant VARBINARY(128) NOT NULL,
    ticket BINARY(16) NOT NULL,
    PRIMARY KEY (bucket, at, name, tenant, ticket)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_outbox (
    position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    bucket   SMALLINT NOT NULL,
    tenant   VARBINARY(128) NOT NULL,
    ticket   BINARY(16) NOT NULL,
    seq      BIGINT NOT NULL,
    free_at  BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    token    BINARY(16),
    KEY by_bucket (bucket, position),
    KEY by_ticket (tenant, ticket, position)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS helpdesk_bucket (
    bucket SMALLINT PRIMARY KEY,
    claims BIGINT NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO helpdesk_bucket
    SELECT a.n + 8 * b.n, 0 FROM
    (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7) AS a,
    (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7) AS b;
