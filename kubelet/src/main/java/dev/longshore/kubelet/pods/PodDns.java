package dev.longshore.kubelet.pods;

import dev.longshore.runtime.SandboxSpec.DnsConfig;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/// How a pod asks for names: by its policy the cluster's server, the host's or none, and what the pod itself adds;
/// all within what resolvers bear.
final class PodDns {

    private static final int MOST_SERVERS = 3;
    private static final int MOST_SEARCHES = 32;
    private static final int LONGEST_SEARCH = 253;
    private static final int LONGEST_LINE = 2048;

    private final PodSettings settings;
    private final Path hostResolvConf;

    PodDns(PodSettings settings, Path hostResolvConf) {
        this.settings = settings;
        this.hostResolvConf = hostResolvConf;
    }

    /// What the pod gets.
    ///
    /// @param omissions what people should know: that something was left out
    record Plan(DnsConfig config, List<String> omissions) {}

    Plan of(Pod pod) {
        DnsConfig base = base(pod);
        return fitted(pod.getSpec().getDnsConfig() == null ? base : merged(base, pod));
    }

    private DnsConfig base(Pod pod) {
        String policy = Objects.requireNonNullElse(pod.getSpec().getDnsPolicy(), "ClusterFirst");
        boolean ofHost = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        boolean cluster = policy.equals("ClusterFirstWithHostNet") || (policy.equals("ClusterFirst") && !ofHost);
        if (policy.equals("None")) {
            return new DnsConfig(List.of(), List.of(), List.of());
        }
        return cluster && !settings.clusterDns().isEmpty()
                ? clusterFirst(pod.getMetadata().getNamespace())
                : ofHost();
    }

    private DnsConfig clusterFirst(String namespace) {
        String domain = settings.clusterDomain();
        var searches = new LinkedHashSet<>(List.of(namespace + ".svc." + domain, "svc." + domain, domain));
        searches.addAll(ofHost().searches());
        return new DnsConfig(settings.clusterDns(), List.copyOf(searches), List.of("ndots:5"));
    }

    private DnsConfig ofHost() {
        var servers = new ArrayList<String>();
        List<String> searches = List.of();
        var options = new LinkedHashMap<String, String>();
        for (String line : hostLines()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            List<String> rest = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> rest.stream().limit(1).forEach(servers::add);
                case "search" ->
                    searches = rest.stream()
                            .filter(search -> !search.equals("."))
                            .map(search -> search.endsWith(".") ? search.substring(0, search.length() - 1) : search)
                            .toList();
                case "options" -> rest.forEach(option -> put(options, option));
                default -> {
                    // Comments, and what only the host's own resolver knows.
                }
            }
        }
        return new DnsConfig(servers, searches, List.copyOf(options.values()));
    }

    private List<String> hostLines() {
        try {
            return Files.readAllLines(hostResolvConf);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + hostResolvConf, unreadable);
        }
    }

    private static DnsConfig merged(DnsConfig base, Pod pod) {
        var more = pod.getSpec().getDnsConfig();
        var servers = new LinkedHashSet<>(base.servers());
        servers.addAll(more.getNameservers());
        var searches = new LinkedHashSet<>(base.searches());
        searches.addAll(more.getSearches());
        var options = new LinkedHashMap<String, String>();
        base.options().forEach(option -> put(options, option));
        more.getOptions()
                .forEach(option -> put(
                        options,
                        option.getValue() == null || option.getValue().isEmpty()
                                ? option.getName()
                                : option.getName() + ":" + option.getValue()));
        return new DnsConfig(List.copyOf(servers), List.copyOf(searches), List.copyOf(options.values()));
    }

    /// A later option goes over one of the same name.
    private static void put(SequencedMap<String, String> options, String option) {
        options.put(option.split(":", 2)[0], option);
    }

    private static Plan fitted(DnsConfig wanted) {
        var omissions = new ArrayList<String>();
        List<String> servers = wanted.servers().stream().limit(MOST_SERVERS).toList();
        if (servers.size() < wanted.servers().size()) {
            omissions.add(
                    "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
                            + String.join(" ", servers));
        }
        var searches = new ArrayList<>(wanted.searches().stream()
                .limit(MOST_SEARCHES)
                // Some resolvers give up on a name that is longer.
                .filter(search -> search.length() <= LONGEST_SEARCH)
                .toList());
        while (String.join(" ", searches).length() > LONGEST_LINE) {
            searches.removeLast();
        }
        if (searches.size() < wanted.searches().size()) {
            omissions.add(
                    "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
                            + String.join(" ", searches));
        }
        return new Plan(new DnsConfig(servers, searches, wanted.options()), omissions);
    }
}
