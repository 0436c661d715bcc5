package io.steppe.agent.driver;

import java.nio.file.Path;

/**
 * A folder of the machine that a task sees at a place of its own.
 *
 * @param outside where the machine has it
 * @param inside where the task has it: absolute
 */
public record Mount(Path outside, String inside, boolean readOnly) {}
