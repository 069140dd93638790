package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The variables that tell a container where services are.
final class ServiceLinks {

    private ServiceLinks() {}

    /// Of the services of the pod's own namespace, and in any case of `default/kubernetes`.
    static Map<String, String> of(List<Service> own, List<Service> defaults, boolean isDefaultNamespace) {
        var variables = new TreeMap<String, String>();
        defaults.stream()
                .filter(service -> service.getMetadata().getName().equals("kubernetes"))
                .forEach(service -> add(variables, service));
        own.stream()
                .filter(service -> isDefaultNamespace
                        || !service.getMetadata().getName().equals("kubernetes")
                        || defaults.isEmpty())
                .forEach(service -> add(variables, service));
        return variables;
    }

    private static void add(Map<String, String> variables, Service service) {
        String address = service.getSpec().getClusterIP();
        if (address == null || address.isEmpty() || address.equals("None")) {
            return;
        }
        List<ServicePort> ports = service.getSpec().getPorts();
        if (ports.isEmpty()) {
            return;
        }
        String name = variable(service.getMetadata().getName());
        variables.put(name + "_SERVICE_HOST", address);
        variables.put(name + "_SERVICE_PORT", port(ports.getFirst()));
        String bracketed = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        for (int i = 0; i < ports.size(); i++) {
            ServicePort port = ports.get(i);
            if (port.getName() != null && !port.getName().isEmpty()) {
                variables.put(name + "_SERVICE_PORT_" + variable(port.getName()), port(port));
            }
            String protocol = Objects.requireNonNullElse(port.getProtocol(), "TCP");
            String prefix = "%s_PORT_%s_%s".formatted(name, port(port), protocol.toUpperCase(Locale.ROOT));
            String url = "%s://%s:%s".formatted(protocol.toLowerCase(Locale.ROOT), bracketed, port(port));
            if (i == 0) {
                variables.put(name + "_PORT", url);
            }
            variables.put(prefix, url);
            variables.put(prefix + "_PROTO", protocol.toLowerCase(Locale.ROOT));
            variables.put(prefix + "_PORT", port(port));
            variables.put(prefix + "_ADDR", address);
        }
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String port(ServicePort port) {
        return String.valueOf(port.getPort());
    }
}
