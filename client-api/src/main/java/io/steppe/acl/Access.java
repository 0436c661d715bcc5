package io.steppe.acl;

/** How far a right goes: who may write may read. */
public enum Access {
  LIST,
  READ,
  WRITE
}
