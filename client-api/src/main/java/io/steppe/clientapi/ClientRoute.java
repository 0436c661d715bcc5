package io.steppe.clientapi;

/** What clients ask of a node; its failures mean different things on different routes. */
enum ClientRoute {
  STATS,
  ALLOCATION_STATS,
  FS_LIST,
  FS_STAT,
  FS_CAT,
  FS_READ_AT,
  FS_STREAM,
  FS_LOGS
}
