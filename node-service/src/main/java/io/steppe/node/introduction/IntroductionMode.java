package io.steppe.node.introduction;

/** Whether nodes that are not known have to be introduced. */
public enum IntroductionMode {
  /** They are let in. */
  NONE,
  /** They are let in, and the log says so. */
  WARN,
  /** They are refused without a token that was made for them. */
  STRICT
}
