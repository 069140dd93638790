package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.network.ForeignSandboxes;
import dev.longshore.network.NodeNetwork;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriRuntime;
import dev.longshore.server.config.CriOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Somebody else's runtime for this node's pods, and the CNI configuration by which it wires them to our bridge.
final class ForeignRuntime implements AutoCloseable {

    private static final String CONFIGURATION = "10-longshore.conflist";

    private final CriOptions options;
    private final Path networks;
    private final NodeNetwork network;
    private final CriRuntime runtime;

    /// @param networks where the CNI configuration is written, for the runtime to read
    ForeignRuntime(CriOptions options, ClusterId cluster, Path logs, Path networks, NodeNetwork network, Time time) {
        Path socket = options.runtime().orElseThrow();
        this.options = options;
        this.networks = networks;
        this.network = network;
        this.runtime = new CriRuntime(
                new CriRuntime.Settings(
                        socket, options.images().orElse(socket), cluster.value(), "longshore-" + cluster, logs),
                rules(network.foreignSandboxes()),
                time);
    }

    /// The runtime wires its sandboxes; ports of the host and policies are ours.
    private static CriRuntime.Wiring rules(ForeignSandboxes sandboxes) {
        return new CriRuntime.Wiring() {
            @Override
            public void wired(SandboxStatus sandbox) throws InterruptedException {
                sandboxes.wired(sandbox.id(), sandbox.spec(), sandbox.addresses());
            }

            @Override
            public void unwired(String sandboxId) throws InterruptedException {
                sandboxes.unwired(sandboxId);
            }
        };
    }

    /// @throws CommandFailure when it does not answer
    void start() throws InterruptedException, IOException {
        Files.createDirectories(networks);
        try {
            runtime.start();
        } catch (RuntimeFaultException silent) {
            throw new CommandFailure(
                    "--container-runtime-endpoint: no runtime answers CRI v1 at %s: %s"
                            .formatted(options.runtime().orElseThrow(), silent.getMessage()),
                    silent);
        }
    }

    CriRuntime runtime() {
        return runtime;
    }

    /// Writes the configuration for pods of `range`, as a whole or not at all.
    void podRange(String range) throws InterruptedException {
        try {
            Path written = networks.resolve("." + CONFIGURATION);
            Files.writeString(written, network.cniConfiguration(range));
            Files.move(
                    written,
                    networks.resolve(CONFIGURATION),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the CNI configuration", failure);
        }
        runtime.podRange(range);
    }

    @Override
    public void close() {
        runtime.close();
    }
}
