-- Roles and schemas of a region's database. Run once by whoever owns the database (a superuser, or a role with CREATEROLE and
-- CREATE on the database); running it again changes nothing. Passwords are given afterwards, by ALTER ROLE. Everything inside the
-- schemas is made by the services when they start.
do $$
declare
  service text;
begin
  -- Every service's role is a member of steppe: what one schema lets the other services do is granted to it.
  if not exists (select from pg_roles where rolname = 'steppe') then
    create role steppe nologin;
  end if;
  foreach service in array array['steppe_event', 'steppe_node', 'steppe_alloc', 'steppe_acl'] loop
    if not exists (select from pg_roles where rolname = service) then
      execute format('create role %I login', service);
    end if;
    execute format('grant steppe to %I', service);
    if not pg_has_role(current_user, service, 'member') then
      execute format('grant %I to current_user', service);
    end if;
    execute format('grant connect, temporary on database %I to %I', current_database(), service);
  end loop;
end
$$;

create schema if not exists ledger authorization steppe_event;
create schema if not exists node authorization steppe_node;
create schema if not exists alloc authorization steppe_alloc;
create schema if not exists acl authorization steppe_acl;
