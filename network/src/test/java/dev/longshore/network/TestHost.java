package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;

/// A host in a network namespace of its own, so that no test touches the network of the machine it runs on.
/// Beside it a neighbour, joined by a cable: the host is at `198.51.100.1`, the neighbour at `198.51.100.2`.
final class TestHost {

    static final String ADDRESS = "198.51.100.1";
    static final String NEIGHBOUR_ADDRESS = "198.51.100.2";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    final ClusterId cluster = ClusterId.random(ThreadLocalRandom.current());
    private final Commands real = new HostCommands();
    private final Deque<String> namespaces = new ConcurrentLinkedDeque<>();
    private final List<Process> servers = new ArrayList<>();
    private final Path files;

    TestHost(Path files) throws InterruptedException {
        this.files = files;
        needs(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "root");
        for (String tool : List.of("ip", "nft", "conntrack", "nsenter", "busybox", "curl", "perl")) {
            needs(has(tool), tool);
        }
        needs(Files.isDirectory(Path.of("/usr/lib/cni")), "CNI plugins");
        namespace("host");
        namespace("neighbour");
        cable("host", ADDRESS, "neighbour", NEIGHBOUR_ADDRESS);
        in("host", "ip", "route", "add", "default", "via", NEIGHBOUR_ADDRESS);
    }

    /// Joins two namespaces by a cable with an address at each end.
    void cable(String one, String oneAddress, String other, String otherAddress) throws InterruptedException {
        String device = "to-" + other;
        String otherDevice = "to-" + one;
        real.require(
                "ip",
                "link",
                "add",
                device,
                "netns",
                name(one),
                "type",
                "veth",
                "peer",
                "name",
                otherDevice,
                "netns",
                name(other));
        in(one, "ip", "addr", "add", oneAddress + "/24", "dev", device);
        in(other, "ip", "addr", "add", otherAddress + "/24", "dev", otherDevice);
        in(one, "ip", "link", "set", device, "up");
        in(other, "ip", "link", "set", otherDevice, "up");
    }

    /// Runs tools on the host.
    Commands commands() {
        return commandsIn("host");
    }

    /// Makes an empty namespace, as a sandbox has, and returns where it is pinned.
    Path namespace(String name) throws InterruptedException {
        real.require("ip", "netns", "add", name(name));
        namespaces.push(name(name));
        in(name, "ip", "link", "set", "lo", "up");
        return Path.of("/run/netns", name(name));
    }

    /// Runs a tool in a namespace.
    String in(String name, String... line) throws InterruptedException {
        return commandsIn(name).require(line).out();
    }

    /// Serves its own name by HTTP.
    void serve(String name, int port) throws IOException {
        Path root = Files.createDirectories(files.resolve(name));
        Files.writeString(root.resolve("index.html"), name);
        background(name, "busybox", "httpd", "-f", "-p", String.valueOf(port), "-h", root.toString());
    }

    /// Answers every datagram with its own name.
    void serveUdp(String name, int port) throws IOException {
        String program =
                "$s = IO::Socket::INET->new(Proto => 'udp', LocalPort => %d) or die; while ($s->recv($m, 99)) { $s->send('%s') }";
        background(name, "perl", "-MIO::Socket::INET", "-e", program.formatted(port, name));
    }

    /// What comes back for a datagram from `localPort`; empty when nothing does within a second.
    String askUdp(String name, int localPort, String address, int port) throws InterruptedException {
        String program =
                "$s = IO::Socket::INET->new(Proto => 'udp', LocalPort => %d, PeerAddr => '%s', PeerPort => %d) or die; $SIG{ALRM} = sub { exit }; alarm 1; $s->send('x'); $s->recv($m, 99); print $m"
                        .formatted(localPort, address, port);
        return in(name, "perl", "-MIO::Socket::INET", "-e", program);
    }

    /// Puts a file of `size` bytes beside what the pod serves.
    void file(String name, String file, int size) throws IOException {
        Files.write(files.resolve(name).resolve(file), new byte[size]);
    }

    private void background(String name, String... line) throws IOException {
        var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name(name)));
        all.addAll(List.of(line));
        servers.add(new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /// What a HTTP GET from the namespace brings, or `curl`'s exit code as `failed 7`.
    String get(String name, String address) throws InterruptedException {
        var result = commandsIn(name)
                .run(Commands.Command.of(
                        "curl", "-sS", "--connect-timeout", "1", "--max-time", "5", "http://" + address + "/"));
        return result.exitCode() == 0 ? result.out() : "failed " + result.exitCode();
    }

    /// Runs tools in a namespace.
    Commands commandsIn(String name) {
        return command -> {
            var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name(name)));
            all.addAll(command.arguments());
            return real.run(new Commands.Command(all, command.environment(), command.input(), min(command.limit())));
        };
    }

    private static Duration min(Duration limit) {
        return limit.compareTo(LIMIT) < 0 ? limit : LIMIT;
    }

    private String name(String name) {
        return "lst-" + cluster + "-" + name;
    }

    private static boolean has(String tool) {
        return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin").stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private static void needs(boolean isThere, String what) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(isThere).as("this machine has " + what).isTrue();
        } else {
            assumeThat(isThere).as("this machine has " + what).isTrue();
        }
    }

    /// Takes everything away.
    void close() throws InterruptedException {
        servers.forEach(Process::destroyForcibly);
        for (String namespace : namespaces) {
            real.run(Commands.Command.of("ip", "netns", "del", namespace));
        }
    }
}
