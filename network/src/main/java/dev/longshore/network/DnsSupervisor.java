package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.network.dns.DnsFiles;
import dev.longshore.network.dns.DnsSettings;
import dev.longshore.network.dns.NameServer;
import dev.longshore.network.dns.ProcessIdentity;
import dev.longshore.network.dns.RecordLines;
import dev.longshore.network.view.ViewSource;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts, adopts and feeds the node's name server, and starts it again should it die. Closing leaves it
/// running.
final class DnsSupervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DnsSupervisor.class);
    private static final Duration TOGETHER = Duration.ofMillis(20);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final Duration GLANCE = Duration.ofMillis(20);
    private static final List<String> SMALL = List.of(
            "-Xmx32m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            // The libraries' debug log would cost more than the answers.
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");

    private final ClusterId cluster;
    private final DnsFiles files;
    private final DnsSettings settings;
    private final JavaProgram java;
    private final ViewSource view;
    private final Commands commands;
    private final Time time;
    private final Debounce writes;
    private volatile Time.Timer looking = () -> {};
    private volatile boolean isClosed;
    // Only the task of `writes` touches it.
    private String written = "";

    DnsSupervisor(
            ClusterId cluster,
            DnsFiles files,
            DnsSettings settings,
            JavaProgram java,
            ViewSource view,
            Commands commands,
            Time time) {
        this.cluster = cluster;
        this.files = files;
        this.settings = settings;
        this.java = java;
        this.view = view;
        this.commands = commands;
        this.time = time;
        this.writes = new Debounce("writing the cluster's names", time, TOGETHER, this::writeRecords);
    }

    /// Sees to it that a name server answers: the one that was there, if it was started in the same way.
    /// Returns at once.
    void start() {
        view.onChange(writes::request);
        writes.request();
        look(Duration.ZERO);
    }

    @Override
    public void close() {
        isClosed = true;
        looking.cancel();
        writes.close();
    }

    /// Ends the name server of `cluster` that `files` tell of, and every other that can be found.
    static void kill(ClusterId cluster, Time time) throws InterruptedException {
        for (ProcessHandle process : ofCluster(cluster)) {
            end(process, time);
        }
    }

    private void look(Duration delay) {
        looking = time.schedule(delay, () -> {
            try {
                if (!isClosed) {
                    ensureRunning();
                    look(LOOK_AGAIN);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException failure) {
                log.warn("the name server could not be started, and is tried again: {}", failure.getMessage());
                look(LOOK_AGAIN);
            }
        });
    }

    private void ensureRunning() throws InterruptedException {
        Optional<ProcessIdentity> known = ProcessIdentity.read(files.process());
        if (known.filter(process -> process.mark().equals(mark()) && process.isAlive())
                .isPresent()) {
            return;
        }
        long pid = launch();
        // The new one answers at the same address by now: only now may the old one go.
        for (ProcessHandle process : ofCluster(cluster)) {
            if (process.pid() != pid) {
                end(process, time);
            }
        }
    }

    private long launch() throws InterruptedException {
        try {
            Files.createDirectories(files.directory());
            DnsFiles.replace(files.settings(), settings.text());
            Files.deleteIfExists(files.process());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        var line = new ArrayList<>(List.of("sh", "-c", "exec setsid -f \"$@\" </dev/null >/dev/null 2>\"$0\""));
        line.add(files.log().toString());
        line.addAll(List.of(java.executable().toString()));
        line.addAll(SMALL);
        line.addAll(List.of("-cp", java.classPath(), NameServer.class.getName()));
        line.addAll(List.of(cluster.value(), files.directory().toString(), mark()));
        commands.require(Command.of(line.toArray(String[]::new)));
        long deadline = time.nanoTime() + START_LIMIT.toNanos();
        while (time.nanoTime() < deadline) {
            Optional<ProcessIdentity> running = ProcessIdentity.read(files.process());
            if (running.isPresent() && running.get().isAlive()) {
                return running.get().pid();
            }
            time.sleep(GLANCE);
        }
        throw new IllegalStateException("the name server does not start; see " + files.log());
    }

    private void writeRecords() {
        view.view().map(now -> RecordLines.of(settings.domain(), now)).ifPresent(lines -> {
            if (!lines.equals(written)) {
                try {
                    DnsFiles.replace(files.records(), lines);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
                written = lines;
            }
        });
    }

    /// Another program or other settings want another process.
    private String mark() {
        String all = java + " " + newestPart() + " " + SMALL + " " + settings.text();
        return Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// A program that was built anew has the same name.
    private long newestPart() {
        return Stream.of(java.classPath().split(File.pathSeparator))
                .mapToLong(part -> new File(part).lastModified())
                .max()
                .orElse(0);
    }

    private static List<ProcessHandle> ofCluster(ClusterId cluster) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> isOf(cluster, process)).toList();
        }
    }

    /// Read from the kernel: Java cuts long command lines, and a class path makes them long.
    private static boolean isOf(ClusterId cluster, ProcessHandle process) {
        try {
            Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
            List<String> arguments = List.of(Files.readString(file).split("\0"));
            int main = arguments.indexOf(NameServer.class.getName());
            return main >= 0
                    && main + 1 < arguments.size()
                    && arguments.get(main + 1).equals(cluster.value());
        } catch (IOException gone) {
            return false;
        }
    }

    private static void end(ProcessHandle process, Time time) throws InterruptedException {
        process.destroy();
        long deadline = time.nanoTime() + STOP_LIMIT.toNanos();
        while (ProcessIdentity.lives(process.pid()) && time.nanoTime() < deadline) {
            time.sleep(GLANCE);
        }
        process.destroyForcibly();
    }
}
