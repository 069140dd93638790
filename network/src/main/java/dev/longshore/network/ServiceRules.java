package dev.longshore.network;

import dev.longshore.network.EndpointChoice.Target;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Computes the whole table from services, policies and what the node knows of itself.
///
/// A plain service costs elements of maps only, which load quickly and change one by one. Client affinity and
/// traffic from outside to endpoints of this node only need chains of their own, named after the service.
final class ServiceRules {

    private final Ruleset.Builder table = new Ruleset.Builder();
    private final ProxyFacts facts;
    private final ClusterView view;
    private int mostEndpoints = 1;

    private ServiceRules(ProxyFacts facts, ClusterView view) {
        this.facts = facts;
        this.view = view;
    }

    /// The table for `view` on the node of `facts`.
    static Ruleset of(ProxyFacts facts, ClusterView view) {
        return new ServiceRules(facts, view).build();
    }

    private Ruleset build() {
        BaseRules.addTo(table, facts);
        PolicyRules.addTo(table, facts, view);
        for (ServiceView service : view.services().values()) {
            for (ServiceView.Port port : service.ports()) {
                addPort(service, port);
            }
        }
        facts.hostPorts().forEach(this::addHostPort);
        BaseRules.addPicks(table, mostEndpoints);
        return table.build();
    }

    private void addPort(ServiceView service, ServiceView.Port port) {
        if (service.headless() || service.alias().isPresent()) {
            return;
        }
        EndpointChoice choice = EndpointChoice.of(view, service, port, facts.node());
        choice.cluster().forEach(target -> hairpin(target.address()));
        mostEndpoints = Math.max(mostEndpoints, choice.cluster().size());
        var ways = new Ways(service, port, choice);
        for (String address : service.addresses()) {
            String key = key(address, port);
            if (choice.cluster().isEmpty()) {
                table.element("rejected", key);
            } else {
                ways.inside(key).ifPresentOrElse(chain -> lead(key, chain), () -> drop(key));
            }
        }
        for (String address : service.externalAddresses()) {
            String key = key(address, port);
            if (choice.cluster().isEmpty()) {
                table.element("rejected", key);
            } else {
                lead(key, service.guard().keeps(address) ? ways.guarded(address, key) : ways.outside(key));
                if (!service.externalLocal()) {
                    table.element("masqueraded-addresses", address);
                }
            }
        }
        if (port.nodePort() > 0 && !choice.cluster().isEmpty()) {
            addNodePort(service, port, ways);
        }
    }

    private void addNodePort(ServiceView service, ServiceView.Port port, Ways ways) {
        table.element("nodeports", port.protocol() + " . " + port.nodePort(), "goto " + ways.nodePort());
        if (!service.externalLocal()) {
            table.element("masqueraded-" + port.protocol(), String.valueOf(port.nodePort()));
        }
    }

    private void addHostPort(ProxyFacts.HostPort hostPort) {
        Target target = hostPort.target();
        String key = hostPort.protocol() + " . " + hostPort.port();
        String to = target.address() + " . " + target.port();
        hairpin(target.address());
        hostPort.hostAddress()
                .ifPresentOrElse(
                        address -> table.element("bound-hostports", address + " . " + key, to),
                        () -> table.element("hostports", key, to));
    }

    private void lead(String key, String chain) {
        table.element("services", key, "goto " + chain);
    }

    private void drop(String key) {
        table.element("services", key, "drop");
    }

    private void hairpin(String address) {
        table.element("hairpins", address + " . " + address);
    }

    private static String key(String address, ServiceView.Port port) {
        return address + " . " + port.protocol() + " . " + port.port();
    }

    /// The chains by which connections reach the endpoints of one port of a service. Only called when the
    /// cluster has endpoints.
    private final class Ways {

        private final ServiceView service;
        private final ServiceView.Port port;
        private final EndpointChoice choice;

        Ways(ServiceView service, ServiceView.Port port, EndpointChoice choice) {
            this.service = service;
            this.port = port;
            this.choice = choice;
        }

        /// For what comes to a cluster address; empty when it may only go to this node's endpoints and there
        /// are none.
        Optional<String> inside(String key) {
            List<Target> targets = service.internalLocal() ? choice.local() : choice.cluster();
            return targets.isEmpty()
                    ? Optional.empty()
                    : Optional.of(plainOrSticky(service.internalLocal() ? "local" : "cluster", targets, key));
        }

        /// For what comes to an external address.
        String outside(String key) {
            return service.externalLocal() ? localFromOutside() : plainOrSticky("cluster", choice.cluster(), key);
        }

        /// The same for an address of a load balancer that is not open to everybody: the clients of this node and its
        /// pods too have to be among those named.
        String guarded(String address, String key) {
            String chain = chain("guarded/" + address);
            String inside = outside(key);
            var rules = new ArrayList<String>();
            service.guard().sources().forEach(source -> rules.add("ip saddr " + source + " goto " + inside));
            rules.add("drop");
            table.chain(chain, rules);
            return chain;
        }

        /// For what comes to a node port.
        String nodePort() {
            if (service.externalLocal()) {
                return localFromOutside();
            }
            List<Target> targets = choice.cluster();
            if (service.affinity().isPresent()) {
                return sticky("cluster", targets);
            }
            String key = port.protocol() + " . " + port.nodePort();
            elements("nodeport-endpoints", key, targets);
            return BaseRules.pickForNodePort(targets.size());
        }

        private String plainOrSticky(String which, List<Target> targets, String key) {
            if (service.affinity().isPresent()) {
                return sticky(which, targets);
            }
            elements("endpoints", key, targets);
            return BaseRules.pick(targets.size());
        }

        private void elements(String map, String key, List<Target> targets) {
            for (int i = 0; i < targets.size(); i++) {
                Target target = targets.get(i);
                table.element(map, key + " . " + i, target.address() + " . " + target.port());
            }
        }

        /// Clients inside the cluster reach every endpoint also by the outer addresses; clients outside only
        /// this node's, whose pods then see the client's own address.
        private String localFromOutside() {
            String everywhere = all("cluster", choice.cluster());
            var rules = new ArrayList<>(List.of(
                    "ip saddr " + facts.pods() + " goto " + everywhere, "fib saddr type local goto " + everywhere));
            rules.add(choice.local().isEmpty() ? "drop" : "goto " + all("local", choice.local()));
            String chain = chain("outside");
            table.chain(chain, rules);
            return chain;
        }

        private String all(String which, List<Target> targets) {
            if (service.affinity().isPresent()) {
                return sticky(which, targets);
            }
            String chain = chain(which);
            var entries = new ArrayList<String>();
            for (int i = 0; i < targets.size(); i++) {
                entries.add(i + " : " + targets.get(i).address() + " . "
                        + targets.get(i).port());
            }
            table.chain(
                    chain,
                    List.of("meta l4proto %s dnat ip to numgen random mod %d map { %s }"
                            .formatted(port.protocol(), targets.size(), String.join(", ", entries))));
            return chain;
        }

        /// A set per endpoint remembers its clients, each for the affinity's time after its last connection.
        private String sticky(String which, List<Target> targets) {
            String chain = chain("sticky-" + which);
            long seconds = service.affinity().orElseThrow().toSeconds();
            var rules = new ArrayList<String>();
            var choices = new ArrayList<String>();
            for (Target target : targets) {
                String own = chain + "/" + target.address() + "." + target.port();
                table.set(own, "type ipv4_addr; flags dynamic,timeout; timeout " + seconds + "s;");
                table.chain(
                        own,
                        List.of(
                                "update @" + own + " { ip saddr }",
                                "meta l4proto %s dnat ip to %s:%d"
                                        .formatted(port.protocol(), target.address(), target.port())));
                rules.add("ip saddr @" + own + " goto " + own);
                choices.add(choices.size() + " : goto " + own);
            }
            rules.add("numgen random mod %d vmap { %s }".formatted(targets.size(), String.join(", ", choices)));
            table.chain(chain, rules);
            return chain;
        }

        private String chain(String kind) {
            return "%s/%s/%s/%d".formatted(kind, service.name(), port.protocol(), port.port());
        }
    }
}
