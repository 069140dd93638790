package dev.longshore.network;

import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.network.view.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Forgets the kernel's connections of UDP clients whose endpoint has gone. A UDP client that keeps its port
/// never begins anew, so it would be led to the old address for as long as it talks. TCP needs none of this: a
/// connection ends with its endpoint, and must not end before.
///
/// Looks at what the kernel holds instead of at what changed, so that nothing is missed while this process is
/// away.
final class UdpFlows {

    private final Commands commands;

    UdpFlows(Commands commands) {
        this.commands = commands;
    }

    /// A flow in the kernel's table.
    ///
    /// @param destination where the client sends
    /// @param answerer who answers
    record Flow(String source, int sourcePort, String destination, int port, String answerer) {}

    /// The addresses behind each UDP front of `rules`: `address . port`, or the port alone for node ports.
    static Map<String, Set<String>> fronts(Ruleset rules) {
        var fronts = new HashMap<String, Set<String>>();
        rules.elements().getOrDefault("endpoints", Map.of()).forEach((key, target) -> {
            String[] parts = key.split(" \\. ");
            if (parts[1].equals("udp")) {
                fronts.computeIfAbsent(parts[0] + " " + parts[2], any -> new HashSet<>())
                        .add(target.split(" ")[0]);
            }
        });
        rules.elements().getOrDefault("nodeport-endpoints", Map.of()).forEach((key, target) -> {
            String[] parts = key.split(" \\. ");
            if (parts[0].equals("udp")) {
                fronts.computeIfAbsent(parts[1], any -> new HashSet<>()).add(target.split(" ")[0]);
            }
        });
        return fronts;
    }

    /// Deletes the flows to a front, or to any address of `services`, that are answered by none of its
    /// endpoints.
    void forgetStale(Map<String, Set<String>> fronts, Range services, Set<String> exempt) throws InterruptedException {
        var listed = commands.run(Command.of("conntrack", "-L", "-p", "udp"));
        for (String line : listed.out().lines().toList()) {
            Optional<Flow> flow = parse(line);
            if (flow.isPresent() && isStale(flow.get(), fronts, services, exempt)) {
                forget(flow.get());
            }
        }
    }

    private static boolean isStale(Flow flow, Map<String, Set<String>> fronts, Range services, Set<String> exempt) {
        if (exempt.contains(flow.destination())) {
            return false;
        }
        Set<String> byAddress = fronts.get(flow.destination() + " " + flow.port());
        if (byAddress != null) {
            return !byAddress.contains(flow.answerer());
        }
        if (services.contains(flow.destination())) {
            return true;
        }
        Set<String> byNodePort = fronts.get(String.valueOf(flow.port()));
        return byNodePort != null && !byNodePort.contains(flow.answerer());
    }

    /// Reads `udp 17 29 src=A dst=B sport=1 dport=2 [UNREPLIED] src=C dst=D …`.
    static Optional<Flow> parse(String line) {
        var fields = new HashMap<String, List<String>>();
        for (String word : line.split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(word.substring(0, equals), any -> new ArrayList<>())
                        .add(word.substring(equals + 1));
            }
        }
        boolean isWhole = List.of("src", "dst", "sport", "dport").stream()
                .allMatch(name -> fields.getOrDefault(name, List.of()).size() == 2);
        if (!isWhole || !Range.isAddress(fields.get("dst").get(0))) {
            return Optional.empty();
        }
        return Optional.of(new Flow(
                fields.get("src").get(0),
                Integer.parseInt(fields.get("sport").get(0)),
                fields.get("dst").get(0),
                Integer.parseInt(fields.get("dport").get(0)),
                fields.get("src").get(1)));
    }

    private void forget(Flow flow) throws InterruptedException {
        // It may have ended meanwhile, which is as good.
        commands.run(Command.of(
                "conntrack",
                "-D",
                "-p",
                "udp",
                "--orig-src",
                flow.source(),
                "--orig-dst",
                flow.destination(),
                "--sport",
                String.valueOf(flow.sourcePort()),
                "--dport",
                String.valueOf(flow.port())));
    }
}
