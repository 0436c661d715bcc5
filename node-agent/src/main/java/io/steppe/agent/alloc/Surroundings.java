package io.steppe.agent.alloc;

import io.steppe.agent.driver.Driver;
import io.steppe.agent.identity.Signer;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.Node;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * What allocations live in.
 *
 * @param allocations the folder their folders are in
 * @param states the folder for what the agent itself keeps of them
 * @param drivers by name
 * @param node as last fingerprinted
 * @param environment of the machine, as tasks inherit it
 * @param signer signs identities of tasks
 * @param random in [0, 1)
 */
public record Surroundings(
    Path allocations,
    Path states,
    Map<String, Driver> drivers,
    Supplier<Node> node,
    String region,
    Map<String, String> environment,
    Signer signer,
    FolderWatch watch,
    Executor executor,
    ScheduledExecutorService timer,
    InstantSource clock,
    DoubleSupplier random) {}
