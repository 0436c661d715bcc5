-- Commits a batch: one call, one transaction. Arrays as in ledger.append_v1, and:
-- p_epoch, p_head: where the log was when the batch was decided; p_known: all request ids of the batch, those that change nothing
-- too; p_guards: conditions that must hold.
-- outcome: done; moved (the log is elsewhere: epoch and head tell where); known (some ids were answered before: known_*);
-- guard (failed_guards don't hold); abandoned (somebody settled this batch before). All but done have written nothing.
create or replace function ${schema}.commit_v1(
  p_epoch bigint, p_head bigint, p_batch uuid, p_known uuid[], p_guards text[], p_request_ids uuid[], p_answers bytea[],
  c_request integer[], c_ordinal integer[], c_table text[], c_key text[], c_object bytea[],
  c_topic text[], c_type text[], c_event_key text[], c_namespace text[], c_filter_keys text[], c_last bytea[],
  out outcome text, out epoch bigint, out head bigint, out known_ids uuid[], out known_answers bytea[], out failed_guards text[])
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_table text;
begin
  select t.epoch, t.index into epoch, head from ledger.take_v1() t;
  if epoch <> p_epoch or head <> p_head then
    outcome := 'moved';
    return;
  end if;
  if cardinality(p_known) > 0 then
    select array_agg(a.id), array_agg(a.answer) into known_ids, known_answers from ledger.answers_v1(p_known) a;
    if known_ids is not null then
      outcome := 'known';
      return;
    end if;
  end if;
  if cardinality(p_guards) > 0 then
    failed_guards := ${schema}.guard_v1(p_guards);
    if cardinality(failed_guards) > 0 then
      outcome := 'guard';
      return;
    end if;
  end if;

  for v_table in select distinct t from unnest(c_table) t order by t loop
    perform ${schema}.write_state(v_table, p_head, c_request, c_table, c_key, c_object);
  end loop;
  head := ledger.append_v1(p_head, p_batch, p_request_ids, p_answers, c_request, c_ordinal, c_table, c_key, c_object,
    c_topic, c_type, c_event_key, c_namespace, c_filter_keys, c_last);
  outcome := 'done';
end
$$;

-- The objects of one table as the batch leaves them. What is deleted and made again within the batch is new.
create or replace function ${schema}.write_state(
  p_table text, p_head bigint, c_request integer[], c_table text[], c_key text[], c_object bytea[])
returns void
language plpgsql volatile set search_path = pg_catalog as $$
begin
  execute format($sql$
    delete from ${schema}.%I s using unnest($1, $2, $3) as c (table_name, key, object)
    where c.table_name = %L and c.object is null and s.key = c.key$sql$, p_table, p_table)
    using c_table, c_key, c_object;
  execute format($sql$
    insert into ${schema}.%I as s (key, object, create_index, modify_index)
    select key, object, created, index from (
      select c.key, c.object, c.index, c.place,
        max(c.place) over w as last_place,
        min(c.index) filter (where c.place > c.gone) over w as created
      from (
        select u.key, u.object, $4 + u.request as index, u.place,
          coalesce(max(u.place) filter (where u.object is null) over (partition by u.key), 0) as gone
        from unnest($1, $2, $3, $5) with ordinality as u (table_name, key, object, request, place)
        where u.table_name = %L) c
      window w as (partition by c.key)) d
    where place = last_place and object is not null
    on conflict (key) do update set object = excluded.object, modify_index = excluded.modify_index$sql$, p_table, p_table)
    using c_table, c_key, c_object, p_head, c_request;
end
$$;

-- A cursor over the objects of some of the tables: table_name, key, modify_index, object. Read it with FETCH in the same
-- transaction, which is to be REPEATABLE READ.
create or replace function ${schema}.snapshot_v1(p_tables text[])
returns refcursor
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_cursor refcursor;
  v_query text;
begin
  select string_agg(format('select %L::text as table_name, key, modify_index, object from ${schema}.%I', c.relname, c.relname),
      ' union all ' order by c.relname) into v_query
    from pg_class c where c.relnamespace = '${schema}'::regnamespace and c.relkind = 'r' and c.relname = any (p_tables);
  open v_cursor no scroll for execute
    coalesce(v_query, 'select null::text, null::text, null::bigint, null::bytea where false');
  return v_cursor;
end
$$;

-- The tables of the state: those that create_state_table made.
create or replace function ${schema}.state_tables()
returns setof text
language sql stable set search_path = pg_catalog as $$
  select c.relname::text from pg_class c
  where c.relnamespace = '${schema}'::regnamespace and c.relkind = 'r'
    and (select count(*) from pg_attribute a where a.attrelid = c.oid
      and a.attname in ('key', 'object', 'create_index', 'modify_index')) = 4
  order by 1
$$;

-- A cursor over everything there is: table_name, key, create_index, modify_index, object. For archives.
create or replace function ${schema}.archive_v1()
returns refcursor
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_cursor refcursor;
  v_query text;
begin
  select string_agg(format('select %L::text as table_name, key, create_index, modify_index, object from ${schema}.%I', t, t),
      ' union all ') into v_query from ${schema}.state_tables() t;
  open v_cursor no scroll for execute
    coalesce(v_query, 'select null::text, null::text, null::bigint, null::bigint, null::bytea where false');
  return v_cursor;
end
$$;

-- Empties all tables, and tells which they are. For a restore, which has taken the head.
create or replace function ${schema}.clear_v1()
returns setof text
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_table text;
begin
  for v_table in select t from ${schema}.state_tables() t loop
    execute format('delete from ${schema}.%I', v_table);
    return next v_table;
  end loop;
end
$$;

-- Puts objects into a table as they were. For a restore, which has emptied it.
create or replace function ${schema}.restore_v1(
  p_table text, p_keys text[], p_create bigint[], p_modify bigint[], p_objects bytea[])
returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  if not exists (select from ${schema}.state_tables() t where t = p_table) then
    raise exception 'no table of the state is called %', p_table using errcode = 'undefined_table';
  end if;
  execute format('insert into ${schema}.%I (key, create_index, modify_index, object) select * from unnest($1, $2, $3, $4)', p_table)
    using p_keys, p_create, p_modify, p_objects;
end
$$;

revoke all on function ${schema}.state_tables from public;
revoke all on function ${schema}.archive_v1 from public;
revoke all on function ${schema}.clear_v1 from public;
revoke all on function ${schema}.restore_v1 from public;
grant execute on function ${schema}.archive_v1 to steppe_event;
grant execute on function ${schema}.clear_v1 to steppe_event;
grant execute on function ${schema}.restore_v1 to steppe_event;

revoke all on function ${schema}.commit_v1 from public;
revoke all on function ${schema}.write_state from public;
revoke all on function ${schema}.snapshot_v1 from public;
grant execute on function ${schema}.snapshot_v1 to steppe;
