package dev.longshore.images.distribution;

import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// Reads a `hosts.toml` as containerd has it (its docs/hosts.md):
///
/// ```
/// server = "https://registry-1.docker.io"       # asked last; the registry itself if it is not there
/// [host."https://mirror.example"]               # asked before, in the order of the file
///   capabilities = ["pull", "resolve"]          # all if there are none
///   ca = "mirror.pem"                           # or a list of files
///   client = [["client.cert", "client.key"]]    # or a file with both, or a list of such files
///   skip_verify = false
///   override_path = true                        # the address has its own path in the place of /v2
///   [host."https://mirror.example".header]
///     x-who = ["this node"]
/// ```
final class HostsFile {

    private static final TomlMapper TOML = new TomlMapper();
    private static final String VERSION = "/v2";

    private final Path file;
    private final List<Path> read = new ArrayList<>();

    private HostsFile(Path file) {
        this.file = file;
    }

    /// A place of the file.
    ///
    /// @param address where it is, without a path; empty for the registry itself
    /// @param root the path below which the protocol is spoken, `/v2/` or longer
    record Place(
            Optional<URI> address,
            String root,
            Set<RegistryHost.Capability> capabilities,
            HostTrust trust,
            Map<String, List<String>> headers) {}

    /// The places in their order, the registry (or who is to be asked in its place) last.
    ///
    /// @throws ImageFaultException when the file is not as it should be
    static List<Place> places(Path file) throws IOException {
        return new HostsFile(file).places();
    }

    private List<Place> places() throws IOException {
        JsonNode tree;
        try {
            tree = TOML.readTree(Files.readString(file));
        } catch (JacksonException malformed) {
            throw wrong("no TOML: " + malformed.getOriginalMessage());
        }
        var places = new ArrayList<Place>();
        for (var entry : tree.path("host").properties()) {
            if (entry.getKey().isEmpty()) {
                throw wrong("a host needs an address");
            }
            places.add(place(entry.getKey(), entry.getValue()));
        }
        places.add(place(tree.path("server").asString(""), tree));
        return places;
    }

    private Place place(String address, JsonNode fields) throws IOException {
        Optional<URI> at = address.isEmpty() ? Optional.empty() : Optional.of(uri(address));
        return new Place(
                at.map(uri -> URI.create(uri.getScheme() + "://" + uri.getRawAuthority())),
                at.map(uri -> root(uri, fields.path("override_path").asBoolean(false)))
                        .orElse(VERSION + "/"),
                capabilities(fields.path("capabilities")),
                trust(fields),
                headers(fields.path("header")));
    }

    private URI uri(String address) {
        try {
            URI uri = new URI(address.contains("://") ? address : "https://" + address);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (isHttp && uri.getHost() != null) {
                return uri;
            }
        } catch (java.net.URISyntaxException malformed) {
            throw wrong("\"" + address + "\" is no address: " + malformed.getReason());
        }
        throw wrong("\"" + address + "\" is no address of a registry");
    }

    private static String root(URI uri, boolean isWhole) {
        String path = uri.normalize().getRawPath().replaceFirst("/+$", "");
        return (isWhole || path.endsWith(VERSION) ? path : path + VERSION) + "/";
    }

    private Set<RegistryHost.Capability> capabilities(JsonNode names) {
        var found = EnumSet.noneOf(RegistryHost.Capability.class);
        for (String name : texts(names)) {
            found.add(
                    switch (name.toLowerCase(java.util.Locale.ROOT)) {
                        case "pull" -> RegistryHost.Capability.PULL;
                        case "resolve" -> RegistryHost.Capability.RESOLVE;
                        case "push" -> RegistryHost.Capability.PUSH;
                        default -> throw wrong("unknown capability " + name);
                    });
        }
        return found.isEmpty() ? EnumSet.allOf(RegistryHost.Capability.class) : found;
    }

    private HostTrust trust(JsonNode fields) throws IOException {
        read.clear();
        var authorities = new ArrayList<Path>();
        for (String name : texts(fields.path("ca"))) {
            authorities.add(path(name));
        }
        var shown = new ArrayList<HostTrust.Pair>();
        for (JsonNode one : each(fields.path("client"))) {
            List<String> names = texts(one);
            if (names.isEmpty() || names.size() > 2) {
                throw wrong("client is a file, a list of files, or a list of [certificate, key]");
            }
            shown.add(new HostTrust.Pair(path(names.getFirst()), path(names.getLast())));
        }
        long changed = 0;
        for (Path one : read) {
            changed = Math.max(changed, Files.getLastModifiedTime(one).toMillis());
        }
        return new HostTrust(authorities, shown, fields.path("skip_verify").asBoolean(false), changed);
    }

    private Path path(String name) {
        Path path = file.resolveSibling(name);
        if (!Files.isReadable(path)) {
            throw wrong(path + " cannot be read");
        }
        read.add(path);
        return path;
    }

    private Map<String, List<String>> headers(JsonNode fields) {
        var headers = new LinkedHashMap<String, List<String>>();
        fields.properties().forEach(entry -> headers.put(entry.getKey(), texts(entry.getValue())));
        var probe = HttpRequest.newBuilder(URI.create("http://localhost"));
        headers.forEach((name, values) -> values.forEach(value -> {
            try {
                probe.header(name, value);
            } catch (IllegalArgumentException refused) {
                throw wrong("the header " + name + " cannot be sent");
            }
        }));
        return headers;
    }

    private static List<JsonNode> each(JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        return node.isArray() ? List.copyOf(node.values()) : List.of(node);
    }

    private List<String> texts(JsonNode node) {
        var texts = new ArrayList<String>();
        for (JsonNode one : each(node)) {
            if (!one.isString()) {
                throw wrong(one + " should be text");
            }
            texts.add(one.asString());
        }
        return texts;
    }

    private ImageFaultException wrong(String why) {
        return new ImageFaultException(new ImageFault.Malformed(file.toString(), why));
    }
}
