package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the cluster's packets through a host firewall that forwards nothing by default, as a Docker daemon on
/// the same host makes it: what one table drops, no other can accept. Two rules in that table's own chain,
/// marked with the cluster's name; nothing else there is touched, and where nothing is dropped nothing is
/// added.
final class FirewallPassage implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FirewallPassage.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final String CHAIN = "ip filter FORWARD";
    private static final String DROPS = "policy drop";
    private static final Pattern HANDLE = Pattern.compile("# handle (\\d+)");

    private final ClusterId cluster;
    private final Commands commands;
    private final Time time;
    private volatile Time.Timer looking = () -> {};
    private volatile boolean isClosed;

    FirewallPassage(ClusterId cluster, Commands commands, Time time) {
        this.cluster = cluster;
        this.commands = commands;
        this.time = time;
    }

    /// Opens the passage where one is needed, at once and whenever that changes: the other program may start
    /// later, or anew.
    void start() {
        looking = time.schedule(Duration.ZERO, this::look);
    }

    /// Opens the passage if one is needed and it is not open.
    void open() throws InterruptedException {
        String chain = list(commands);
        if (chain.contains(DROPS) && !chain.contains(mark(cluster))) {
            String bridge = NetworkNames.bridge(cluster);
            commands.require(Command.of("nft", "-f", "-")
                    .withInput(rule("iifname", bridge, cluster) + rule("oifname", bridge, cluster)));
            log.info("the host's firewall forwards nothing by default: it now lets the cluster's pods through");
        }
    }

    @Override
    public void close() {
        isClosed = true;
        looking.cancel();
    }

    /// Closes the passage of `cluster`, if there is one.
    static void remove(ClusterId cluster, Commands commands) throws InterruptedException {
        for (String line : list(commands).lines().toList()) {
            var handle = HANDLE.matcher(line);
            if (line.contains(mark(cluster)) && handle.find()) {
                commands.run(Command.of("nft", "delete rule " + CHAIN + " handle " + handle.group(1)));
            }
        }
    }

    private void look() {
        try {
            open();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException failure) {
            log.warn("the host's firewall could not be asked to let pods through: {}", failure.getMessage());
        }
        if (!isClosed) {
            looking = time.schedule(LOOK_AGAIN, this::look);
        }
    }

    private static String rule(String direction, String bridge, ClusterId cluster) {
        return "insert rule %s %s \"%s\" counter accept comment %s%n"
                .formatted(CHAIN, direction, bridge, mark(cluster));
    }

    private static String mark(ClusterId cluster) {
        return "\"" + NetworkNames.table(cluster) + "\"";
    }

    /// The chain with handles; empty when there is none.
    private static String list(Commands commands) throws InterruptedException {
        var listed = commands.run(Command.of("nft", "-a", "list chain " + CHAIN));
        return listed.exitCode() == 0 ? listed.out() : "";
    }
}
