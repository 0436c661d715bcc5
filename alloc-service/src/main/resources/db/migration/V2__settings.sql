-- What operators set for the region.
select ${schema}.create_state_table('settings');
