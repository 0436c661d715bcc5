-- Ids of the tokens that introduced nodes, until they end by themselves: none introduces two.
select node.create_state_table('introductions');
