package io.steppe.diagnostics.profile;

/** What this process runs on. */
final class VirtualMachine {
  private VirtualMachine() {}

  /** Whether it is a native executable, which can't tell all that a virtual machine can. */
  static boolean isNativeImage() {
    return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
  }
}
