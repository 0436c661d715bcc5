-- Whose the node was before: that replica is told that its session is over.
alter table node.sessions add column previous text;
