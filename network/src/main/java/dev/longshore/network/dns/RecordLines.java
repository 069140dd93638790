package dev.longshore.network.dns;

import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ServiceView;
import dev.longshore.network.view.SliceView;
import java.util.LinkedHashSet;
import java.util.Set;

/// Spells out the cluster's names, one record a line: type, owner, data. Plain text, because the process that
/// reads it has a small heap and must start quickly.
///
/// ```
/// A web.default.svc.cluster.local. 10.96.0.5
/// SRV _http._tcp.web.default.svc.cluster.local. 0 100 80 web.default.svc.cluster.local.
/// PTR 5.0.96.10.in-addr.arpa. web.default.svc.cluster.local.
/// NAME default.pod.cluster.local.       exists, without a record of its own
/// ```
public final class RecordLines {

    private final Set<String> lines = new LinkedHashSet<>();
    private final String domain;
    private final ClusterView view;

    private RecordLines(String domain, ClusterView view) {
        this.domain = domain;
        this.view = view;
    }

    /// The records of `view` under `domain`, which ends without a dot.
    public static String of(String domain, ClusterView view) {
        var records = new RecordLines(domain, view);
        view.namespaces().keySet().forEach(records::addNamespace);
        view.services().values().forEach(records::addService);
        return String.join("\n", records.lines) + "\n";
    }

    private void addNamespace(String namespace) {
        lines.add("NAME %s.svc.%s.".formatted(namespace, domain));
        lines.add("NAME %s.pod.%s.".formatted(namespace, domain));
    }

    private void addService(ServiceView service) {
        String owner =
                "%s.%s.svc.%s.".formatted(service.name().name(), service.name().namespace(), domain);
        if (service.alias().isPresent()) {
            lines.add("CNAME " + owner + " " + absolute(service.alias().get()));
        } else if (service.headless()) {
            addHeadless(service, owner);
        } else {
            for (String address : service.addresses()) {
                lines.add("A " + owner + " " + address);
                lines.add("PTR " + reverse(address) + " " + owner);
            }
            if (!service.addresses().isEmpty()) {
                service.ports().forEach(port -> addPort(owner, port.name(), port.protocol(), port.port(), owner));
            }
        }
    }

    /// Every ready endpoint has a name of its own: its host name, or its address with dashes.
    private void addHeadless(ServiceView service, String owner) {
        lines.add("NAME " + owner);
        for (SliceView slice : view.slicesOf(service.name())) {
            for (SliceView.Endpoint endpoint : slice.endpoints()) {
                if (!endpoint.ready()) {
                    continue;
                }
                String label = endpoint.hostname().orElse(endpoint.address().replace('.', '-'));
                String name = label + "." + owner;
                lines.add("A " + owner + " " + endpoint.address());
                lines.add("A " + name + " " + endpoint.address());
                lines.add("PTR " + reverse(endpoint.address()) + " " + name);
                slice.ports().forEach(port -> addPort(owner, port.name(), port.protocol(), port.port(), name));
            }
        }
    }

    private void addPort(String owner, String name, String protocol, int port, String target) {
        String data = "0 100 " + port + " " + target;
        lines.add("SRV " + owner + " " + data);
        if (!name.isEmpty()) {
            lines.add("SRV _%s._%s.%s %s".formatted(name, protocol, owner, data));
        }
    }

    private static String absolute(String name) {
        return name.endsWith(".") ? name : name + ".";
    }

    static String reverse(String address) {
        String[] bytes = address.split("\\.");
        return "%s.%s.%s.%s.in-addr.arpa.".formatted(bytes[3], bytes[2], bytes[1], bytes[0]);
    }
}
