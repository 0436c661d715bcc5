-- Tables of the log that alloc-service owns: the objects as they are now.
select ${schema}.create_state_table('jobs');
select ${schema}.create_state_table('job_versions');
select ${schema}.create_state_table('evals');
select ${schema}.create_state_table('allocs');
select ${schema}.create_state_table('deployments');
select ${schema}.create_state_table('positions');
