-- Shared by the services that own tables of the log; ${schema} is the service's.
grant usage on schema ${schema} to steppe;

-- Makes the table that holds the objects of a table of the log as they are now.
create function ${schema}.create_state_table(p_table text)
returns void
language plpgsql as $$
begin
  execute format('create table ${schema}.%I (key text primary key, object bytea not null, create_index bigint not null,'
    ' modify_index bigint not null)', p_table);
  execute format('alter table ${schema}.%I alter column object set storage external', p_table);
end
$$;

-- Which of a commit's guards do not hold. A service with guards replaces it.
create function ${schema}.guard_v1(p_guards text[])
returns text[]
language sql stable as $$
  select p_guards
$$;
