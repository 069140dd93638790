package dev.longshore.apiserver;

import dev.longshore.model.GroupResource;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Where a webhook is.
///
/// @param origin as messages show it
/// @param host of the server, as its certificate must have it
/// @param path as it is asked for
/// @param service whose address counts; empty for the host's own
record WebhookPlace(String origin, String host, int port, String path, Optional<Service> service) {

    private static final GroupResource SERVICES = new GroupResource("", "services");
    private static final int HTTPS = 443;

    /// A service of the cluster.
    record Service(String namespace, String name) {}

    /// As `clientConfig` says it: `url`, or `service`.
    static WebhookPlace of(JsonNode client) throws OutboundCall.Failed {
        JsonNode service = client.path("service");
        if (service.isObject()) {
            String name = service.path("name").asString("");
            String namespace = service.path("namespace").asString("");
            int port = service.path("port").asInt(HTTPS);
            String host = name + "." + namespace + ".svc";
            String path = service.path("path").asString("");
            return new WebhookPlace(
                    "https://" + host + ":" + port,
                    host,
                    port,
                    rooted(path),
                    Optional.of(new Service(namespace, name)));
        }
        return of(client.path("url").asString(""));
    }

    private static WebhookPlace of(String text) throws OutboundCall.Failed {
        if (text.isEmpty()) {
            throw new OutboundCall.Failed("webhook configuration must have either service or URL", null);
        }
        try {
            var url = new URI(text);
            if (url.getHost() == null) {
                throw new OutboundCall.Failed("Unparsable URL: no host in " + text, null);
            }
            // Addresses of the sixth version stand in brackets, which sockets do not want.
            String host = url.getHost().replaceAll("[\\[\\]]", "");
            return new WebhookPlace(
                    "https://" + url.getRawAuthority(),
                    host,
                    url.getPort() < 0 ? HTTPS : url.getPort(),
                    rooted(url.getRawPath() == null ? "" : url.getRawPath()),
                    Optional.empty());
        } catch (URISyntaxException malformed) {
            throw new OutboundCall.Failed("Unparsable URL: " + malformed.getMessage(), malformed);
        }
    }

    private static String rooted(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    /// What to connect to.
    String address(Registry registry) throws IOException {
        return service.isEmpty() ? host : address(registry, service.get());
    }

    private String address(Registry registry, Service wanted) throws IOException {
        Resource found = registry.get(SERVICES, wanted.namespace, wanted.name)
                .orElseThrow(() -> new IOException("service \"" + wanted.name + "\" not found"));
        if (found.text("spec", "type").equals("ExternalName")) {
            return found.text("spec", "externalName");
        }
        String address = found.text("spec", "clusterIP");
        if (address.equals("None") || address.isEmpty()) {
            throw new IOException("cannot route to service with ClusterIP \"" + address + "\"");
        }
        boolean hasPort = found.at("spec", "ports")
                .valueStream()
                .anyMatch(each -> each.path("port").asInt(0) == port);
        if (!hasPort) {
            throw new IOException("no service port " + port + " found for service \"" + wanted.name + "\"");
        }
        return address;
    }
}
