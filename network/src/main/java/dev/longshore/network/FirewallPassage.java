package dev.longshore.network;

import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets packets of some bridges through a host firewall that forwards nothing by default, as a Docker daemon on
/// the same host makes it: what one table drops, no other can accept. Two rules for each bridge in that table's own
/// chain, marked with the cluster's name; nothing else there is touched, and where nothing is dropped nothing is
/// added.
final class FirewallPassage implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FirewallPassage.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final List<String> CHAINS = List.of("ip filter FORWARD", "ip6 filter FORWARD");
    private static final String DROPS = "policy drop";
    private static final Pattern RULE = Pattern.compile("(iifname|oifname) \"([^\"]+)\".* # handle (\\d+)");

    private final String mark;
    private final Supplier<Set<String>> bridges;
    private final Commands commands;
    private final Time time;
    private volatile Time.Timer looking = () -> {};
    private volatile boolean isClosed;

    /// For `bridges`, by rules that bear `mark`.
    FirewallPassage(String mark, Supplier<Set<String>> bridges, Commands commands, Time time) {
        this.mark = mark;
        this.bridges = bridges;
        this.commands = commands;
        this.time = time;
    }

    /// Opens the passage where one is needed, at once and whenever that changes: the other program may start
    /// later, or anew.
    void start() {
        looking = time.schedule(Duration.ZERO, this::look);
    }

    /// Opens the passage for bridges that need one and have none, and closes it for those that are gone.
    void open() throws InterruptedException {
        Set<String> wanted = bridges.get();
        for (String chain : CHAINS) {
            String listed = list(chain, commands);
            List<Opening> open = openings(listed, mark);
            for (Opening opening : open) {
                if (!wanted.contains(opening.bridge())) {
                    opening.close(chain, commands);
                }
            }
            var missing = new TreeSet<>(wanted);
            open.forEach(opening -> missing.remove(opening.bridge()));
            if (listed.contains(DROPS) && !missing.isEmpty()) {
                var script = new StringBuilder();
                for (String bridge : missing) {
                    script.append(rule(chain, "iifname", bridge)).append(rule(chain, "oifname", bridge));
                }
                commands.require(Command.of("nft", "-f", "-").withInput(script.toString()));
                log.info("the host's firewall forwards nothing by default: it now lets through {}", missing);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        looking.cancel();
    }

    /// Closes the passage with `mark`, if there is one.
    static void remove(String mark, Commands commands) throws InterruptedException {
        for (String chain : CHAINS) {
            for (Opening opening : openings(list(chain, commands), mark)) {
                opening.close(chain, commands);
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
            log.warn("the host's firewall could not be asked to let packets through: {}", failure.getMessage());
        }
        if (!isClosed) {
            looking = time.schedule(LOOK_AGAIN, this::look);
        }
    }

    /// A rule that is there.
    private record Opening(String bridge, String handle) {
        void close(String chain, Commands commands) throws InterruptedException {
            commands.run(Command.of("nft", "delete rule " + chain + " handle " + handle));
        }
    }

    private static List<Opening> openings(String listed, String mark) {
        var all = new ArrayList<Opening>();
        for (String line : listed.lines().toList()) {
            Matcher rule = RULE.matcher(line);
            if (line.contains("\"" + mark + "\"") && rule.find()) {
                all.add(new Opening(rule.group(2), rule.group(3)));
            }
        }
        return all;
    }

    private String rule(String chain, String direction, String bridge) {
        return "insert rule %s %s \"%s\" counter accept comment \"%s\"%n".formatted(chain, direction, bridge, mark);
    }

    /// The chain with handles; empty when there is none.
    private static String list(String chain, Commands commands) throws InterruptedException {
        var listed = commands.run(Command.of("nft", "-a", "list chain " + chain));
        return listed.exitCode() == 0 ? listed.out() : "";
    }
}
