package dev.longshore.docker;

import dev.longshore.network.EngineBridges;
import dev.longshore.network.EngineNetwork;
import dev.longshore.network.EngineNetwork.Member;
import dev.longshore.network.EngineNetwork.Plug;
import dev.longshore.network.EngineNetwork.PublishedPort;
import dev.longshore.network.HostPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// A host's networks that are only remembered.
final class FakeBridges implements EngineBridges {

    final Map<String, Plug> cables = new LinkedHashMap<>();
    final TreeSet<String> bridges = new TreeSet<>();
    List<PublishedPort> published = List.of();
    List<Member> members = List.of();
    List<EngineNetwork> networks = List.of();
    final HostPorts ports = new HostPorts();
    private int pools;

    @Override
    public String dnsAddress() {
        return "10.96.0.10";
    }

    @Override
    public String deviceOf(String network) {
        return "bridge-" + network.substring(0, 6);
    }

    @Override
    public int usualMtu() {
        return 1500;
    }

    @Override
    public Optional<String> chooseRange(List<String> taken, Claim claim) throws IOException, InterruptedException {
        String range = "172." + (17 + pools++) + ".0.0/16";
        claim.take(range);
        return Optional.of(range);
    }

    @Override
    public boolean isUsed(String range) {
        return range.startsWith("10.0.0.");
    }

    @Override
    public void create(EngineNetwork network) {
        bridges.add(network.bridge());
    }

    @Override
    public void delete(EngineNetwork network) {
        bridges.remove(network.bridge());
    }

    @Override
    public void plug(EngineNetwork network, Path namespace, String key, Plug plug) {
        cables.put(key, plug);
    }

    @Override
    public void unplug(String key) {
        cables.remove(key);
    }

    @Override
    public void apply(List<EngineNetwork> all, List<PublishedPort> leading) {
        networks = all;
        published = leading;
    }

    @Override
    public HostPorts hostPorts() {
        return ports;
    }

    @Override
    public void names(List<Member> all) {
        members = all;
    }
}
