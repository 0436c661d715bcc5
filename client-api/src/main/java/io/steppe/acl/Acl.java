package io.steppe.acl;

/** What somebody may do. */
public interface Acl {
  /** Whether it is everything. */
  boolean isManagement();

  /**
   * Whether it covers a right.
   *
   * @param subject the namespace, pool or volume that a right is about; "*" asks whether it covers
   *     any at all; not looked at for rights that are about nothing
   */
  boolean allows(Right right, String subject);

  /** Everything: for management tokens, and for everybody where rights are not asked for. */
  static Acl management() {
    return new Acl() {
      @Override
      public boolean isManagement() {
        return true;
      }

      @Override
      public boolean allows(Right right, String subject) {
        return true;
      }
    };
  }
}
