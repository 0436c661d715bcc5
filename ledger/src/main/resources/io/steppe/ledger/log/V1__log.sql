-- The log of a region. Owner: steppe_event. Others reach it through the functions of R__functions.sql only.

-- Changed by the promotion of a standby and by a restore: whatever was read under another epoch no longer holds.
create table epoch (
  single boolean primary key default true check (single),
  epoch bigint not null,
  changed_at timestamptz not null default now()
);
insert into epoch (epoch) values (1);

-- One row a commit, and the head is the last of them: appended only, so that no long snapshot makes taking the head slower.
-- An abandoned batch has no indexes: its commit was not there when somebody asked, and can't come any more.
create table batches (
  id uuid primary key,
  first_index bigint,
  last_index bigint,
  abandoned boolean not null default false,
  -- Per table the index of its last change, this batch included.
  table_indexes jsonb,
  at timestamptz not null default clock_timestamp(),
  check (abandoned or (first_index is not null and last_index >= first_index and table_indexes is not null))
);
create unique index batches_last_index on batches (last_index) where last_index is not null;
create index batches_abandoned on batches (at) where abandoned;

-- What the first attempt of each request was answered.
create table requests (
  id uuid primary key,
  index bigint not null,
  answer bytea not null,
  at timestamptz not null default clock_timestamp()
);
create index requests_at on requests (at);

create table log (
  index bigint not null,
  ordinal integer not null,
  table_name text not null,
  key text not null,
  -- Null: deleted.
  object bytea,
  -- The request that caused it, where it had an id.
  cause uuid,
  -- Null: not shown on the event stream.
  topic text,
  event_type text,
  event_key text,
  namespace text,
  filter_keys text[],
  -- The object as it last was, for a deletion that is shown.
  last_object bytea,
  primary key (index, ordinal)
) partition by range (index);
alter table log alter column object set storage external;
alter table log alter column last_object set storage external;

-- The partitions there are; events and newest_at are filled in when a partition is full.
create table partitions (
  first_index bigint primary key,
  last_index bigint not null,
  name text not null unique,
  events bigint,
  newest_at timestamptz,
  detached boolean not null default false
);

-- The lowest index the log still has.
create table retained (
  single boolean primary key default true check (single),
  oldest bigint not null
);
insert into retained (oldest) values (1);

-- Replicas of all services, alive while lease_until lies ahead.
create table replicas (
  id text primary key,
  service text not null,
  address text not null,
  version text not null,
  started_at timestamptz not null,
  generation bigint not null,
  lease_until timestamptz not null
) with (fillfactor = 50);
