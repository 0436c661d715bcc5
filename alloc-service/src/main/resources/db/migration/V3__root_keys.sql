-- Keys that identities are signed with; the private ones sealed.
select ${schema}.create_state_table('root_keys');
