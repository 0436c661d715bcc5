-- What the log does, versioned; granted to every service's role. A version stays as it is while replicas that call it may run.
grant usage on schema ledger to steppe;

-- Where the log is: one row.
create or replace function ledger.head_v1()
returns table (epoch bigint, index bigint, batch uuid, oldest bigint, table_indexes jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select e.epoch, coalesce(b.last_index, 0), b.id, r.oldest, coalesce(b.table_indexes, '{}'::jsonb)
  from ledger.epoch e
  cross join ledger.retained r
  left join lateral (
    select id, last_index, table_indexes from ledger.batches
    where last_index is not null order by last_index desc limit 1) b on true
$$;

-- The batch an index was committed in; null for an index that is not in the log.
create or replace function ledger.batch_at_v1(p_index bigint)
returns uuid
language sql stable security definer set search_path = pg_catalog as $$
  select id from (
    select id, first_index from ledger.batches where last_index >= p_index order by last_index limit 1) b
  where first_index <= p_index
$$;

-- Changes after a place in the log, in order, of some tables (null: all): at most p_rows rows, and no more once their objects
-- have p_bytes bytes.
create or replace function ledger.read_v1(
  p_index bigint, p_ordinal integer, p_tables text[], p_rows integer, p_bytes bigint)
returns table (
  index bigint, ordinal integer, table_name text, key text, object bytea, cause uuid, topic text, event_type text,
  event_key text, namespace text, filter_keys text[], last_object bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select index, ordinal, table_name, key, object, cause, topic, event_type, event_key, namespace, filter_keys, last_object
  from (
    select l.*,
      sum(coalesce(octet_length(l.object), 0) + coalesce(octet_length(l.last_object), 0))
        over (order by l.index, l.ordinal rows between unbounded preceding and 1 preceding) as before
    from (
      select * from ledger.log g
      where (g.index, g.ordinal) > (p_index, p_ordinal) and g.index >= p_index
        and (p_tables is null or g.table_name = any (p_tables))
      order by g.index, g.ordinal
      limit p_rows) l) s
  where coalesce(before, 0) < p_bytes
  order by index, ordinal
$$;

-- The same with the time at which each index was appended: for those who show it.
create or replace function ledger.read_v2(
  p_index bigint, p_ordinal integer, p_tables text[], p_rows integer, p_bytes bigint)
returns table (
  index bigint, ordinal integer, table_name text, key text, object bytea, cause uuid, topic text, event_type text,
  event_key text, namespace text, filter_keys text[], last_object bytea, at timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  with found as materialized (select * from ledger.read_v1(p_index, p_ordinal, p_tables, p_rows, p_bytes)),
  times as materialized (
    select i.index, (select b.at from ledger.batches b where b.last_index >= i.index order by b.last_index limit 1) as at
    from (select distinct f.index from found f) i)
  select f.*, t.at from found f join times t on t.index = f.index order by f.index, f.ordinal
$$;

-- The answers already given under request ids.
create or replace function ledger.answers_v1(p_ids uuid[])
returns table (id uuid, index bigint, answer bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select id, index, answer from ledger.requests where id = any (p_ids)
$$;

-- Takes the head until the end of the transaction. Before any other row, always.
create or replace function ledger.take_v1()
returns table (epoch bigint, index bigint)
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform pg_advisory_xact_lock(7310875246270537); -- any number, the same for all
  -- A statement of its own: it sees what the one before waited for.
  return query select h.epoch, h.index from ledger.head_v1() h;
end
$$;

-- Appends a batch to the log. Only for a commit that has taken the head and found it at p_head.
-- Requests are numbered from 1; request n has index p_head + n. Filter keys come as one text, each key led by U+001F.
create or replace function ledger.append_v1(
  p_head bigint, p_batch uuid, p_request_ids uuid[], p_answers bytea[],
  c_request integer[], c_ordinal integer[], c_table text[], c_key text[], c_object bytea[],
  c_topic text[], c_type text[], c_event_key text[], c_namespace text[], c_filter_keys text[], c_last bytea[])
returns bigint
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_last bigint := p_head + cardinality(p_answers);
  v_tables jsonb;
begin
  if not exists (select from ledger.partitions p where v_last between p.first_index and p.last_index)
     or not exists (select from ledger.partitions p where p_head + 1 between p.first_index and p.last_index) then
    perform ledger.add_partitions(v_last, 1);
  end if;

  insert into ledger.log (index, ordinal, table_name, key, object, cause, topic, event_type, event_key, namespace, filter_keys,
    last_object)
  select p_head + c.request, c.ordinal, c.table_name, c.key, c.object, p_request_ids[c.request], c.topic, c.event_type,
    c.event_key, c.namespace,
    case when c.topic is not null then (string_to_array(c.filter_keys, E'\x1f'))[2:] end, c.last_object
  from unnest(c_request, c_ordinal, c_table, c_key, c_object, c_topic, c_type, c_event_key, c_namespace, c_filter_keys, c_last)
    as c (request, ordinal, table_name, key, object, topic, event_type, event_key, namespace, filter_keys, last_object);

  insert into ledger.requests (id, index, answer)
  select r.id, p_head + r.n, r.answer
  from unnest(p_request_ids, p_answers) with ordinality as r (id, answer, n)
  where r.id is not null;

  select h.table_indexes || coalesce((
      select jsonb_object_agg(t.table_name, p_head + t.request)
      from (select u.table_name, max(u.request) as request from unnest(c_table, c_request) as u (table_name, request) group by 1) t),
      '{}'::jsonb)
    into v_tables from ledger.head_v1() h;
  insert into ledger.batches (id, first_index, last_index, table_indexes) values (p_batch, p_head + 1, v_last, v_tables);
  perform pg_notify('steppe_log', v_last::text);
  return v_last;
end
$$;

-- What became of a batch whose answer was lost. If it is not in the log now, it never will be.
create or replace function ledger.settle_v1(p_batch uuid)
returns table (committed boolean, first_index bigint, last_index bigint)
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform * from ledger.take_v1();
  insert into ledger.batches (id, abandoned) values (p_batch, true) on conflict (id) do nothing;
  return query select not b.abandoned, b.first_index, b.last_index from ledger.batches b where b.id = p_batch;
end
$$;

-- Renews a replica's lease and tells who there is. The lease's time is PostgreSQL's. Written without waiting for the disk: what a
-- crash loses is renewed within seconds.
create or replace function ledger.renew_replica_v1(
  p_id text, p_service text, p_address text, p_version text, p_started_at timestamptz, p_ttl interval)
returns table (
  id text, service text, address text, version text, started_at timestamptz, generation bigint, lease_until timestamptz,
  alive boolean)
language plpgsql volatile security definer set search_path = pg_catalog as $$
#variable_conflict use_column
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into ledger.replicas as r values (p_id, p_service, p_address, p_version, p_started_at, 1, clock_timestamp() + p_ttl)
  on conflict (id) do update set
    service = excluded.service, address = excluded.address, version = excluded.version, started_at = excluded.started_at,
    lease_until = excluded.lease_until,
    generation = r.generation
      + case when r.lease_until < clock_timestamp() or r.started_at <> excluded.started_at then 1 else 0 end;
  delete from ledger.replicas r where r.lease_until < clock_timestamp() - interval '1 day';
  return query select * from ledger.members_v1();
end
$$;

-- Ends a lease at once: a replica that stops in order.
create or replace function ledger.leave_replica_v1(p_id text)
returns void
language sql volatile security definer set search_path = pg_catalog as $$
  delete from ledger.replicas where id = p_id
$$;

create or replace function ledger.members_v1()
returns table (
  id text, service text, address text, version text, started_at timestamptz, generation bigint, lease_until timestamptz,
  alive boolean)
language sql volatile security definer set search_path = pg_catalog as $$
  select r.id, r.service, r.address, r.version, r.started_at, r.generation, r.lease_until, r.lease_until > clock_timestamp()
  from ledger.replicas r order by r.id
$$;

-- Whether a replica's lease holds under a generation: for guards.
create or replace function ledger.leased_v1(p_id text, p_generation bigint)
returns boolean
language sql volatile security definer set search_path = pg_catalog as $$
  select exists (
    select from ledger.replicas r where r.id = p_id and r.generation = p_generation and r.lease_until > clock_timestamp())
$$;

-- Below: the log's own business, not granted.

-- Makes partitions so that p_index and p_ahead full partitions after it are there. Attached, so that readers are not held up.
create or replace function ledger.add_partitions(p_index bigint, p_ahead integer)
returns integer
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_size constant bigint := 16384;
  v_first bigint;
  v_made integer := 0;
  v_name text;
begin
  perform pg_advisory_xact_lock(7310875246270538); -- one at a time
  select coalesce(max(last_index) + 1, 1) into v_first from ledger.partitions;
  while v_first <= p_index + p_ahead * v_size loop
    v_name := 'log_' || v_first;
    execute format('create table ledger.%I (like ledger.log including defaults including storage including constraints)', v_name);
    execute format('alter table ledger.log attach partition ledger.%I for values from (%s) to (%s)', v_name, v_first,
      v_first + v_size);
    insert into ledger.partitions (first_index, last_index, name) values (v_first, v_first + v_size - 1, v_name);
    v_first := v_first + v_size;
    v_made := v_made + 1;
  end loop;
  return v_made;
end
$$;

-- Counts the partitions that are full and not yet counted.
create or replace function ledger.count_partitions()
returns void
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_partition record;
  v_head bigint := (select h.index from ledger.head_v1() h);
begin
  for v_partition in select * from ledger.partitions where (events is null or bytes is null) and last_index <= v_head loop
    execute format('update ledger.partitions set events = (select count(*) from ledger.%I where topic is not null),'
      ' newest_at = (select at from ledger.batches where last_index >= $2 order by last_index limit 1),'
      ' bytes = pg_total_relation_size($3) where first_index = $1',
      v_partition.name)
      using v_partition.first_index, v_partition.last_index, format('ledger.%I', v_partition.name)::regclass;
  end loop;
end
$$;

-- Moves the oldest index past partitions that retention lets go: those that are full, whose changes are all older than p_age, and
-- after which at least p_events events stay; and those before the newest full ones that fit into p_bytes. Readers see the new oldest
-- index before anything goes. Gives the partitions to detach.
create or replace function ledger.expire_partitions(p_events bigint, p_age interval, p_bytes bigint)
returns setof text
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_oldest bigint;
begin
  perform ledger.count_partitions();
  select max(p.last_index) + 1 into v_oldest from (
    select q.last_index, q.newest_at, q.events, sum(q.events) over (order by q.first_index desc) - q.events as newer,
      bool_and(q.newest_at < clock_timestamp() - p_age) over (order by q.first_index) as old,
      sum(q.bytes) over (order by q.first_index desc) as taken
    from ledger.partitions q where q.events is not null and q.bytes is not null) p
  where (p.newer >= p_events and p.old) or p.taken > p_bytes;
  if v_oldest is not null then
    update ledger.retained set oldest = v_oldest where oldest < v_oldest;
  end if;
  return query
    select p.name from ledger.partitions p cross join ledger.retained r where p.last_index < r.oldest order by p.first_index;
end
$$;

-- Forgets what belongs to no index the log still has, and request ids older than p_requests; at most p_rows of each.
create or replace function ledger.forget(p_requests interval, p_rows integer)
returns bigint
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_rows bigint;
  v_all bigint := 0;
begin
  -- The batch of the index before the oldest stays: who stands there may still compare it.
  delete from ledger.batches where id in (
    select b.id from ledger.batches b cross join ledger.retained r cross join ledger.head_v1() h
    where b.last_index < r.oldest - 1 and b.last_index < h.index order by b.last_index limit p_rows);
  get diagnostics v_rows = row_count;
  v_all := v_all + v_rows;
  delete from ledger.batches where id in (
    select b.id from ledger.batches b where b.abandoned and b.at < clock_timestamp() - interval '1 day' limit p_rows);
  get diagnostics v_rows = row_count;
  v_all := v_all + v_rows;
  delete from ledger.requests where id in (
    select q.id from ledger.requests q where q.at < clock_timestamp() - p_requests order by q.at limit p_rows);
  get diagnostics v_rows = row_count;
  return v_all + v_rows;
end
$$;

-- For whoever promotes a standby or restores a backup, before services are let in: every view, cache and stream starts anew.
create or replace function ledger.change_epoch()
returns bigint
language sql volatile set search_path = pg_catalog as $$
  update ledger.epoch set epoch = epoch + 1, changed_at = clock_timestamp() returning epoch
$$;

-- Begins the log anew after a restore, whose objects go up to p_index: one batch without changes that every table counts as changed
-- by, above everything there was, under another epoch. Answers of older requests no longer hold. For who has taken the head.
create or replace function ledger.begin_anew(p_batch uuid, p_index bigint, p_tables text[])
returns table (epoch bigint, index bigint)
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_index bigint;
  v_epoch bigint;
begin
  select greatest(h.index, p_index) + 1 into v_index from ledger.head_v1() h;
  perform ledger.add_partitions(v_index, 1);
  insert into ledger.batches (id, first_index, last_index, table_indexes)
  select p_batch, v_index, v_index, coalesce(jsonb_object_agg(t.name, v_index), '{}'::jsonb)
  from (
    select k as name from ledger.head_v1() h cross join jsonb_object_keys(h.table_indexes) k
    union select unnest(p_tables)) t;
  update ledger.retained set oldest = v_index where oldest < v_index;
  delete from ledger.requests;
  v_epoch := ledger.change_epoch();
  perform pg_notify('steppe_log', v_index::text);
  return query select v_epoch, v_index;
end
$$;

do $$
declare
  f record;
begin
  for f in select p.oid::regprocedure as name, p.proname ~ '_v[0-9]+$' as granted
           from pg_proc p where p.pronamespace = 'ledger'::regnamespace loop
    execute format('revoke all on function %s from public', f.name);
    if f.granted then
      execute format('grant execute on function %s to steppe', f.name);
    end if;
  end loop;
end
$$;

select ledger.add_partitions((select h.index from ledger.head_v1() h), 2);
