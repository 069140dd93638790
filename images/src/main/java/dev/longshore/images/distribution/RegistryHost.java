package dev.longshore.images.distribution;

import dev.longshore.images.Reference;
import java.net.URI;
import java.nio.file.Files;

/// A place where a registry's repositories can be had.
///
/// @param name the registry
/// @param base where its protocol is spoken
/// @param namespace what to say as `ns=`: a mirror serves several registries; else empty
record RegistryHost(String name, URI base, String namespace) {

    private static final String DOCKER_HUB = "registry-1.docker.io";

    /// The registry itself.
    static RegistryHost of(Reference reference, ClientSettings settings, InsecureHosts insecure)
            throws InterruptedException {
        String name = reference.domain();
        String host = name.equals(Reference.DEFAULT_DOMAIN) ? DOCKER_HUB : name;
        boolean hasCertificates = Files.isDirectory(settings.certificates().resolve(host));
        boolean isInsecure = settings.insecure().contains(name) || isLoopback(host);
        String scheme = isInsecure && !hasCertificates ? insecure.scheme(host) : "https";
        return new RegistryHost(name, URI.create(scheme + "://" + host), "");
    }

    /// A mirror of it.
    static RegistryHost mirror(Reference reference, URI mirror) {
        return new RegistryHost(mirror.getAuthority(), mirror, reference.domain());
    }

    /// As Docker has it: this machine's own registries need no TLS, or none that anybody vouches for.
    static boolean isLoopback(String host) {
        String name = host.startsWith("[") ? host.substring(1, host.indexOf(']')) : host.replaceFirst(":[0-9]+$", "");
        return name.equals("localhost") || name.equals("::1") || name.matches("127(\\.[0-9]{1,3}){3}");
    }
}
