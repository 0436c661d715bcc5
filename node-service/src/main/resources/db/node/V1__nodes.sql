-- Tables of the log that node-service owns.
select node.create_state_table('nodes');
select node.create_state_table('node_pools');

-- Which replica is responsible for which node. Outside the log: a session is nobody's history.
create table node.sessions (
  node_id text primary key,
  replica text not null,
  -- Of the replica's lease.
  generation bigint not null,
  -- Goes up with every session of the node, so rows stay.
  epoch bigint not null
) with (fillfactor = 70);

-- Which guards of a commit do not hold: session|<node>|<epoch>, the node's newest session; lease|<generation>|<replica>.
-- Sessions are locked, in order of node, so that no newer session begins between the check and the commit.
create or replace function node.guard_v1(p_guards text[])
returns text[]
language plpgsql volatile set search_path = pg_catalog as $$
declare
  v_failed text[];
begin
  perform from node.sessions s
    where s.node_id = any (array(select split_part(g, '|', 2) from unnest(p_guards) g where g like 'session|%'))
    order by s.node_id for share;
  select coalesce(array_agg(g), '{}') into v_failed from unnest(p_guards) g
    where case split_part(g, '|', 1)
      when 'session' then not exists (
        select from node.sessions s where s.node_id = split_part(g, '|', 2) and s.epoch = split_part(g, '|', 3)::bigint)
      when 'lease' then not ledger.leased_v1(substr(g, length(split_part(g, '|', 2)) + 8), split_part(g, '|', 2)::bigint)
      else true end;
  return v_failed;
end
$$;
