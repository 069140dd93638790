package dev.longshore.images.distribution;

import dev.longshore.images.Reference;
import java.net.URI;
import java.util.Set;

/// Where a registry is, and whether it speaks TLS.
record RegistryHost(String name, URI base) {

    private static final String DOCKER_HUB = "registry-1.docker.io";

    static RegistryHost of(Reference reference, Set<String> insecure) {
        String name = reference.domain();
        String host = name.equals(Reference.DEFAULT_DOMAIN) ? DOCKER_HUB : name;
        String scheme = isLoopback(host) || insecure.contains(name) ? "http" : "https";
        return new RegistryHost(name, URI.create(scheme + "://" + host));
    }

    /// As Docker has it: this machine's own registries need no TLS.
    private static boolean isLoopback(String host) {
        String name = host.startsWith("[") ? host.substring(1, host.indexOf(']')) : host.replaceFirst(":[0-9]+$", "");
        return name.equals("localhost") || name.equals("::1") || name.matches("127(\\.[0-9]{1,3}){3}");
    }
}
