-- A secret is sealed with the key named beside it; one that was stored before there was a key lies open until its replica has one.
alter table sinks
  alter column secret drop not null,
  add column sealed bytea,
  add column seal_key text,
  add check ((secret is null) <> (sealed is null)),
  add check ((sealed is null) = (seal_key is null));
