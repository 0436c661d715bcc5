package io.steppe.agent.driver;

/** A run that goes on, and who runs it. */
public record RunningTask(Driver driver, TaskRun run) {}
