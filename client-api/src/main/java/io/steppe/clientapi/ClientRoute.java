package io.steppe.clientapi;

/** What clients ask of a node; its failures mean different things on different routes. */
enum ClientRoute {
  STATS,
  METADATA,
  GC,
  ALLOCATION_STATS,
  ALLOCATION_CHECKS,
  ALLOCATION_RESTART,
  ALLOCATION_SIGNAL,
  ALLOCATION_PAUSE,
  ALLOCATION_GC,
  ALLOCATION_EXEC,
  FS_LIST,
  FS_STAT,
  FS_CAT,
  FS_READ_AT,
  FS_STREAM,
  FS_LOGS
}
