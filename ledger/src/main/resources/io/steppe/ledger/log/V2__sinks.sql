-- Endpoints that events are delivered to, and how far each is. Outside the log: a place moves with every delivery, and a log that
-- grew by being read would never be read to its end. One row holds both, so that a change of one can't lose the other.
create table sinks (
  id text primary key,
  -- An EventSink without secret and state.
  definition bytea not null,
  secret text not null,
  -- Goes up with each change of the definition: who delivers an older one can't move the place.
  version bigint not null default 1,
  -- Everything up to here was delivered, or was not for this sink.
  delivered_index bigint not null,
  delivered_at timestamptz,
  last_error text not null default '',
  last_error_at timestamptz,
  failures integer not null default 0,
  next_attempt_at timestamptz,
  -- Indexes that retention took before they were delivered.
  lost bigint not null default 0,
  replica text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  modified_at timestamptz not null default clock_timestamp()
);

-- What a full partition takes on disk, with its indexes.
alter table partitions add column bytes bigint;
