package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.linux.NetworkNamespaces;
import dev.longshore.linux.PacketSocket;
import dev.longshore.linux.PipedProcess;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Exec without a terminal is the OCI runtime's own, over pipes; with one it goes through a conmon, which owns
/// the terminal. Attach speaks with the container's conmon.
final class LinuxStreams implements Streams {

    private static final Logger log = LoggerFactory.getLogger(LinuxStreams.class);
    private static final int SHORT = 16;
    private static final Duration FOREVER = Duration.ofDays(3650);

    private final NodeState state;
    private final OciRuntime oci;

    LinuxStreams(NodeState state, OciRuntime oci) {
        this.state = state;
        this.oci = oci;
    }

    @Override
    public int exec(String containerId, Exec exec, Stdio stdio, Resizes resizes, Duration limit)
            throws InterruptedException {
        Container container = state.running(containerId);
        Path directory = state.paths()
                .container(containerId)
                .resolve("exec")
                .resolve(state.newId().substring(0, SHORT));
        Duration most = limit.isPositive() ? limit : FOREVER;
        try {
            StateFile.createDirectories(directory);
            StateFile.write(directory.resolve("process.json"), process(container, exec));
            return exec.tty()
                    ? new TerminalExec(oci).run(container, directory, stdio, resizes, most)
                    : piped(containerId, directory, stdio, most);
        } catch (IOException | UncheckedIOException failure) {
            throw new RuntimeFaultException(Kind.CANNOT_START, "exec failed: " + failure.getMessage(), failure);
        } finally {
            oci.discard(directory);
        }
    }

    private int piped(String containerId, Path directory, Stdio stdio, Duration limit)
            throws InterruptedException, IOException {
        List<String> line = oci.line(
                containerId,
                "--log=" + directory.resolve("log"),
                "exec",
                "--process",
                directory.resolve("process.json").toString(),
                "--pid-file",
                directory.resolve("pid").toString(),
                containerId);
        var in = stdio.in().orElseGet(InputStream::nullInputStream);
        var out = stdio.out().orElseGet(OutputStream::nullOutputStream);
        var err = new LateOutput(stdio.err().orElseGet(OutputStream::nullOutputStream), directory.resolve("pid"));
        boolean ended = false;
        try (var process = PipedProcess.start(line)) {
            process.pump(in, out, err);
            ended = process.await(limit);
            if (!ended) {
                throw new RuntimeFaultException(Kind.TIMED_OUT, "command timed out after " + limit.toSeconds() + "s");
            }
            String refusal = text(directory.resolve("log")).strip();
            if (process.exitCode() != 0 && !refusal.isEmpty()) {
                throw new RuntimeFaultException(Kind.CANNOT_START, refusal);
            }
            err.release();
            return process.exitCode();
        } finally {
            if (!ended) {
                kill(directory);
            }
        }
    }

    /// Kills the process whose pid is in `directory`.
    static void kill(Path directory) {
        Processes.signal(ContainerStarts.identity(directory, "pid"), Processes.signalNumber("KILL"));
    }

    // What the container's own process is, but for what is asked for otherwise.
    private ObjectNode process(Container container, Exec exec) throws IOException {
        Path bundle = state.paths().container(container.id());
        ObjectNode process = (ObjectNode)
                Json.parse(Files.readAllBytes(bundle.resolve("config.json"))).path("process");
        ArrayNode arguments = process.putArray("args");
        exec.command().forEach(arguments::add);
        process.put("terminal", exec.tty());
        ArrayNode env = (ArrayNode) process.path("env");
        if (exec.tty()) {
            env.add("TERM=xterm");
        }
        exec.env().forEach(env::add);
        if (!exec.workingDirectory().isEmpty()) {
            process.put("cwd", exec.workingDirectory());
        }
        if (!exec.user().isEmpty()) {
            OciConfig.user(process, ProcessUser.of(exec.user(), root(container, bundle)));
        }
        if (exec.privileged()) {
            OciConfig.capabilities(process, Capability.all(HostLimits.current()));
        }
        return process;
    }

    private static LayeredRoot root(Container container, Path bundle) {
        var layers = new ArrayList<Path>();
        layers.add(bundle.resolve("upper"));
        for (int i = 0; i < container.created().layers(); i++) {
            layers.add(bundle.resolve("l").resolve(Integer.toString(i)));
        }
        return new LayeredRoot(layers.stream().map(LinuxStreams::real).toList());
    }

    // The bundle's own links to the layers, which are no part of the hostile tree.
    private static Path real(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException absent) {
            return link;
        }
    }

    @Override
    public Attachment join(String containerId) {
        if (state.container(containerId).exit().isDone()) {
            state.running(containerId);
        }
        Path directory = state.paths().container(containerId);
        try {
            var socket = PacketSocket.connect(directory, "attach");
            return new Attachment() {
                @Override
                public void run(Stdio stdio, Resizes resizes) throws InterruptedException {
                    new AttachSession(socket, directory).run(stdio, resizes, FOREVER);
                }

                @Override
                public void close() {
                    socket.close();
                }
            };
        } catch (IOException gone) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "cannot attach to container " + containerId + ": " + gone.getMessage(), gone);
        }
    }

    @Override
    public void resize(String containerId, Size size) {
        try {
            new ConmonControl(state.paths().container(state.running(containerId).id())).resize(size);
        } catch (IOException gone) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "cannot resize container " + containerId + ": " + gone.getMessage(), gone);
        }
    }

    @Override
    public void portForward(String sandboxId, int port, InputStream in, OutputStream out) throws InterruptedException {
        SandboxFacts facts = state.sandbox(sandboxId).facts();
        try (SocketChannel channel = connect(facts, port)) {
            Thread.ofVirtual().name("port-forward-in").start(() -> send(in, channel));
            receive(channel, out);
        } catch (IOException failure) {
            throw new RuntimeFaultException(
                    Kind.FAILED,
                    "failed to connect to localhost:" + port + " inside the pod: " + failure.getMessage(),
                    failure);
        }
    }

    private static SocketChannel connect(SandboxFacts facts, int port) throws IOException, InterruptedException {
        var four = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        if (facts.networkNamespace().isEmpty()) {
            return SocketChannel.open(four);
        }
        Path pin = Path.of(facts.networkNamespace());
        try {
            return NetworkNamespaces.connect(pin, four);
        } catch (IOException refused) {
            byte[] loopback = new byte[16];
            loopback[15] = 1;
            try {
                return NetworkNamespaces.connect(pin, new InetSocketAddress(InetAddress.getByAddress(loopback), port));
            } catch (IOException alsoRefused) {
                refused.addSuppressed(alsoRefused);
                throw refused;
            }
        }
    }

    private static void send(InputStream in, SocketChannel channel) {
        try {
            in.transferTo(Channels.newOutputStream(channel));
            channel.shutdownOutput();
        } catch (IOException gone) {
            log.debug("a forwarded connection ended: {}", gone.getMessage());
        }
    }

    // Not transferTo: each piece is to leave at once.
    private static void receive(SocketChannel channel, OutputStream out) throws IOException {
        InputStream from = Channels.newInputStream(channel);
        byte[] buffer = new byte[16 << 10];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            out.write(buffer, 0, read);
            out.flush();
        }
    }

    static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException absent) {
            return "";
        }
    }
}
