-- Tables of the log that the gateway owns: who may do what.
select ${schema}.create_state_table('acl_policies');
select ${schema}.create_state_table('acl_tokens');
select ${schema}.create_state_table('acl_one_time_tokens');
select ${schema}.create_state_table('acl_roles');
select ${schema}.create_state_table('acl_auth_methods');
select ${schema}.create_state_table('acl_binding_rules');
select ${schema}.create_state_table('acl_bootstrap');
